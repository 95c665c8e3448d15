//! What the files of a data set have in common.

use std::path::Path;

use super::header::ColumnHeader;
use super::missing::GapNotes;
use super::roles::Roles;
use super::time_column::{TimeForm, is_named_as_date};
use crate::data::fault::DataError;

/// What the files have in common.
pub(super) struct Table {
    /// All columns of the first file.
    pub(super) columns: Vec<ColumnHeader>,
    pub(super) names: Vec<String>,
    pub(super) roles: Roles,
    /// How the times of all files are written; `None` where they come from a step.
    pub(super) form: Option<TimeForm>,
    /// What is missing in each state, and how that is known, `[D]`.
    pub(super) notes: Vec<GapNotes>,
}

impl Table {
    /// Units of time and states, by name.
    pub(super) fn units(&self) -> impl Iterator<Item = (String, String)> {
        let time = self.roles.time.column().map(|column| (column, &self.roles.time_name));
        let states = self.roles.states.iter().copied().zip(&self.roles.state_names);
        time.into_iter()
            .chain(states)
            .filter_map(|(column, name)| Some((name.clone(), self.columns[column].unit.clone()?)))
    }

    /// Takes the units of a further file, where the columns of the table stand at `order`.
    pub(super) fn match_units(
        &mut self,
        file: &Path,
        first: &Path,
        columns: &[ColumnHeader],
        order: &[usize],
    ) -> Result<(), DataError> {
        let used: Vec<usize> = self.roles.time.column().into_iter().chain(self.roles.states.iter().copied()).collect();
        for column in used {
            match (&columns[order[column]].unit, &mut self.columns[column].unit) {
                (Some(found), Some(expected)) if found != expected => {
                    return Err(DataError::Units {
                        file: file.to_owned(),
                        first: first.to_owned(),
                        column: self.names[column].clone(),
                        found: found.as_str().into(),
                        expected: expected.as_str().into(),
                    });
                }
                (Some(found), expected @ None) => *expected = Some(found.clone()),
                _ => {}
            }
        }
        Ok(())
    }

    /// The form of the times of all files so far and a further one; `None` if they do not go together.
    pub(super) fn merged(&self, form: TimeForm) -> Option<TimeForm> {
        use TimeForm::{Clock, Compact, Number};
        let Some(before) = self.form else { return Some(form) };
        match (before, form) {
            (Number, Number) => Some(Number),
            (Number, Compact) | (Compact, Number) => (!is_named_as_date(&self.roles.time_name)).then_some(Number),
            (Number, _) | (_, Number) => None,
            (Clock, Clock) => Some(Clock),
            (Clock, _) | (_, Clock) => None,
            (Compact, other) | (other, _) => Some(other),
        }
    }
}
