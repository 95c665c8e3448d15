//! The model as it is written: equations, what is known of their numbers, what the columns measure.

mod bounds;

mod model;

mod error;

mod allowance;

mod entry;

mod indices;

mod template;

mod tables;

mod names;

mod initial;

mod model_file;

pub use bounds::Bounds;
pub use error::ModelFileError;
pub use model::{Derived, InitialValue, Input, Model, Noise, Observation, Parameter, ProcessNoise, Role};
