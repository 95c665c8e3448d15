//! One batch element factored and solved: normal equations or orthogonal elimination of each group of dimensions.

// In data-flow order.
mod null_space;

mod normal_equations;

mod group_rows;

mod factored_group;

mod slack_column;

mod factored_element;

mod refinement;

mod weakest_direction;

mod choice;

pub(super) use choice::{factor_and_solve, heaviness};
pub(super) use factored_element::FactoredElement;
pub(super) use refinement::SolvedElement;
