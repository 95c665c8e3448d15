//! Parameters and unseen states of equations that are given.
//!
//! A [`Model`] is read from the `[model]` table of a TOML file (`docs/src/reference/model-file.md`); [`infer`] estimates what
//! it leaves open from a table, with intervals, and says which combinations the table does not determine.
//!
//! Letters: D states, P unknowns (estimated parameters and initial values), M parameters in all.

// In data-flow order.
mod bounds;

mod entry;

mod error;

mod template;

mod model;

mod model_file;

mod binding;

mod bound_trajectory;

mod starts;

mod starting_states;

mod observer;

mod fit;

mod stochastic;

mod identifiability;

mod quantile;

mod profile;

mod result;

mod infer;

mod document;

pub use bounds::Bounds;
pub use document::InferenceDocument;
pub use error::{InferenceError, ModelFileError};
pub use infer::{InferenceOptions, infer};
pub use model::{Derived, InitialValue, Input, Model, Noise, Observation, Parameter, ProcessNoise, Role};
pub use observer::{InferenceObserver, InferenceProgress};
pub use profile::ProfileLikelihood;
pub use result::{Inference, InferredNoise, InferredNumber, InferredTrajectory};
