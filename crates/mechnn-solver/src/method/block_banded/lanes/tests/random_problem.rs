//! Random problems of one shape, well conditioned, with one clock or the same one written out for each dimension.

use ndarray::{Array2, Array3, Array4, Array5, Axis};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::problem::{InitialValues, LinearOde, OdeProblem, Scheme, TimeGrid, Weights};

/// Batch, points, dimensions, orders.
pub(super) type Shape = [usize; 4];

/// The schemes that the lanes solve.
pub(super) const SCHEMES: [Scheme; 3] = [Scheme::Taylor, Scheme::IntegratedWiener, Scheme::Pade];

/// Which axes of which inputs have length 1.
#[derive(Clone, Copy)]
pub(super) enum Axes {
    Full,
    /// Each batch and time axis with a probability of one third.
    SomeBroadcast,
}

/// The inputs of a problem, free to be changed.
#[derive(Clone)]
pub(super) struct RandomProblem {
    pub(super) points: usize,
    pub(super) coefficients: Array5<f64>,
    pub(super) forcing: Array3<f64>,
    pub(super) initial: Array4<f64>,
    pub(super) steps: Array2<f64>,
    pub(super) scheme: Scheme,
    pub(super) weights: Weights,
}

impl RandomProblem {
    /// Equations in which the highest derivative of each dimension stands out; one to three pinned points.
    pub(super) fn new(seed: u64, [batch, points, dims, orders]: Shape, scheme: Scheme, axes: Axes) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let one_or = |rng: &mut ChaCha8Rng, length: usize| match axes {
            Axes::Full => length,
            Axes::SomeBroadcast => [length, length, 1][rng.random_range(0..3)],
        };
        let mut elements = [0; 4].map(|_| one_or(&mut rng, batch));
        // One input at least says how many elements there are.
        elements[rng.random_range(0..4)] = batch;
        let coefficients = (elements[0], one_or(&mut rng, points), dims, dims, orders);
        let forcing = (elements[1], one_or(&mut rng, points), dims);
        let steps = (elements[2], one_or(&mut rng, points - 1));
        let pinned = (rng.random_range(1..=points.min(3)), rng.random_range(orders - 1..=orders));
        let initial = (elements[3], pinned.0, dims, pinned.1);
        let weights = Weights {
            equation: rng.random_range(0.5..2.0),
            initial: rng.random_range(0.5..2.0),
            smoothness: rng.random_range(0.5..2.0),
        };
        let mut random = || rng.random_range(-1.0..1.0);
        Self {
            points,
            coefficients: Array5::from_shape_fn(coefficients, |(_, _, e, d, k)| {
                let own = if e == d && k + 1 == orders { 1.5 } else { 0.0 };
                own + 0.4 * random()
            }),
            forcing: Array3::from_shape_simple_fn(forcing, &mut random),
            initial: Array4::from_shape_simple_fn(initial, &mut random),
            // So long that no power of them is lost beside another.
            steps: Array2::from_shape_simple_fn(steps, || 0.5 + 0.2 * random()),
            scheme,
            weights,
        }
    }

    /// One clock, which the lanes solve.
    pub(super) fn problem(&self) -> OdeProblem {
        self.on_grid(&TimeGrid::shared(self.points, self.steps.clone()))
    }

    /// The same clock for each dimension, which is solved element by element.
    pub(super) fn with_clocks(&self) -> OdeProblem {
        let dims = self.coefficients.dim().3;
        let (batch, intervals) = self.steps.dim();
        let steps = Array3::from_shape_fn((batch, intervals, dims), |(b, t, _)| self.steps[[b, t]]);
        self.on_grid(&TimeGrid::per_dimension(self.points, steps))
    }

    /// One element alone; no input may be broadcast over the batch.
    pub(super) fn element(&self, element: usize) -> Self {
        let one = element..=element;
        Self {
            coefficients: self.coefficients.slice_axis(Axis(0), one.clone().into()).to_owned(),
            forcing: self.forcing.slice_axis(Axis(0), one.clone().into()).to_owned(),
            initial: self.initial.slice_axis(Axis(0), one.clone().into()).to_owned(),
            steps: self.steps.slice_axis(Axis(0), one.into()).to_owned(),
            ..*self
        }
    }

    fn on_grid(&self, grid: &TimeGrid) -> OdeProblem {
        let ode = LinearOde::new(self.coefficients.clone(), self.forcing.clone());
        OdeProblem::new(&ode, grid, &InitialValues::new(self.initial.clone()))
            .and_then(|problem| problem.with_scheme(self.scheme))
            .and_then(|problem| problem.with_weights(self.weights))
            .expect("well formed")
    }
}

/// The derivative of a loss with respect to the values, `[B, N, D, K]`.
pub(super) fn random_seeds(seed: u64, [batch, points, dims, orders]: Shape) -> Array4<f64> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    Array4::from_shape_simple_fn((batch, points, dims, orders), || rng.random_range(-1.0..1.0))
}
