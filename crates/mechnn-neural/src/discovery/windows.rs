//! All windows of a data set.

use burn::tensor::Device;
use mechnn::data::Dataset;

use super::DiscoveryError;
use crate::array::from_slice;
use crate::window::Window;

/// Windows of equal length at every start, from all trajectories.
#[derive(Debug, Clone)]
pub struct Windows {
    points: usize,
    dims: usize,
    /// Row-major states of all trajectories one after the other, and their times.
    values: Vec<f64>,
    times: Vec<f64>,
    /// Row in `values` at which each window starts.
    starts: Vec<usize>,
    /// Standard deviation of each state.
    scale: Vec<f64>,
}

impl Windows {
    /// Windows of `points` points.
    ///
    /// # Errors
    /// [`DiscoveryError::TooShort`], [`DiscoveryError::Missing`], [`DiscoveryError::Constant`].
    pub fn new(data: &Dataset, points: usize) -> Result<Self, DiscoveryError> {
        let dims = data.dims();
        let (mut values, mut times, mut starts) = (vec![], vec![], vec![]);
        for trajectory in &data.trajectories {
            if let Some(flat) = trajectory.values.iter().position(|v| !v.is_finite()) {
                let point = flat / dims.max(1);
                return Err(DiscoveryError::Missing { trajectory: trajectory.name.clone(), point });
            }
            let first = times.len();
            starts.extend((0..(trajectory.points() + 1).saturating_sub(points)).map(|start| first + start));
            values.extend(trajectory.values.iter());
            times.extend(&trajectory.times);
        }
        if starts.is_empty() || points < 2 {
            let longest = data.trajectories.iter().map(mechnn::data::Trajectory::points).max().unwrap_or(0);
            return Err(DiscoveryError::TooShort { window: points.max(2), longest });
        }
        let rows = times.len() as f64;
        let mut scale = Vec::with_capacity(dims);
        for d in 0..dims {
            let column = || values.iter().skip(d).step_by(dims);
            let mean = column().sum::<f64>() / rows;
            let deviation = (column().map(|v| (v - mean).powi(2)).sum::<f64>() / rows).sqrt();
            if deviation.is_nan() || deviation <= 0.0 {
                return Err(DiscoveryError::Constant { state: data.states[d].clone() });
            }
            scale.push(deviation);
        }
        Ok(Self { points, dims, values, times, starts, scale })
    }

    /// Number of windows.
    pub fn len(&self) -> usize {
        self.starts.len()
    }

    /// Whether there is no window; there is at least one.
    pub fn is_empty(&self) -> bool {
        self.starts.is_empty()
    }

    /// N.
    pub fn points(&self) -> usize {
        self.points
    }

    /// D.
    pub fn dims(&self) -> usize {
        self.dims
    }

    /// Standard deviation of each state, `[D]`.
    pub fn scale(&self) -> &[f64] {
        &self.scale
    }

    /// States `[N, D]`, row-major, and times `[N]` of one window.
    pub fn window(&self, index: usize) -> (&[f64], &[f64]) {
        let start = self.starts[index];
        let end = start + self.points;
        (&self.values[start * self.dims..end * self.dims], &self.times[start..end])
    }

    /// The step, if it is the same everywhere up to rounding.
    pub fn uniform_step(&self) -> Option<f64> {
        let (_, times) = self.window(0);
        let step = (times[self.points - 1] - times[0]) / (self.points - 1) as f64;
        let is_equal = |pair: &[f64]| (pair[1] - pair[0] - step).abs() <= 1e-9 * (step + pair[1].abs());
        (0..self.len()).all(|w| self.window(w).1.windows(2).all(is_equal)).then_some(step)
    }

    /// Some windows as tensors; their times start at 0.
    pub fn batch(&self, indices: &[usize], device: &Device) -> Window {
        let mut values = Vec::with_capacity(indices.len() * self.points * self.dims);
        let mut times = Vec::with_capacity(indices.len() * self.points);
        for &index in indices {
            let (v, t) = self.window(index);
            values.extend_from_slice(v);
            times.extend(t.iter().map(|time| time - t[0]));
        }
        Window {
            values: from_slice(&values, [indices.len(), self.points, self.dims], device),
            times: from_slice(&times, [indices.len(), self.points, 1], device),
        }
    }
}
