//! Equation discovery by the direct method: states and coefficients estimated together, terms pruned by evidence.
//!
//! 1. Every state is smoothed on its own (noise level and model, first states, first derivatives).
//! 2. Right-hand sides are proposed by regression in integral form, equation by equation, inner constants of
//!    functions at their best.
//! 3. Structures are fitted by Gauss-Newton over all states and coefficients ([`mechnn_solver::smoother`]) and
//!    compared by an information criterion: with loose equations first, then with tight ones; local moves follow.
//! 4. The best is fitted with the model error as small as the data bear, simple constants are set to simple numbers,
//!    and the result is simulated from its estimated start.
//!
//! See `docs/src/concepts/discovery.md`. All estimation is in scaled variables; results are in the data's units.
//!
//! The rooms in the order in which data flow; a room imports from those above it only:
//!
//! | room | what |
//! |---|---|
//! | `request` | options, constraints as they are written, errors, who watches |
//! | `prepare` | the data in scaled variables on a grid, smoothed states, noise, known inputs |
//! | `candidates` | the terms that equations may have |
//! | `constraints` | what is known of the equations, as rules between candidates |
//! | `structure` | which terms a model has and where their numbers are; the search space |
//! | `regression` | best subsets of a least-squares problem |
//! | `fit` | a structure fitted (estimator) and weighed (criterion) |
//! | `propose` | right-hand sides by regression, equation by equation |
//! | `simple_numbers` | numbers that may be simple or the same |
//! | `search` | structures compared |
//! | `refine` | the last fit |
//! | `evidence` | what speaks for and against the equations |
//! | `result` | all of it in the data's units |

mod request;

mod prepare;

mod candidates;

mod constraints;

mod structure;

mod regression;

mod fit;

mod propose;

mod simple_numbers;

mod search;

mod refine;

mod evidence;

mod result;

mod setup;

mod preview;

mod given_structure;

mod separate;

mod discover;

mod per_trajectory;

#[cfg(test)]
mod test_problem;

pub use crate::data::{NoiseModel, Peculiarity};
pub use crate::estimation::REPRODUCED_R2;
pub use discover::discover;
pub use evidence::{
    Column, Description, Direction, Evidence, Finding, FittedTrajectory, Forecast, HeldOut, Part, Prediction,
    Residuals, StateEvidence, TermWeight, Verdict, WeightedModel,
};
pub use given_structure::fit_structure;
pub use per_trajectory::{SharedDiscovery, discover_shared};
pub use preview::{SearchPreview, preview};
pub use request::{
    ConstraintError, DiscoveryError, DiscoveryOptions, ModelConstraints, Observer, Progress, Robust, SettingError,
    Sign, Silent, Stage, Tuning, TuningError,
};
pub use result::{
    DiscoveryDocument, DiscoveryResult, NoiseParts, Outlier, ParetoModel, SCHEMA, SHARED_SCHEMA, SharedDocument,
};
