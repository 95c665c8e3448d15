//! What is asked of a discovery, and who watches it.

mod model_constraints;

mod tuning;

mod robust;

mod options;

mod observer;

mod error;

pub use error::DiscoveryError;
pub use model_constraints::{ConstraintError, ModelConstraints, Sign};
pub use observer::{Observer, Progress, Silent, Stage};
pub use options::{DiscoveryOptions, SettingError};
pub use robust::Robust;
pub use tuning::{Tuning, TuningError};
