//! [`Dense`]: the reference method, written to be read beside the papers. Cubic in the number of unknowns.
//!
//! It is the oracle of the other methods, so it shares no formula and no factorisation with them on purpose: rows,
//! integration matrices and QR are its own, and are never optimised.

// In data-flow order.
mod family;

mod value;

mod row;

mod element;

mod rows;

mod system;

mod qr;

mod minimum;

mod pullback;

mod solver;

pub use solver::Dense;
pub use system::DenseSystem;
