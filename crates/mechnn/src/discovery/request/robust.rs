//! What becomes of observations that contradict all others.

use serde::{Deserialize, Serialize};

/// Whether single observations that contradict all others (outliers) are set aside: they are treated as missing, and
/// named in the result.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Robust {
    /// Those that are so far away that Gaussian noise would put one there in one table of a hundred.
    #[default]
    Auto,
    /// Those beyond three standard deviations, also where so many rows make some of them likely.
    On,
    /// None.
    Off,
}

/// How often a table without outliers may lose an observation.
const FALSE_ALARMS: f64 = 0.01;

/// Beyond so many standard deviations, where outliers are looked for in any case.
const FAR: f64 = 3.0;

impl Robust {
    /// The largest externally studentised residual of an observation that stays, among `observations` of which
    /// `degrees` are free; none where all stay.
    ///
    /// Gaussian noise exceeds `z = √(2 ln(n / α))` in n observations with a chance below α. Where few residuals tell
    /// of the noise they follow Student's distribution, whose quantile for ν degrees is about `√(ν (exp(z² / ν) - 1))`
    /// (Wallace, Annals of Mathematical Statistics 30 (1959) 1121).
    pub(crate) fn limit(self, observations: usize, degrees: f64) -> Option<f64> {
        let square = match self {
            Self::Off => return None,
            Self::On => FAR * FAR,
            Self::Auto => 2.0 * (observations as f64 / FALSE_ALARMS).ln(),
        };
        let degrees = degrees.max(1.0);
        Some((degrees * (square / degrees).exp_m1()).sqrt())
    }
}

#[cfg(test)]
mod tests {
    use super::Robust;

    #[test]
    fn the_limit_rises_with_the_rows_and_falls_with_what_is_known_of_the_noise() {
        let limit = |robust: Robust, n: usize| robust.limit(n, n as f64 - 4.0).expect("a limit");
        // Gaussian quantiles of 0.01 / n, both sides: 4.4 of 1000, 5.3 of 100 000.
        assert!((limit(Robust::Auto, 1000) - 4.8).abs() < 0.1, "{}", limit(Robust::Auto, 1000));
        assert!((limit(Robust::Auto, 100_000) - 5.7).abs() < 0.1, "{}", limit(Robust::Auto, 100_000));
        assert!(limit(Robust::Auto, 10) > 6.0, "six residuals hardly tell of the noise");
        assert!((limit(Robust::On, 100_000) - 3.0).abs() < 0.01);
        assert_eq!(Robust::Off.limit(1000, 996.0), None);
    }
}
