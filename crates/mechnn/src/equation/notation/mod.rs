//! How the parts of an equation are written: Python, plain text, LaTeX.

// In data-flow order.
mod latex_name;

mod piece;

pub(in crate::equation) use latex_name::latex_name;
pub(in crate::equation) use piece::{Level, Notation, Piece};
