//! The sets that indices run through.

use std::collections::{HashMap, HashSet};

use toml::Value;

use super::allowance::Allowance;
use super::entry::{expected, not_a_name};
use super::error::ModelFileError;
use crate::suggestion::did_you_mean;

/// The indices of a model, each with its members.
#[derive(Debug, Default)]
pub(super) struct Indices {
    sets: HashMap<String, Vec<String>>,
    members: HashSet<String>,
}

impl Indices {
    /// Reads the entries of `[model.indices]`.
    ///
    /// # Errors
    /// [`ModelFileError`] for members that are no names, and for more of them than a model may have.
    pub(super) fn read(entries: &[(&String, &Value)], allowance: &Allowance) -> Result<Self, ModelFileError> {
        let mut indices = Self::default();
        for (letters, members) in entries {
            let place = format!("[model.indices] {letters}");
            let members = members.as_array().ok_or_else(|| expected(&place, "a list of names", members))?;
            let name = |member: &Value| {
                let name = member.as_str().ok_or_else(|| expected(&place, "a list of names", member))?;
                let is_name = !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || c == '_');
                is_name.then(|| name.to_owned()).ok_or_else(|| not_a_name(&place, name))
            };
            let members = members.iter().map(name).collect::<Result<Vec<_>, _>>()?;
            // Several letters for one set: `i = [..]`, `"i, j" = [..]`.
            for letter in letters.split(',') {
                allowance.names(&place, Some(members.len()))?;
                // What was written first stays.
                indices.sets.entry(letter.trim().to_owned()).or_insert_with(|| members.clone());
            }
            indices.members.extend(members);
        }
        Ok(indices)
    }

    /// Whether there are none.
    pub(super) fn is_empty(&self) -> bool {
        self.sets.is_empty()
    }

    /// The members of an index of the entry at `place`.
    ///
    /// # Errors
    /// [`ModelFileError::Template`] if there is no such index.
    pub(super) fn members(&self, place: &str, index: &str) -> Result<&[String], ModelFileError> {
        self.sets.get(index).map(Vec::as_slice).ok_or_else(|| self.unknown(place, index))
    }

    /// Whether the name is a member of any index.
    pub(super) fn is_member(&self, name: &str) -> bool {
        self.members.contains(name)
    }

    /// The name is no index, nor a member of one.
    pub(super) fn unknown(&self, place: &str, name: &str) -> ModelFileError {
        let mut names: Vec<&str> = self.sets.keys().chain(&self.members).map(String::as_str).collect();
        // The order of a hash map differs from run to run, a message must not.
        names.sort_unstable();
        let hint = did_you_mean(name, names);
        ModelFileError::Template { place: place.to_owned(), message: format!("there is no index `{name}`"), hint }
    }
}
