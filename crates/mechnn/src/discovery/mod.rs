//! Equation discovery by the direct method: states and coefficients estimated together, terms pruned by evidence.
//!
//! 1. Every state is smoothed on its own (noise level and model, first states, first derivatives).
//! 2. Right-hand sides are proposed by regression in integral form, equation by equation, inner constants of functions at
//!    their best.
//! 3. Structures are fitted by Gauss-Newton over all states and coefficients ([`mechnn_solver::smoother`]) and compared by
//!    an information criterion: with loose equations first, then with tight ones; local moves follow.
//! 4. The best is fitted with the model error as small as the data bear, simple constants are set to simple numbers, and
//!    the result is simulated from its estimated start.
//!
//! See `docs/src/concepts/discovery.md`. All estimation is in scaled variables; results are in the data's units.

mod account;

mod candidates;

mod chosen;

mod combination;
mod contender;

mod affine_map;

mod dictionary;

mod direct;

mod direction;

mod equations;

mod evidence;

mod extra_term;

mod family;

mod fit;

mod held_out;

mod inner_constants;

mod integral;

mod known;

mod model_constraints;

mod neighbours;

mod noise_choice;

mod observer;

mod options;

mod polish;

mod price;

mod proposal;

mod quadratic;

mod regression;

mod residuals;

mod result;

mod rules;

mod scaling;

mod search;

mod shared;

mod simplify;

mod smoothed;

mod spectrum;

mod start;

mod stated;

mod tuning;

mod verdict;

mod document;

pub use contender::{Contender, TermWeight};
pub use direct::{DiscoveryError, discover, fit_structure};
pub use direction::{Direction, Part};
pub use document::{DiscoveryDocument, SCHEMA, SHARED_SCHEMA, SharedDocument};
pub use evidence::Evidence;
pub use held_out::HeldOut;
pub use model_constraints::{ConstraintError, ModelConstraints, Sign};
pub use observer::{Observer, Progress, Silent, Stage};
pub use options::{DiscoveryOptions, NoiseModel, SettingError};
pub use residuals::Residuals;
pub use result::{Alternative, DiscoveryResult, FittedTrajectory};
pub use shared::{SharedDiscovery, discover_shared};
pub use tuning::{Tuning, TuningError};
pub use verdict::Verdict;
