//! Numbers that stand as text in a table whose other numbers do not.

use std::path::Path;

use super::super::cell::{MarkEvidence, NumberStyles, number};
use super::super::options::DecimalMark;
use crate::data::fault::DataError;

/// Numbers that stand as text, as in a sheet or a column of texts.
#[derive(Debug)]
pub(super) struct TextNumbers {
    styles: NumberStyles,
    /// The column of the first number that decimal marks would make two of.
    undecided: Option<String>,
}

impl TextNumbers {
    pub(super) fn new() -> Self {
        Self { styles: NumberStyles::new(), undecided: None }
    }

    /// Takes a further cell into account.
    pub(super) fn add(&mut self, line: usize, column: impl FnOnce() -> String, text: &str) {
        self.styles.add(line, text);
        if self.undecided.is_none() && self.styles.undecided.is_some() {
            self.undecided = Some(column());
        }
    }

    /// The decimal mark of these numbers: those that are no text need none, and are written into the grid in the same
    /// way.
    ///
    /// # Errors
    /// [`DataError::AmbiguousNumber`].
    pub(super) fn decimal_mark(self, file: &Path) -> Result<DecimalMark, DataError> {
        match (self.styles.evidence(), self.styles.undecided) {
            (MarkEvidence::Only(mark), _) => Ok(mark),
            (MarkEvidence::Undecided, Some((line, found))) => {
                let reading = |mark| {
                    number(&found, mark)
                        .unwrap_or_else(|| unreachable!("{found} is undecided because it is a number with both"))
                };
                let (file, readings) = (file.to_owned(), DecimalMark::BOTH.map(reading));
                let column = self.undecided.unwrap_or_default();
                Err(DataError::AmbiguousNumber { file, line, column, found: found.into(), readings })
            }
            // Where columns contradict each other, each is judged by itself later.
            (MarkEvidence::Same | MarkEvidence::Mixed | MarkEvidence::Undecided, _) => Ok(DecimalMark::Point),
        }
    }
}
