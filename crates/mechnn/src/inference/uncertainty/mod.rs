//! How far off an estimate may be.

mod quantile;

mod interval;

mod profile;

pub(crate) use interval::interval;
pub use profile::ProfileLikelihood;
pub(crate) use profile::profile;
pub(crate) use quantile::two_sided_95;
