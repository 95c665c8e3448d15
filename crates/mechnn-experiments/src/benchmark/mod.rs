//! Benchmarks of discovery on folders of known systems.
//!
//! A folder is read once ([`OdeBench::open`]); every [`Run`] fits one corrupted trajectory through the public
//! interface with default options and scores the equations; [`RowsFile`] keeps what is done, [`Table`] sums it up.
//! See `docs/src/reference/odebench.md`.

// In data-flow order.
mod polynomial;

mod archive;

mod condition;

mod system;

mod odebench;

mod score;

mod clock;

mod method;

mod row;

mod run;

mod rows_file;

mod table;

mod error;

pub use condition::{Condition, Drop};
pub use error::BenchmarkError;
pub use method::Method;
pub use odebench::{Half, OdeBench};
pub use polynomial::{ExpansionError, Polynomial};
pub use row::{Outcome, Row};
pub use rows_file::{RowsFile, sorted};
pub use run::{Campaign, Run};
pub use score::{Agreement, Structure, agreement, rollout_score};
pub use system::{Start, System};
pub use table::{Group, Table};
