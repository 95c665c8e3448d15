//! The rows of every scheme, each as its paper writes them.

// In data-flow order.
pub(super) mod relaxed_lp;

mod dual;

mod collocation;

mod integrated_wiener;

mod pade;

pub(super) mod least_squares;
