//! What the cells of a column are, taken together.

use std::path::Path;

use super::cell::{MarkEvidence, NumberStyles, gap, is_date, is_number, number};
use super::options::DecimalMark;
use super::source::Grid;
use crate::data::fault::DataError;

/// What a column holds.
#[derive(Debug, Clone)]
pub(super) struct ColumnContent {
    numbers: usize,
    dates: usize,
    /// Cells that are neither numbers nor dates nor gaps.
    texts: usize,
    /// Line and cell of the first one that is no number.
    pub(super) first_text: Option<(usize, String)>,
    styles: NumberStyles,
    mark: Option<DecimalMark>,
}

impl ColumnContent {
    /// The contents of all columns of a file, whose decimal marks are decided together: a column that could have
    /// either has that of the others. Where none of them tells, it is the point in files separated by commas.
    pub(super) fn of_file(
        grid: &Grid,
        columns: usize,
        separator: char,
        decimal: Option<DecimalMark>,
    ) -> Vec<ColumnContent> {
        let mut contents = vec![Self::empty(); columns];
        for row in grid.rows() {
            // Rows that are too short are faults that the reading of rows reports.
            contents.iter_mut().zip(row.iter()).for_each(|(content, cell)| content.add(row.line, cell));
        }
        let own = |content: &Self| match (content.styles.evidence(), decimal) {
            (MarkEvidence::Mixed, _) => None,
            (_, Some(mark)) => Some(mark),
            (MarkEvidence::Only(mark), None) => Some(mark),
            (MarkEvidence::Same | MarkEvidence::Undecided, None) => None,
        };
        let known: Vec<DecimalMark> = contents.iter().filter(|content| !content.is_text()).filter_map(own).collect();
        let agreed = known.first().copied().filter(|first| known.iter().all(|mark| mark == first));
        for content in &mut contents {
            let by_comma = separator == ',' && content.styles.undecided.as_ref().is_some_and(|(_, c)| c.contains('.'));
            content.mark = own(content).or(match content.styles.evidence() {
                MarkEvidence::Same => Some(agreed.unwrap_or(DecimalMark::Point)),
                MarkEvidence::Undecided if known.is_empty() && by_comma => Some(DecimalMark::Point),
                MarkEvidence::Undecided => agreed,
                MarkEvidence::Mixed | MarkEvidence::Only(_) => None,
            });
        }
        contents
    }

    fn empty() -> Self {
        Self { numbers: 0, dates: 0, texts: 0, first_text: None, styles: NumberStyles::new(), mark: None }
    }

    fn add(&mut self, line: usize, cell: &str) {
        if gap(cell).is_some() {
            return;
        }
        if self.styles.add(line, cell) || is_number(cell) {
            self.numbers += 1;
            return;
        }
        if is_date(cell) {
            self.dates += 1;
        } else {
            self.texts += 1;
        }
        if self.first_text.is_none() {
            self.first_text = Some((line, cell.to_owned()));
        }
    }

    /// Whether most cells are no numbers, and the column can be a label or a time at most.
    pub(super) fn is_text(&self) -> bool {
        self.numbers < self.texts + self.dates
    }

    /// Whether most cells are dates.
    pub(super) fn holds_dates(&self) -> bool {
        self.dates > self.texts + self.numbers
    }

    /// The decimal mark for what is no number: it does not matter there.
    pub(super) fn any_mark(&self) -> DecimalMark {
        self.mark.unwrap_or(DecimalMark::Point)
    }

    /// The decimal mark of the column.
    ///
    /// # Errors
    /// [`DataError::AmbiguousNumber`], [`DataError::MixedDecimals`].
    pub(super) fn decimal_mark(&self, file: &Path, column: &str) -> Result<DecimalMark, DataError> {
        if let Some(mark) = self.mark {
            return Ok(mark);
        }
        let (file, column) = (file.to_owned(), column.to_owned());
        if let Some([point, comma]) = self.styles.contradiction() {
            return Err(DataError::MixedDecimals {
                file,
                column,
                lines: [point.0, comma.0],
                found: [point.1.as_str().into(), comma.1.as_str().into()],
            });
        }
        let Some((line, found)) = &self.styles.undecided else {
            unreachable!("a column without a contradiction whose numbers are the same with either mark has one")
        };
        let reading = |mark| {
            number(found, mark)
                .unwrap_or_else(|| unreachable!("{found} is undecided because it is a number with both"))
        };
        let readings = DecimalMark::BOTH.map(reading);
        Err(DataError::AmbiguousNumber { file, line: *line, column, found: found.as_str().into(), readings })
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::path::Path;

    use super::{ColumnContent, DataError, DecimalMark, Grid};

    fn marks(rows: &[&[&str]], separator: char, decimal: Option<DecimalMark>) -> Vec<Result<DecimalMark, DataError>> {
        let contents = ColumnContent::of_file(&Grid::of_cells(rows), rows[0].len(), separator, decimal);
        contents.iter().map(|content| content.decimal_mark(Path::new("a.csv"), "x")).collect()
    }

    #[test]
    fn columns_of_a_file_decide_for_each_other() {
        use DecimalMark::{Comma, Point};
        let found = marks(&[&["0,5", "1,234"], &["1", "2,345"]], ';', None);
        assert_eq!(found.into_iter().map(Result::unwrap).collect::<Vec<_>>(), [Comma, Comma]);
        let found = marks(&[&["0.5", "1,234"], &["1", "2,345"]], '\t', None);
        assert_eq!(found.into_iter().map(Result::unwrap).collect::<Vec<_>>(), [Point, Point]);
        assert_eq!(*marks(&[&["1.234"]], ',', None)[0].as_ref().unwrap(), Point);
        assert_eq!(*marks(&[&["1.234"]], ';', Some(Comma))[0].as_ref().unwrap(), Comma);
    }

    #[test]
    fn what_nothing_decides_is_refused_with_both_readings() {
        for (cell, separator, readings) in [("1,234", ',', [1234.0, 1.234]), ("1.234", ';', [1.234, 1234.0])] {
            let fault = marks(&[&["7", cell]], separator, None).remove(1);
            assert!(matches!(fault, Err(DataError::AmbiguousNumber { readings: r, line: 1, .. }) if r == readings));
        }
        // Columns that contradict each other decide for no third one.
        let found = marks(&[&["0.5", "0,5", "1,234"]], ';', None);
        assert!(found[0].is_ok() && found[1].is_ok() && found[2].is_err());
        let fault = marks(&[&["1.5"], &["2,5"]], ';', None).remove(0);
        assert!(matches!(fault, Err(DataError::MixedDecimals { lines: [1, 2], .. })));
    }
}
