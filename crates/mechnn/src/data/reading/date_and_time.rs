//! Dates and times of day in two columns.

use super::cell::{Written, gap};
use super::header::ColumnHeader;
use super::options::DateOrder;
use super::source::{Grid, GridWriter};
use super::time_name::time_rank;

/// Joins a column of dates and one of times of day, both with a usual name for a time, to one of both under the name
/// of the latter; gives both names. Nothing is done where there is not exactly one of each.
///
/// Read by themselves, times of day would pass as those of one day or the next, whatever the dates say.
pub(super) fn join_date_and_time(grid: &mut Grid, columns: &mut Vec<ColumnHeader>) -> Option<(String, String)> {
    let named: Vec<usize> = (0..columns.len()).filter(|&column| time_rank(&columns[column].name).is_some()).collect();
    if named.len() < 2 {
        return None;
    }
    let only = |kind: Kind| {
        let mut found = named.iter().copied().filter(|&column| kind_of(grid, column) == Some(kind));
        found.next().filter(|_| found.next().is_none())
    };
    let (date, clock) = (only(Kind::Date)?, only(Kind::Clock)?);
    let mut writer = GridWriter::default();
    for row in grid.rows() {
        writer.begin_row(row.line, row.empty_lines);
        for (column, cell) in row.iter().enumerate().filter(|(column, _)| *column != date) {
            let day = row.get(date).filter(|day| column == clock && gap(day).is_none() && gap(cell).is_none());
            // Rows of more than 4 GiB have been refused.
            let pushed = match day {
                Some(day) => writer.push(&format!("{day} {cell}")),
                None => writer.push(cell),
            };
            pushed.ok()?;
        }
    }
    *grid = writer.finish(String::new());
    let names = (columns[date].name.clone(), columns[clock].name.clone());
    columns.remove(date);
    Some(names)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// A date without a time of day.
    Date,
    /// A time of day without a date.
    Clock,
}

/// What all cells of a column are that are not missing, if they are one of the two.
fn kind_of(grid: &Grid, column: usize) -> Option<Kind> {
    let kind = |cell: &str| {
        let written = DateOrder::ALL.iter().find_map(|&order| Written::read(cell, order))?;
        match (written.has_date, cell.contains(':')) {
            (true, false) => Some(Kind::Date),
            (false, _) => Some(Kind::Clock),
            (true, true) => None,
        }
    };
    let mut cells = grid.rows().filter_map(|row| row.get(column)).filter(|cell| gap(cell).is_none());
    let first = kind(cells.next()?)?;
    cells.all(|cell| kind(cell) == Some(first)).then_some(first)
}

#[cfg(test)]
mod tests {
    use super::{ColumnHeader, Grid, join_date_and_time};

    fn joined(rows: &[&[&str]]) -> Option<Vec<Vec<String>>> {
        let column = |name: &&str| ColumnHeader { written: (*name).into(), name: (*name).into(), unit: None };
        let mut columns: Vec<ColumnHeader> = rows[0].iter().map(column).collect();
        let mut grid = Grid::of_cells(&rows[1..]);
        join_date_and_time(&mut grid, &mut columns)?;
        let cells = grid.rows().map(|row| row.iter().map(str::to_owned).collect());
        Some(std::iter::once(columns.into_iter().map(|column| column.name).collect()).chain(cells).collect())
    }

    #[test]
    fn dates_and_times_of_day_become_one() {
        let table: &[&[&str]] = &[
            &["Date", "Time", "x"],
            &["05.03.2021", "09:30", "1"],
            &["", "09:40", "2"],
            &["07.03.2021", "10:00:30", "3"],
        ];
        let expected = [["Time", "x"], ["05.03.2021 09:30", "1"], ["09:40", "2"], ["07.03.2021 10:00:30", "3"]];
        assert_eq!(joined(table), Some(expected.map(|row| row.map(String::from).to_vec()).to_vec()));
        for other in [
            &[&["Date", "x"][..], &["05.03.2021", "1"]][..],
            &[&["Date", "Time"], &["05.03.2021", "1"]],
            &[&["Date", "Time"], &["05.03.2021 09:30", "09:30"]],
            &[&["year", "day"], &["2020", "5"]],
        ] {
            assert_eq!(joined(other), None, "{other:?}");
        }
    }
}
