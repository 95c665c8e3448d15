//! The constant matrix of the rows over one interval.

use crate::problem::MAX_ORDERS;

/// Most columns of an interval operator: all derivatives at both ends.
pub(crate) const MAX_WIDTH: usize = 2 * MAX_ORDERS;

/// Most rows of an interval operator: Taylor rows, forward and backward for every derivative.
pub(super) const MAX_ROWS: usize = 2 * MAX_ORDERS;

/// P within fixed bounds: `[2 K]` entries in use of each row, on the scaled unknowns of the left and of the right end.
pub(super) type Pattern = [[f64; MAX_WIDTH]; MAX_ROWS];
