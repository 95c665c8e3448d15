//! What is known of the equations, from a file.

use std::path::Path;

use mechnn::discovery::ModelConstraints;

use crate::failure::Failure;
use crate::text_file;

/// The `[model]` table of a TOML file.
///
/// # Errors
/// An input/output failure if the file cannot be read, a usage failure with the file and the line for what it says.
pub(super) fn read(path: &Path) -> Result<ModelConstraints, Failure> {
    let text = text_file::read(path)?;
    ModelConstraints::from_toml(&text).map_err(|error| {
        let failure = Failure::usage(format!("`{}`: {error}", path.display()));
        match text.contains("[model.equations]") || text.contains("[model.parameters]") {
            true => failure.hint("a model whose equations are given is for `mechnn infer`"),
            false => failure,
        }
    })
}
