//! The D (K - 1) conditions that make a collocation system square, whatever kind each of them is.

use super::boundary::End;
use super::ode_problem::OdeProblem;
use crate::error::SolveError;

/// `at_first * u_dim^(derivative)(first point) + at_last * u_dim^(derivative)(last point) = value`
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Condition {
    pub(crate) dim: usize,
    pub(crate) derivative: usize,
    pub(crate) at_first: f64,
    pub(crate) at_last: f64,
    pub(crate) source: Source,
}

/// Where the value stands: an index into one batch element of that input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Source {
    Initial(usize),
    Jump(usize),
    Boundary(usize),
}

/// All conditions: initial values, periodic rows, boundary values.
///
/// # Errors
/// [`SolveError::Conditions`] unless there are D (K - 1); initial values of more than one point or of the highest
/// derivative are too many by those that cannot be used.
pub(crate) fn conditions(problem: &OdeProblem) -> Result<Vec<Condition>, SolveError> {
    let (dims, derivatives) = (problem.sizes.dims, problem.sizes.orders - 1);
    let needed = dims * derivatives;
    let mut all = Vec::with_capacity(needed);
    if !problem.initial.is_empty() {
        let (_, points, _, pinned) = problem.initial.values.dim();
        if points > 1 || pinned > derivatives {
            // Even where the numbers agree by accident, these rows would not be conditions at an end.
            let found = needed + (points - 1) * dims * pinned + pinned.saturating_sub(derivatives) * dims;
            return Err(SolveError::Conditions { needed, found });
        }
        for index in 0..dims * pinned {
            let (dim, derivative) = (index / pinned, index % pinned);
            all.push(Condition { dim, derivative, at_first: 1.0, at_last: 0.0, source: Source::Initial(index) });
        }
    }
    if problem.periodic_jump.is_some() {
        for index in 0..needed {
            let (dim, derivative) = (index / derivatives, index % derivatives);
            all.push(Condition { dim, derivative, at_first: 1.0, at_last: -1.0, source: Source::Jump(index) });
        }
    }
    for (index, condition) in problem.boundary.iter().flat_map(|boundary| &boundary.conditions).enumerate() {
        let (at_first, at_last) = match condition.end {
            End::First => (1.0, 0.0),
            End::Last => (0.0, 1.0),
        };
        let (dim, derivative) = (condition.dim, condition.derivative);
        all.push(Condition { dim, derivative, at_first, at_last, source: Source::Boundary(index) });
    }
    if all.len() == needed { Ok(all) } else { Err(SolveError::Conditions { needed, found: all.len() }) }
}

/// True if the conditions are the initial values of one point, in their order: the problem can be swept forward.
pub(crate) fn are_initial(conditions: &[Condition]) -> bool {
    conditions.iter().all(|condition| matches!(condition.source, Source::Initial(_)))
}

#[cfg(test)]
mod tests {
    use ndarray::Array3;

    use super::{Source, are_initial, conditions};
    use crate::error::SolveError;
    use crate::problems::harmonic;

    #[test]
    fn initial_values_are_conditions_in_their_order() {
        let problem = harmonic().problem(5, 3).expect("well formed");
        let found = conditions(&problem).expect("two");
        let sources: Vec<Source> = found.iter().map(|condition| condition.source).collect();
        assert_eq!(sources, [Source::Initial(0), Source::Initial(1)]);
        assert!(are_initial(&found));
    }

    #[test]
    fn too_many_conditions_are_counted() {
        let problem = harmonic().problem(5, 3).and_then(|p| p.with_periodic_jump(Array3::zeros((1, 1, 2))));
        let found = conditions(&problem.expect("well formed"));
        assert_eq!(found, Err(SolveError::Conditions { needed: 2, found: 4 }));
    }
}
