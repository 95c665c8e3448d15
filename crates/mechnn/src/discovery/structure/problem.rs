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

#[cfg(test)]
mod tests {
    use crate::discovery::test_problem::{HUNT, SWING, TestProblem, options, polynomials, simulated, times};

    #[test]
    fn a_scaled_coefficient_times_its_unit_is_that_of_the_data() {
        // Of a rate v = c f(x) in the data's units, the scaled one is v time / state, and the scaled term f / norm.
        let test = TestProblem::hunt();
        let (problem, candidate) = (test.problem(), test.candidate(1, "x*y"));
        let (scaling, norm) = (&test.data.scaling, test.space.dictionary.norms[candidate.term]);
        let (coefficient, value) = (0.37, 2.9);
        let scaled_rate = coefficient / problem.factor(candidate) * (value / norm);
        let rate = scaled_rate * scaling.state[1] / scaling.time;
        assert!((rate - coefficient * value).abs() < 1e-14, "{rate}, expected 1.073 up to rounding");
    }

    #[test]
    fn constants_are_parameters_in_units_of_their_size_and_start_where_they_were_written() {
        let data = simulated(&HUNT, &[&[1.0, 1.0]], &times(41, 0.25));
        let test = TestProblem::new(data, &options(1, &["sin(-3*x + 0.5)", "x/(0.25 + x)"], ""));
        let structure = test.structure(&[(0, "x/(0.25 + x)"), (1, "sin(-3*x + 0.5)")]);
        let (units, first) = (test.problem().units(&structure), test.problem().first_constants(&structure));
        assert_eq!((&units[2..], &first[..]), (&[0.25, 3.0, 0.5][..], &[1.0, -1.0, 1.0][..]));
        assert_eq!(units[0], test.problem().factor(structure.candidates()[0]));
    }

    #[test]
    fn nothing_is_searched_for_equations_that_others_say() {
        // The velocity's equation only.
        let position = simulated(&SWING, &[&[2.0, 0.0]], &times(81, 0.1));
        let mut trajectory = position.trajectories[0].clone();
        trajectory.values = trajectory.values.select(ndarray::Axis(1), &[0]);
        let data = crate::data::Dataset::new("t", vec!["x".to_owned()], vec![trajectory]);
        let data = data.and_then(crate::data::Dataset::second_order).expect("a data set");
        let test = TestProblem::new(data, &polynomials(2));
        assert_eq!([0, 1].map(|d| test.problem().is_searched(d)), [false, true]);
        assert_eq!(test.problem().candidates(), 6);
        // One of three follows from the others; one term of another is tied, and one known.
        let flows = [("x", "-0.5*x*y"), ("y", "0.5*x*y - 0.4*y + 0.1*z"), ("z", "0.4*y - 0.1*z + 0.05")];
        let table = "conserved = [\"x + y + z\"]\nties = [{ x = \"-x*y\", y = \"x*y\" }]\nknown = { x = \"-0.1*x\" }";
        let data = simulated(&flows, &[&[3.0, 0.5, 0.2]], &times(41, 0.5));
        let test = TestProblem::new(data, &options(2, &[], table));
        assert_eq!([0, 1, 2].map(|d| test.problem().is_searched(d)), [true, true, false]);
        assert_eq!(test.problem().candidates(), (10 - 1) + (10 - 1), "of ten terms in two equations");
    }
}
