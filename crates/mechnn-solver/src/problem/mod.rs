//! The problem as numbers, checked once at the door: equations, grid, conditions, scheme and weights.

// In data-flow order.
mod shape;

mod ode;

mod scheme;

mod grid;

mod boundary;

mod ode_problem;

mod condition;

pub use boundary::{BoundaryCondition, BoundaryValues, End};
pub(crate) use condition::{Condition, Source, are_initial, conditions};
pub use grid::{Steps, TimeGrid};
pub use ode::{InitialValues, LinearOde};
pub use ode_problem::{MAX_ORDERS, OdeProblem};
pub use scheme::{CollocationNodes, EquationRows, Scheme, Weights};
pub use shape::Sizes;
pub(crate) use shape::{expect_axis, expect_finite, numbers, numbers_mut, of_element, pick};
