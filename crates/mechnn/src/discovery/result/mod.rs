//! What a discovery finds, in the data's units.

mod result;

mod written;

mod builder;

mod document;

pub(crate) use builder::{ResultBuilder, Searched};
pub use document::{DiscoveryDocument, SCHEMA, SHARED_SCHEMA, SharedDocument};
pub use result::{DiscoveryResult, ParetoModel};
