//! A small table of text for people.

/// How the cells of a column stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Align {
    Left,
    Right,
}

/// Rows of cells below their headings, indented by two.
pub(crate) struct TextTable {
    columns: Vec<(&'static str, Align)>,
    rows: Vec<Vec<String>>,
}

/// Blanks between two columns, and before the first.
const BETWEEN: &str = "  ";

impl TextTable {
    pub(crate) fn new(columns: &[(&'static str, Align)]) -> Self {
        Self { columns: columns.to_vec(), rows: Vec::new() }
    }

    /// One cell for each column.
    pub(crate) fn push(&mut self, row: Vec<String>) {
        self.rows.push(row);
    }

    /// The lines of the table, without blanks at their ends.
    pub(crate) fn lines(&self) -> Vec<String> {
        let headings: Vec<String> = self.columns.iter().map(|(heading, _)| (*heading).to_owned()).collect();
        let all: Vec<&Vec<String>> = std::iter::once(&headings).chain(&self.rows).collect();
        let length = |text: &String| text.chars().count();
        let width = |column: usize| all.iter().filter_map(|row| row.get(column)).map(length).max().unwrap_or(0);
        let line = |row: &&Vec<String>| {
            let cell = |(column, text): (usize, &String)| {
                let padding = " ".repeat(width(column) - length(text));
                match self.columns.get(column) {
                    Some((_, Align::Right)) => format!("{padding}{text}"),
                    _ => format!("{text}{padding}"),
                }
            };
            let cells: Vec<String> = row.iter().enumerate().map(cell).collect();
            format!("{BETWEEN}{}", cells.join(BETWEEN)).trim_end().to_owned()
        };
        all.iter().map(line).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::{Align, TextTable};

    #[test]
    fn columns_are_as_wide_as_their_widest_cell() {
        let mut table = TextTable::new(&[("state", Align::Left), ("noise", Align::Right), ("rest", Align::Left)]);
        table.push(["x", "0.5", "like noise"].map(String::from).to_vec());
        table.push(["température", "12", ""].map(String::from).to_vec());
        let expected = ["  state        noise  rest", "  x              0.5  like noise", "  température     12"];
        assert_eq!(table.lines(), expected);
    }
}
