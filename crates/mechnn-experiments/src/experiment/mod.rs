//! The paper's experiments: one configuration, one command, one table.
//!
//! A configuration is TOML: `experiment = "damped-sine"` and the settings of that experiment, each documented and
//! defaulted where its type is declared.

// In data-flow order.
mod figure;

mod spread;

mod table;

mod watcher;

mod damped_sine;

mod lorenz;

mod logistic;

mod constants;

mod nonlinear_terms;

mod config;

mod error;

pub use config::{Config, ConfigError};
pub use constants::Constants;
pub use damped_sine::DampedSine;
pub use error::ExperimentError;
pub use figure::Figure;
pub use logistic::Logistic;
pub use lorenz::Lorenz;
pub use nonlinear_terms::NonlinearTerms;
pub use spread::Spread;
pub use table::{Row, Table};
pub use watcher::{Watch, Watcher};
