//! The tables of a model file, with indices, sums and definitions written out.

use std::collections::HashMap;

use toml::{Table, Value};

use super::allowance::Allowance;
use super::entry::{as_table, expected, number_or_text};
use super::error::ModelFileError;
use super::indices::Indices;
use super::template::{Templates, substitute};

/// The `[model]` table, and what its indices and definitions stand for.
pub(super) struct Tables<'a> {
    model: &'a Table,
    indices: Indices,
    definitions: HashMap<String, String>,
    allowance: Allowance,
}

impl<'a> Tables<'a> {
    /// Reads the indices and definitions of `[model]`.
    ///
    /// # Errors
    /// [`ModelFileError`] with the table and the key.
    pub(super) fn new(model: &'a Table) -> Result<Self, ModelFileError> {
        let (indices, definitions, allowance) = (Indices::default(), HashMap::new(), Allowance::new());
        let mut tables = Self { model, indices, definitions, allowance };
        tables.indices = Indices::read(&tables.table("indices")?, &tables.allowance)?;
        for (key, value) in tables.table("definitions")? {
            let (place, text) = expression("definitions", key, value)?;
            for (name, texts) in tables.templates().expand(&place, key, &[&text])? {
                // Later definitions may use it.
                let text = tables.defined(&place, &texts[0])?;
                tables.definitions.insert(name, text);
            }
        }
        Ok(tables)
    }

    /// What stands behind a key of `[model]` itself.
    pub(super) fn get(&self, key: &str) -> Option<&'a Value> {
        self.model.get(key)
    }

    /// Whether names may have indices.
    pub(super) fn has_indices(&self) -> bool {
        !self.indices.is_empty()
    }

    /// The entries of `[model.name]`; none if there is no such table.
    pub(super) fn table(&self, name: &str) -> Result<Vec<(&'a String, &'a Value)>, ModelFileError> {
        match self.model.get(name) {
            Some(value) => Ok(as_table(&format!("[model] {name}"), value)?.iter().collect()),
            None => Ok(Vec::new()),
        }
    }

    /// The entries of a table of expressions, written out.
    pub(super) fn texts(&self, name: &str) -> Result<Vec<(String, String)>, ModelFileError> {
        let mut all = Vec::new();
        for (key, value) in self.table(name)? {
            let (place, text) = expression(name, key, value)?;
            all.extend(self.written_out(&place, key, &text)?);
        }
        Ok(all)
    }

    /// The names that a key stands for, each with its text.
    pub(super) fn written_out(
        &self,
        place: &str,
        key: &str,
        text: &str,
    ) -> Result<Vec<(String, String)>, ModelFileError> {
        let rows = self.templates().expand(place, key, &[text])?;
        rows.into_iter().map(|(name, texts)| Ok((name, self.defined(place, &texts[0])?))).collect()
    }

    /// The names that a key of `[model.table]` stands for.
    pub(super) fn names(&self, table: &str, key: &str) -> Result<Vec<String>, ModelFileError> {
        let place = format!("[model.{table}] {key}");
        Ok(self.templates().expand(&place, key, &[])?.into_iter().map(|(name, _)| name).collect())
    }

    /// The text of the entry at `place` with every definition put in.
    pub(super) fn defined(&self, place: &str, text: &str) -> Result<String, ModelFileError> {
        substitute(place, text, &self.definitions, &self.allowance)
    }

    fn templates(&self) -> Templates<'_> {
        Templates::new(&self.indices, &self.allowance)
    }

    /// A count of `[model]`.
    pub(super) fn count(&self, key: &str) -> Result<Option<usize>, ModelFileError> {
        let read = |value: &Value| match value.as_integer() {
            Some(count @ 1..=100_000) => Ok(count as usize),
            _ => Err(expected(&format!("[model] {key}"), "a whole number from 1 to 100000", value)),
        };
        self.model.get(key).map(read).transpose()
    }
}

/// The place of an entry, and its text.
fn expression(table: &str, key: &str, value: &Value) -> Result<(String, String), ModelFileError> {
    let place = format!("[model.{table}] {key}");
    match number_or_text(value) {
        Some(text) => Ok((place, text)),
        None => Err(expected(&place, "an expression in quotes", value)),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::Tables;

    #[test]
    fn definitions_may_use_earlier_ones_and_indices() {
        let model: toml::Table = toml::from_str(
            r#"
            indices = { "i, j" = ["sun", "moon"] }
            [definitions]
            a = "2*b"
            "r[i]" = "a + x[i]"
            [equations]
            "x[j]" = "r[j]^2"
            "#,
        )
        .unwrap();
        let tables = Tables::new(&model).unwrap();
        let pair = |name: &str, text: &str| (name.to_owned(), text.to_owned());
        let expected = [pair("x_sun", "((2*b) + x_sun)^2"), pair("x_moon", "((2*b) + x_moon)^2")];
        assert_eq!(tables.texts("equations").unwrap(), expected);
        assert_eq!(tables.names("equations", "v[i]").unwrap(), ["v_sun", "v_moon"]);
        assert_eq!(tables.texts("derived").unwrap(), []);
    }
}
