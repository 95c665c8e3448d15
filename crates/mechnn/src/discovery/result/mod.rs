//! What a discovery finds, in the data's units.

mod outlier;

mod noise_parts;

mod discovery_result;

mod written;

mod builder;

mod prediction;

mod document_entries;

mod document;

#[cfg(test)]
mod tests;

pub(crate) use builder::{ResultBuilder, Searched};
pub use discovery_result::{DiscoveryResult, ParetoModel};
pub use document::{DiscoveryDocument, SCHEMA, SHARED_SCHEMA, SharedDocument};
pub use noise_parts::NoiseParts;
pub use outlier::Outlier;
