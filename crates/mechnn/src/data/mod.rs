//! Measured trajectories: reading, checking, known systems.
//!
//! Letters: N points of one trajectory, D states. A missing entry is NaN; every other entry is finite.

// In data-flow order; each room imports from those above it only.
mod fault;

mod trajectories;

mod reading;

mod known_systems;

pub use fault::{DataError, DataWarning, InputError};
pub use known_systems::{KnownSystem, TrueTerm};
pub use reading::{CsvOptions, DateOrder, DecimalMark, Missing, TimeSource, TimeUnit, read_csv};
pub use trajectories::{Between, Dataset, InputSignal, NoiseModel, StateRole, StateRoles, Trajectory};
