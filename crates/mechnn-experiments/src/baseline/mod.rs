//! Published methods that ours is measured against, written from their papers.

// In data-flow order.
pub(crate) mod span;

mod stlsq;

pub use stlsq::{Stlsq, StlsqError};
