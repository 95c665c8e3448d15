//! What a user may conclude, in one plain sentence.

use std::fmt;

use super::fitted_trajectory::FittedTrajectory;
use super::state_evidence::{Description, StateEvidence};
use crate::number::SignificantDigits;

/// How far the equations can be trusted, judged on the data they were found from. The state that they describe worst
/// decides; one that does not change beyond its noise has no say, as long as there are others.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Verdict {
    /// A simulation from the start blows up.
    Unstable {
        /// When the first one does, in the data's unit of time.
        time: f64,
    },
    /// A simulation from the start follows the data of every state to the end.
    Reproduces {
        /// The state that it follows least.
        state: String,
        /// Smallest R2 of a rollout of that state.
        r2: f64,
    },
    /// The states obey the equations within the noise, but a simulation from the start leaves them.
    ExplainsLocally {
        /// The state that is described worst.
        state: String,
        /// Smallest R2 of its estimate.
        fit_r2: f64,
        /// Shortest time a rollout stays valid.
        valid_time: f64,
    },
    /// Much of the variation is not explained, and passes for noise.
    WithinNoise {
        /// The state that is described worst.
        state: String,
        /// Smallest R2 of its estimate.
        fit_r2: f64,
    },
    /// Some of the variation is explained, some is not, and that is no noise or too little to tell.
    Partial {
        /// The state that is described worst.
        state: String,
        /// Smallest R2 of its estimate.
        fit_r2: f64,
    },
    /// The equations say little about the data of a state.
    NoFinding {
        /// That state.
        state: String,
        /// Smallest R2 of its estimate.
        fit_r2: f64,
        /// Whether it is so for every state that moves.
        everywhere: bool,
    },
}

impl Verdict {
    /// Of the states of a result, `[D]`, of which at least one is measured.
    pub(crate) fn new(trajectories: &[FittedTrajectory], states: &[StateEvidence]) -> Self {
        let least = |value: fn(&FittedTrajectory) -> f64| trajectories.iter().map(value).fold(f64::INFINITY, f64::min);
        let stopped = trajectories.iter().filter_map(|trajectory| trajectory.rollout.status.stopped_at());
        if let Some(time) = stopped.reduce(f64::min) {
            return Self::Unstable { time };
        }
        let order = |a: &&StateEvidence, b: &&StateEvidence| {
            let score = |own: &StateEvidence| match own.description {
                Description::Reproduced => own.rollout_r2,
                _ => own.fit_r2,
            };
            a.description.cmp(&b.description).then(score(a).total_cmp(&score(b)))
        };
        let Some(worst) = states.iter().min_by(order) else { unreachable!("a data set has at least one state") };
        let StateEvidence { fit_r2, rollout_r2, .. } = *worst;
        let state = worst.state.clone();
        match worst.description {
            Description::Reproduced => Self::Reproduces { state, r2: rollout_r2 },
            Description::Local => Self::ExplainsLocally { state, fit_r2, valid_time: least(|x| x.valid_time) },
            Description::WithinNoise => Self::WithinNoise { state, fit_r2 },
            Description::Partial => Self::Partial { state, fit_r2 },
            Description::Unexplained | Description::AtRest => {
                let others = [Description::AtRest, Description::Unexplained];
                let everywhere = states.iter().all(|own| others.contains(&own.description));
                Self::NoFinding { state, fit_r2, everywhere }
            }
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
            Self::Reproduces { state, r2 } => write!(
                f,
                "A simulation of the equations from the estimated start reproduces the data of every state (R2 is {} \
                 or more; the lowest is that of {state}).",
                floored(*r2, 4)
            ),
            Self::ExplainsLocally { state, fit_r2, valid_time } => write!(
                f,
                "The equations explain the data from one row to the next (R2 is {} or more; the lowest is that of \
                 {state}), but a simulation from the estimated start leaves the data after {}. Chaotic systems behave \
                 like this, and so do equations that lack a term.",
                floored(*fit_r2, 4),
                significant(*valid_time)
            ),
            Self::WithinNoise { state, fit_r2 } => write!(
                f,
                "The equations explain the data as far as the noise lets one see: for {state}, R2 is only {}, but \
                 what they leave looks like independent noise. Weak terms would not show in it.",
                floored(*fit_r2, 2)
            ),
            Self::Partial { state, fit_r2 } => write!(
                f,
                "The equations explain {state} only in part (R2 is {}): either the candidate terms cannot express its \
                 equation, or it depends on a quantity that was not measured.",
                floored(*fit_r2, 2)
            ),
            Self::NoFinding { state, everywhere: true, .. } => write!(
                f,
                "No finding: the equations explain little or nothing of the data, {state} least of all. Either there \
                 is nothing but noise, or the candidate terms cannot express the dynamics, or a quantity that matters \
                 was not measured."
            ),
            Self::NoFinding { state, fit_r2, .. } => write!(
                f,
                "No equation was found for {state}: the best that was tried does not describe it (R2 of the estimated \
                 states is {}). Either the candidate terms cannot express its equation, or it depends on a quantity \
                 that was not measured.",
                floored(*fit_r2, 2)
            ),
        }
    }
}

/// Four significant digits: times may be years or nanoseconds.
fn significant(time: f64) -> String {
    SignificantDigits::new(4).without_trailing_zeros().text(time)
}

/// Rounded down, so that 0.99996 is not 1 and nothing is better than it is.
fn floored(r2: f64, decimals: i32) -> String {
    let unit = 10f64.powi(decimals);
    // A multiple of the unit must not fall below itself by rounding.
    let units = (r2 * unit + 1e-9).floor();
    format!("{:.*}", decimals as usize, units / unit)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::{Verdict, floored, significant};
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
        assert!(matches!(found, Verdict::WithinNoise { fit_r2, .. } if (0.6..0.8).contains(&fit_r2)), "{found:?}");
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

    #[test]
    fn nothing_is_said_to_be_better_than_it_is() {
        assert_eq!([0.99996, 0.9657, 1.0, -0.3].map(|r2| floored(r2, 4)), ["0.9999", "0.9657", "1.0000", "-0.3000"]);
    }
}
