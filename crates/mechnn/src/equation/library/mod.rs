//! The candidate terms that a model is chosen from.

// In data-flow order.
mod function_family;

mod error;

mod basis_library;

mod library_spec;

pub use basis_library::BasisLibrary;
pub use error::LibraryError;
pub use function_family::FunctionFamily;
pub use library_spec::LibrarySpec;
