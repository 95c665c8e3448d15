//! Why values of a column are missing.

use super::super::cell::Gap;
use crate::data::fault::DataWarning;

/// The first cell of a kind, and how many there are.
type Counted = Option<(String, usize)>;

/// Missing values of a column whose owner should know why.
#[derive(Debug, Clone, Default)]
pub(in super::super) struct GapNotes {
    unusual: Counted,
    beyond_limit: Counted,
    sentinels: Counted,
}

impl GapNotes {
    pub(in super::super) fn add(&mut self, gap: Gap, text: &str) {
        match gap {
            Gap::Usual => {}
            Gap::Unusual => count(&mut self.unusual, text),
            Gap::BeyondLimit => count(&mut self.beyond_limit, text),
        }
    }

    pub(in super::super) fn add_sentinel(&mut self, text: &str) {
        count(&mut self.sentinels, text);
    }

    pub(in super::super) fn warnings(self, column: &str) -> impl Iterator<Item = DataWarning> {
        let column = || column.to_owned();
        let unusual = self.unusual.map(|(found, count)| DataWarning::UnusualGaps { column: column(), found, count });
        let beyond =
            self.beyond_limit.map(|(found, count)| DataWarning::BeyondLimit { column: column(), found, count });
        let sentinels = self.sentinels.map(|(found, count)| DataWarning::Sentinel { column: column(), found, count });
        unusual.into_iter().chain(beyond).chain(sentinels)
    }
}

fn count(counted: &mut Counted, text: &str) {
    match counted {
        Some((_, count)) => *count += 1,
        None => *counted = Some((text.to_owned(), 1)),
    }
}
