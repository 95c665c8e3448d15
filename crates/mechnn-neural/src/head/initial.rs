//! Where a solution starts.

use burn::tensor::Tensor;
use serde::{Deserialize, Serialize};

use super::FeatureReader;
use crate::error::{RefusedInput, expect_axis};
use crate::window::Window;

/// The rule for the initial values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Initial {
    /// None: equations and smoothness alone decide.
    None,
    /// The measured states at the first points, S of them.
    Data {
        /// S.
        points: usize,
    },
    /// The latent states at the first points; the measured ones in a head without latent states.
    Latent {
        /// S.
        points: usize,
    },
    /// Features of the network at the first point, for the derivatives below Q.
    Features {
        /// Q.
        derivatives: usize,
    },
}

impl Initial {
    /// Number of features read, for D dimensions.
    pub fn features(self, dims: usize) -> usize {
        match self {
            Self::Features { derivatives } => dims * derivatives,
            _ => 0,
        }
    }

    /// `[B, S, D, Q]` for the next features.
    ///
    /// # Errors
    /// [`RefusedInput::Shape`] if the window has another number of channels than dimensions.
    pub fn evaluate(
        self,
        dims: usize,
        features: &mut FeatureReader,
        window: &Window,
        latent: Option<&Tensor<3>>,
    ) -> Result<Option<Tensor<4>>, RefusedInput> {
        let (states, points) = match self {
            Self::None => return Ok(None),
            Self::Features { derivatives } => {
                let values = features.take(dims * derivatives);
                let batch = values.dims()[0];
                return Ok(Some(values.reshape([batch, 1, dims, derivatives])));
            }
            Self::Data { points } => (&window.values, points),
            Self::Latent { points } => (latent.unwrap_or(&window.values), points),
        };
        let [batch, available, channels] = states.dims();
        expect_axis("window", 2, "dimensions of the ODE", dims, channels)?;
        if points > available {
            let (input, meaning) = ("window", "pinned points at least");
            return Err(RefusedInput::Shape { input, axis: 1, meaning, expected: points, found: available });
        }
        Ok(Some(states.clone().slice([0..batch, 0..points, 0..dims]).unsqueeze_dim(3)))
    }
}
