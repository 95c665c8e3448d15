//! What was inferred, and the document of it.

mod inference_result;

mod names;

mod derived;

mod noise;

mod trajectories;

mod document;

pub(crate) use derived::derived;
pub use document::InferenceDocument;
pub use inference_result::{Inference, InferredNoise, InferredNumber, InferredTrajectory};
pub(crate) use names::{in_words, name};
pub(crate) use noise::noise;
pub(crate) use trajectories::trajectories;
