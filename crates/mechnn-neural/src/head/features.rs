//! Features, read in order.

use burn::tensor::Tensor;

use crate::error::{RefusedInput, expect_axis};

/// Takes the features of a head apart, from the first to the last.
#[derive(Debug)]
pub struct FeatureReader {
    features: Tensor<2>,
    next: usize,
}

impl FeatureReader {
    /// Starts at the first of `expected` features, `[B | 1, H]`.
    ///
    /// # Errors
    /// [`RefusedInput::Shape`] if there is another number of them.
    pub fn new(features: Tensor<2>, expected: usize) -> Result<Self, RefusedInput> {
        expect_axis("features", 1, "features of the head", expected, features.dims()[1])?;
        Ok(Self { features, next: 0 })
    }

    /// The next `count` features, `[B | 1, count]`.
    pub fn take(&mut self, count: usize) -> Tensor<2> {
        let batch = self.features.dims()[0];
        let part = self.features.clone().slice([0..batch, self.next..self.next + count]);
        self.next += count;
        part
    }
}
