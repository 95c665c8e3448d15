//! Differences between bodies.

use burn::module::Module;
use burn::tensor::Tensor;

use super::Encoder;
use crate::error::{RefusedInput, expect_axis};

/// Replaces the positions of bodies by the differences of every pair, for forces that depend on nothing else; another
/// encoder sees those.
///
/// # Shapes
/// - window: `[B, N, bodies · axes]`, body by body; inner window: `[B, N, bodies (bodies - 1) / 2 · axes]`, pairs
///   (0, 1), (0, 2), .., (1, 2), ..
#[derive(Module, Debug)]
pub struct PairwiseDifferences<E: Encoder> {
    inner: E,
    bodies: usize,
    axes: usize,
    absolute: bool,
}

impl<E: Encoder> PairwiseDifferences<E> {
    /// Signed differences.
    pub fn new(bodies: usize, axes: usize, inner: E) -> Self {
        Self { inner, bodies, axes, absolute: false }
    }

    /// Absolute values of the differences.
    pub fn absolute(bodies: usize, axes: usize, inner: E) -> Self {
        Self { inner, bodies, axes, absolute: true }
    }
}

impl<E: Encoder> Encoder for PairwiseDifferences<E> {
    fn encode(&self, window: Tensor<3>) -> Result<Tensor<2>, RefusedInput> {
        let [batch, points, channels] = window.dims();
        expect_axis("window", 2, "bodies times axes", self.bodies * self.axes, channels)?;
        let body = |b: usize| window.clone().slice([0..batch, 0..points, b * self.axes..(b + 1) * self.axes]);
        let mut differences = Vec::new();
        for first in 0..self.bodies {
            for second in first + 1..self.bodies {
                differences.push(body(first) - body(second));
            }
        }
        if differences.is_empty() {
            // One body has no pairs; an empty window would be refused by every inner encoder anyway.
            let (input, meaning) = ("bodies", "two at least");
            return Err(RefusedInput::Shape { input, axis: 2, meaning, expected: 2, found: self.bodies });
        }
        let differences = Tensor::cat(differences, 2);
        self.inner.encode(if self.absolute { differences.abs() } else { differences })
    }
}
