//! Parameters and unseen states of equations that are given.
//!
//! A [`Model`] is read from the `[model]` table of a TOML file (`docs/src/reference/model-file.md`); [`infer`]
//! estimates what it leaves open from a table, with intervals, and says which combinations the table does not
//! determine.
//!
//! Letters: D states, P unknowns (estimated parameters and initial values), M parameters in all.
//!
//! The rooms in the order in which data flow; a room imports from those above it only, and `infer` from all:
//!
//! | room | what |
//! |---|---|
//! | `description` | the model file: equations, parameters and their bounds, what the columns measure |
//! | `prepare` | the model bound to a table: unknowns, measured numbers, where a fit begins |
//! | `fit` | states, unknowns and levels of errors at their best; what the data leave open |
//! | `uncertainty` | intervals and profile likelihoods |
//! | `result` | all of it by name, and as a JSON document |

mod description;

mod prepare;

mod fit;

mod uncertainty;

mod result;

mod infer;

#[cfg(test)]
mod example;

pub use description::{
    Bounds, Derived, InitialValue, Input, Model, ModelFileError, Noise, Observation, Parameter, ProcessNoise, Role,
};
pub use fit::{InferenceObserver, InferenceProgress};
pub use infer::{InferenceOptions, infer};
pub use prepare::InferenceError;
pub use result::{Inference, InferenceDocument, InferredNoise, InferredNumber, InferredTrajectory};
pub use uncertainty::ProfileLikelihood;
