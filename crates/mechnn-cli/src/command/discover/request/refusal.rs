//! Options that do not go together.

use std::path::PathBuf;

use thiserror::Error;

use crate::failure::Failure;

/// An option that the way of searching that was asked for cannot use: it is refused instead of ignored.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub(in super::super) enum Refusal {
    #[error("`{}` has settings of the neural method", path.display())]
    NeuralSettings { path: PathBuf },

    #[error("`--method neural` knows no {option}")]
    NeuralKnowsNo { option: &'static str },

    #[error("`--method neural` has polynomials only")]
    NeuralFunctions,

    #[error("a run folder cannot be written by `--method neural` yet")]
    NeuralFolder,

    #[error("`--per-trajectory` has all numbers of each trajectory its own, and knows no --model")]
    ModelPerTrajectory,

    #[error("--threshold has no meaning with --per-trajectory")]
    ThresholdPerTrajectory,

    #[error("--pareto has no meaning with --per-trajectory: one structure is chosen on all trajectories together")]
    FrontPerTrajectory,

    #[error("--per-trajectory needs two trajectories or more, found one")]
    OneTrajectory,
}

impl Refusal {
    fn hint(&self) -> Option<&'static str> {
        match self {
            Self::NeuralSettings { .. } => Some("add --method neural"),
            Self::NeuralKnowsNo { .. } => Some("leave out --method neural"),
            Self::NeuralFunctions => Some("leave the functions out of --library, or use --method direct"),
            Self::NeuralFolder => Some("redirect stdout, with --format json for programs"),
            Self::ModelPerTrajectory => {
                Some("`mechnn infer` estimates equations that are given, with numbers shared or not")
            }
            Self::ThresholdPerTrajectory => None,
            Self::FrontPerTrajectory => Some("leave out --pareto; a search in one trajectory alone has a front"),
            Self::OneTrajectory => {
                Some("give several files, or name the column that tells trajectories apart with --id")
            }
        }
    }
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        Self::usage(refusal.to_string()).hint_if(refusal.hint().map(str::to_owned))
    }
}
