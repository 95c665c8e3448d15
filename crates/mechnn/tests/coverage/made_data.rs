//! Data of known systems, made anew for every seed.

use mechnn::data::{Dataset, Trajectory};
use mechnn::equation::{SimulationOptions, SparseModel, simulate};
use ndarray::Array2;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};

const POINTS: usize = 100;

const NOISE: f64 = 0.05;

#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Noise {
    /// Of each state's standard deviation.
    Additive,
    /// Of each value.
    Proportional,
}

/// A system of which data are made. No constant is a simple number: what is set to one is then set wrongly.
pub(crate) struct Case {
    pub(crate) name: &'static str,
    equations: &'static [(&'static str, &'static str)],
    start: &'static [f64],
    span: f64,
    dropped: f64,
}

pub(crate) const CASES: [Case; 2] = [
    Case {
        name: "lorenz",
        equations: &[
            ("x", "-10.37*x + 10.37*y"),
            ("y", "27.61*x - 1.043*y - 0.957*x*z"),
            ("z", "-2.713*z + 1.021*x*y"),
        ],
        // On the attractor.
        start: &[-8.2, -9.7, 25.0],
        span: 5.0,
        dropped: 0.0,
    },
    Case {
        name: "lotka-volterra",
        equations: &[("x", "0.653*x - 1.287*x*y"), ("y", "-0.981*y + 1.043*x*y")],
        start: &[1.0, 1.0],
        span: 20.0,
        dropped: 0.5,
    },
];

impl Case {
    pub(crate) fn truth(&self) -> SparseModel {
        SparseModel::from_text("t", self.equations).unwrap()
    }

    pub(crate) fn data(&self, noise: Noise, seed: u64) -> Dataset {
        let truth = self.truth();
        let times: Vec<f64> = (0..POINTS).map(|i| self.span * i as f64 / (POINTS - 1) as f64).collect();
        let scale = SimulationOptions::new(self.start.iter().map(|x| x.abs()).collect());
        let clean = simulate(&truth, self.start, &times, &scale).unwrap();
        let clean = Trajectory::new("clean", times, clean.values).unwrap();
        let deviations = clean.standard_deviations();
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let kept: Vec<usize> = (0..POINTS).filter(|_| random.random::<f64>() >= self.dropped).collect();
        let noisy = |(row, d): (usize, usize)| {
            let value = clean.values[[kept[row], d]];
            let z: f64 = StandardNormal.sample(&mut random);
            let size = if noise == Noise::Additive { deviations[d] } else { value };
            value + NOISE * size * z
        };
        let values = Array2::from_shape_fn((kept.len(), truth.dims()), noisy);
        let times = kept.iter().map(|&row| clean.times[row]).collect();
        Dataset::new("t", truth.states, vec![Trajectory::new("data", times, values).unwrap()]).unwrap()
    }
}
