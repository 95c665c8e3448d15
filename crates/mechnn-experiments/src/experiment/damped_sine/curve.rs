//! The damped sine in noise.

use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};

use super::DampedSine;

/// The recorded curve.
pub(super) struct Curve {
    pub(super) times: Vec<f64>,
    pub(super) clean: Vec<f64>,
    pub(super) noisy: Vec<f64>,
    /// 1 where a point is held out.
    pub(super) held_out: Vec<f64>,
}

impl Curve {
    /// Of a seed.
    pub(super) fn new(settings: &DampedSine, seed: u64) -> Self {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let times: Vec<f64> =
            (0..settings.points).map(|n| settings.duration * n as f64 / (settings.points - 1) as f64).collect();
        let clean: Vec<f64> = times.iter().map(|t| (2.0 * t).sin() * (-0.1 * t).exp()).collect();
        let noise = |t: &f64, clean: &f64, random: &mut ChaCha8Rng| {
            let z: f64 = StandardNormal.sample(random);
            clean + 0.5 * z * (-0.1 * t).exp()
        };
        let noisy = times.iter().zip(&clean).map(|(t, x)| noise(t, x, &mut random)).collect();
        let mut order: Vec<usize> = (0..settings.points).collect();
        order.shuffle(&mut random);
        let mut held_out = vec![0.0; settings.points];
        for &index in order.iter().take((settings.held_out * settings.points as f64) as usize) {
            held_out[index] = 1.0;
        }
        Self { times, clean, noisy, held_out }
    }
}

/// Sum of the squared differences.
pub(super) fn squared(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| (a - b).powi(2)).sum()
}
