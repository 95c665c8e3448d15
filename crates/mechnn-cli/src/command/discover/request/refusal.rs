//! Options that do not go together.

use std::path::PathBuf;

use thiserror::Error;

use crate::failure::Failure;

/// An option that the way of searching that was asked for cannot use: it is refused instead of ignored.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub(in super::super) enum Refusal {
    #[error("`{}` has settings for the neural method, and another method was asked for", path.display())]
    NeuralSettings { path: PathBuf },

    #[error("{option} cannot be used with `--method neural`")]
    NeuralKnowsNo { option: &'static str },

    #[error("`--method neural` can search polynomials only")]
    NeuralFunctions,

    #[error("`--method neural` cannot write a folder of the run yet")]
    NeuralFolder,

    #[error("`--model` cannot be used with `--per-trajectory`, which gives each trajectory its own coefficients")]
    ModelPerTrajectory,

    #[error("--threshold cannot be used with --per-trajectory")]
    ThresholdPerTrajectory,

    #[error("--pareto cannot be used with --per-trajectory: the terms are chosen on all trajectories together")]
    FrontPerTrajectory,

    #[error("--per-trajectory needs two or more trajectories, and there is only one")]
    OneTrajectory,
}

impl Refusal {
    fn hint(&self) -> Option<&'static str> {
        match self {
            Self::NeuralSettings { .. } => Some("add --method neural"),
            Self::NeuralKnowsNo { .. } => Some("leave out --method neural"),
            Self::NeuralFunctions => Some("leave the functions out of --library, or use --method direct"),
            Self::NeuralFolder => {
                Some("write the result into a file: mechnn discover .. > FILE, with --format json for programs")
            }
            Self::ModelPerTrajectory => {
                Some("`mechnn infer` estimates equations that are given, with numbers shared or not")
            }
            Self::ThresholdPerTrajectory => None,
            Self::FrontPerTrajectory => Some("leave out --pareto, or search in one trajectory"),
            Self::OneTrajectory => {
                Some("give several files, or use --id to name the column that says which trajectory a row belongs to")
            }
        }
    }
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        Self::usage(refusal.to_string()).hint_if(refusal.hint().map(str::to_owned))
    }
}
