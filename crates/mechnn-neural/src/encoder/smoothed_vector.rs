//! Features along the points of a window, smooth in time.

use burn::module::{Module, Param};
use burn::tensor::Tensor;

use super::Encoder;
use crate::array::from_slice;
use crate::error::RefusedInput;
use crate::network::InitialWeights;

/// A trained vector `[N, H]` seen through a Gaussian kernel along its points:
///
/// $$ f_n = \frac{\sum_m w_{nm} z_m}{\sum_m w_{nm}}, \qquad w_{nm} = e^{-(n - m)^2 / 2 \sigma^2} $$
///
/// The width σ says how fast features can change: 0 is a free vector, a width far above N one constant.
#[derive(Module, Debug)]
pub struct SmoothedVector {
    vector: Param<Tensor<2>>,
    /// `[N, N]`, a constant of the graph; absent for a width of 0.
    #[module(skip)]
    kernel: Option<Tensor<2>>,
}

impl SmoothedVector {
    /// N points of H features, starting uniform in ±1; `width` σ in points.
    pub fn new(points: usize, features: usize, width: f64, weights: &mut InitialWeights) -> Self {
        let vector = weights.uniform([points, features], 1);
        Self { vector, kernel: kernel(points, width, weights) }
    }

    /// Starts at the same features `start`, `[H]`, at every point.
    pub fn starting_at(points: usize, start: &[f64], width: f64, weights: &InitialWeights) -> Self {
        let vector = weights.given(&start.repeat(points), [points, start.len()]);
        Self { vector, kernel: kernel(points, width, weights) }
    }

    /// The features, `[1, N H]`, point by point.
    pub fn features(&self) -> Tensor<2> {
        let smooth = match &self.kernel {
            Some(kernel) => kernel.clone().matmul(self.vector.val()),
            None => self.vector.val(),
        };
        let [points, features] = smooth.dims();
        smooth.reshape([1, points * features])
    }
}

impl Encoder for SmoothedVector {
    fn encode(&self, _: Tensor<3>) -> Result<Tensor<2>, RefusedInput> {
        Ok(self.features())
    }
}

/// The normalised kernel, `[N, N]`.
fn kernel(points: usize, width: f64, weights: &InitialWeights) -> Option<Tensor<2>> {
    (width > 0.0).then(|| {
        let mut values = Vec::with_capacity(points * points);
        for n in 0..points {
            let row: Vec<f64> = (0..points).map(|m| (-0.5 * ((n as f64 - m as f64) / width).powi(2)).exp()).collect();
            let sum: f64 = row.iter().sum();
            values.extend(row.iter().map(|w| w / sum));
        }
        from_slice(&values, [points, points], weights.device())
    })
}
