//! Logistic curves in noise.

use burn::tensor::Device;
use mechnn::data::{DataError, Dataset, Trajectory};
use mechnn_neural::{Window, from_slice};
use ndarray::Array2;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};

pub(super) const DURATION: f64 = 3.0;

/// Trajectories with what made them.
pub(super) struct Trajectories {
    points: usize,
    /// `[T, N]`
    pub(super) noisy: Vec<f64>,
    /// Bias (zero), r, -r/K of each, `[T, 3]`.
    pub(super) truth: Vec<[f64; 3]>,
    pub(super) device: Device,
}

impl Trajectories {
    pub(super) fn new(count: usize, points: usize, noise: f64, random: &mut ChaCha8Rng, device: &Device) -> Self {
        let normal = |mean: f64, std: f64, random: &mut ChaCha8Rng| {
            let z: f64 = StandardNormal.sample(random);
            mean + std * z
        };
        // Growth rates and capacities below 0.5 are five standard deviations away and would be another problem.
        let above = |mean: f64, std: f64, least: f64, random: &mut ChaCha8Rng| loop {
            let value = normal(mean, std, random);
            if value >= least {
                break value;
            }
        };
        let (mut noisy, mut truth) = (vec![], vec![]);
        for _ in 0..count {
            let (r, k) = (above(3.0, 0.5, 0.5, random), above(3.0, 0.5, 0.5, random));
            let start = above(0.05, 0.05, 0.01, random);
            for n in 0..points {
                let t = DURATION * n as f64 / (points - 1) as f64;
                let x = k / (1.0 + (k / start - 1.0) * (-r * t).exp());
                noisy.push(normal(x, noise, random));
            }
            truth.push([0.0, r, -r / k]);
        }
        Self { points, noisy, truth, device: device.clone() }
    }

    pub(super) fn dataset(&self) -> Result<Dataset, DataError> {
        let times: Vec<f64> = (0..self.points).map(|n| DURATION * n as f64 / (self.points - 1) as f64).collect();
        let trajectory = |(index, values): (usize, &[f64])| {
            let values = Array2::from_shape_fn((self.points, 1), |(n, _)| values[n]);
            Trajectory::new(index.to_string(), times.clone(), values)
        };
        let trajectories = self.noisy.chunks_exact(self.points).enumerate().map(trajectory);
        Dataset::new("t", vec!["x".to_owned()], trajectories.collect::<Result<_, _>>()?)
    }

    pub(super) fn window(&self, indices: &[usize]) -> Window {
        let mut values = Vec::with_capacity(indices.len() * self.points);
        for &index in indices {
            values.extend_from_slice(&self.noisy[index * self.points..(index + 1) * self.points]);
        }
        let times: Vec<f64> = (0..self.points).map(|n| DURATION * n as f64 / (self.points - 1) as f64).collect();
        Window {
            values: from_slice(&values, [indices.len(), self.points, 1], &self.device),
            times: from_slice(&times, [1, self.points, 1], &self.device),
        }
    }
}
