//! What networks are made of.

// In data-flow order.
mod initial_weights;

mod activation;

mod linear;

pub use activation::Activation;
pub use initial_weights::InitialWeights;
pub use linear::Linear;
