//! What a user may conclude, in one plain sentence.

use std::fmt;

use super::fitted_trajectory::FittedTrajectory;
use super::residuals::Residuals;
use crate::estimation::{REPRODUCED_R2, TELLING_CORRELATION};
use crate::number::SignificantDigits;

/// How far the equations can be trusted, judged on the data they were found from.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum Verdict {
    /// A simulation from the start blows up.
    Unstable {
        /// When the first one does, in the data's unit of time.
        time: f64,
    },
    /// A simulation from the start follows the data to the end.
    Reproduces {
        /// Smallest R2 of a rollout.
        r2: f64,
    },
    /// The states obey the equations within the noise, but a simulation from the start leaves them.
    ExplainsLocally {
        /// Smallest R2 of the estimated states.
        fit_r2: f64,
        /// Shortest time a rollout stays valid.
        valid_time: f64,
    },
    /// Much of the variation is not explained, and passes for noise.
    WithinNoise {
        /// Smallest R2 of the estimated states.
        fit_r2: f64,
    },
    /// Some of the variation is explained, some is not, and that is no noise or too little to tell.
    Partial {
        /// Smallest R2 of the estimated states.
        fit_r2: f64,
    },
    /// The equations say little about the data.
    NoFinding {
        /// Smallest R2 of the estimated states.
        fit_r2: f64,
    },
}

/// Below this most of the variation is unexplained.
const NO_FINDING: f64 = 0.5;

/// Whether the residuals of all measured states are noise, and so many that a telling correlation would show.
fn are_noise(residuals: &[Option<Residuals>]) -> bool {
    let is_noise =
        |of_state: &Option<Residuals>| of_state.is_some_and(|own| own.is_white() && own.bound < TELLING_CORRELATION);
    !residuals.is_empty() && residuals.iter().all(is_noise)
}

impl Verdict {
    /// `residuals` are those of the measured states.
    pub(crate) fn new(trajectories: &[FittedTrajectory], residuals: &[Option<Residuals>]) -> Self {
        let least = |value: fn(&FittedTrajectory) -> f64| trajectories.iter().map(value).fold(f64::INFINITY, f64::min);
        let stopped = trajectories.iter().filter_map(|trajectory| trajectory.rollout.status.stopped_at());
        if let Some(time) = stopped.reduce(f64::min) {
            return Self::Unstable { time };
        }
        let (r2, fit_r2) = (least(|x| x.rollout_r2), least(|x| x.fit_r2));
        if r2 > REPRODUCED_R2 {
            Self::Reproduces { r2 }
        } else if fit_r2 > REPRODUCED_R2 {
            Self::ExplainsLocally { fit_r2, valid_time: least(|x| x.valid_time) }
        } else if fit_r2 > NO_FINDING && are_noise(residuals) {
            Self::WithinNoise { fit_r2 }
        } else if fit_r2 > NO_FINDING {
            Self::Partial { fit_r2 }
        } else {
            Self::NoFinding { fit_r2 }
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unstable { time } => write!(
                f,
                "The equations are unstable: a simulation from the estimated start diverges at {}. Do not use them.",
                significant(*time)
            ),
            Self::Reproduces { r2 } => {
                write!(f, "A simulation of the equations from the estimated start reproduces the data (R2 {r2:.4}).")
            }
            Self::ExplainsLocally { fit_r2, valid_time } => write!(
                f,
                "The states obey the equations and explain the data (R2 {fit_r2:.4}), but a simulation from the start \
                 leaves them after {}: chaos does that, and so does a missing term.",
                significant(*valid_time)
            ),
            Self::WithinNoise { fit_r2 } => write!(
                f,
                "The equations explain the data as far as the noise lets one see (R2 {fit_r2:.2}): what they leave passes \
                 for independent noise, in which weak terms would not show."
            ),
            Self::Partial { fit_r2 } => write!(
                f,
                "The equations explain the data only in part (R2 {fit_r2:.2}): the library lacks something, or a state \
                 is not measured."
            ),
            Self::NoFinding { fit_r2 } => write!(
                f,
                "No finding: the equations explain little of the data (R2 {fit_r2:.2}). The library cannot express \
                 the dynamics, or a state is not measured."
            ),
        }
    }
}

/// Four significant digits: times may be years or nanoseconds.
fn significant(time: f64) -> String {
    SignificantDigits::new(4).without_trailing_zeros().text(time)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::{Verdict, significant};
    use crate::data::{Dataset, KnownSystem, Trajectory};
    use crate::discovery::{DiscoveryOptions, Silent, discover};
    use crate::equation::LibrarySpec;

    fn verdict(data: &Dataset) -> Verdict {
        let library = Some(LibrarySpec::polynomial(2));
        discover(data, &DiscoveryOptions { library, ..DiscoveryOptions::default() }, &mut Silent).unwrap().verdict()
    }

    /// A simulation of the right equations cannot have R2 above 1 / (1 + 0.6^2) = 0.74.
    #[test]
    fn large_noise_is_not_held_against_the_equations() {
        let system = KnownSystem::LotkaVolterra;
        let data = system.dataset(300).unwrap().with_noise(0.6, 1).unwrap();
        let found = verdict(&data);
        assert!(matches!(found, Verdict::WithinNoise { fit_r2 } if (0.6..0.8).contains(&fit_r2)), "{found:?}");
    }

    /// One state of two: what is left is a wave.
    #[test]
    fn what_is_missing_is_no_noise() {
        let system = KnownSystem::LotkaVolterra;
        let both = system.dataset(300).unwrap().with_noise(0.1, 1).unwrap();
        let Dataset { time, states, trajectories, .. } = both;
        let values = trajectories[0].values.slice(ndarray::s![.., ..1]).to_owned();
        let one = Trajectory::new("one", trajectories[0].times.clone(), values).unwrap();
        let found = verdict(&Dataset::new(time, states[..1].to_vec(), vec![one]).unwrap());
        assert!(matches!(found, Verdict::Partial { .. } | Verdict::NoFinding { .. }), "{found:?}");
    }

    #[test]
    fn times_keep_their_digits_in_any_unit() {
        let texts = [13.12, 49.0, 0.0, 2.5e-6, 123_456.0, 1e12, 0.001_25, 1_900.7].map(significant);
        assert_eq!(texts, ["13.12", "49", "0", "2.500e-6", "123456", "1.000e12", "0.00125", "1901"]);
        assert!(Verdict::Unstable { time: 2.5e-6 }.to_string().contains("diverges at 2.500e-6."));
    }
}
