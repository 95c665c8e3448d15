//! The search over structures.

use std::collections::HashMap;
use std::ops::ControlFlow;

use mechnn_solver::smoother::{Estimate, GaussNewton, SmootherError};
use rayon::prelude::*;

use super::candidates::Candidate;
use super::chosen::Chosen;
use super::fit::{Fit, Laboratory};
use super::proposal::Proposal;
use super::tuning::Tuning;

/// A level of model error (its standard deviation accumulated over one typical step, in units of the noise) at which
/// structures are compared, and those passed on the way to it from smoothed states.
#[derive(Debug, Clone)]
struct Stage {
    path: Vec<f64>,
    /// Rounds of local moves.
    rounds: usize,
}

impl Stage {
    fn level(&self) -> f64 {
        self.path[self.path.len() - 1]
    }
}

/// With loose equations the states follow the data, and what a term does to the rates decides: right also far from the
/// truth. With tight ones, what it does to the whole trajectory: exact near the truth.
fn stages(tuning: &Tuning, typical_step: f64) -> [Stage; 2] {
    let Tuning { tight, rounds, tight_rounds, .. } = *tuning;
    let loose = tuning.loose_level(typical_step);
    // On the way to the loose level three times that, and between the two a fifth of it.
    let between = (0.2 * loose).max(tight);
    [
        Stage { path: vec![3.0 * loose, loose], rounds },
        Stage { path: vec![loose, between, tight], rounds: tight_rounds },
    ]
}

/// Few steps, and none that is corrected: structures are compared near where the data put the states, and a corrected step
/// can leave that valley for one where large terms that cancel explain everything.
fn quick(steps: usize) -> GaussNewton {
    GaussNewton { max_iterations: steps, tolerance: 1e-3, corrects: false }
}

/// The part of the time of a search of long data that its excerpt takes.
const EXCERPT_SHARE: f64 = 0.7;

/// What the search tells while it runs; `Break` ends it.
pub(super) type Watch<'a> = dyn FnMut(&Fit, f64) -> ControlFlow<()> + 'a;

pub(super) struct Search<'a, 'w> {
    laboratory: &'a Laboratory<'a>,
    noise: Vec<f64>,
    /// Candidates that local moves try.
    shortlist: Vec<Candidate>,
    stages: [Stage; 2],
    /// Which of them.
    stage: usize,
    /// Criterion of every structure that was fitted in this stage; infinite where the fit failed.
    tried: HashMap<Vec<Candidate>, f64>,
    /// The best of this stage, best first.
    pub(super) best: Vec<Fit>,
    /// The best of each number of terms among those compared in the end.
    pub(super) front: HashMap<usize, Fit>,
    watch: &'a mut Watch<'w>,
    fraction: f64,
    /// The part of the whole that this search is: where it begins and ends.
    share: (f64, f64),
    pub(super) interrupted: bool,
}

/// What a search of an excerpt hands on to one of all the data.
pub(super) struct Leads {
    fits: Vec<Fit>,
    shortlist: Vec<Candidate>,
    interrupted: bool,
}

impl<'a, 'w> Search<'a, 'w> {
    pub(super) fn new(laboratory: &'a Laboratory<'a>, watch: &'a mut Watch<'w>) -> Self {
        let noise = laboratory.floored(&laboratory.start.noise);
        let (tried, best) = (HashMap::new(), Vec::new());
        Self {
            laboratory,
            noise,
            shortlist: Vec::new(),
            stages: stages(laboratory.tuning, laboratory.start.typical_step),
            stage: 0,
            tried,
            best,
            front: HashMap::new(),
            watch,
            fraction: 0.0,
            share: (0.0, 1.0),
            interrupted: false,
        }
    }

    /// The best structure found, with its fit.
    pub(super) fn run(&mut self) -> Result<Fit, SmootherError> {
        self.compare_all();
        self.finish()
    }

    /// The best structures found, to be continued on more data.
    pub(super) fn leads(mut self) -> Leads {
        self.share = (0.0, EXCERPT_SHARE);
        self.compare_all();
        self.best.truncate(self.laboratory.tuning.leads);
        Leads { fits: self.best, shortlist: self.shortlist, interrupted: self.interrupted }
    }

    /// The best structure from leads and their neighbours, with its fit.
    pub(super) fn follow(&mut self, leads: Leads) -> Result<Fit, SmootherError> {
        (self.shortlist, self.interrupted, self.share) = (leads.shortlist, leads.interrupted, (EXCERPT_SHARE, 1.0));
        self.stage = 1;
        for lead in leads.fits {
            let start = Estimate { states: self.laboratory.start.states.clone(), parameters: lead.estimate.parameters };
            self.attempt(lead.candidates, start, &self.path());
            if self.interrupted && !self.best.is_empty() {
                break;
            }
        }
        self.move_locally(0.0);
        self.finish()
    }

    /// Compares structures from proposals to the last local move.
    fn compare_all(&mut self) {
        let (dims, tuning) = (self.laboratory.dims(), self.laboratory.tuning);
        let (all, polynomials) = (self.laboratory.dictionary.len(), self.laboratory.dictionary.polynomials);
        // Polynomials first: they say most with least, and a search among all functions at once would lose its way.
        let libraries = if all > polynomials { vec![polynomials, all] } else { vec![all] };
        let searched = (0..dims).filter(|&d| self.laboratory.is_searched(d)).count();
        let (count, per_size) = match searched {
            0 | 1 => (tuning.proposals, tuning.proposals_of_a_size),
            _ => (tuning.exchanges, tuning.exchanges_of_a_size),
        };
        let lists: Vec<Vec<Vec<Proposal>>> = libraries
            .iter()
            .map(|&terms| (0..dims).map(|d| self.laboratory.proposals(d, terms, count, per_size)).collect())
            .collect();
        let mut survivors: Vec<Fit> = Vec::new();
        for (index, (lists, &terms)) in lists.iter().zip(&libraries).enumerate() {
            self.shortlist = self.shortlist(lists, terms);
            self.exchange_equations(lists);
            if self.best.is_empty() {
                // Few data: every proposal has too many numbers for them. From no terms local moves add some.
                let states = self.laboratory.start.states.clone();
                self.attempt(Vec::new(), Estimate { states, parameters: Vec::new() }, &self.path());
            }
            self.move_locally(index as f64 / 4.0);
            survivors.extend(self.best.iter().cloned());
        }
        self.stage = 1;
        self.tried.clear();
        self.best.clear();
        for survivor in survivors {
            let states = self.laboratory.start.states.clone();
            let start = Estimate { states, parameters: survivor.estimate.parameters };
            self.attempt(survivor.candidates, start, &self.path());
        }
        if searched == 1 {
            lists.iter().for_each(|lists| self.exchange_equations(lists));
        }
        self.move_locally(0.5);
        self.try_neighbours_of_incumbents();
    }

    fn stage(&self) -> &Stage {
        &self.stages[self.stage]
    }

    fn is_last_stage(&self) -> bool {
        self.stage + 1 == self.stages.len()
    }

    fn path(&self) -> Vec<f64> {
        self.stage().path.clone()
    }

    fn finish(&mut self) -> Result<Fit, SmootherError> {
        self.weigh_relations();
        if self.best.is_empty() {
            return Err(SmootherError::NotFinite);
        }
        self.laboratory.improve(&self.best[0], self.laboratory.tuning.tight, GaussNewton::default())
    }

    /// Rounds of local moves, as long as they help. `done` is the fraction of the search that is behind them.
    fn move_locally(&mut self, done: f64) {
        while !self.interrupted && self.prune() {}
        for round in 0..self.stage().rounds {
            self.fraction = done + 0.25 * round as f64 / self.stage().rounds as f64;
            if self.interrupted || !self.local_moves() {
                break;
            }
        }
        while !self.interrupted && self.prune() {}
    }

    /// Drops terms of the best structure, as many at once as its profile says, or fewer. Returns whether that helped.
    fn prune(&mut self) -> bool {
        let Some(best) = self.best.first().filter(|best| !best.candidates.is_empty()).cloned() else { return false };
        let Ok(quadratic) = self.laboratory.quadratic(&best, &[], self.stage().level()) else { return false };
        let score = self.laboratory.score_of_subsets(&best, &best.candidates);
        let members: Vec<usize> = (0..best.candidates.len()).collect();
        let target = quadratic.eliminated(&members, score);
        let dropped: Vec<usize> = members.iter().copied().filter(|j| !target.members.contains(j)).collect();
        let mut count = dropped.len();
        while count > 0 {
            let kept: Vec<usize> = members.iter().copied().filter(|j| !dropped[..count].contains(j)).collect();
            let (candidates, parameters) = self.laboratory.completed(&best, &best.candidates, &quadratic.at(&kept));
            let start = Estimate { states: best.estimate.states.clone(), parameters };
            if self.attempt(candidates, start, &[self.stage().level()]) < best.criterion {
                return true;
            }
            // The quadratic picture was too optimistic: half as many.
            count /= 2;
        }
        false
    }

    /// The simplest of the first `terms` terms for every equation, and those that its proposals use.
    fn shortlist(&self, lists: &[Vec<Proposal>], terms: usize) -> Vec<Candidate> {
        let library = terms;
        let dictionary = self.laboratory.dictionary;
        let mut shortlist = Vec::new();
        let rules = &dictionary.rules;
        for (state, list) in lists.iter().enumerate().filter(|(state, _)| self.laboratory.is_searched(*state)) {
            let is_candidate = |term: &usize| {
                let candidate = Candidate { state, term: *term };
                rules.allows(candidate) && rules.leads(candidate)
            };
            let mut terms: Vec<usize> = (0..library).filter(is_candidate).collect();
            terms.sort_by_key(|&term| (dictionary.ranks[term] as usize, term));
            terms.truncate(self.laboratory.tuning.listed);
            for term in list.iter().flat_map(|proposal| &proposal.terms) {
                if terms.len() < self.laboratory.tuning.longest_list && !terms.contains(term) && is_candidate(term) {
                    terms.push(*term);
                }
            }
            terms.sort_unstable();
            shortlist.extend(terms.into_iter().map(|term| Candidate { state, term }));
        }
        shortlist
    }

    /// Tries the proposals of each equation in turn, the other equations at their best.
    fn exchange_equations(&mut self, lists: &[Vec<Proposal>]) {
        let mut current: Vec<&Proposal> = lists.iter().map(|list| &list[0]).collect();
        let mut lowest = self.try_equations(&current);
        let sweeps = if lists.len() > 1 { self.laboratory.tuning.sweeps } else { 1 };
        for d in (0..lists.len()).cycle().take(sweeps * lists.len()) {
            let mut chosen = current[d];
            for alternative in &lists[d] {
                if self.interrupted {
                    return;
                }
                current[d] = alternative;
                let criterion = self.try_equations(&current);
                if criterion < lowest {
                    (lowest, chosen) = (criterion, alternative);
                }
            }
            current[d] = chosen;
        }
    }

    /// Fits a model of one proposal for each equation, from the smoothed states.
    fn try_equations(&mut self, equations: &[&Proposal]) -> f64 {
        let of_equation = |(state, equation): (usize, &&Proposal)| -> Vec<Chosen> {
            let numbers = equation.theta.iter().zip(&equation.constants);
            let terms = equation.terms.iter().zip(numbers);
            let chosen = |(&term, (&theta, constants)): (&usize, (&f64, &Vec<f64>))| Chosen {
                candidate: Candidate { state, term },
                theta,
                constants: constants.clone(),
            };
            terms.map(chosen).collect()
        };
        let chosen = equations.iter().enumerate().flat_map(of_equation).collect();
        let (candidates, parameters) = self.laboratory.assembled(chosen);
        let states = self.laboratory.start.states.clone();
        self.attempt(candidates, Estimate { states, parameters }, &self.path())
    }

    fn best_criterion(&self) -> f64 {
        self.best.first().map_or(f64::INFINITY, |fit| fit.criterion)
    }

    /// Fits a structure unless that was done before, and remembers it if it is one of the best. Returns its criterion.
    fn attempt(&mut self, candidates: Vec<Candidate>, start: Estimate, levels: &[f64]) -> f64 {
        if let Some(&criterion) = self.tried.get(&candidates) {
            return criterion;
        }
        // A structure whose fit fails is one that cannot explain the data from here.
        let fit = self
            .laboratory
            .fit(candidates.clone(), start, &self.noise, levels, quick(self.laboratory.tuning.steps))
            .ok();
        let criterion = fit.as_ref().map_or(f64::INFINITY, |fit| fit.criterion);
        self.tried.insert(candidates, criterion);
        if let Some(fit) = fit.filter(|_| criterion.is_finite()) {
            if criterion < self.best_criterion() {
                let (begin, end) = self.share;
                self.interrupted |= (self.watch)(&fit, begin + (end - begin) * self.fraction).is_break();
            }
            if self.is_last_stage() {
                let terms = fit.candidates.len();
                if self.front.get(&terms).is_none_or(|other| criterion < other.criterion) {
                    self.front.insert(terms, fit.clone());
                }
            }
            let place = self.best.partition_point(|other| other.criterion <= criterion);
            self.best.insert(place, fit);
            let Tuning { finalists, survivors, .. } = *self.laboratory.tuning;
            self.best.truncate(if self.is_last_stage() { finalists } else { survivors });
        }
        criterion
    }

    /// Tries the most promising neighbours of the best structure. Returns whether one is better.
    fn local_moves(&mut self) -> bool {
        let Some(best) = self.best.first().cloned() else { return false };
        self.try_neighbours(&best);
        self.best_criterion() < best.criterion
    }

    fn try_neighbours(&mut self, fit: &Fit) {
        let path = self.path();
        let count = self.laboratory.tuning.neighbours;
        for (candidates, parameters) in self.laboratory.neighbours(fit, &self.shortlist, self.stage().level(), count) {
            if self.interrupted {
                return;
            }
            let start = Estimate { states: fit.estimate.states.clone(), parameters };
            self.attempt(candidates, start, &path[path.len() - 2..]);
        }
    }

    /// Tries the neighbours of the best structures, not only of the best one, whose valley may be a side valley.
    fn try_neighbours_of_incumbents(&mut self) {
        let incumbents: Vec<Fit> = self.best.iter().take(self.laboratory.tuning.incumbents).cloned().collect();
        incumbents.iter().for_each(|fit| self.try_neighbours(fit));
        while !self.interrupted && self.prune() {}
    }

    /// Takes from the criteria what simple relations of the coefficients save, and sorts anew.
    fn weigh_relations(&mut self) {
        let limit = self.best_criterion() + self.laboratory.tuning.behind;
        let laboratory = self.laboratory;
        let weigh = |fit: &mut Fit| fit.criterion -= laboratory.saving(fit, laboratory.tuning.tight);
        self.best.retain(|fit| fit.criterion <= limit);
        self.best.par_iter_mut().for_each(weigh);
        self.best.sort_by(|a, b| a.criterion.total_cmp(&b.criterion));
        self.front.values_mut().for_each(weigh);
        for fit in &self.best {
            let terms = fit.candidates.len();
            if self.front.get(&terms).is_none_or(|other| fit.criterion < other.criterion) {
                self.front.insert(terms, fit.clone());
            }
        }
    }
}
