//! What is known of the equations, from a file.

use std::path::Path;

use mechnn::discovery::ModelConstraints;

use crate::failure::Failure;

/// The `[model]` table of a TOML file.
///
/// # Errors
/// A usage failure with the file and the line.
pub(super) fn read(path: &Path) -> Result<ModelConstraints, Failure> {
    let problem = |what: String| Failure::usage(format!("`{}`: {what}", path.display()));
    let text = std::fs::read_to_string(path).map_err(|error| problem(format!("cannot be read: {error}")))?;
    ModelConstraints::from_toml(&text).map_err(|error| {
        let failure = problem(error.to_string());
        match text.contains("[model.equations]") || text.contains("[model.parameters]") {
            true => failure.hint("a model whose equations are given is for `mechnn infer`"),
            false => failure,
        }
    })
}
