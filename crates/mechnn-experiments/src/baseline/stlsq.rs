//! Sequentially thresholded least squares (SINDy).

use std::collections::BTreeSet;

use mechnn_solver::smoother::{SmootherError, WienerSmoother};
use thiserror::Error;

use super::span::Span;
use mechnn::data::Dataset;
use mechnn::equation::{
    Equation, FittedTerm, LibrarySpec, ModelError, RolloutStatus, SimulationError, SimulationOptions, SparseModel,
    simulate,
};

/// Why there are no equations.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum StlsqError {
    /// A state cannot be smoothed.
    #[error("state `{state}` of trajectory `{trajectory}`: {source}")]
    Smoothing {
        /// The trajectory.
        trajectory: String,
        /// The state.
        state: String,
        /// What is wrong with it.
        source: SmootherError,
    },
    /// The coefficients are not finite.
    #[error(transparent)]
    Model(#[from] ModelError),
    /// A candidate could not be simulated.
    #[error(transparent)]
    Simulation(#[from] SimulationError),
}

/// Sequentially thresholded least squares on smoothed derivatives, tuned by simulation: the baseline of every table.
///
/// With the smoothed states' library `Θ` (`[N, P]`) and derivatives `X'` (`[N, D]`)
///
/// $$ \min_\Xi |\Theta \Xi - X'|^2, \qquad \xi_{p,d} \leftarrow 0 \text{ where } |\xi_{p,d}| < \lambda $$
///
/// in turn until no coefficient falls below the threshold. States and derivatives come from the twice integrated
/// Wiener process of [`WienerSmoother`], so that irregular times need nothing special. The threshold is applied to
/// the coefficients themselves, as published, and in a second pass to the length of coefficient times column relative
/// to that of the derivative, which is the same in all units. Every distinct support found so is simulated over the
/// data from the smoothed start; the one with the least `Σ_d N_d ln(RSS_d / N_d) + k ln N` is returned, where k
/// counts the terms. If no candidate survives its simulation, the one with the least such sum over the derivatives
/// is.
///
/// # References
/// Brunton, Proctor, Kutz, *Discovering governing equations from data by sparse identification of nonlinear dynamical
/// systems*, PNAS 113, 2016.
#[derive(Debug, Clone, PartialEq)]
pub struct Stlsq {
    /// Candidate terms. Default `poly:3`.
    pub library: LibrarySpec,
    /// Thresholds that are tried, on either scale. Default 0 and fifteen from 0.001 to 1, evenly in the logarithm.
    pub thresholds: Vec<f64>,
}

impl Default for Stlsq {
    fn default() -> Self {
        let thresholds = (0..15).map(|i| 1e-3 * 1e3f64.powf(f64::from(i) / 14.0));
        Self { library: LibrarySpec::polynomial(3), thresholds: std::iter::once(0.0).chain(thresholds).collect() }
    }
}

/// Columns of which less than this is left beside the others are left out: smoothed derivatives do not hold more
/// digits, and coefficients of such columns would be huge and cancel.
const DEPENDENT: f64 = 1e-5;

/// Rounds of thresholding; each drops a term of every equation or is the last.
const MAX_ROUNDS: usize = 20;

/// A candidate is simulated no more exactly and no longer than a comparison of residuals needs.
const TOLERANCE: f64 = 1e-6;
const MAX_STEPS: usize = 5_000;

/// Residuals below this part of the variance are rounding: a better one is no evidence.
const RESIDUAL_FLOOR: f64 = 1e-20;

impl Stlsq {
    /// The equations with the best simulation.
    ///
    /// # Errors
    /// [`StlsqError::Smoothing`] if a state has too few measurements, [`StlsqError::Model`] if a coefficient
    /// overflows, [`StlsqError::Simulation`] if the system is too large to be simulated.
    pub fn fit(&self, data: &Dataset) -> Result<SparseModel, StlsqError> {
        let regression = Regression::new(data, self.library.clone())?;
        let mut best: Option<(Rank, SparseModel)> = None;
        let mut seen = BTreeSet::new();
        let scales = [Scale::Coefficient, Scale::Contribution];
        for (scale, &threshold) in scales.iter().flat_map(|scale| self.thresholds.iter().map(move |t| (scale, t))) {
            let coefficients: Vec<Vec<f64>> =
                (0..data.dims()).map(|d| regression.threshold(&regression.slopes[d], threshold, *scale)).collect();
            let support: Vec<bool> = coefficients.iter().flatten().map(|c| *c != 0.0).collect();
            if !seen.insert(support) {
                continue;
            }
            let model = regression.model(data, &coefficients)?;
            let rank = regression.rank(data, &model, &coefficients)?;
            if best.as_ref().is_none_or(|(least, _)| rank.is_before(least)) {
                best = Some((rank, model));
            }
        }
        match best {
            Some((_, model)) => Ok(model),
            // No threshold, no term.
            None => regression.model(data, &vec![vec![0.0; regression.columns.len()]; data.dims()]),
        }
    }
}

/// What is compared with a threshold.
#[derive(Debug, Clone, Copy)]
enum Scale {
    /// The coefficient, as published.
    Coefficient,
    /// The length of coefficient times column, relative to that of the derivative: the same in all units.
    Contribution,
}

/// Simulated candidates come before those that diverge; among each, the least criterion.
#[derive(Debug, Clone, Copy)]
struct Rank {
    diverged: bool,
    criterion: f64,
}

impl Rank {
    fn is_before(&self, other: &Self) -> bool {
        self.diverged.cmp(&other.diverged).then(self.criterion.total_cmp(&other.criterion)).is_lt()
    }
}

/// The smoothed data as a linear regression.
struct Regression {
    terms: Vec<mechnn::equation::Term>,
    /// Values of the terms over all points, each `[N]`.
    columns: Vec<Vec<f64>>,
    /// Derivatives of the states, each `[N]`.
    slopes: Vec<Vec<f64>>,
    /// Smoothed first states of each trajectory, `[D]`.
    starts: Vec<Vec<f64>>,
}

impl Regression {
    fn new(data: &Dataset, library: LibrarySpec) -> Result<Self, StlsqError> {
        let library = library.build(data.dims());
        let dims = data.dims();
        let mut columns = vec![Vec::new(); library.len()];
        let mut slopes = vec![Vec::new(); dims];
        let mut starts = Vec::new();
        for trajectory in &data.trajectories {
            let mut states = Vec::with_capacity(dims);
            for (d, slopes) in slopes.iter_mut().enumerate() {
                let series: Vec<f64> = trajectory.values.column(d).to_vec();
                let smooth = WienerSmoother.fit(&trajectory.times, &series).map_err(|source| {
                    let (trajectory, state) = (trajectory.name.clone(), data.states[d].clone());
                    StlsqError::Smoothing { trajectory, state, source }
                })?;
                slopes.extend(smooth.derivatives);
                states.push(smooth.values);
            }
            let mut values = vec![0.0; library.len()];
            for t in 0..trajectory.points() {
                let x: Vec<f64> = states.iter().map(|state| state[t]).collect();
                library.evaluate_into(&x, &mut values);
                columns.iter_mut().zip(&values).for_each(|(column, value)| column.push(*value));
            }
            starts.push(states.iter().map(|state| state[0]).collect());
        }
        Ok(Self { terms: library.terms().to_vec(), columns, slopes, starts })
    }

    /// Coefficients of one equation, `[P]`, in the units of the data.
    fn threshold(&self, slopes: &[f64], threshold: f64, scale: Scale) -> Vec<f64> {
        let length = |x: &[f64]| x.iter().map(|x| x * x).sum::<f64>().sqrt();
        let whole = length(slopes);
        let mut active: Vec<usize> = (0..self.columns.len()).collect();
        let mut coefficients = vec![0.0; self.columns.len()];
        for _ in 0..MAX_ROUNDS {
            let columns: Vec<&[f64]> = active.iter().map(|&p| &self.columns[p][..]).collect();
            let fitted = Span::new(&columns, DEPENDENT).coefficients(slopes);
            coefficients.fill(0.0);
            active.iter().zip(&fitted).for_each(|(&p, value)| coefficients[p] = *value);
            let before = active.len();
            // Written so that NaN leaves; a coefficient of 0 is no term.
            active.retain(|&p| {
                let size = match scale {
                    Scale::Coefficient => coefficients[p].abs(),
                    Scale::Contribution => coefficients[p].abs() * length(&self.columns[p]) / whole,
                };
                size > 0.0 && size >= threshold
            });
            if active.len() == before {
                return coefficients;
            }
        }
        // The last fit may still hold terms below the threshold: they go without another fit.
        coefficients.iter_mut().enumerate().filter(|(p, _)| !active.contains(p)).for_each(|(_, c)| *c = 0.0);
        coefficients
    }

    fn model(&self, data: &Dataset, coefficients: &[Vec<f64>]) -> Result<SparseModel, StlsqError> {
        let equation = |coefficients: &Vec<f64>| {
            let kept = self.terms.iter().zip(coefficients).filter(|(_, c)| **c != 0.0);
            let fitted = |(term, &coefficient): (&mechnn::equation::Term, &f64)| FittedTerm {
                constant_errors: Vec::new(),
                term: term.clone(),
                coefficient,
                standard_error: f64::NAN,
            };
            Equation { terms: kept.map(fitted).collect() }
        };
        let equations = coefficients.iter().map(equation).collect();
        Ok(SparseModel::new(data.python_time(), data.python_names(), equations)?)
    }

    fn rank(&self, data: &Dataset, model: &SparseModel, coefficients: &[Vec<f64>]) -> Result<Rank, StlsqError> {
        let mut simulated = Vec::new();
        for (trajectory, start) in data.trajectories.iter().zip(&self.starts) {
            let defaults = SimulationOptions::for_data(trajectory.values.view());
            let options = SimulationOptions { relative_tolerance: TOLERANCE, max_steps: MAX_STEPS, ..defaults };
            let rollout = simulate(model, start, &trajectory.times, &options)?;
            if rollout.status != RolloutStatus::Finished {
                let predicted = coefficients.iter().map(|c| self.predicted(c));
                let pairs = self
                    .slopes
                    .iter()
                    .zip(predicted)
                    .map(|(slope, predicted)| slope.iter().copied().zip(predicted).collect::<Vec<(f64, f64)>>());
                return Ok(Rank { diverged: true, criterion: criterion(pairs, model.term_count()) });
            }
            simulated.push(rollout.values);
        }
        let pairs = (0..data.dims()).map(|d| {
            let each = data.trajectories.iter().zip(&simulated);
            let pairs = each.flat_map(|(x, simulated)| {
                x.values.column(d).iter().copied().zip(simulated.column(d).iter().copied()).collect::<Vec<_>>()
            });
            pairs.filter(|(measured, _)| !measured.is_nan()).collect::<Vec<(f64, f64)>>()
        });
        Ok(Rank { diverged: false, criterion: criterion(pairs, model.term_count()) })
    }

    fn predicted(&self, coefficients: &[f64]) -> Vec<f64> {
        let points = self.columns.first().map_or(0, Vec::len);
        let value = |t: usize| self.columns.iter().zip(coefficients).map(|(column, c)| c * column[t]).sum();
        (0..points).map(value).collect()
    }
}

/// `Σ_d N_d ln(RSS_d / N_d) + k ln N` of pairs (measured, predicted) for each state.
fn criterion(states: impl Iterator<Item = Vec<(f64, f64)>>, terms: usize) -> f64 {
    let (mut sum, mut total) = (0.0, 0.0);
    for pairs in states {
        let count = pairs.len() as f64;
        let mean = pairs.iter().map(|(measured, _)| measured / count).sum::<f64>();
        let variance = pairs.iter().map(|(measured, _)| (measured - mean).powi(2) / count).sum::<f64>();
        let residual = pairs.iter().map(|(measured, predicted)| (measured - predicted).powi(2) / count).sum::<f64>();
        sum += count * residual.max(RESIDUAL_FLOOR * variance).max(f64::MIN_POSITIVE).ln();
        total += count;
    }
    sum + terms as f64 * total.max(1.0).ln()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use ndarray::Array2;

    use super::{Stlsq, StlsqError};
    use mechnn::data::{Dataset, Trajectory};

    /// x' = v, v' = -x, as (sin, cos) at uneven times, in other units.
    fn oscillator(points: usize, scale: f64) -> Dataset {
        let times: Vec<f64> = (0..points).map(|i| 0.05 * i as f64 + 0.01 * (i % 3) as f64).collect();
        let values =
            Array2::from_shape_fn((points, 2), |(i, d)| scale * if d == 0 { times[i].sin() } else { times[i].cos() });
        let names = ["x", "v"].map(String::from).to_vec();
        Dataset::new("t", names, vec![Trajectory::new("a", times, values).unwrap()]).unwrap()
    }

    #[test]
    fn the_oscillator_is_found_in_any_unit() {
        for scale in [1e-3, 1.0, 1e3] {
            let model = Stlsq::default().fit(&oscillator(300, scale)).unwrap();
            assert_eq!(model.term_count(), 2, "{model} at scale {scale}");
            for (d, (found, expected)) in model.equations.iter().zip([1.0, -1.0]).enumerate() {
                let fitted = &found.terms[0];
                // Smoothing of exact data leaves an error of the spline, largest at the ends.
                assert!((fitted.coefficient - expected).abs() < 1e-2, "{model}, equation {d}");
            }
        }
    }

    #[test]
    fn constant_states_have_no_terms() {
        let values = Array2::from_elem((20, 1), 3.0);
        let trajectory = Trajectory::new("a", (0..20).map(f64::from).collect(), values).unwrap();
        let data = Dataset::new("t", vec!["x".into()], vec![trajectory]).unwrap();
        assert_eq!(Stlsq::default().fit(&data).unwrap().term_count(), 0);
    }

    #[test]
    fn too_few_points_are_an_error_with_the_state() {
        let error = Stlsq::default().fit(&oscillator(4, 1.0)).unwrap_err();
        assert!(matches!(error, StlsqError::Smoothing { ref state, .. } if state == "x"), "{error}");
    }
}
