//! Run folders and figures.

mod error;

mod run_folder;

mod series;

mod axis;

mod canvas;

mod panel;

mod figure;

pub use error::ReportError;
pub use figure::{FigureInput, FigureTrajectory, rollout_figure};
pub use run_folder::RunFolder;
