//! Rows below a table that sum it up.

use super::super::cell::{is_date, is_number};
use super::super::source::{Grid, Row};

const WORDS: [&str; 29] = [
    "mean",
    "average",
    "avg",
    "total",
    "totals",
    "grand total",
    "sum",
    "sd",
    "std",
    "std dev",
    "std. dev.",
    "stdev",
    "standard deviation",
    "sem",
    "se",
    "min",
    "max",
    "minimum",
    "maximum",
    "median",
    "count",
    "n",
    "var",
    "variance",
    "cv",
    "cv (%)",
    "mittelwert",
    "summe",
    "moyenne",
];

/// Cuts rows such as `Mean,1.5,2.5` off the end; gives the lines on which they stand.
///
/// Such a row has one of the usual words in a cell, and no time where all others have one. With a word in its first
/// cell it may be shorter than the others.
pub(in super::super) fn cut_summary_rows(grid: &mut Grid, time: Option<usize>) -> Vec<usize> {
    let is_word = |cell: &str| {
        let word = cell.trim_end_matches([':', '.']).trim().to_lowercase();
        WORDS.contains(&word.as_str()) || WORDS.contains(&cell.to_lowercase().as_str())
    };
    let is_summary = |row: Row<'_>| {
        let cell = time.and_then(|column| row.get(column)).unwrap_or("");
        row.iter().any(is_word) && !is_number(cell) && !is_date(cell)
    };
    let mut lines = Vec::new();
    let mut end = grid.len();
    for (index, row) in grid.rows().enumerate().rev() {
        if is_summary(row) {
            lines.push(row.line);
            end = index;
        } else if !row.iter().all(str::is_empty) {
            break;
        }
    }
    grid.truncate(end);
    lines.reverse();
    lines
}
