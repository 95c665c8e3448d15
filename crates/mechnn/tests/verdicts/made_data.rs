//! Data that are made anew for every seed.

use mechnn::data::{Dataset, Trajectory};
use mechnn::discovery::{DiscoveryOptions, DiscoveryResult, Silent, discover};
use mechnn::equation::{SimulationOptions, SparseModel, simulate};
use ndarray::Array2;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// Random numbers of one case.
pub(crate) struct Draw(ChaCha8Rng);

impl Draw {
    /// `group` keeps groups of cases apart that have the same seeds.
    pub(crate) fn new(group: u64, seed: u64) -> Self {
        Self(ChaCha8Rng::seed_from_u64(group * 1_000_003 + seed))
    }

    /// Evenly between two numbers.
    pub(crate) fn between(&mut self, least: f64, most: f64) -> f64 {
        self.0.random_range(least..most)
    }

    /// Evenly on a logarithmic scale.
    pub(crate) fn size(&mut self, least: f64, most: f64) -> f64 {
        self.between(least.ln(), most.ln()).exp()
    }

    /// Of a normal distribution with mean 0 and standard deviation 1, as a sum of twelve even ones.
    pub(crate) fn normal(&mut self) -> f64 {
        (0..12).map(|_| self.between(-0.5, 0.5)).sum()
    }
}

/// `rows` times from 0 to `last`.
pub(crate) fn times(rows: u32, last: f64) -> Vec<f64> {
    (0..rows).map(|i| last * f64::from(i) / f64::from(rows - 1)).collect()
}

/// Equations simulated without noise.
pub(crate) fn simulated(equations: &[(&str, &str)], start: &[f64], times: &[f64]) -> Dataset {
    let model = SparseModel::from_text("t", equations).expect("equations");
    let scale = start.iter().map(|x| x.abs().max(1.0)).collect();
    let values = simulate(&model, start, times, &SimulationOptions::new(scale)).expect("a simulation").values;
    dataset(&equations.iter().map(|(state, _)| *state).collect::<Vec<_>>(), times, values)
}

/// One trajectory of states with these values, `[N, D]`.
pub(crate) fn dataset(states: &[&str], times: &[f64], values: Array2<f64>) -> Dataset {
    let trajectory = Trajectory::new("made", times.to_vec(), values).expect("a trajectory");
    Dataset::new("t", states.iter().map(ToString::to_string).collect(), vec![trajectory]).expect("a data set")
}

/// What is found with a library.
pub(crate) fn found(data: &Dataset, library: &str) -> DiscoveryResult {
    let library = Some(library.parse().expect("a library"));
    let options = DiscoveryOptions { library, ..DiscoveryOptions::default() };
    discover(data, &options, &mut Silent).expect("a result")
}

/// The terms of an equation, in the order in which they are written.
pub(crate) fn terms(result: &DiscoveryResult, state: usize) -> Vec<String> {
    let variables = result.model.variables();
    result.model.equations[state].terms.iter().map(|own| own.term.python(&variables)).collect()
}
