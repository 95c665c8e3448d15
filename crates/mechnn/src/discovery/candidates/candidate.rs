//! One coefficient that an equation may have.

/// One coefficient: a term of the dictionary in the equation of one state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Candidate {
    pub(crate) state: usize,
    /// Its number in the dictionary.
    pub(crate) term: usize,
}
