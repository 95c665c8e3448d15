//! Block tridiagonal matrices with a wide border, whose columns are lanes: the normal equations of the smoother.
//!
//! The same factor as [`BandedCholesky`](super::BandedCholesky) makes, with the right-hand side as a further column
//! of the border, so that it is carried along. Nearly all work is on the border's columns, which do not depend on each
//! other: [`Columns`] of eight lie together and are one register, or two.

// In data-flow order.
mod columns;

mod panel;

mod matrix;

mod elimination;

mod eliminated;

#[cfg(test)]
mod tests;

#[cfg(test)]
pub(crate) use columns::on_one_kind;
pub(crate) use columns::{Columns, LaneWork, WIDTH, on_widest};
pub(crate) use eliminated::Eliminated;
pub(crate) use matrix::{ArrowMatrix, PairRows};
