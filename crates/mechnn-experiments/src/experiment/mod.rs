//! The paper's experiments: one configuration, one command, one table.
//!
//! A configuration is TOML: `experiment = "damped-sine"` and the settings of that experiment, each documented and
//! defaulted where its type is declared.
//!
//! Each experiment is a folder: `mod.rs` has its settings and `run`, which makes the [`Table`]; beside it its data (a
//! curve, trajectories, known structures), its models, and how they are scored. Trainings go through `watcher::train`,
//! so that they are watched, stopped and resumed like all others. A new one is a folder, a variant of [`Config`] and a
//! file in `experiments/`.

// In data-flow order: what experiments share, the experiments, what starts one.
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
