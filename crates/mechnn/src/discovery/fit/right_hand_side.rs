//! The right-hand side of a structure, as a function of the states and of the known functions.

use crate::discovery::candidates::{Candidate, MOST_CONSTANTS};
use crate::discovery::structure::{Problem, Structure};
use crate::equation::{BasisLibrary, Term};

/// The right-hand side as a function of the states and of the known functions.
#[derive(Debug)]
pub(super) struct RightHandSide {
    /// Unit of each state, `[D]`.
    pub(super) scale: Vec<f64>,
    /// K, the number of known functions.
    pub(super) known: usize,
    /// Terms without constants, each evaluated once.
    pub(super) library: BasisLibrary,
    /// Terms with constants, each of one candidate.
    pub(super) functions: Vec<Function>,
    pub(super) contributions: Vec<Contribution>,
    /// State, number in the library and scaled coefficient of what is known of the rates.
    pub(super) known_terms: Vec<(usize, usize, f64)>,
    /// P, the number of parameters.
    pub(super) parameters: usize,
    /// States with their velocities, and what the velocity is multiplied by.
    pub(super) velocities: Vec<(usize, usize, f64)>,
    /// States whose rates are sums of other rates, and the weights of these.
    pub(super) dependent: Vec<(usize, Vec<(usize, f64)>)>,
}

/// A coefficient in an equation.
#[derive(Debug, Clone, Copy)]
pub(super) struct Contribution {
    pub(super) state: usize,
    pub(super) source: Source,
    /// Parameter number of the coefficient.
    pub(super) coefficient: usize,
    /// What it and the value of the term are multiplied by: one over the term's norm, but for the followers of a tie.
    pub(super) factor: f64,
}

/// Where the value of a candidate comes from.
#[derive(Debug, Clone, Copy)]
pub(super) enum Source {
    Library(usize),
    Function(usize),
}

#[derive(Debug, Clone)]
pub(super) struct Function {
    pub(super) term: Term,
    /// Of each constant.
    pub(super) units: Vec<f64>,
    /// Parameter number of the first constant.
    pub(super) first: usize,
}

impl RightHandSide {
    pub(super) fn new(problem: &Problem<'_>, structure: &Structure) -> Self {
        let Problem { data, space, .. } = *problem;
        let (dictionary, rules, candidates) = (&space.dictionary, &space.rules, structure.candidates());
        let terms = dictionary.library.terms();
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
        let mut functions: Vec<Function> = Vec::new();
        let mut contributions = Vec::with_capacity(all.len());
        for (Candidate { state, term }, coefficient, ratio) in all {
            let source = match plain(term) {
                true => Source::Library(used.partition_point(|&other| other < term)),
                false => {
                    let (first, units) = (structure.constants(coefficient).start, dictionary.constant_units(term));
                    functions.push(Function { term: terms[term].clone(), units, first });
                    Source::Function(functions.len() - 1)
                }
            };
            let unit = |Candidate { state, term }: Candidate| data.scaling.state[state] / dictionary.norms[term];
            let (own, leader) = (unit(Candidate { state, term }), unit(candidates[coefficient]));
            let tied = if ratio == 1.0 && own == leader { 1.0 } else { ratio * leader / own };
            let factor = tied / dictionary.norms[term];
            contributions.push(Contribution { state, source, coefficient, factor });
        }
        let mut library = dictionary.library.subset(&used);
        let mut known_terms = Vec::new();
        if !rules.known.is_empty() {
            let mut own = library.terms().to_vec();
            for (state, term, coefficient) in &rules.known {
                known_terms.push((*state, own.len(), data.scaling.rate(*state, *coefficient)));
                own.push(term.clone());
            }
            library = BasisLibrary::of_terms(own, library.dims());
        }
        let rescaled = |(state, weights): &(usize, Vec<(usize, f64)>)| {
            let scale = &data.scaling.state;
            let own = weights.iter().map(|&(other, weight)| (other, weight * scale[other] / scale[*state]));
            (*state, own.collect())
        };
        Self {
            library,
            scale: data.scaling.state.clone(),
            known: data.known.count(),
            functions,
            contributions,
            known_terms,
            parameters: structure.parameters(),
            dependent: rules.dependent.iter().map(rescaled).collect(),
            velocities: (0..data.dims())
                .filter_map(|d| data.roles.velocity(d).map(|velocity| (d, velocity, data.velocity_ratio(d))))
                .collect(),
        }
    }

    /// The same without what is known of the rates.
    pub(super) fn without_known_terms(self) -> Self {
        Self { known_terms: Vec::new(), ..self }
    }
}

impl Function {
    pub(super) fn constants(&self, theta: &[f64]) -> [f64; MOST_CONSTANTS] {
        let mut constants = [0.0; MOST_CONSTANTS];
        let own = theta[self.first..].iter().zip(&self.units);
        constants.iter_mut().zip(own).for_each(|(constant, (theta, unit))| *constant = theta * unit);
        constants
    }
}
