//! Linear algebra in time: symmetric positive-definite block-banded matrices with a dense border.
//!
//! $$ \begin{pmatrix} M & B \\ B^\top & C \end{pmatrix}, \qquad M_{ts} = 0 \text{ for } |t - s| > w $$
//!
//! with n blocks of size b, half bandwidth w = 1 (block tridiagonal) or 2 (block pentadiagonal), and a border of m
//! columns (the last point of a periodic problem, the parameters of a smoother). Factoring costs
//! O(n b (w b + m)^2), memory is O(n b (w b + m)): linear in n.

// In data-flow order.
mod kernel;

mod matrix;

mod cholesky;

mod orthogonal;

mod selected_inverse;

pub(crate) mod arrow;

pub use cholesky::BandedCholesky;
pub use matrix::{BandedMatrix, PivotError};
pub use orthogonal::RowElimination;
pub use selected_inverse::SelectedInverse;
