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
            let (structure, parameters) = (&fit.structure, fit.parameters());
            let is_regular = |(j, candidate): (usize, &Candidate)| {
                space.dictionary.is_regular(candidate.term, &parameters[structure.constants(j)])
            };
            if !structure.candidates().iter().enumerate().all(is_regular) {
                return f64::INFINITY;
            }
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

#[cfg(test)]
mod tests {
    use super::{Comparison, Dataset, Form};
    use crate::discovery::test_problem::{polynomials, simulated, times};
    use crate::equation::SparseModel;

    fn singles() -> (Dataset, Vec<Dataset>) {
        let mut data = simulated(&[("x", "1 - 0.5*x")], &[&[0.2]], &times(31, 0.3));
        let mut other = simulated(&[("x", "3 - 1.2*x")], &[&[8.0]], &times(31, 0.15)).trajectories.remove(0);
        other.name = "other".to_owned();
        data.trajectories.push(other);
        let data = data.with_noise(0.01, 3).expect("noise");
        let singles = (0..2).map(|index| data.single(index)).collect();
        (data, singles)
    }

    fn form(rate: &str) -> Form {
        Form::of(&SparseModel::from_text("t", &[("x", rate)]).expect("equations"))
    }

    #[test]
    fn the_true_form_scores_lowest_and_a_needless_term_costs_a_number_of_each_trajectory() {
        let (data, singles) = singles();
        let comparison = Comparison::new(&data, &singles, &polynomials(2)).expect("a comparison");
        let forms = ["1 + x", "1 + x + x**2", "x", "1", "0"].map(form);
        let scores = comparison.scores(&forms);
        assert!((1..5).all(|other| scores[0] < scores[other]), "{scores:?}");
        // ln 31 for each of two trajectories and 2 ln 3 for the choice, less what it explains of the noise: two
        // numbers lower the deviance by about 2.
        let cost = 2.0 * 31f64.ln() + 2.0 * 3f64.ln();
        let found = scores[1] - scores[0];
        assert!(found <= cost + 0.1 && found > cost - 9.0, "{found}, at most {cost}");
        // Without terms nothing is free but the starts, and that is worse.
        assert!(scores[4].is_finite());
    }

    #[test]
    fn every_trajectory_has_numbers_of_its_own() {
        let (data, singles) = singles();
        let comparison = Comparison::new(&data, &singles, &polynomials(1)).expect("a comparison");
        let models = comparison.models(&form("1 + x")).expect("numbers");
        for (model, expected) in models.iter().zip([[1.0, -0.5], [3.0, -1.2]]) {
            let numbers: Vec<f64> = model.terms().map(|(_, own)| own.coefficient).collect();
            // Noise of 1 % in 31 rows.
            assert!(numbers.iter().zip(expected).all(|(a, b)| (a - b).abs() < 0.05 * b.abs()), "{numbers:?}");
        }
        assert!(comparison.models(&form("0")).expect("no numbers").iter().all(|model| model.term_count() == 0));
    }
}
