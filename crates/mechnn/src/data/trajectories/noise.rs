//! Reproducible measurement noise.

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};

use super::{Dataset, Trajectory};
use crate::data::fault::DataError;

impl Trajectory {
    /// The trajectory plus Gaussian noise whose standard deviation is `fraction` times that of each state.
    ///
    /// The standard deviation is over all measured points (divided by N). The same seed gives the same noise on every
    /// machine, and missing entries take their share of random numbers: gaps do not change the noise elsewhere.
    ///
    /// # Errors
    /// [`DataError::NoiseLevel`] if `fraction` is negative or not finite, [`DataError::Trajectory`] on overflow.
    pub fn with_noise(&self, fraction: f64, seed: u64) -> Result<Self, DataError> {
        self.with_noise_from(fraction, &mut ChaCha8Rng::seed_from_u64(seed))
    }

    fn with_noise_from(&self, fraction: f64, random: &mut ChaCha8Rng) -> Result<Self, DataError> {
        if !(fraction >= 0.0 && fraction.is_finite()) {
            return Err(DataError::NoiseLevel { fraction });
        }
        let deviations: Vec<f64> = self.standard_deviations().into_iter().map(|std| fraction * std).collect();
        let mut values = self.values.clone();
        for mut row in values.rows_mut() {
            for (value, deviation) in row.iter_mut().zip(&deviations) {
                let z: f64 = StandardNormal.sample(random);
                *value += deviation * z;
            }
        }
        Self::new(self.name.clone(), self.times.clone(), values)
    }

    /// Standard deviation of each state over its measured points (divided by their number), `[D]`; 0 without any.
    pub fn standard_deviations(&self) -> Vec<f64> {
        let columns = self.values.columns().into_iter();
        let deviation = |column: ndarray::ArrayView1<'_, f64>| {
            let measured = || column.iter().filter(|value| !value.is_nan());
            // Without measurements the sums are empty, and 0 by the contract above.
            let count = measured().count().max(1) as f64;
            let mean = measured().map(|value| value / count).sum::<f64>();
            (measured().map(|value| (value - mean).powi(2)).sum::<f64>() / count).sqrt()
        };
        columns.map(deviation).collect()
    }
}

impl Dataset {
    /// [`Trajectory::with_noise`] for every trajectory, one stream of random numbers through all of them.
    ///
    /// # Errors
    /// As [`Trajectory::with_noise`].
    pub fn with_noise(&self, fraction: f64, seed: u64) -> Result<Self, DataError> {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let noisy = self.trajectories.iter().map(|trajectory| trajectory.with_noise_from(fraction, &mut random));
        Self::new(self.time.clone(), self.states.clone(), noisy.collect::<Result<_, _>>()?)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use ndarray::Array2;

    use super::{DataError, Trajectory};

    fn sine(points: usize) -> Trajectory {
        let times = (0..points).map(|i| i as f64).collect();
        let values = Array2::from_shape_fn((points, 2), |(i, d)| [1.0, 100.0][d] * (i as f64).sin());
        Trajectory::new("sine", times, values).unwrap()
    }

    #[test]
    fn noise_has_the_asked_for_level_in_every_state() {
        let clean = sine(20_000);
        let noisy = clean.with_noise(0.1, 3).unwrap();
        let noise = Trajectory::new("noise", clean.times.clone(), &noisy.values - &clean.values).unwrap();
        for (found, signal) in noise.standard_deviations().into_iter().zip(clean.standard_deviations()) {
            // The standard error of a standard deviation is 1/sqrt(2N) = 0.5 %; 2 % is four of them.
            assert!((found / (0.1 * signal) - 1.0).abs() < 0.02, "{found} for {signal}");
        }
    }

    #[test]
    fn a_seed_fixes_the_noise_and_gaps_do_not_move_it() {
        let clean = sine(50);
        let noisy = clean.with_noise(0.1, 3).unwrap();
        assert_eq!(noisy, clean.with_noise(0.1, 3).unwrap());
        assert_ne!(noisy, clean.with_noise(0.1, 4).unwrap());
        assert_eq!(clean, clean.with_noise(0.0, 3).unwrap());

        let mut gappy = clean.clone();
        gappy.values[[7, 0]] = f64::NAN;
        let gappy = gappy.with_noise(0.1, 3).unwrap();
        assert!(gappy.values[[7, 0]].is_nan());
        assert_eq!(gappy.values[[8, 1]], noisy.values[[8, 1]]);
    }

    #[test]
    fn impossible_levels_are_refused() {
        for fraction in [-0.1, f64::NAN, f64::INFINITY] {
            assert!(matches!(sine(5).with_noise(fraction, 0), Err(DataError::NoiseLevel { .. })));
        }
    }
}
