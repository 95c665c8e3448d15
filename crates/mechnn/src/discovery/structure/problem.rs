//! What a discovery works on.

use super::layout::Structure;
use super::space::SearchSpace;
use crate::discovery::candidates::Candidate;
use crate::discovery::prepare::PreparedData;
use crate::discovery::request::Tuning;

/// The prepared data, what the equations may be made of, and how to search.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Problem<'a> {
    pub(crate) data: &'a PreparedData,
    pub(crate) space: &'a SearchSpace,
    pub(crate) tuning: &'a Tuning,
}

impl<'a> Problem<'a> {
    /// The same on other data: a part of them, a finer grid, another noise model.
    pub(crate) fn on<'b>(&self, data: &'b PreparedData) -> Problem<'b>
    where
        'a: 'b,
    {
        Problem { data, ..*self }
    }

    /// D.
    pub(crate) fn dims(&self) -> usize {
        self.data.dims()
    }

    /// Whether terms are searched for the equation of a state: its rate is not another state, nor that of others.
    pub(crate) fn is_searched(&self, d: usize) -> bool {
        self.data.roles.velocity(d).is_none() && !self.space.rules.is_dependent(d)
    }

    /// Coefficients that a model may have.
    pub(crate) fn candidates(&self) -> usize {
        let of_state = |state: usize| {
            let terms = 0..self.space.dictionary.len();
            terms.filter(|&term| self.space.has(Candidate { state, term })).count()
        };
        (0..self.dims()).filter(|&d| self.is_searched(d)).map(of_state).sum()
    }

    pub(crate) fn structure(&self, candidates: Vec<Candidate>) -> Structure {
        Structure::new(self.space, candidates)
    }

    /// From the scaled coefficient of a candidate to that in the data's units.
    pub(crate) fn factor(&self, candidate: Candidate) -> f64 {
        let (scaling, norm) = (&self.data.scaling, self.space.dictionary.norms[candidate.term]);
        scaling.state[candidate.state] / (scaling.time * norm)
    }

    /// What the parameters of a structure are multiplied by to get coefficients and inner constants in the data's
    /// units, `[P]`.
    pub(crate) fn units(&self, structure: &Structure) -> Vec<f64> {
        let constants = structure.owners().flat_map(|own| self.space.dictionary.constant_units(own.term));
        structure.candidates().iter().map(|&candidate| self.factor(candidate)).chain(constants).collect()
    }

    /// Inner constants from which the fit of a structure starts.
    pub(crate) fn first_constants(&self, structure: &Structure) -> Vec<f64> {
        structure.owners().flat_map(|own| self.space.dictionary.first_constants(own.term)).collect()
    }
}
