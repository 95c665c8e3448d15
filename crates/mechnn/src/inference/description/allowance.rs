//! How large a model may become when its indices, sums and definitions are written out.

use std::cell::Cell;

use super::error::ModelFileError;

/// Characters of all texts together. Twenty bodies that attract each other need some 300 000.
const MOST_CHARACTERS: usize = 1_000_000;

/// Names that all keys together may stand for.
const MOST_NAMES: usize = 10_000;

/// Sums within sums; the same as the parser's limit for brackets, which they become.
pub(super) const MAX_DEPTH: usize = 100;

/// What may still be written out of one model.
///
/// A few lines can describe a model of any size: definitions that each use the last one twice, sums within sums, keys
/// with several indices. So everything is paid for before it is written.
pub(super) struct Allowance {
    characters: Cell<usize>,
    names: Cell<usize>,
}

impl Allowance {
    pub(super) fn new() -> Self {
        Self { characters: Cell::new(MOST_CHARACTERS), names: Cell::new(MOST_NAMES) }
    }

    /// Pays for `count` characters that the entry at `place` writes.
    ///
    /// # Errors
    /// [`ModelFileError::TooLarge`] if the model has no more to spend.
    pub(super) fn characters(&self, place: &str, count: usize) -> Result<(), ModelFileError> {
        pay(&self.characters, count).ok_or_else(|| ModelFileError::TooLarge {
            place: place.to_owned(),
            limit: MOST_CHARACTERS,
            what: "characters",
        })
    }

    /// Pays for `count` names that the key at `place` stands for; `None` is more than can be counted.
    ///
    /// # Errors
    /// [`ModelFileError::TooLarge`] if the model has no more to spend.
    pub(super) fn names(&self, place: &str, count: Option<usize>) -> Result<(), ModelFileError> {
        count.and_then(|count| pay(&self.names, count)).ok_or_else(|| ModelFileError::TooLarge {
            place: place.to_owned(),
            limit: MOST_NAMES,
            what: "names",
        })
    }
}

/// `None` if there is not enough.
fn pay(purse: &Cell<usize>, count: usize) -> Option<()> {
    purse.set(purse.get().checked_sub(count)?);
    Some(())
}
