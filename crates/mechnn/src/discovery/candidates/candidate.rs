//! One coefficient that an equation may have.

/// One coefficient: a term of the dictionary in the equation of one state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Candidate {
    pub(crate) state: usize,
    /// Its number in the dictionary.
    pub(crate) term: usize,
}

#[cfg(test)]
mod tests {
    use super::Candidate;

    #[test]
    fn candidates_are_in_order_of_state_and_then_of_term() {
        let [first, second, third] = [(0, 7), (1, 2), (1, 3)].map(|(state, term)| Candidate { state, term });
        assert!(first < second && second < third);
    }
}
