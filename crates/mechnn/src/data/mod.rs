//! Measured trajectories: reading, checking, known systems.

use thiserror::Error;

/// What can be wrong with data.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum DataError {}
