//! The rows of one batch element: its inputs as slices, every row one after the other, and one pass over all of them.

// In data-flow order.
mod unknowns;

mod row_layout;

mod element_view;

mod groups;

mod weighted_row;

mod row_pass;

mod column_sums;

mod relative_change;

mod rounding;

pub(super) use column_sums::ColumnSums;
pub(super) use element_view::ElementView;
pub(super) use groups::{Group, components, elimination_groups, independent_groups};
pub(super) use relative_change::relative_change;
pub(super) use rounding::{Signs, add_rounding, add_rounding_of};
pub(super) use row_pass::{PassSummary, RightHandSide, add_transposed_residual};
pub(super) use unknowns::{UnknownVector, Unknowns};
pub(super) use weighted_row::WeightedRow;
