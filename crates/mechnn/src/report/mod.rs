//! Run folders and figures.

// In data-flow order.
mod error;

mod run_folder;

mod figure_input;

mod series;

mod axis;

mod canvas;

mod panel;

mod figure;

pub use error::ReportError;
pub use figure::rollout_figure;
pub use figure_input::{FigureInput, FigureTrajectory};
pub use run_folder::RunFolder;
