//! Measured values: the trajectories of a system, known inputs, noise, and the file they are written to.

// In data-flow order.
mod input_signal;

mod trajectory;

mod column_name;

mod python_name;

mod state_role;

mod dataset;

mod magnitude;

mod noise_model;

mod peculiarity;

mod noise;

mod csv_writer;

pub(in crate::data) use column_name::{ColumnName, is_unit};
pub use dataset::Dataset;
pub use input_signal::{Between, InputSignal};
pub use noise_model::NoiseModel;
pub use peculiarity::Peculiarity;
pub use state_role::{StateRole, StateRoles};
pub use trajectory::Trajectory;
