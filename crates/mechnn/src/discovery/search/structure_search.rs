//! The search over structures: exchanges of equations, then local moves, with loose equations and then with tight
//! ones.

use std::collections::HashMap;
use std::ops::ControlFlow;

use mechnn_solver::smoother::{GaussNewton, SmootherError};
use rayon::prelude::*;

use super::neighbours::{guess_of_subset, neighbours};
use super::relations::saving;
use super::shortlist::shortlist;
use super::stage::{Levels, SearchStage};
use crate::discovery::candidates::Candidate;
use crate::discovery::fit::{Criterion, Estimator, Fit, floored};
use crate::discovery::propose::{Proposal, proposals};
use crate::discovery::structure::{Guess, Problem, Structure};

// What these numbers were chosen by, and what other values do, is in `docs/src/decisions/0010-constants-by-halves.md`.

/// Proposals of an equation that stands alone, and of these at least so many of every size.
const PROPOSALS_ALONE: usize = 40;
const OF_A_SIZE_ALONE: usize = 8;

/// Of the proposals of each of several equations at least so many of every size.
const OF_A_SIZE: usize = 3;

/// Times that the equations are gone through to exchange one while the others stay.
const SWEEPS: usize = 2;

/// The best structures whose neighbours are tried in the end, not only those of the best one.
const INCUMBENTS: usize = 5;

/// Structures that are weighed in the end by what relations of their numbers save.
pub(crate) const FINALISTS: usize = 30;

/// By how much their criteria may be behind the lowest; no relations save more.
pub(crate) const BEHIND: f64 = 25.0;

/// Structures that pass from an excerpt of long data to all of them.
const LEADS: usize = 5;

/// Few steps, and none that is corrected: structures are compared near where the data put the states, and a corrected
/// step can leave that valley for one where large terms that cancel explain everything.
const QUICK: GaussNewton = GaussNewton { max_iterations: 8, tolerance: 1e-3, corrects: false };

/// The part of the time of a search of long data that its excerpt takes.
const EXCERPT_SHARE: f64 = 0.7;

/// The part of a search that is behind it when the tight stage begins, and that a stage of local moves takes.
const TIGHT_FROM: f64 = 0.5;
const LOCAL_MOVES: f64 = 0.25;

/// Where a search is when it tells of a fit.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Step {
    pub(crate) stage: SearchStage,
    /// Model error at which structures are compared in this stage.
    pub(crate) level: f64,
    /// Fraction of the search that is done, an estimate.
    pub(crate) fraction: f64,
}

/// What the search tells while it runs; `Break` ends it.
pub(crate) type Watch<'a> = dyn FnMut(&Fit, Step) -> ControlFlow<()> + 'a;

pub(crate) struct Search<'a, 'w> {
    problem: Problem<'a>,
    noise: Vec<f64>,
    /// Candidates that local moves try.
    shortlist: Vec<Candidate>,
    stage: SearchStage,
    levels: Levels,
    /// Criterion of every structure that was fitted in this stage; infinite where the fit failed.
    tried: HashMap<Structure, f64>,
    /// The best of this stage, best first.
    pub(crate) best: Vec<Fit>,
    /// The best of each number of terms among those compared in the end.
    pub(crate) best_of_size: HashMap<usize, Fit>,
    watch: &'a mut Watch<'w>,
    fraction: f64,
    /// The part of the whole that this search is: where it begins and ends.
    share: (f64, f64),
    pub(crate) interrupted: bool,
}

/// What a search of an excerpt hands on to one of all the data.
pub(crate) struct Leads {
    fits: Vec<Fit>,
    shortlist: Vec<Candidate>,
    interrupted: bool,
}

impl<'a, 'w> Search<'a, 'w> {
    pub(crate) fn new(problem: Problem<'a>, watch: &'a mut Watch<'w>) -> Self {
        Self {
            problem,
            noise: floored(problem.data, &problem.data.noise),
            shortlist: Vec::new(),
            stage: SearchStage::Loose,
            levels: Levels::of(SearchStage::Loose, problem.tuning, problem.data.typical_step),
            tried: HashMap::new(),
            best: Vec::new(),
            best_of_size: HashMap::new(),
            watch,
            fraction: 0.0,
            share: (0.0, 1.0),
            interrupted: false,
        }
    }

    /// The best structure found, with its fit.
    pub(crate) fn run(&mut self) -> Result<Fit, SmootherError> {
        self.compare_all();
        self.finish()
    }

    /// The best structures found, to be continued on more data.
    pub(crate) fn leads(mut self) -> Leads {
        self.share = (0.0, EXCERPT_SHARE);
        self.compare_all();
        self.best.truncate(LEADS);
        Leads { fits: self.best, shortlist: self.shortlist, interrupted: self.interrupted }
    }

    /// The best structure from leads and their neighbours, with its fit.
    pub(crate) fn follow(&mut self, leads: Leads) -> Result<Fit, SmootherError> {
        (self.shortlist, self.interrupted, self.share) = (leads.shortlist, leads.interrupted, (EXCERPT_SHARE, 1.0));
        self.tighten();
        for lead in leads.fits {
            self.attempt_anew(Guess { structure: lead.structure, parameters: lead.estimate.parameters });
            if self.interrupted && !self.best.is_empty() {
                break;
            }
        }
        self.move_locally(0.0);
        self.finish()
    }

    /// Compares structures from proposals to the last local move.
    fn compare_all(&mut self) {
        let (problem, dims) = (self.problem, self.problem.dims());
        let (all, polynomials) = (problem.space.dictionary.len(), problem.space.dictionary.polynomials);
        // Polynomials first: they say most with least, and a search among all functions at once would lose its way.
        let libraries = if all > polynomials { vec![polynomials, all] } else { vec![all] };
        let searched = (0..dims).filter(|&d| problem.is_searched(d)).count();
        let (count, per_size) = match searched {
            0 | 1 => (PROPOSALS_ALONE, OF_A_SIZE_ALONE),
            _ => (problem.tuning.exchanges, OF_A_SIZE),
        };
        let lists: Vec<Vec<Vec<Proposal>>> = libraries
            .iter()
            .map(|&terms| (0..dims).map(|d| proposals(problem, d, terms, count, per_size)).collect())
            .collect();
        let mut survivors: Vec<Fit> = Vec::new();
        for (index, (lists, &terms)) in lists.iter().zip(&libraries).enumerate() {
            self.shortlist = shortlist(&problem, lists, terms);
            self.exchange_equations(lists);
            if self.best.is_empty() {
                // Few data: every proposal has too many numbers for them. From no terms local moves add some.
                self.attempt_anew(Guess::default());
            }
            self.move_locally(LOCAL_MOVES * index as f64);
            survivors.extend(self.best.iter().cloned());
        }
        self.tighten();
        for survivor in survivors {
            self.attempt_anew(Guess { structure: survivor.structure, parameters: survivor.estimate.parameters });
        }
        if searched == 1 {
            lists.iter().for_each(|lists| self.exchange_equations(lists));
        }
        self.move_locally(TIGHT_FROM);
        self.try_neighbours_of_incumbents();
    }

    /// From here on structures are compared with tight equations.
    fn tighten(&mut self) {
        self.stage = SearchStage::Tight;
        self.levels = Levels::of(SearchStage::Tight, self.problem.tuning, self.problem.data.typical_step);
        self.tried.clear();
        self.best.clear();
    }

    fn finish(&mut self) -> Result<Fit, SmootherError> {
        self.weigh_relations();
        if self.best.is_empty() {
            return Err(SmootherError::NotFinite);
        }
        Estimator::new(self.problem).improve(&self.best[0], self.problem.tuning.tight, GaussNewton::default())
    }

    /// Rounds of local moves, as long as they help. `done` is the fraction of the search that is behind them.
    fn move_locally(&mut self, done: f64) {
        while !self.interrupted && self.prune() {}
        for round in 0..self.levels.rounds {
            self.fraction = done + LOCAL_MOVES * round as f64 / self.levels.rounds as f64;
            if self.interrupted || !self.local_moves() {
                break;
            }
        }
        while !self.interrupted && self.prune() {}
    }

    /// Drops terms of the best structure, as many at once as its profile says, or fewer. Returns whether that helped.
    fn prune(&mut self) -> bool {
        let Some(best) = self.best.first().filter(|best| !best.structure.is_empty()).cloned() else { return false };
        let level = self.levels.last();
        let Ok(quadratic) = Estimator::new(self.problem).quadratic(&best, &[], level) else { return false };
        let criterion = Criterion::new(self.problem);
        let own = best.structure.candidates();
        let members: Vec<usize> = (0..own.len()).collect();
        let target = quadratic.eliminated(&members, criterion.of_subsets(&best.noise, own));
        let dropped: Vec<usize> = members.iter().copied().filter(|j| !target.members.contains(j)).collect();
        let mut count = dropped.len();
        while count > 0 {
            let kept: Vec<usize> = members.iter().copied().filter(|j| !dropped[..count].contains(j)).collect();
            let guess = guess_of_subset(&self.problem, &best, own, &quadratic.at(&kept));
            if self.attempt(guess, best.estimate.states.clone(), &[level]) < best.criterion {
                return true;
            }
            // The quadratic picture was too optimistic: half as many.
            count /= 2;
        }
        false
    }

    /// Tries the proposals of each equation in turn, the other equations at their best.
    fn exchange_equations(&mut self, lists: &[Vec<Proposal>]) {
        let mut current: Vec<&Proposal> = lists.iter().map(|list| &list[0]).collect();
        let mut lowest = self.try_equations(&current);
        let sweeps = if lists.len() > 1 { SWEEPS } else { 1 };
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
        let terms = equations.iter().enumerate().flat_map(|(state, equation)| equation.guesses(state));
        self.attempt_anew(Guess::of_terms(&self.problem, terms.collect()))
    }

    fn best_criterion(&self) -> f64 {
        self.best.first().map_or(f64::INFINITY, |fit| fit.criterion)
    }

    /// Fits a structure from the smoothed states, through all levels of this stage.
    fn attempt_anew(&mut self, guess: Guess) -> f64 {
        let path = self.levels.path.clone();
        self.attempt(guess, self.problem.data.states.clone(), &path)
    }

    /// Fits a structure unless that was done before, and remembers it if it is one of the best. Returns its criterion.
    fn attempt(&mut self, guess: Guess, states: Vec<f64>, levels: &[f64]) -> f64 {
        if let Some(&criterion) = self.tried.get(&guess.structure) {
            return criterion;
        }
        let structure = guess.structure.clone();
        // A structure whose fit fails is one that cannot explain the data from here.
        let fit = Estimator::new(self.problem).fit(guess, states, &self.noise, levels, QUICK).ok();
        let criterion = fit.as_ref().map_or(f64::INFINITY, |fit| fit.criterion);
        self.tried.insert(structure, criterion);
        if let Some(fit) = fit.filter(|_| criterion.is_finite()) {
            if criterion < self.best_criterion() {
                let step = self.step();
                self.interrupted |= (self.watch)(&fit, step).is_break();
            }
            if self.stage == SearchStage::Tight {
                self.keep_best_of_size(&fit);
            }
            let place = self.best.partition_point(|other| other.criterion <= criterion);
            self.best.insert(place, fit);
            self.best.truncate(match self.stage {
                SearchStage::Loose => self.problem.tuning.survivors,
                SearchStage::Tight => FINALISTS,
            });
        }
        criterion
    }

    /// Where the search is.
    fn step(&self) -> Step {
        let (begin, end) = self.share;
        Step { stage: self.stage, level: self.levels.last(), fraction: begin + (end - begin) * self.fraction }
    }

    fn keep_best_of_size(&mut self, fit: &Fit) {
        let terms = fit.structure.terms();
        if self.best_of_size.get(&terms).is_none_or(|other| fit.criterion < other.criterion) {
            self.best_of_size.insert(terms, fit.clone());
        }
    }

    /// Tries the most promising neighbours of the best structure. Returns whether one is better.
    fn local_moves(&mut self) -> bool {
        let Some(best) = self.best.first().cloned() else { return false };
        self.try_neighbours(&best);
        self.best_criterion() < best.criterion
    }

    fn try_neighbours(&mut self, fit: &Fit) {
        let (problem, level) = (self.problem, self.levels.last());
        for guess in neighbours(&problem, fit, &self.shortlist, level, problem.tuning.neighbours) {
            if self.interrupted {
                return;
            }
            let levels = self.levels.end().to_vec();
            self.attempt(guess, fit.estimate.states.clone(), &levels);
        }
    }

    /// Tries the neighbours of the best structures, not only of the best one, whose valley may be a side valley.
    fn try_neighbours_of_incumbents(&mut self) {
        let incumbents: Vec<Fit> = self.best.iter().take(INCUMBENTS).cloned().collect();
        incumbents.iter().for_each(|fit| self.try_neighbours(fit));
        while !self.interrupted && self.prune() {}
    }

    /// Takes from the criteria what simple relations of the coefficients save, and sorts anew.
    fn weigh_relations(&mut self) {
        let limit = self.best_criterion() + BEHIND;
        let problem = self.problem;
        let weigh = |fit: &mut Fit| fit.criterion -= saving(&problem, fit, problem.tuning.tight);
        self.best.retain(|fit| fit.criterion <= limit);
        self.best.par_iter_mut().for_each(weigh);
        self.best.sort_by(|a, b| a.criterion.total_cmp(&b.criterion));
        self.best_of_size.values_mut().for_each(weigh);
        for fit in self.best.clone() {
            self.keep_best_of_size(&fit);
        }
    }
}
