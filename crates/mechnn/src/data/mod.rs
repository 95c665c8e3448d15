//! Measured trajectories: reading, checking, known systems.
//!
//! Letters: N points of one trajectory, D states. A missing entry is NaN; every other entry is finite.

// In data-flow order; each room imports from those above it only.
mod fault;

mod trajectories;

mod reading;

mod known_systems;

pub use fault::{DataError, DataWarning, InputError, LongLayout, SourceError, TrajectoryError};
pub use known_systems::{KnownSystem, TrueTerm};
pub use reading::{
    CsvOptions, DateOrder, DecimalMark, LongColumns, Missing, TableFile, TableForm, TableReading, TableSource,
    TextEncoding, TimeSource, TimeUnit, read_csv, read_tables,
};
pub use trajectories::{Between, Dataset, InputSignal, NoiseModel, Peculiarity, StateRole, StateRoles, Trajectory};
