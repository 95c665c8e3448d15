//! Equations that hold although that of another state cannot be expressed.
//!
//! All equations are fitted together, so that a wrong one moves the states that the others depend on, and spoils them.
//! Where a state is not explained, its equation is left out, the state is taken as known from its own data, and the
//! others are searched again.

mod alone;

mod reduced;

mod assembled;

pub(crate) use alone::inexpressible;
pub(crate) use assembled::assembled;
pub(crate) use reduced::reduced;
