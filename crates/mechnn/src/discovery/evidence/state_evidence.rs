//! How well each state is described.

use ndarray::{Array1, ArrayView1, Axis};
use serde::Serialize;

use super::fitted_trajectory::FittedTrajectory;
use super::residuals::Residuals;
use crate::data::Dataset;
use crate::equation::{r2, valid_time};
use crate::estimation::{REPRODUCED_R2, TELLING_CORRELATION};

/// How well one state is described by the equations, judged on its own data.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct StateEvidence {
    /// Its name.
    pub state: String,
    /// R2 of the simulation from the estimated start against the data of this state alone, of the worst trajectory in
    /// which it moves beyond its noise; negative infinity where the simulation does not reach the end. A velocity that
    /// was not measured has the evidence of its state.
    pub rollout_r2: f64,
    /// The same of the estimated states.
    pub fit_r2: f64,
    /// Standard deviation of the noise, in its unit; NaN if it was not measured.
    pub noise: f64,
    /// Whether what is left is no larger than the error of the computation: the data are numerically exact.
    pub is_exact: bool,
    /// Whether what is left looks like noise; none where there is too little to tell, and for exact data.
    pub residuals: Option<Residuals>,
    /// What that amounts to.
    pub description: Description,
}

/// How well one state is described, the worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Description {
    /// Most of its variation is not explained, or a simulation leaves it before a few rows have passed: then the small
    /// error that equations are allowed explains it, and not they.
    Unexplained,
    /// Some of its variation is not explained, and that is no noise or too little to tell.
    Partial,
    /// What is not explained is much and passes for independent noise.
    WithinNoise,
    /// The estimated states agree with the data, but a simulation from the start leaves them.
    Local,
    /// A simulation from the start follows the data.
    Reproduced,
    /// It does not change beyond its noise, or not at all: there is nothing to explain.
    AtRest,
}

/// Below this most of the variation is unexplained.
const UNEXPLAINED: f64 = 0.5;

/// A simulation that follows the estimated states for fewer rows predicts nothing.
const FEWEST_ROWS: f64 = 3.0;

/// A state whose standard deviation is no more than so many of its noise moves within its noise.
const MOVES: f64 = 1.5;

/// What was found of the noise of a state.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Judged {
    /// Its standard deviation in the unit of the data; NaN if the state was not measured.
    pub(crate) noise: f64,
    pub(crate) is_exact: bool,
    pub(crate) residuals: Option<Residuals>,
}

/// Of each state, `[D]`, in the order of the data.
pub(crate) fn state_evidence(
    data: &Dataset,
    trajectories: &[FittedTrajectory],
    judged: &[Judged],
) -> Vec<StateEvidence> {
    let of_state = |d: usize| {
        // A velocity that was not measured is as good as the state whose slope it is.
        let measured = data.roles.position(d);
        let Judged { noise, is_exact, residuals } = judged[measured];
        let scores: Vec<Score> = data
            .trajectories
            .iter()
            .zip(trajectories)
            .map(|(own, fitted)| score(&own.values.column(measured), fitted, measured))
            .collect();
        // A trajectory in which the state rests has nothing that could be explained.
        let moves = |score: &&Score| score.deviation > MOVES * noise;
        let moving: Vec<&Score> = scores.iter().filter(moves).collect();
        let counted = if moving.is_empty() { scores.iter().collect() } else { moving.clone() };
        let least = |value: fn(&Score) -> f64| {
            counted.iter().map(|score| value(score)).filter(|r2| !r2.is_nan()).fold(f64::INFINITY, f64::min)
        };
        let (rollout_r2, fit_r2) = (least(|score| score.rollout_r2), least(|score| score.fit_r2));
        let is_constant = scores.iter().all(|score| score.deviation <= 0.0 || score.deviation.is_nan());
        let rests = moving.is_empty() && residuals.is_some_and(|own| own.is_white());
        let is_noise = residuals.is_some_and(|own| own.is_white() && own.bound < TELLING_CORRELATION);
        let leaves_at_once = rollout_r2 < UNEXPLAINED && counted.iter().any(|score| score.valid_rows < FEWEST_ROWS);
        let description = match () {
            () if is_constant || rests => Description::AtRest,
            () if rollout_r2 > REPRODUCED_R2 => Description::Reproduced,
            () if leaves_at_once => Description::Unexplained,
            () if fit_r2 > REPRODUCED_R2 => Description::Local,
            () if fit_r2 > UNEXPLAINED && is_noise => Description::WithinNoise,
            () if fit_r2 > UNEXPLAINED => Description::Partial,
            () => Description::Unexplained,
        };
        let state = data.states[d].clone();
        StateEvidence { state, rollout_r2, fit_r2, noise: judged[d].noise, is_exact, residuals, description }
    };
    (0..data.dims()).map(of_state).collect()
}

/// One state along one trajectory.
struct Score {
    rollout_r2: f64,
    fit_r2: f64,
    /// How long the simulation stays with the estimated states, in typical intervals between the rows.
    valid_rows: f64,
    /// Standard deviation of the data, 0 where they are the same up to rounding; NaN where there are none.
    deviation: f64,
}

fn score(data: &ArrayView1<'_, f64>, fitted: &FittedTrajectory, d: usize) -> Score {
    let FittedTrajectory { times, observed_at, states, rollout, .. } = fitted;
    let column = |values: &ndarray::Array2<f64>| values.column(d).to_owned().insert_axis(Axis(1));
    let valid = valid_time(times, column(states).view(), column(&rollout.values).view());
    let rows: Vec<f64> = observed_at.iter().zip(data).filter(|(_, y)| !y.is_nan()).map(|(&at, _)| times[at]).collect();
    let mut gaps: Vec<f64> = rows.windows(2).map(|pair| pair[1] - pair[0]).collect();
    gaps.sort_by(f64::total_cmp);
    // Of a single row nothing can be said.
    let valid_rows = gaps.get(gaps.len() / 2).map_or(f64::INFINITY, |gap| valid / gap);
    let reached: Vec<usize> = observed_at.iter().copied().filter(|&at| at < rollout.reached).collect();
    let of = |predicted: Array1<f64>| r2(data.insert_axis(Axis(1)), predicted.view().insert_axis(Axis(1)));
    let fit_r2 = of(states.column(d).select(Axis(0), observed_at));
    let rollout_r2 = of(rollout.values.column(d).select(Axis(0), &reached));
    Score { rollout_r2, fit_r2, valid_rows, deviation: deviation(data) }
}

fn deviation(data: &ArrayView1<'_, f64>) -> f64 {
    let present: Vec<f64> = data.iter().copied().filter(|y| !y.is_nan()).collect();
    let count = present.len() as f64;
    let mean = present.iter().sum::<f64>() / count;
    let deviation = (present.iter().map(|y| (y - mean).powi(2)).sum::<f64>() / count).sqrt();
    // Rounding of the mean must not look like variation.
    if deviation <= ROUNDING * mean.abs() { 0.0 } else { deviation }
}

/// A smaller relative variation is rounding.
const ROUNDING: f64 = 1e-14;

#[cfg(test)]
mod tests {
    use super::{Description, Judged, state_evidence};
    use crate::data::{Dataset, Trajectory};
    use crate::discovery::evidence::{FittedTrajectory, Residuals};
    use crate::equation::SparseModel;
    use ndarray::{Array2, s};

    fn wave(i: usize) -> f64 {
        (0.3 * i as f64).sin()
    }

    /// What is said of one state whose data are `data`, of 60 rows, and which the equation `x' = 0` describes by the
    /// constant 1.
    fn of_a_constant(data: impl Fn(usize) -> f64, noise: f64, autocorrelation: f64) -> Description {
        let times: Vec<f64> = (0..60).map(f64::from).collect();
        let values = Array2::from_shape_fn((60, 1), |(i, _)| data(i));
        let trajectory = Trajectory::new("a", times.clone(), values).expect("a trajectory");
        let model = SparseModel::from_text("t", &[("x", "0")]).expect("equations");
        let states = Array2::from_elem((60, 1), 1.0);
        let fitted = FittedTrajectory::new(&model, &trajectory, times, (0..60).collect(), states.clone(), states)
            .expect("a fit");
        let data = Dataset::new("t", vec!["x".to_owned()], vec![trajectory]).expect("a data set");
        let residuals = Some(Residuals { autocorrelation, bound: 0.29 });
        state_evidence(&data, &[fitted], &[Judged { noise, is_exact: false, residuals }])[0].description
    }

    #[test]
    fn a_state_that_was_missed_is_unexplained_and_one_of_noise_is_at_rest() {
        assert_eq!(of_a_constant(|i| 1.0 + wave(i), 0.7, 0.95), Description::Unexplained);
        let noise = |i: usize| 1.0 + 0.01 * ((i * i * 7919) as f64).sin();
        assert_eq!(of_a_constant(noise, 0.007, 0.1), Description::AtRest);
        assert_eq!(of_a_constant(|_| 1.0, 1e-9, 0.0), Description::AtRest);
    }

    #[test]
    fn the_pooled_score_hides_what_the_state_alone_shows() {
        // x is a wave of 100 that is followed, y one of 0.5 that is missed.
        let times: Vec<f64> = (0..60).map(f64::from).collect();
        let values = Array2::from_shape_fn((60, 2), |(i, d)| if d == 0 { 100.0 * wave(i) } else { 0.5 * wave(i) });
        let mut states = values.clone();
        states.slice_mut(s![.., 1]).fill(0.0);
        let trajectory = Trajectory::new("a", times.clone(), values).expect("a trajectory");
        let model = SparseModel::from_text("t", &[("x", "0"), ("y", "0")]).expect("equations");
        let std = Array2::from_elem((60, 2), 0.01);
        let fitted = FittedTrajectory::new(&model, &trajectory, times, (0..60).collect(), states, std).expect("a fit");
        assert!(fitted.fit_r2 > 0.9999, "{}", fitted.fit_r2);
        let data = Dataset::new("t", vec!["x".to_owned(), "y".to_owned()], vec![trajectory]).expect("a data set");
        let judged = [0.1, 0.35].map(|noise| Judged { noise, is_exact: false, residuals: None });
        let found = state_evidence(&data, &[fitted], &judged);
        assert!(found[0].fit_r2 > 0.9999 && found[1].fit_r2 < 0.1, "{found:?}");
        assert_eq!(found[1].description, Description::Unexplained);
    }
}
