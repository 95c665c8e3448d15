//! How a simulated trajectory is collected.

use std::cell::Cell;

use differential_equations::control::ControlFlag;
use differential_equations::interpolate::Interpolation;
use differential_equations::solout::Solout;
use differential_equations::solution::Solution;
use ndarray::Array2;

use super::rollout::{Rollout, RolloutStatus};

/// Times closer than this part of the time span are the same: sums of steps are rounded.
pub(super) const TIME_RESOLUTION: f64 = 1e-13;

/// Where a right-hand side was last not a number. Trial steps may leave the domain of a function and be taken back;
/// only where the simulation ends does it count.
#[derive(Debug, Clone, Copy)]
pub(super) struct Undefined {
    /// Index of the state whose equation it is.
    pub(super) state: usize,
    /// Time since the first.
    pub(super) elapsed: f64,
}

/// Steps fall to rounding before a simulation gives up; this part of the time span is far more.
const SAME_PLACE: f64 = 1e-9;

/// Collects the requested times after every step and stops the integration at the last or at divergence.
pub(super) struct Recorder<'a, const S: usize> {
    times: &'a [f64],
    dims: usize,
    limit: [f64; S],
    /// The first time; the integrator counts from it.
    offset: f64,
    /// From the first to the last time.
    span: f64,
    /// Rows of the reached times.
    values: Vec<f64>,
    reached: usize,
    /// Why there is nothing more, where it is not for want of times.
    stopped: Option<RolloutStatus>,
    /// See [`Undefined`].
    undefined: &'a Cell<Option<Undefined>>,
}

impl<'a, const S: usize> Recorder<'a, S> {
    /// Nothing recorded yet. `first` and `last` are those of `times`.
    pub(super) fn new(
        times: &'a [f64],
        (first, last): (f64, f64),
        dims: usize,
        limit: [f64; S],
        undefined: &'a Cell<Option<Undefined>>,
    ) -> Self {
        let values = Vec::with_capacity(times.len() * dims);
        Self { times, dims, limit, offset: first, span: last - first, values, reached: 0, stopped: None, undefined }
    }

    /// What was recorded.
    pub(super) fn into_rollout(self, status: RolloutStatus) -> Rollout {
        let shape = (self.reached, self.dims);
        let values = Array2::from_shape_vec(shape, self.values)
            .unwrap_or_else(|error| unreachable!("whole rows are appended, and counted: {error}"));
        Rollout { values, reached: self.reached, status }
    }

    /// From the first to the last time.
    pub(super) fn span(&self) -> f64 {
        self.span
    }

    /// Records the state at the next requested time, or that it has diverged; whether to go on.
    pub(super) fn accept(&mut self, elapsed: f64, state: &[f64; S]) -> bool {
        if !self.within_limits(state) {
            self.stopped = Some(self.failure(elapsed));
            return false;
        }
        if self.reached < self.times.len() {
            self.values.extend_from_slice(&state[..self.dims]);
            self.reached += 1;
        }
        true
    }

    fn within_limits(&self, state: &[f64; S]) -> bool {
        within(state, &self.limit)
    }

    /// Why there is no step from `elapsed`.
    pub(super) fn failure(&self, elapsed: f64) -> RolloutStatus {
        let time = self.offset + elapsed;
        let near = |undefined: &Undefined| (undefined.elapsed - elapsed).abs() <= SAME_PLACE * self.span();
        match self.undefined.get().filter(near) {
            Some(Undefined { state, .. }) => RolloutStatus::Undefined { time, state },
            None => RolloutStatus::Diverged { time },
        }
    }

    /// Whether there is nothing left to integrate for.
    pub(super) fn is_done(&self) -> bool {
        self.stopped.is_some() || self.reached == self.times.len()
    }

    /// The last time reached.
    pub(super) fn last_time(&self) -> f64 {
        self.reached.checked_sub(1).map_or(self.offset, |last| self.times[last])
    }

    /// What the recorder knows of the reason to stop, `elapsed` after the first time.
    pub(super) fn status(&self, elapsed: f64) -> RolloutStatus {
        match self.stopped {
            Some(status) => status,
            None if self.reached == self.times.len() => RolloutStatus::Finished,
            None => RolloutStatus::StepBudget { time: self.offset + elapsed },
        }
    }
}

/// Written so that NaN is outside.
pub(super) fn within<const S: usize>(state: &[f64; S], limit: &[f64; S]) -> bool {
    state.iter().zip(limit).all(|(value, limit)| value.abs() <= *limit)
}

impl<const S: usize> Solout<f64, [f64; S]> for Recorder<'_, S> {
    fn solout<I>(
        &mut self,
        now: f64,
        before: f64,
        state: &[f64; S],
        _: &[f64; S],
        interpolator: &mut I,
        _: &mut Solution<f64, [f64; S]>,
    ) -> ControlFlag<f64, [f64; S]>
    where
        I: Interpolation<f64, [f64; S]> + ?Sized,
    {
        let span = self.span();
        while let Some(&time) = self.times.get(self.reached) {
            let elapsed = time - self.offset;
            if elapsed > now + TIME_RESOLUTION * span {
                break;
            }
            let row = if elapsed < now && now > before {
                interpolator
                    .interpolate(elapsed.max(before))
                    .unwrap_or_else(|error| unreachable!("{elapsed} is between {before} and {now}: {error:?}"))
            } else {
                *state
            };
            if !self.accept(elapsed, &row) {
                return ControlFlag::Terminate;
            }
        }
        if !self.within_limits(state) {
            self.stopped = Some(self.failure(now));
        }
        if self.is_done() { ControlFlag::Terminate } else { ControlFlag::Continue }
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use ndarray::array;

    use super::{Recorder, RolloutStatus, Undefined};

    #[test]
    fn states_are_collected_until_all_times_were_reached() {
        let undefined = Cell::new(None);
        let mut recorder = Recorder::new(&[5.0, 6.0], (5.0, 6.0), 1, [10.0, 10.0], &undefined);
        assert_eq!((recorder.span(), recorder.last_time(), recorder.is_done()), (1.0, 5.0, false));
        assert!(recorder.accept(0.0, &[1.0, 0.0]) && !recorder.is_done());
        assert_eq!(recorder.status(0.5), RolloutStatus::StepBudget { time: 5.5 });
        assert!(recorder.accept(1.0, &[2.0, 0.0]) && recorder.is_done());
        assert_eq!((recorder.status(1.0), recorder.last_time()), (RolloutStatus::Finished, 6.0));
        // Nothing is kept beyond the last time.
        assert!(recorder.accept(2.0, &[3.0, 0.0]));
        let rollout = recorder.into_rollout(RolloutStatus::Finished);
        assert_eq!((rollout.values, rollout.reached), (array![[1.0], [2.0]], 2));
    }

    #[test]
    fn what_leaves_the_limits_ends_it() {
        for state in [11.0, -11.0, f64::NAN, f64::INFINITY] {
            let undefined = Cell::new(None);
            let mut recorder = Recorder::new(&[5.0, 6.0], (5.0, 6.0), 1, [10.0], &undefined);
            assert!(!recorder.accept(0.25, &[state]) && recorder.is_done(), "{state}");
            assert_eq!(recorder.status(0.25), RolloutStatus::Diverged { time: 5.25 });
        }
    }

    #[test]
    fn a_place_without_a_slope_is_the_reason_only_where_it_ended() {
        let undefined = Cell::new(Some(Undefined { state: 1, elapsed: 0.5 }));
        let recorder = Recorder::new(&[5.0, 6.0], (5.0, 6.0), 2, [10.0; 2], &undefined);
        assert_eq!(recorder.failure(0.5), RolloutStatus::Undefined { time: 5.5, state: 1 });
        assert_eq!(recorder.failure(0.75), RolloutStatus::Diverged { time: 5.75 });
    }
}
