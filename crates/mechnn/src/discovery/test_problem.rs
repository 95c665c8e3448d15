//! Small problems on which the rooms are tested.

use mechnn_solver::smoother::GaussNewton;
use ndarray::Array2;

use super::candidates::{Candidate, extra_term, variables};
use super::fit::{Estimator, Fit, floored};
use super::prepare::PreparedData;
use super::request::{DiscoveryOptions, ModelConstraints, Tuning};
use super::search::FROM_SMOOTHED_STATES;
use super::setup::problem;
use super::structure::{Guess, Problem, SearchSpace, Structure};
use crate::data::{Dataset, NoiseModel, Trajectory};
use crate::equation::{LibrarySpec, SimulationOptions, SparseModel, Term, simulate};

/// Two populations of which one eats the other. All terms of degree 2 can be told apart on their trajectories.
pub(crate) const HUNT: [(&str, &str); 2] = [("x", "x - 0.5*x*y"), ("y", "0.5*x*y - 0.7*y")];

/// A swing that comes to rest.
pub(crate) const SWING: [(&str, &str); 2] = [("x", "y"), ("y", "-2*x - 0.3*y")];

/// `points` times from 0, `step` apart.
pub(crate) fn times(points: u32, step: f64) -> Vec<f64> {
    (0..points).map(|i| f64::from(i) * step).collect()
}

/// Trajectories of equations without noise, one from each start.
pub(crate) fn simulated(equations: &[(&str, &str)], starts: &[&[f64]], times: &[f64]) -> Dataset {
    let model = SparseModel::from_text("t", equations).expect("equations");
    let trajectory = |(index, start): (usize, &&[f64])| {
        let options = SimulationOptions::new(vec![1.0; model.dims()]);
        let values = simulate(&model, start, times, &options).expect("a simulation").values;
        Trajectory::new(format!("from start {index}"), times.to_vec(), values).expect("a trajectory")
    };
    Dataset::new("t", model.states.clone(), starts.iter().enumerate().map(trajectory).collect()).expect("a data set")
}

/// The name of a column, and its values over the time.
pub(crate) type Column = (&'static str, fn(f64) -> f64);

/// One trajectory with columns that are functions of the time.
pub(crate) fn columns(functions: &[Column], times: &[f64]) -> Dataset {
    let values = Array2::from_shape_fn((times.len(), functions.len()), |(i, d)| functions[d].1(times[i]));
    let names = functions.iter().map(|(name, _)| (*name).to_owned()).collect();
    let trajectory = Trajectory::new("columns", times.to_vec(), values).expect("a trajectory");
    Dataset::new("t", names, vec![trajectory]).expect("a data set")
}

/// Polynomials up to a degree, on a grid of the data's own times where these are more than 40, and additive noise.
pub(crate) fn polynomials(degree: u8) -> DiscoveryOptions {
    let (library, noise_model) = (Some(LibrarySpec::polynomial(degree)), Some(NoiseModel::Additive));
    DiscoveryOptions { library, noise_model, min_intervals: 40, ..DiscoveryOptions::default() }
}

/// The same with further terms and with what the `[model]` table of a file says.
pub(crate) fn options(degree: u8, terms: &[&str], table: &str) -> DiscoveryOptions {
    let constraints = ModelConstraints::from_toml(&format!("[model]\n{table}")).expect("constraints");
    let extra_terms = terms.iter().map(|term| (*term).to_owned()).collect();
    DiscoveryOptions { extra_terms, constraints, ..polynomials(degree) }
}

/// Data with all that a discovery works on.
pub(crate) struct TestProblem {
    pub(crate) dataset: Dataset,
    pub(crate) data: PreparedData,
    pub(crate) space: SearchSpace,
    pub(crate) tuning: Tuning,
    variables: Vec<String>,
}

impl TestProblem {
    pub(crate) fn new(dataset: Dataset, options: &DiscoveryOptions) -> Self {
        let (data, space) = problem(&dataset, options).expect("a problem");
        let variables = variables(&dataset, data.known.explicit_time());
        Self { dataset, data, space, tuning: options.tuning, variables }
    }

    /// The populations without noise, with terms of degree 2.
    pub(crate) fn hunt() -> Self {
        Self::new(simulated(&HUNT, &[&[1.0, 1.0]], &times(41, 0.25)), &polynomials(2))
    }

    /// The swing, its noise this fraction of the standard deviation of each state.
    pub(crate) fn swing(degree: u8, noise: f64) -> Self {
        let dataset = simulated(&SWING, &[&[2.0, 0.0]], &times(81, 0.1)).with_noise(noise, 7).expect("noise");
        Self::new(dataset, &polynomials(degree))
    }

    pub(crate) fn problem(&self) -> Problem<'_> {
        Problem { data: &self.data, space: &self.space, tuning: &self.tuning }
    }

    pub(crate) fn term(&self, text: &str) -> Term {
        extra_term(text, &self.variables).expect("a term")
    }

    pub(crate) fn candidate(&self, state: usize, text: &str) -> Candidate {
        let term = self.space.dictionary.position(&self.term(text));
        Candidate { state, term: term.unwrap_or_else(|| panic!("`{text}` is none of the candidates")) }
    }

    /// The structure of these terms, which must be in order: as their numbers are.
    pub(crate) fn structure(&self, terms: &[(usize, &str)]) -> Structure {
        let candidates: Vec<Candidate> = terms.iter().map(|(state, text)| self.candidate(*state, text)).collect();
        assert!(candidates.is_sorted(), "{terms:?}: {candidates:?}");
        self.problem().structure(candidates)
    }

    /// The structure with coefficients of zero, and with inner constants where they start.
    pub(crate) fn guess(&self, terms: &[(usize, &str)]) -> Guess {
        let structure = self.structure(terms);
        let mut parameters = vec![0.0; structure.terms()];
        parameters.extend(self.problem().first_constants(&structure));
        Guess { structure, parameters }
    }

    /// The structure fitted from smoothed states to tight equations.
    pub(crate) fn fit(&self, terms: &[(usize, &str)]) -> Fit {
        let levels: Vec<f64> = FROM_SMOOTHED_STATES.into_iter().chain([self.tuning.tight]).collect();
        let noise = floored(&self.data, &self.data.noise);
        let (guess, states) = (self.guess(terms), self.data.states.clone());
        let fit = Estimator::new(self.problem()).fit(guess, states, &noise, &levels, GaussNewton::default());
        fit.expect("a fit")
    }

    /// The numbers of a fit in the data's units.
    pub(crate) fn numbers(&self, fit: &Fit) -> Vec<f64> {
        let units = self.problem().units(&fit.structure);
        fit.parameters().iter().zip(units).map(|(number, unit)| number * unit).collect()
    }
}
