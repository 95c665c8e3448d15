//! One structure for several trajectories, each with numbers of its own.

mod comparison;

mod shared;

pub use shared::{SharedDiscovery, discover_shared};
