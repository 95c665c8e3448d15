//! Equations as values.

use thiserror::Error;

/// Why a simulation stopped early.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum SimulationError {}
