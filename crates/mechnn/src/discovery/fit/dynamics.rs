//! Right-hand sides as dynamics for the smoother.

use std::sync::Arc;

use mechnn_solver::smoother::{Dynamics, Linearization, Linearizations, Points};

use super::right_hand_side::RightHandSide;
use crate::discovery::prepare::known::KnownOfSegment;
use crate::discovery::structure::{Problem, Structure};

/// `x'_d = Σ_j θ_j f_j(x, u, t; k_j)` over the candidates j of state d.
///
/// Of a state whose velocity is a state the rate is that velocity, and nothing is estimated. What is known of a rate
/// is added to it; a coefficient may stand in several equations, and a rate may be a sum of others (see
/// [`Rules`](crate::discovery::constraints::Rules)).
///
/// The parameters are the coefficients θ, then the inner constants k of the candidates that have some, in order. All
/// in scaled variables: `x̃ = x / scale`, every term is divided by its norm, and every constant by its unit, so that
/// parameters are of order one whatever the data's units.
#[derive(Debug, Clone)]
pub(crate) struct SparseDynamics {
    rate: Arc<RightHandSide>,
    /// Along each segment, where terms may depend on known functions of time; otherwise none.
    segments: Vec<SegmentDynamics>,
}

/// The dynamics along one segment.
#[derive(Debug, Clone)]
struct SegmentDynamics {
    rate: Arc<RightHandSide>,
    known: KnownOfSegment,
}

impl SparseDynamics {
    pub(crate) fn new(problem: &Problem<'_>, structure: &Structure) -> Self {
        Self::of(RightHandSide::new(problem, structure), problem)
    }

    /// Without what is known of the rates: what the terms of the structure add to them.
    pub(crate) fn of_terms_alone(problem: &Problem<'_>, structure: &Structure) -> Self {
        Self::of(RightHandSide::new(problem, structure).without_known_terms(), problem)
    }

    fn of(rate: RightHandSide, problem: &Problem<'_>) -> Self {
        let rate = Arc::new(rate);
        let of_segment = |known: &KnownOfSegment| SegmentDynamics { rate: Arc::clone(&rate), known: known.clone() };
        let segments = match problem.data.known.count() {
            0 => Vec::new(),
            _ => problem.data.known.segments().iter().map(of_segment).collect(),
        };
        Self { rate, segments }
    }
}

impl Dynamics for SparseDynamics {
    fn dims(&self) -> usize {
        self.rate.scale.len()
    }

    fn parameters(&self) -> usize {
        self.rate.parameters
    }

    // Which inputs is only known along a segment: without one they are NaN.
    fn rate(&self, _t: f64, x: &[f64], theta: &[f64], rate: &mut [f64]) {
        self.rate.evaluate(x, theta, rate, |known| known.fill(f64::NAN));
    }

    fn linearize(&self, _t: f64, x: &[f64], theta: &[f64], out: &mut Linearization) {
        self.rate.linearize(x, theta, out, |known| known.fill(f64::NAN));
    }

    fn rate_many(&self, points: Points<'_>, theta: &[f64], rates: &mut [f64], work: &mut Vec<f64>) {
        self.rate.evaluate_many(points, theta, None, rates, work);
    }

    fn linearize_many(&self, points: Points<'_>, theta: &[f64], out: Linearizations<'_>, work: &mut Vec<f64>) {
        self.rate.linearize_many(points, theta, None, out, work);
    }

    fn of_segment(&self, segment: usize) -> Option<&dyn Dynamics> {
        self.segments.get(segment).map(|segment| segment as &dyn Dynamics)
    }
}

impl Dynamics for SegmentDynamics {
    fn dims(&self) -> usize {
        self.rate.scale.len()
    }

    fn parameters(&self) -> usize {
        self.rate.parameters
    }

    fn rate(&self, t: f64, x: &[f64], theta: &[f64], rate: &mut [f64]) {
        self.rate.evaluate(x, theta, rate, |values| self.known.values_into(t, values));
    }

    fn linearize(&self, t: f64, x: &[f64], theta: &[f64], out: &mut Linearization) {
        self.rate.linearize(x, theta, out, |values| self.known.values_into(t, values));
    }

    fn rate_many(&self, points: Points<'_>, theta: &[f64], rates: &mut [f64], work: &mut Vec<f64>) {
        self.rate.evaluate_many(points, theta, Some(&self.known), rates, work);
    }

    fn linearize_many(&self, points: Points<'_>, theta: &[f64], out: Linearizations<'_>, work: &mut Vec<f64>) {
        self.rate.linearize_many(points, theta, Some(&self.known), out, work);
    }
}
