//! A small table of text for people.

use crate::text_width::wrapped;

/// How the cells of a column stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Align {
    Left,
    Right,
}

/// Rows of cells below their headings, indented by two. There is one heading for each cell; it may be empty.
pub(crate) struct TextTable {
    headings: Vec<String>,
    aligns: Vec<Align>,
    rows: Vec<Vec<String>>,
}

/// Blanks between two columns, and before the first.
const BETWEEN: &str = "  ";

impl TextTable {
    pub(crate) fn new(columns: &[(&'static str, Align)]) -> Self {
        let (headings, aligns) = columns.iter().map(|(heading, align)| ((*heading).to_owned(), *align)).unzip();
        Self { headings, aligns, rows: Vec::new() }
    }

    /// One cell for each column.
    pub(crate) fn push(&mut self, row: Vec<String>) {
        self.rows.push(row);
    }

    /// The lines of the table, without blanks at their ends.
    ///
    /// If they are to be no longer than `width`, texts are broken within their columns. Where that is not enough, each
    /// row becomes a list of its cells, one below the other.
    pub(crate) fn lines(&self, width: Option<usize>) -> Vec<String> {
        match self.widths(width.unwrap_or(usize::MAX)) {
            Some(widths) => self.all_rows().flat_map(|row| self.row_lines(row, &widths)).collect(),
            None => self.rows.iter().flat_map(|row| self.list(row, width.unwrap_or(usize::MAX))).collect(),
        }
    }

    /// The same without what they are indented by.
    pub(crate) fn lines_at_the_margin(&self, width: Option<usize>) -> Vec<String> {
        let lines = self.lines(width.map(|width| width + BETWEEN.len()));
        lines.iter().map(|line| line.strip_prefix(BETWEEN).unwrap_or(line).to_owned()).collect()
    }

    fn all_rows(&self) -> impl Iterator<Item = &[String]> {
        std::iter::once(self.headings.as_slice()).chain(self.rows.iter().map(Vec::as_slice))
    }

    /// The widths of the columns in lines that are no longer than `limit`; `None` if there are none.
    fn widths(&self, limit: usize) -> Option<Vec<usize>> {
        let widest = |column: usize, of_cell: fn(&str) -> usize| {
            self.all_rows().filter_map(|row| row.get(column)).map(|cell| of_cell(cell)).max().unwrap_or(0)
        };
        let mut widths: Vec<usize> = (0..self.aligns.len()).map(|column| widest(column, length)).collect();
        // Numbers, which stand on the right, are not broken.
        let least = |column: usize| match self.aligns[column] {
            Align::Left => widest(column, longest_word),
            Align::Right => widest(column, length),
        };
        let least: Vec<usize> = (0..self.aligns.len()).map(least).collect();
        // A column without any text is left out.
        let between = BETWEEN.len() * widths.iter().filter(|width| **width > 0).count();
        while widths.iter().sum::<usize>() + between > limit {
            let narrower = (0..widths.len()).filter(|&column| widths[column] > least[column]);
            let column = narrower.max_by_key(|&column| widths[column])?;
            widths[column] -= 1;
        }
        Some(widths)
    }

    fn row_lines(&self, row: &[String], widths: &[usize]) -> Vec<String> {
        let broken = |(cell, width): (&String, &usize)| -> Vec<String> {
            wrapped(cell, *width, "").split('\n').map(str::to_owned).collect()
        };
        let cells: Vec<Vec<String>> = row.iter().zip(widths).map(broken).collect();
        let line = |index: usize| {
            let mut line = String::new();
            for (column, cell) in cells.iter().enumerate().filter(|(column, _)| widths[*column] > 0) {
                let text = cell.get(index).map_or("", String::as_str);
                let padding = " ".repeat(widths[column].saturating_sub(text.chars().count()));
                line += BETWEEN;
                line += &match self.aligns[column] {
                    Align::Right => padding + text,
                    Align::Left => text.to_owned() + &padding,
                };
            }
            line.trim_end().to_owned()
        };
        (0..cells.iter().map(Vec::len).max().unwrap_or(0)).map(line).collect()
    }

    /// The cells of a row one below the other, each after its heading.
    fn list(&self, row: &[String], width: usize) -> Vec<String> {
        let mut lines = Vec::new();
        for (column, cell) in row.iter().enumerate().filter(|(_, cell)| !cell.is_empty()) {
            let start = if column == 0 { BETWEEN.to_owned() } else { BETWEEN.repeat(2) };
            let line = match self.headings[column].as_str() {
                "" => start + cell,
                heading => format!("{start}{heading}: {cell}"),
            };
            lines.extend(wrapped(&line, width, BETWEEN).split('\n').flat_map(|line| cut(line, width)));
        }
        lines
    }
}

fn length(text: &str) -> usize {
    text.chars().count()
}

fn longest_word(text: &str) -> usize {
    text.split_whitespace().map(|word| word.chars().count()).max().unwrap_or(0)
}

/// A line in parts of at most `width` characters: it has one word that is longer.
fn cut(line: &str, width: usize) -> Vec<String> {
    let letters: Vec<char> = line.chars().collect();
    letters.chunks(width).map(|part| part.iter().collect()).collect()
}

#[cfg(test)]
mod tests {
    use super::{Align, TextTable};

    fn table() -> TextTable {
        let columns = [("state", Align::Left), ("noise", Align::Right), ("what is left", Align::Left)];
        let mut table = TextTable::new(&columns);
        table.push(["x", "0.5", "looks like noise"].map(String::from).to_vec());
        table.push(["température", "12", ""].map(String::from).to_vec());
        table
    }

    #[test]
    fn columns_are_as_wide_as_their_widest_cell() {
        let expected =
            ["  state        noise  what is left", "  x              0.5  looks like noise", "  température     12"];
        assert_eq!(table().lines(None), expected);
        assert_eq!(table().lines(Some(38)), expected);
    }

    #[test]
    fn texts_are_broken_within_their_columns() {
        let expected = [
            "  state        noise  what is",
            "                      left",
            "  x              0.5  looks like",
            "                      noise",
            "  température     12",
        ];
        assert_eq!(table().lines(Some(32)), expected);
    }

    #[test]
    fn rows_become_lists_where_columns_do_not_fit() {
        let expected = [
            "  state: x",
            "    noise: 0.5",
            "    what is left: looks",
            "      like noise",
            "  state: température",
            "    noise: 12",
        ];
        assert_eq!(table().lines(Some(24)), expected);
        let mut long = TextTable::new(&[("term", Align::Left), ("probability", Align::Right)]);
        long.push(["x/(1+x)".repeat(6), "90 %".to_owned()].to_vec());
        for width in [40, 25] {
            assert!(long.lines(Some(width)).iter().all(|line| line.chars().count() <= width), "{width}");
            let text: String = long.lines(Some(width)).concat().split_whitespace().collect();
            assert_eq!(text, format!("term:{}probability:90%", "x/(1+x)".repeat(6)));
        }
    }

    #[test]
    fn a_column_without_text_is_left_out() {
        let mut table = TextTable::new(&[("a", Align::Left), ("", Align::Left), ("b", Align::Left)]);
        table.push(["1", "", "2"].map(String::from).to_vec());
        assert_eq!(table.lines(Some(40)), ["  a  b", "  1  2"]);
    }
}
