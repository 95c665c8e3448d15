//! Why a step or a run of steps was not found.

/// Why Newton's method failed on a window.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Failure {
    NotFinite,
    Singular { ratio: f64 },
    NoContraction,
}
