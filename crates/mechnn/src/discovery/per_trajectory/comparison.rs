//! What forms are worth on all trajectories together.

use mechnn_solver::smoother::{GaussNewton, SmootherError};
use rayon::prelude::*;

use crate::data::Dataset;
use crate::discovery::candidates::{Candidate, Dictionary, DictionaryTerms};
use crate::discovery::fit::{Criterion, Estimator, Fit, floored};
use crate::discovery::given_structure::levels;
use crate::discovery::prepare::PreparedData;
use crate::discovery::propose::IntegralRegression;
use crate::discovery::request::{DiscoveryError, DiscoveryOptions, Tuning};
use crate::discovery::result::ResultBuilder;
use crate::discovery::setup::{prepare, problem};
use crate::discovery::structure::{Form, Guess, Problem, SearchSpace};
use crate::equation::{SparseModel, Term};

/// Few steps, but more than in the search: a structure found on one trajectory may start far from its best on another.
const QUICK: GaussNewton = GaussNewton { max_iterations: 15, tolerance: 1e-3, corrects: true };

/// What structures are worth on all trajectories.
pub(super) struct Comparison<'a> {
    singles: &'a [Dataset],
    /// Of each trajectory.
    prepared: Vec<PreparedData>,
    /// All candidates on all data: it says how many terms are as simple.
    dictionary: Dictionary,
    tuning: Tuning,
}

/// A structure along one trajectory.
struct OwnFit {
    space: SearchSpace,
    fit: Fit,
}

impl<'a> Comparison<'a> {
    /// # Errors
    /// [`DiscoveryError`] as [`discover`](crate::discovery::discover) for any of the trajectories.
    pub(super) fn new(
        data: &Dataset,
        singles: &'a [Dataset],
        options: &DiscoveryOptions,
    ) -> Result<Self, DiscoveryError> {
        let (all, SearchSpace { dictionary, .. }) = problem(data, options)?;
        let explicit_time = all.known.explicit_time();
        let prepared = singles.par_iter().map(|single| prepare(single, options, explicit_time));
        Ok(Self { singles, prepared: prepared.collect::<Result<_, _>>()?, dictionary, tuning: options.tuning })
    }

    /// Criteria of structures, lower is better; infinite where a fit fails: such a structure cannot explain that
    /// trajectory.
    pub(super) fn scores(&self, forms: &[Form]) -> Vec<f64> {
        forms.par_iter().map(|form| self.score(form)).collect()
    }

    /// The structure with the numbers of each trajectory.
    ///
    /// # Errors
    /// [`DiscoveryError`] if a fit fails, or a number is not finite in the data's units.
    pub(super) fn models(&self, form: &Form) -> Result<Vec<SparseModel>, DiscoveryError> {
        let of_trajectory = |(single, prepared): (&Dataset, &PreparedData)| {
            let OwnFit { space, fit } = self.own_fit(form, prepared)?;
            ResultBuilder { data: single, problem: self.problem(prepared, &space) }.model(&fit, None)
        };
        self.singles.par_iter().zip(&self.prepared).map(of_trajectory).collect()
    }

    fn score(&self, form: &Form) -> f64 {
        let choice = |(_, term): &(usize, Term)| {
            // A term that all data together do not tell from simpler ones is no choice.
            self.place(term).map_or(0.0, |place| self.tuning.penalty_of_a_choice(self.dictionary.ranks[place]))
        };
        let of_trajectory = |prepared: &PreparedData| {
            let Ok(OwnFit { space, fit }) = self.own_fit(form, prepared) else { return f64::INFINITY };
            let numbers = |candidate: &Candidate| {
                let constants = space.dictionary.constants_of(candidate.term);
                self.tuning.penalty_of_a_term(prepared.observations(candidate.state), 1.0, constants)
            };
            let numbers: f64 = fit.structure.candidates().iter().map(numbers).sum();
            Criterion::new(self.problem(prepared, &space)).deviance(&fit) + numbers
        };
        form.terms.iter().map(choice).sum::<f64>() + self.prepared.iter().map(of_trajectory).sum::<f64>()
    }

    /// The fit to one trajectory, from the numbers at which the regression is at its best.
    fn own_fit(&self, form: &Form, prepared: &PreparedData) -> Result<OwnFit, SmootherError> {
        let mut extra: Vec<Term> = Vec::new();
        for (_, term) in &form.terms {
            if !extra.contains(term) {
                extra.push(term.clone());
            }
        }
        extra.sort_by_key(|term| self.place(term));
        let dictionary = Dictionary::new(DictionaryTerms { extra, ..DictionaryTerms::default() }, prepared);
        let space = SearchSpace::without_rules(dictionary);
        let problem = self.problem(prepared, &space);
        let mut terms = Vec::new();
        for state in 0..problem.dims() {
            let own = form.terms.iter().filter(|(of, _)| *of == state);
            // A term that is another one along this trajectory is left out here.
            let mut own: Vec<usize> = own.filter_map(|(_, term)| space.dictionary.position(term)).collect();
            own.sort_unstable();
            if own.is_empty() {
                continue;
            }
            let first = own.iter().map(|&term| space.dictionary.first_constants(term)).collect();
            let proposal = IntegralRegression::new(problem, state).fitted(own, first);
            terms.extend(proposal.ok_or(SmootherError::NotFinite)?.guesses(state));
        }
        let guess = Guess::of_terms(&problem, terms);
        let (states, noise) = (prepared.states.clone(), floored(prepared, &prepared.noise));
        let fit = Estimator::new(problem).fit(guess, states, &noise, &levels(&self.tuning), QUICK)?;
        Ok(OwnFit { space, fit })
    }

    fn problem<'p>(&'p self, data: &'p PreparedData, space: &'p SearchSpace) -> Problem<'p> {
        Problem { data, space, tuning: &self.tuning }
    }

    /// Where a term is among all candidates, if all data together tell it from simpler ones.
    fn place(&self, term: &Term) -> Option<usize> {
        self.dictionary.library.terms().iter().position(|other| other.has_form_of(term))
    }
}
