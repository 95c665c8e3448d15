//! One structure for several trajectories, each with coefficients of its own.

use std::ops::ControlFlow;

use mechnn_solver::smoother::{Estimate, GaussNewton, SmootherError};
use rayon::prelude::*;

use super::account::Account;
use super::candidates::Candidate;
use super::contender::{Contender, weights};
use super::dictionary::Dictionary;
use super::direct::{DiscoveryError, all_candidates, discover, fit_structure, levels};
use super::fit::{Fit, Laboratory};
use super::integral::IntegralRegression;
use super::observer::{Observer, Progress};
use super::options::DiscoveryOptions;
use super::result::DiscoveryResult;
use super::start::Start;
use super::tuning::Tuning;
use crate::data::Dataset;
use crate::equation::{BasisLibrary, SparseModel, Term};

/// What [`discover_shared`] finds.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct SharedDiscovery {
    /// One for each trajectory: the same terms, numbers of its own.
    pub results: Vec<DiscoveryResult>,
    /// Structures that were compared on all trajectories.
    pub compared: usize,
    /// True if the observer ended the search before it was done.
    pub interrupted: bool,
}

/// Trajectories that are searched by themselves, those with most observations; the structures found are compared on all.
const SEARCHED: usize = 8;

/// Rounds in which terms are dropped from the best structure, or added to it.
const ROUNDS: usize = 12;

const QUICK: GaussNewton = GaussNewton { max_iterations: 15, tolerance: 1e-3, corrects: true };

/// Finds equations of one form for all trajectories, with coefficients and inner constants of each its own: the same kind
/// of system under different conditions.
///
/// Trajectories are searched by themselves, and the best structures of every size from each are fitted to all. The criterion
/// is the sum of those of the trajectories, but a term is chosen once:
///
/// $$ \sum_i \Big( \mathrm{deviance}_i + \sum_j (1 + c_j) \ln n_{ij} \Big) + 2 \sum_j \ln r_j $$
///
/// for terms j with `c_j` inner constants and `r_j` as in [`discover`]. From the best, terms are dropped and terms of the
/// others added as long as that helps.
///
/// # Errors
/// [`DiscoveryError`] as [`discover`] for any of the trajectories.
pub fn discover_shared(
    data: &Dataset,
    options: &DiscoveryOptions,
    observer: &mut dyn Observer,
) -> Result<SharedDiscovery, DiscoveryError> {
    let singles: Vec<Dataset> = (0..data.trajectories.len()).map(|index| data.single(index)).collect();
    let mut order: Vec<usize> = (0..singles.len()).collect();
    order.sort_by_key(|&index| std::cmp::Reverse(singles[index].observations()));
    order.truncate(SEARCHED);
    let mut pool: Vec<Structure> = Vec::new();
    let mut interrupted = false;
    for (done, &index) in order.iter().enumerate() {
        let mut part = Part { observer: &mut *observer, done, of: order.len() + 1, stopped: false };
        let found = discover(&singles[index], options, &mut part)?;
        interrupted |= part.stopped;
        for model in found.front.iter().map(|alternative| &alternative.model).chain([&found.model]) {
            let structure = Structure::of(model, data);
            if !pool.contains(&structure) {
                pool.push(structure);
            }
        }
        if interrupted {
            break;
        }
    }
    let comparison = Comparison::new(data, &singles, options)?;
    let mut scores = comparison.scores(&pool);
    // Terms that any structure has, as what may be added.
    let offers: Vec<(usize, Term)> = pool.iter().fold(Vec::new(), |mut offers, structure| {
        structure.terms.iter().for_each(|term| {
            if !offers.iter().any(|other| same(other, term)) {
                offers.push(term.clone());
            }
        });
        offers
    });
    for _ in 0..ROUNDS {
        let best = lowest(&scores);
        let mut near = pool[best].neighbours(&offers);
        near.retain(|structure| !pool.contains(structure));
        if near.is_empty() || interrupted {
            break;
        }
        let found = comparison.scores(&near);
        let improves = found[lowest(&found)] < scores[best];
        pool.extend(near);
        scores.extend(found);
        if !improves {
            break;
        }
    }
    let models = comparison.models(&pool[lowest(&scores)])?;
    let fitted = singles.par_iter().zip(&models).map(|(single, model)| fit_structure(single, model, options));
    let mut results: Vec<DiscoveryResult> = fitted.collect::<Result<_, _>>()?;
    for (weight, structure) in heaviest(&pool, &scores, &options.tuning) {
        for (result, model) in results.iter_mut().zip(comparison.models(structure)?) {
            result.evidence.contenders.push(Contender { weight, model });
        }
    }
    Ok(SharedDiscovery { results, compared: pool.len(), interrupted })
}

/// The structures that are not far behind with their weights, the heaviest first.
fn heaviest<'a>(pool: &'a [Structure], scores: &[f64], tuning: &Tuning) -> Vec<(f64, &'a Structure)> {
    let limit = scores[lowest(scores)] + tuning.behind;
    let mut near: Vec<usize> = (0..pool.len()).filter(|&index| scores[index] <= limit).collect();
    near.sort_by(|&a, &b| scores[a].total_cmp(&scores[b]));
    near.truncate(tuning.finalists);
    let criteria: Vec<f64> = near.iter().map(|&index| scores[index]).collect();
    weights(&criteria).into_iter().zip(near).map(|(weight, index)| (weight, &pool[index])).collect()
}

fn lowest(scores: &[f64]) -> usize {
    (0..scores.len()).min_by(|&a, &b| scores[a].total_cmp(&scores[b])).unwrap_or(0)
}

/// The terms of each equation, in an order that is the same for equal structures; inner constants do not tell terms apart.
#[derive(Debug, Clone)]
struct Structure {
    terms: Vec<(usize, Term)>,
}

fn same((state, term): &(usize, Term), (other_state, other): &(usize, Term)) -> bool {
    state == other_state && term.has_form_of(other)
}

impl PartialEq for Structure {
    fn eq(&self, other: &Self) -> bool {
        let contains = |structure: &Self, term| structure.terms.iter().any(|own| same(own, term));
        self.terms.len() == other.terms.len() && self.terms.iter().all(|term| contains(other, term))
    }
}

impl Structure {
    /// That of a model, without what holds by definition.
    fn of(model: &SparseModel, data: &Dataset) -> Self {
        let searched = |state: &usize| !data.second_order || *state >= data.dims() / 2;
        let terms = model.terms().filter(|(state, _)| searched(state));
        Self { terms: terms.map(|(state, fitted)| (state, fitted.term.clone())).collect() }
    }

    /// With one term less, one more, or one in place of another of the same equation.
    fn neighbours(&self, offers: &[(usize, Term)]) -> Vec<Self> {
        let without = |at: usize| -> Vec<(usize, Term)> {
            self.terms.iter().enumerate().filter(|(index, _)| *index != at).map(|(_, term)| term.clone()).collect()
        };
        let new: Vec<&(usize, Term)> =
            offers.iter().filter(|offer| !self.terms.iter().any(|own| same(own, offer))).collect();
        let mut near: Vec<Self> = (0..self.terms.len()).map(|at| Self { terms: without(at) }).collect();
        for offer in new {
            near.push(Self { terms: [&self.terms[..], std::slice::from_ref(offer)].concat() });
            for (at, _) in self.terms.iter().enumerate().filter(|(_, own)| own.0 == offer.0) {
                near.push(Self { terms: [&without(at)[..], std::slice::from_ref(offer)].concat() });
            }
        }
        near
    }
}

/// What structures are worth on all trajectories.
struct Comparison<'a> {
    singles: &'a [Dataset],
    starts: Vec<Start>,
    /// All candidates on all data: it says how many terms are as simple.
    dictionary: Dictionary,
    tuning: Tuning,
}

/// A structure along one trajectory.
struct OwnFit {
    dictionary: Dictionary,
    fit: Fit,
}

impl<'a> Comparison<'a> {
    fn new(data: &Dataset, singles: &'a [Dataset], options: &DiscoveryOptions) -> Result<Self, DiscoveryError> {
        let (start, dictionary) = all_candidates(data, options)?;
        let explicit_time = start.known.explicit_time();
        let start = |single: &Dataset| Start::new(single, options, explicit_time);
        let starts = singles.par_iter().map(start).collect::<Result<_, _>>()?;
        Ok(Self { singles, starts, dictionary, tuning: options.tuning })
    }

    /// Where a term is among all candidates, if all data together tell it from simpler ones.
    fn place(&self, term: &Term) -> Option<usize> {
        self.dictionary.library.terms().iter().position(|other| other.has_form_of(term))
    }

    fn scores(&self, structures: &[Structure]) -> Vec<f64> {
        structures.par_iter().map(|structure| self.score(structure)).collect()
    }

    /// Infinite where a fit fails: such a structure cannot explain that trajectory.
    fn score(&self, structure: &Structure) -> f64 {
        let choice = |(_, term): &(usize, Term)| {
            self.place(term).map_or(0.0, |place| self.tuning.price_of_a_choice(self.dictionary.ranks[place]))
        };
        let of_trajectory = |start: &Start| {
            let Ok(OwnFit { dictionary, fit }) = self.own_fit(structure, start) else { return f64::INFINITY };
            let numbers = |candidate: &Candidate| {
                let constants = dictionary.library.terms()[candidate.term].constants().len();
                self.tuning.price_of_a_term(start.observations(candidate.state), 1.0, constants)
            };
            let numbers: f64 = fit.candidates.iter().map(numbers).sum();
            Laboratory { start, dictionary: &dictionary, tuning: &self.tuning }.deviance(&fit) + numbers
        };
        structure.terms.iter().map(choice).sum::<f64>() + self.starts.iter().map(of_trajectory).sum::<f64>()
    }

    /// The fit to one trajectory, from the numbers at which the regression is at its best.
    fn own_fit(&self, structure: &Structure, start: &Start) -> Result<OwnFit, SmootherError> {
        let none = BasisLibrary::of_terms(Vec::new(), self.dictionary.library.dims());
        let mut terms: Vec<Term> = Vec::new();
        for (_, term) in &structure.terms {
            if !terms.contains(term) {
                terms.push(term.clone());
            }
        }
        terms.sort_by_key(|term| self.place(term));
        let dictionary = Dictionary::new(none, &terms, Vec::new(), start);
        let laboratory = Laboratory { start, dictionary: &dictionary, tuning: &self.tuning };
        let place = |term: &Term| dictionary.library.terms().iter().position(|other| other == term);
        let (mut candidates, mut theta, mut constants) = (Vec::new(), Vec::new(), Vec::new());
        for state in 0..laboratory.dims() {
            let own = structure.terms.iter().filter(|(of, _)| *of == state);
            // A term that is another one along this trajectory is left out here.
            let mut own: Vec<usize> = own.filter_map(|(_, term)| place(term)).collect();
            own.sort_unstable();
            if own.is_empty() {
                continue;
            }
            let first = own.iter().map(|&term| dictionary.first_constants(term)).collect();
            let regression = IntegralRegression::new(&laboratory, state);
            let proposal = regression.fitted(own, first).ok_or(SmootherError::NotFinite)?;
            candidates.extend(proposal.terms.iter().map(|&term| Candidate { state, term }));
            theta.extend(proposal.theta);
            constants.extend(proposal.constants.into_iter().flatten());
        }
        theta.extend(constants);
        let first = Estimate { states: start.states.clone(), parameters: theta };
        let fit =
            laboratory.fit(candidates, first, &laboratory.floored(&start.noise), &levels(laboratory.tuning), QUICK)?;
        Ok(OwnFit { dictionary, fit })
    }

    /// The structure with the numbers of each trajectory.
    fn models(&self, structure: &Structure) -> Result<Vec<SparseModel>, DiscoveryError> {
        let of_trajectory = |(single, start): (&Dataset, &Start)| {
            let OwnFit { dictionary, fit } = self.own_fit(structure, start)?;
            Account { data: single, laboratory: &Laboratory { start, dictionary: &dictionary, tuning: &self.tuning } }
                .model(&fit, None)
        };
        self.singles.par_iter().zip(&self.starts).map(of_trajectory).collect()
    }
}

/// Progress of one of several searches, as a part of the whole.
struct Part<'a> {
    observer: &'a mut dyn Observer,
    done: usize,
    of: usize,
    stopped: bool,
}

impl Observer for Part<'_> {
    fn step(&mut self, progress: &Progress) -> ControlFlow<()> {
        let fraction = (self.done as f64 + progress.fraction) / self.of as f64;
        let flow = self.observer.step(&Progress { fraction, ..progress.clone() });
        self.stopped |= flow.is_break();
        flow
    }
}
