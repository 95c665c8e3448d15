//! Rows above a table that say what it is.

use super::super::cell::is_datum;
use super::super::source::{Grid, Row};

/// More rows of text than this above a table are something else.
const MOST: usize = 50;

/// Takes rows such as `Experiment 12` from the beginning; gives the lines on which they stand.
///
/// Such a row has a text in its first cell and nothing else, and what follows them is the header of a table: at least
/// two cells, of which one at least is no number.
pub(in super::super) fn skip_title_rows(grid: &mut Grid) -> Vec<usize> {
    let written = |row: Row<'_>| row.iter().filter(|cell| !cell.is_empty()).count();
    let is_title = |row: Row<'_>| written(row) == 1 && row.get(0).is_some_and(|cell| !is_datum(cell));
    let titles: Vec<usize> = grid.rows().take(MOST).take_while(|row| is_title(*row)).map(|row| row.line).collect();
    let is_header = |row: Row<'_>| written(row) > 1 && !row.iter().all(is_datum);
    if !grid.rows().nth(titles.len()).is_some_and(is_header) {
        return Vec::new();
    }
    titles.iter().for_each(|_| grid.skip_first());
    titles
}

#[cfg(test)]
mod tests {
    use super::{Grid, skip_title_rows};

    #[test]
    fn texts_above_a_header_are_titles() {
        let skipped = |rows: &[&[&str]]| skip_title_rows(&mut Grid::of_cells(rows));
        assert_eq!(skipped(&[&["Experiment 12"], &["by us", ""], &["t", "x"], &["0", "1"]]), [1, 2]);
        for rows in [
            &[&["t", "x"][..], &["0", "1"]][..],
            // A column without a name.
            &[&["t", ""], &["0", "1"]],
            &[&["", "x"], &["0", "1"]],
            // A table of one column.
            &[&["x"], &["1"], &["2"]],
            &[],
        ] {
            assert!(skipped(rows).is_empty(), "{rows:?}");
        }
    }
}
