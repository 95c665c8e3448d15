//! A table with one row for each measurement, or with several subjects one below the other.

/// The columns by which a table with repeated times would be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LongLayout {
    /// The column that tells subjects, or runs, apart.
    pub id: Option<String>,
    /// The column with the name of what was measured, and the column with its value.
    pub variable_and_value: Option<(String, String)>,
}

impl LongLayout {
    /// The options that read the table, in the words of the command line.
    pub(super) fn hint(&self) -> String {
        let id = self.id.as_ref().map(|id| format!("--id {}", quoted(id)));
        let variable = self
            .variable_and_value
            .as_ref()
            .map(|(variable, value)| format!("--variable {} --value {}", quoted(variable), quoted(value)));
        let options: Vec<String> = variable.into_iter().chain(id).collect();
        let what = match (&self.id, &self.variable_and_value) {
            (_, None) => "times repeat because the table holds several trajectories",
            (None, Some(_)) => "times repeat because the table has one row for each measurement",
            (Some(_), Some(_)) => {
                "times repeat because the table has one row for each measurement of several subjects"
            }
        };
        format!("it seems that {what}: read it with {}", options.join(" "))
    }
}

/// As it is typed on a command line.
fn quoted(name: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || "_-.".contains(c);
    if !name.is_empty() && name.chars().all(is_plain) { name.to_owned() } else { format!("\"{name}\"") }
}

#[cfg(test)]
mod tests {
    use super::LongLayout;

    #[test]
    fn the_options_can_be_pasted() {
        let layout = LongLayout {
            id: Some("Mouse no.".to_owned()),
            variable_and_value: Some(("species".to_owned(), "count".to_owned())),
        };
        let hint = layout.hint();
        assert!(hint.ends_with("read it with --variable species --value count --id \"Mouse no.\""), "{hint}");
    }
}
