//! A sparse right-hand side as dynamics for the smoother.

use std::sync::Arc;

use mechnn_solver::smoother::{Dynamics, Linearization};

use super::dictionary::Dictionary;
use super::known::KnownOfSegment;
use super::start::Start;
use crate::equation::{BasisLibrary, Term};

/// One coefficient: a term of the dictionary in the equation of one state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Candidate {
    pub(super) state: usize,
    pub(super) term: usize,
}

/// `x'_d = Σ_j θ_j f_j(x, u, t; k_j)` over the candidates j of state d.
///
/// Of a state whose velocity is a state the rate is that velocity, and nothing is estimated. What is known of a rate is added
/// to it; a coefficient may stand in several equations, and a rate may be a sum of others (see [`super::rules`]).
///
/// The parameters are the coefficients θ, then the inner constants k of the candidates that have some, in order. All in
/// scaled variables: `x̃ = x / scale`, every term is divided by its norm, and every constant by its unit, so that
/// parameters are of order one whatever the data's units.
#[derive(Debug, Clone)]
pub(super) struct SparseDynamics {
    rate: Arc<Rate>,
    /// Along each segment, where terms may depend on known functions of time; otherwise none.
    segments: Vec<SegmentDynamics>,
}

/// The dynamics along one segment.
#[derive(Debug, Clone)]
struct SegmentDynamics {
    rate: Arc<Rate>,
    known: KnownOfSegment,
}

/// The right-hand side as a function of the states and of the known functions.
#[derive(Debug)]
struct Rate {
    /// `[D]`
    scale: Vec<f64>,
    /// K, the number of known functions.
    known: usize,
    /// Terms without constants, each evaluated once.
    library: BasisLibrary,
    /// Terms with constants, each of one candidate.
    functions: Vec<Function>,
    contributions: Vec<Contribution>,
    known_terms: Vec<(usize, usize, f64)>,
    parameters: usize,
    /// States with their velocities, and what the velocity is multiplied by.
    velocities: Vec<(usize, usize, f64)>,
    /// States whose rates are sums of other rates, and the weights of these.
    dependent: Vec<(usize, Vec<(usize, f64)>)>,
}

/// A coefficient in an equation.
#[derive(Debug, Clone, Copy)]
struct Contribution {
    state: usize,
    source: Source,
    /// Parameter number of the coefficient.
    coefficient: usize,
    /// What it and the value of the term are multiplied by: one over the term's norm, but for the followers of a tie.
    factor: f64,
}

/// Where the value of a candidate comes from.
#[derive(Debug, Clone, Copy)]
enum Source {
    Library(usize),
    Function(usize),
}

#[derive(Debug, Clone)]
struct Function {
    term: Term,
    /// Of each constant.
    units: Vec<f64>,
    /// Parameter number of the first constant.
    first: usize,
}

/// Numbers that fit the stack; larger libraries allocate.
const STACK: usize = 256;

/// Most inner constants of a term.
pub(super) const MOST_CONSTANTS: usize = 8;

impl SparseDynamics {
    pub(super) fn new(dictionary: &Dictionary, start: &Start, candidates: &[Candidate]) -> Self {
        Self::of(Rate::new(dictionary, start, candidates), start)
    }

    /// Without what is known of the rates: what the candidates add to them.
    pub(super) fn of_candidates(dictionary: &Dictionary, start: &Start, candidates: &[Candidate]) -> Self {
        Self::of(Rate { known_terms: Vec::new(), ..Rate::new(dictionary, start, candidates) }, start)
    }

    fn of(rate: Rate, start: &Start) -> Self {
        let rate = Arc::new(rate);
        let of_segment = |known: &KnownOfSegment| SegmentDynamics { rate: Arc::clone(&rate), known: known.clone() };
        let segments = match start.known.count() {
            0 => Vec::new(),
            _ => start.known.segments().iter().map(of_segment).collect(),
        };
        Self { rate, segments }
    }
}

impl Rate {
    fn new(dictionary: &Dictionary, start: &Start, candidates: &[Candidate]) -> Self {
        let (terms, rules) = (dictionary.library.terms(), &dictionary.rules);
        let plain = |term: usize| terms[term].constants().is_empty();
        // Every candidate and those tied to it: where, what, whose coefficient, and the factor in the data's units.
        let with_followers = |(j, candidate): (usize, &Candidate)| {
            let own = std::iter::once((*candidate, j, 1.0));
            let followers = rules.followers(*candidate).iter().map(|(follower, factor)| (*follower, j, *factor));
            own.chain(followers).collect::<Vec<_>>()
        };
        let all: Vec<(Candidate, usize, f64)> = candidates.iter().enumerate().flat_map(with_followers).collect();
        let mut used: Vec<usize> = all.iter().map(|(candidate, ..)| candidate.term).filter(|&t| plain(t)).collect();
        used.sort_unstable();
        used.dedup();
        let places = dictionary.places(candidates);
        let mut functions: Vec<Function> = Vec::new();
        let mut contributions = Vec::with_capacity(all.len());
        for (Candidate { state, term }, coefficient, ratio) in all {
            let source = match plain(term) {
                true => Source::Library(used.partition_point(|&other| other < term)),
                false => {
                    let (first, units) = (places[coefficient].start, dictionary.constant_units(term));
                    functions.push(Function { term: terms[term].clone(), units, first });
                    Source::Function(functions.len() - 1)
                }
            };
            let unit = |Candidate { state, term }: Candidate| start.scaling.state[state] / dictionary.norms[term];
            let (own, leader) = (unit(Candidate { state, term }), unit(candidates[coefficient]));
            let tied = if ratio == 1.0 && own == leader { 1.0 } else { ratio * leader / own };
            let factor = tied / dictionary.norms[term];
            contributions.push(Contribution { state, source, coefficient, factor });
        }
        let parameters = places.iter().map(|place| place.end).fold(candidates.len(), usize::max);
        let mut library = dictionary.library.subset(&used);
        let mut known_terms = Vec::new();
        if !rules.known.is_empty() {
            let mut own = library.terms().to_vec();
            for (state, term, coefficient) in &rules.known {
                let scaled = coefficient * start.scaling.time / start.scaling.state[*state];
                known_terms.push((*state, own.len(), scaled));
                own.push(term.clone());
            }
            library = BasisLibrary::of_terms(own, library.dims());
        }
        let rescaled = |(state, weights): &(usize, Vec<(usize, f64)>)| {
            let scale = &start.scaling.state;
            let own = weights.iter().map(|&(other, weight)| (other, weight * scale[other] / scale[*state]));
            (*state, own.collect())
        };
        Self {
            library,
            scale: start.scaling.state.clone(),
            known: start.known.count(),
            functions,
            contributions,
            known_terms,
            parameters,
            dependent: rules.dependent.iter().map(rescaled).collect(),
            velocities: (0..start.measured)
                .filter_map(|d| start.velocity(d).map(|velocity| (d, velocity, start.velocity_ratio(d))))
                .collect(),
        }
    }
}

impl Function {
    fn constants(&self, theta: &[f64]) -> [f64; MOST_CONSTANTS] {
        let mut constants = [0.0; MOST_CONSTANTS];
        let own = theta[self.first..].iter().zip(&self.units);
        constants.iter_mut().zip(own).for_each(|(constant, (theta, unit))| *constant = theta * unit);
        constants
    }
}

impl Dynamics for SparseDynamics {
    fn dims(&self) -> usize {
        self.rate.scale.len()
    }

    fn parameters(&self) -> usize {
        self.rate.parameters
    }

    // Which inputs is only known along a segment: without one they are NaN.
    fn rate(&self, _t: f64, x: &[f64], theta: &[f64], rate: &mut [f64]) {
        self.rate.evaluate(x, theta, rate, |known| known.fill(f64::NAN));
    }

    fn linearize(&self, _t: f64, x: &[f64], theta: &[f64], out: &mut Linearization) {
        self.rate.linearize(x, theta, out, |known| known.fill(f64::NAN));
    }

    fn of_segment(&self, segment: usize) -> Option<&dyn Dynamics> {
        self.segments.get(segment).map(|segment| segment as &dyn Dynamics)
    }
}

impl Dynamics for SegmentDynamics {
    fn dims(&self) -> usize {
        self.rate.scale.len()
    }

    fn parameters(&self) -> usize {
        self.rate.parameters
    }

    fn rate(&self, t: f64, x: &[f64], theta: &[f64], rate: &mut [f64]) {
        self.rate.evaluate(x, theta, rate, |values| self.known.values_into(t, values));
    }

    fn linearize(&self, t: f64, x: &[f64], theta: &[f64], out: &mut Linearization) {
        self.rate.linearize(x, theta, out, |values| self.known.values_into(t, values));
    }
}

impl Rate {
    /// Writes the rates; `known` writes the values of the known functions, `[K]`.
    fn evaluate(&self, x: &[f64], theta: &[f64], rate: &mut [f64], known: impl FnOnce(&mut [f64])) {
        let (width, terms) = (self.scale.len() + self.known, self.library.len());
        with_scratch(width + terms, |scratch| {
            let (own, values) = scratch.split_at_mut(width);
            self.variables_into(x, own, known);
            self.library.evaluate_into(own, values);
            rate.fill(0.0);
            self.velocities.iter().for_each(|&(d, velocity, ratio)| rate[d] = ratio * x[velocity]);
            for &(state, term, coefficient) in &self.known_terms {
                rate[state] += coefficient * values[term];
            }
            for &Contribution { state, source, coefficient, factor } in &self.contributions {
                rate[state] += theta[coefficient]
                    * factor
                    * match source {
                        Source::Library(term) => values[term],
                        Source::Function(index) => {
                            let function = &self.functions[index];
                            let constants = function.constants(theta);
                            function.term.evaluate_at(own, &constants[..function.units.len()])
                        }
                    };
            }
            for (state, weights) in &self.dependent {
                rate[*state] = weights.iter().map(|&(other, weight)| weight * rate[other]).sum();
            }
        });
    }

    /// The variables of the terms, `[D + K]`, in the data's units.
    fn variables_into(&self, x: &[f64], variables: &mut [f64], known: impl FnOnce(&mut [f64])) {
        let (states, rest) = variables.split_at_mut(self.scale.len());
        states.iter_mut().zip(x).zip(&self.scale).for_each(|((own, x), scale)| *own = x * scale);
        known(rest);
    }

    fn linearize(&self, x: &[f64], theta: &[f64], out: &mut Linearization, known: impl FnOnce(&mut [f64])) {
        let (dims, terms, parameters) = (self.scale.len(), self.library.len(), self.parameters);
        let width = dims + self.known;
        with_scratch(2 * width + terms * (width + 1), |scratch| {
            let (own, rest) = scratch.split_at_mut(width);
            let (slopes, rest) = rest.split_at_mut(width);
            let (values, jacobian) = rest.split_at_mut(terms);
            self.variables_into(x, own, known);
            self.library.jacobian_into(own, values, jacobian);
            out.rate.fill(0.0);
            out.by_state.fill(0.0);
            out.by_parameter.fill(0.0);
            for &(d, velocity, ratio) in &self.velocities {
                out.rate[d] = ratio * x[velocity];
                out.by_state[d * dims + velocity] = ratio;
            }
            for &(d, term, coefficient) in &self.known_terms {
                out.rate[d] += coefficient * values[term];
                let row = out.by_state[d * dims..][..dims].iter_mut();
                row.zip(jacobian[term * width..].iter().zip(&self.scale))
                    .for_each(|(a, (b, scale))| *a += coefficient * b * scale);
            }
            for &Contribution { state: d, source, coefficient: j, factor } in &self.contributions {
                let coefficient = theta[j] * factor;
                let value = match source {
                    Source::Library(term) => {
                        slopes.copy_from_slice(&jacobian[term * width..][..width]);
                        values[term]
                    }
                    Source::Function(index) => {
                        let function = &self.functions[index];
                        let count = function.units.len();
                        let constants = function.constants(theta);
                        let mut by_constant = [0.0; MOST_CONSTANTS];
                        let constants = &constants[..count];
                        let value = function.term.gradient_at(own, constants, slopes, &mut by_constant[..count]);
                        let target = &mut out.by_parameter[d * parameters + function.first..][..count];
                        for ((target, slope), unit) in target.iter_mut().zip(by_constant).zip(&function.units) {
                            *target += coefficient * slope * unit;
                        }
                        value
                    }
                };
                out.rate[d] += coefficient * value;
                out.by_parameter[d * parameters + j] += factor * value;
                let row = out.by_state[d * dims..][..dims].iter_mut();
                row.zip(slopes.iter().zip(&self.scale)).for_each(|(a, (b, scale))| *a += coefficient * b * scale);
            }
            for (d, weights) in &self.dependent {
                // Its own row is empty: nothing else says what its rate is.
                for &(other, weight) in weights {
                    out.rate[*d] += weight * out.rate[other];
                    (0..dims).for_each(|k| out.by_state[d * dims + k] += weight * out.by_state[other * dims + k]);
                    for k in 0..parameters {
                        out.by_parameter[d * parameters + k] += weight * out.by_parameter[other * parameters + k];
                    }
                }
            }
        });
    }
}

/// Calls `work` with `size` zeros, on the stack if they fit.
fn with_scratch(size: usize, work: impl FnOnce(&mut [f64])) {
    if size <= STACK {
        work(&mut [0.0; STACK][..size]);
    } else {
        work(&mut vec![0.0; size]);
    }
}
