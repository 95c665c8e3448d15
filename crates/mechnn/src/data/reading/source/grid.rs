//! The cells of a table as text, row by row.

/// The cells of a table as text, row by row, and the line on which each row stands.
///
/// Cells are places in the text of the file: 8 bytes for each, so that a table of millions of rows needs little more
/// than its file.
#[derive(Debug, Default)]
pub(in super::super) struct Grid {
    text: String,
    /// The cells of rows whose quotes had to be taken off; their places are counted from the end of `text`.
    unquoted: String,
    cells: Vec<Span>,
    rows: Vec<RowMark>,
    /// Rows before this one have been taken.
    first: usize,
}

/// A cell, in bytes from the beginning of its row.
#[derive(Debug, Clone, Copy)]
struct Span {
    start: u32,
    end: u32,
}

#[derive(Debug, Clone, Copy)]
struct RowMark {
    /// Of its cells, among those of all rows.
    first_cell: usize,
    /// Of its text.
    start: usize,
    line: usize,
    empty_lines: u32,
    length: u32,
}

/// One row of a grid.
#[derive(Debug, Clone, Copy)]
pub(in super::super) struct Row<'g> {
    text: &'g str,
    cells: &'g [Span],
    /// Line on which it begins, from 1.
    pub(in super::super) line: usize,
    /// Empty lines since the row before.
    pub(in super::super) empty_lines: usize,
}

impl<'g> Row<'g> {
    pub(in super::super) fn len(self) -> usize {
        self.cells.len()
    }

    pub(in super::super) fn get(self, column: usize) -> Option<&'g str> {
        self.cells.get(column).map(|span| &self.text[span.start as usize..span.end as usize])
    }

    pub(in super::super) fn iter(self) -> impl Iterator<Item = &'g str> + Clone {
        self.cells.iter().map(move |span| &self.text[span.start as usize..span.end as usize])
    }
}

impl Grid {
    pub(in super::super) fn row(&self, index: usize) -> Row<'_> {
        let mark = self.rows[self.first + index];
        let start = mark.start;
        let text = match start.checked_sub(self.text.len()) {
            Some(start) => &self.unquoted[start..],
            None => &self.text[start..],
        };
        let cells = &self.cells[mark.first_cell..mark.first_cell + mark.length as usize];
        Row { text, cells, line: mark.line, empty_lines: mark.empty_lines as usize }
    }

    pub(in super::super) fn rows(&self) -> impl DoubleEndedIterator<Item = Row<'_>> + ExactSizeIterator + Clone {
        (0..self.len()).map(|index| self.row(index))
    }

    pub(in super::super) fn len(&self) -> usize {
        self.rows.len() - self.first
    }

    /// Takes the first row away.
    pub(in super::super) fn skip_first(&mut self) {
        self.first = (self.first + 1).min(self.rows.len());
    }

    /// Keeps so many rows.
    pub(in super::super) fn truncate(&mut self, rows: usize) {
        self.rows.truncate(self.first + rows);
    }
}

/// Writes a grid cell by cell.
#[derive(Debug, Default)]
pub(in super::super) struct GridWriter {
    grid: Grid,
    /// Bytes of the text of the file, which is handed over at the end.
    text_length: usize,
}

/// A row is too long for its cells to be found by numbers of 32 bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) struct TooLong;

impl GridWriter {
    /// Room for so many rows and cells.
    pub(super) fn with_capacity(text_length: usize, rows: usize, cells: usize) -> Self {
        let grid = Grid { rows: Vec::with_capacity(rows), cells: Vec::with_capacity(cells), ..Grid::default() };
        Self { grid, text_length }
    }

    /// Begins a row whose cells are parts of the text from byte `start` on.
    pub(super) fn begin_in_text(&mut self, line: usize, empty_lines: usize, start: usize) {
        self.begin(line, empty_lines, start);
    }

    /// Begins a row whose cells are given as texts of their own.
    pub(in super::super) fn begin_row(&mut self, line: usize, empty_lines: usize) {
        self.begin(line, empty_lines, self.text_length + self.grid.unquoted.len());
    }

    fn begin(&mut self, line: usize, empty_lines: usize, start: usize) {
        let empty_lines = u32::try_from(empty_lines).unwrap_or(u32::MAX);
        self.grid.rows.push(RowMark { first_cell: self.grid.cells.len(), start, line, empty_lines, length: 0 });
    }

    /// A cell that is a part of the text of the row.
    pub(super) fn push_in_text(&mut self, start: usize, end: usize) -> Result<(), TooLong> {
        let span = (u32::try_from(start), u32::try_from(end));
        let (Ok(start), Ok(end)) = span else { return Err(TooLong) };
        let Some(row) = self.grid.rows.last_mut() else { unreachable!("a row is begun before its cells") };
        row.length = row.length.checked_add(1).ok_or(TooLong)?;
        self.grid.cells.push(Span { start, end });
        Ok(())
    }

    /// A cell with a text of its own.
    pub(in super::super) fn push(&mut self, cell: &str) -> Result<(), TooLong> {
        let Some(row) = self.grid.rows.last() else { unreachable!("a row is begun before its cells") };
        let start = self.text_length + self.grid.unquoted.len() - row.start;
        self.grid.unquoted.push_str(cell);
        self.push_in_text(start, start + cell.len())
    }

    /// The grid over the text of the file.
    pub(in super::super) fn finish(self, text: String) -> Grid {
        debug_assert_eq!(self.text_length, text.len());
        Grid { text, ..self.grid }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
impl Grid {
    /// A grid of cells, its first row on line 1.
    pub(in super::super) fn of_cells(rows: &[&[&str]]) -> Self {
        let mut writer = GridWriter::default();
        for (index, row) in rows.iter().enumerate() {
            writer.begin_row(index + 1, 0);
            row.iter().for_each(|cell| writer.push(cell).unwrap());
        }
        writer.finish(String::new())
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::{Grid, GridWriter};

    fn cells(grid: &Grid) -> Vec<(usize, Vec<&str>)> {
        grid.rows().map(|row| (row.line, row.iter().collect())).collect()
    }

    #[test]
    fn cells_are_parts_of_the_text_or_have_their_own() {
        let text = "a,bc\n\"d\",\"e\"\"f\"\ng";
        let mut writer = GridWriter::with_capacity(text.len(), 3, 5);
        writer.begin_in_text(1, 0, 0);
        writer.push_in_text(0, 1).unwrap();
        writer.push_in_text(2, 4).unwrap();
        writer.begin_row(2, 0);
        writer.push("d").unwrap();
        writer.push("e\"f").unwrap();
        writer.begin_in_text(3, 0, text.len() - 1);
        writer.push_in_text(0, 1).unwrap();
        let mut grid = writer.finish(text.to_owned());
        assert_eq!(cells(&grid), [(1, vec!["a", "bc"]), (2, vec!["d", "e\"f"]), (3, vec!["g"])]);
        grid.skip_first();
        grid.truncate(1);
        assert_eq!((cells(&grid), grid.row(0).get(2)), (vec![(2, vec!["d", "e\"f"])], None));
    }
}
