//! The right-hand side of a nonlinear ODE, with its Jacobians.

use crate::many_points::{Linearizations, Points, set_point};

/// A parametrised first-order ODE `x' = f(t, x, θ)` with D dimensions and P parameters.
pub trait Dynamics: Sync {
    /// D.
    fn dims(&self) -> usize;

    /// P.
    fn parameters(&self) -> usize;

    /// Writes f into `rate` `[D]`.
    fn rate(&self, t: f64, x: &[f64], theta: &[f64], rate: &mut [f64]);

    /// Writes f and its Jacobians in x and θ.
    fn linearize(&self, t: f64, x: &[f64], theta: &[f64], out: &mut Linearization);

    /// Writes f at n points into `rates`, `[D, n]`. `work` is room that is kept between calls; what is in it means
    /// nothing.
    ///
    /// As it stands this is one point after the other. The smoother asks for some ten points at a time: whoever can
    /// evaluate each operation along all of them is many times faster.
    fn rate_many(&self, points: Points<'_>, theta: &[f64], rates: &mut [f64], work: &mut Vec<f64>) {
        let dims = self.dims();
        work.clear();
        work.resize(2 * dims, 0.0);
        let (x, rate) = work.split_at_mut(dims);
        for (point, &time) in points.times.iter().enumerate() {
            points.state_into(point, x);
            self.rate(time, x, theta, rate);
            set_point(rates, points.count(), point, rate);
        }
    }

    /// Writes f and its Jacobians at n points; `work` as for [`rate_many`](Self::rate_many).
    fn linearize_many(&self, points: Points<'_>, theta: &[f64], out: Linearizations<'_>, work: &mut Vec<f64>) {
        let count = points.count();
        let mut at = Linearization::zeros(self.dims(), self.parameters());
        work.clear();
        work.resize(self.dims(), 0.0);
        for (point, &time) in points.times.iter().enumerate() {
            points.state_into(point, work);
            self.linearize(time, work, theta, &mut at);
            set_point(out.rate, count, point, &at.rate);
            set_point(out.by_state, count, point, &at.by_state);
            set_point(out.by_parameter, count, point, &at.by_parameter);
        }
    }

    /// The dynamics and residuals of one trajectory, where trajectories differ in their inputs or in parameters of
    /// their own; D and P, and the meaning of θ, are those of all. `None` if this is the dynamics of every
    /// trajectory.
    fn of_segment(&self, _segment: usize) -> Option<&dyn Dynamics> {
        None
    }

    /// R, the number of residuals at each point besides those of
    /// [`Segment::observations`](crate::smoother::Segment::observations).
    fn residuals(&self) -> usize {
        0
    }

    /// Writes the residuals at point `point` of the trajectory, each divided by its standard deviation: what was
    /// observed of other functions of the state, and what is known of the parameters. A residual that does not exist
    /// there is 0.
    fn residual(&self, _point: usize, _x: &[f64], _theta: &[f64], _out: &mut Residuals) {}
}

/// Residuals at one point, with their Jacobians.
#[derive(Debug, Clone, PartialEq)]
pub struct Residuals {
    /// r, `[R]`.
    pub value: Vec<f64>,
    /// ∂r/∂x, `[R, D]` row-major.
    pub by_state: Vec<f64>,
    /// ∂r/∂θ, `[R, P]` row-major.
    pub by_parameter: Vec<f64>,
}

impl Residuals {
    /// Zeros for `rows` residuals, `dims` dimensions and `parameters` parameters.
    pub fn zeros(rows: usize, dims: usize, parameters: usize) -> Self {
        Self { value: vec![0.0; rows], by_state: vec![0.0; rows * dims], by_parameter: vec![0.0; rows * parameters] }
    }
}

/// f and its Jacobians at one point.
#[derive(Debug, Clone, PartialEq)]
pub struct Linearization {
    /// f, `[D]`.
    pub rate: Vec<f64>,
    /// ∂f/∂x, `[D, D]` row-major.
    pub by_state: Vec<f64>,
    /// ∂f/∂θ, `[D, P]` row-major.
    pub by_parameter: Vec<f64>,
}

impl Linearization {
    /// Zeros for `dims` dimensions and `parameters` parameters.
    pub fn zeros(dims: usize, parameters: usize) -> Self {
        Self { rate: vec![0.0; dims], by_state: vec![0.0; dims * dims], by_parameter: vec![0.0; dims * parameters] }
    }
}
