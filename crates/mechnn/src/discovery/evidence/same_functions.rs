//! Structures that span the same functions: other terms, and the same right-hand sides.

use crate::discovery::candidates::Candidate;
use crate::discovery::fit::Fit;
use crate::discovery::structure::Problem;

/// Points of the data at which functions are compared.
const MOST_POINTS: usize = 200;

/// What is left of a function beside those that span it, relative to its size: far more than rounding, and far less
/// than any two functions that differ.
const LEFT: f64 = 1e-7;

/// More constants in one equation are not tried in every order.
const MOST_CONSTANTS: usize = 4;

/// One of the ways to write the same right-hand sides.
pub(crate) struct SameFunctions<'f> {
    /// The one that is written, see [`classes_of_functions`].
    pub(crate) representative: &'f Fit,
    /// The lowest criterion of all ways.
    pub(crate) criterion: f64,
}

/// Fits, in the order of their criteria, in classes whose structures can be the same right-hand sides:
/// `P, P N/(K + N)` and `P, P/(K + N)`, since `P N/(K + N) = P - K P/(K + N)`.
///
/// Each class is represented by the way that has most terms in common with `pick`, of those the best.
pub(crate) fn classes_of_functions<'f>(problem: &Problem<'_>, fits: &[&'f Fit], pick: &Fit) -> Vec<SameFunctions<'f>> {
    let points = points(problem);
    let mut classes: Vec<Vec<&Fit>> = Vec::new();
    for &fit in fits {
        let same = |class: &&mut Vec<&Fit>| span_the_same(problem, class[0], fit, &points);
        match classes.iter_mut().find(same) {
            Some(class) => class.push(fit),
            None => classes.push(vec![fit]),
        }
    }
    let families = &problem.space.dictionary.families;
    let family = |own: &Candidate| (own.state, families[own.term]);
    let in_common = |fit: &&&Fit| {
        let of_pick = |own: &&Candidate| pick.structure.candidates().iter().any(|other| family(other) == family(own));
        fit.structure.candidates().iter().filter(of_pick).count()
    };
    let class = |class: Vec<&'f Fit>| {
        // Of equally near ones the first, which is the best.
        let nearest = class.iter().rev().max_by_key(in_common).copied();
        let representative = nearest.unwrap_or_else(|| unreachable!("a class begins with its first member"));
        SameFunctions { representative, criterion: class[0].criterion }
    };
    classes.into_iter().map(class).collect()
}

/// Variables of terms at some points of the data, `[M, V]`.
fn points(problem: &Problem<'_>) -> Vec<Vec<f64>> {
    let variables = problem.data.variables_on_grid();
    let width = problem.space.dictionary.library.dims();
    let count = variables.len() / width;
    variables.chunks_exact(width).step_by(count.div_ceil(MOST_POINTS)).map(<[f64]>::to_vec).collect()
}

/// Whether the terms of each equation of the one span those of the other, for the same inner constants in some order.
fn span_the_same(problem: &Problem<'_>, one: &Fit, other: &Fit, points: &[Vec<f64>]) -> bool {
    if one.structure.terms() != other.structure.terms() || problem.space.rules.has_ties() {
        return false;
    }
    (0..problem.dims()).all(|state| {
        let (own, others) = (terms_of(problem, one, state), terms_of(problem, other, state));
        let names = |terms: &[TermAt]| terms.iter().map(|term| problem.space.dictionary.families[term.term]).collect();
        let (own_names, other_names): (Vec<usize>, Vec<usize>) = (names(&own), names(&others));
        own_names == other_names || equations_span_the_same(problem, &own, &others, points)
    })
}

/// A term of an equation with its inner constants, in the data's units.
struct TermAt {
    term: usize,
    constants: Vec<f64>,
}

fn terms_of(problem: &Problem<'_>, fit: &Fit, state: usize) -> Vec<TermAt> {
    let parameters = fit.parameters();
    let of_state = |(_, candidate): &(usize, &Candidate)| candidate.state == state;
    let at = |(j, candidate): (usize, &Candidate)| {
        let units = problem.space.dictionary.constant_units(candidate.term);
        let constants = parameters[fit.structure.constants(j)].iter().zip(units).map(|(c, unit)| c * unit).collect();
        TermAt { term: candidate.term, constants }
    };
    fit.structure.candidates().iter().enumerate().filter(of_state).map(at).collect()
}

fn equations_span_the_same(problem: &Problem<'_>, own: &[TermAt], others: &[TermAt], points: &[Vec<f64>]) -> bool {
    let constants: Vec<f64> = own.iter().flat_map(|term| term.constants.iter().copied()).collect();
    let needed: usize = others.iter().map(|term| term.constants.len()).sum();
    // Polynomials that are not the same are independent on these data: that is how candidates were chosen.
    if own.len() != others.len() || constants.len() != needed || constants.is_empty() || needed > MOST_CONSTANTS {
        return false;
    }
    let value = |term: usize, constants: &[f64]| -> Vec<f64> {
        points.iter().map(|x| problem.space.dictionary.term(term).evaluate_at(x, constants)).collect()
    };
    let basis = orthonormal(own.iter().map(|term| value(term.term, &term.constants)).collect());
    let is_spanned = |order: &Vec<usize>| {
        let mut next = order.iter().map(|&index| constants[index]);
        others.iter().all(|term| {
            let constants: Vec<f64> = next.by_ref().take(term.constants.len()).collect();
            let column = value(term.term, &constants);
            let size = dot(&column, &column).sqrt();
            let rest = beside(&basis, column);
            size.is_finite() && dot(&rest, &rest).sqrt() <= LEFT * size
        })
    };
    orders(constants.len()).iter().any(is_spanned)
}

/// An orthonormal basis of what the columns span.
fn orthonormal(columns: Vec<Vec<f64>>) -> Vec<Vec<f64>> {
    let mut basis: Vec<Vec<f64>> = Vec::new();
    for column in columns {
        let size = dot(&column, &column).sqrt();
        let rest = beside(&basis, column);
        let left = dot(&rest, &rest).sqrt();
        if left > LEFT * size {
            basis.push(rest.iter().map(|value| value / left).collect());
        }
    }
    basis
}

/// What is left of a column beside the basis; taken away twice, so that rounding of the first time goes too.
fn beside(basis: &[Vec<f64>], mut column: Vec<f64>) -> Vec<f64> {
    for direction in basis.iter().chain(basis) {
        let part = dot(direction, &column);
        column.iter_mut().zip(direction).for_each(|(value, own)| *value -= part * own);
    }
    column
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// All orders of the numbers below `count`.
fn orders(count: usize) -> Vec<Vec<usize>> {
    let mut orders = vec![Vec::new()];
    for next in 0..count {
        let with_next = |order: &Vec<usize>| {
            (0..=order.len()).map(|at| [&order[..at], &[next], &order[at..]].concat()).collect::<Vec<_>>()
        };
        orders = orders.iter().flat_map(with_next).collect();
    }
    orders
}

#[cfg(test)]
mod tests {
    use super::{classes_of_functions, orders};
    use crate::discovery::fit::Fit;
    use crate::discovery::test_problem::{TestProblem, options, simulated, times};

    /// Prey and predators that saturate.
    fn saturating() -> TestProblem {
        let equations = [("n", "n - n**2/3 - p*n/(1 + n)"), ("p", "-0.3*p + 0.9*p*n/(1 + n)")];
        let terms = ["p*n/(1 + n)", "p/(1 + n)"];
        TestProblem::new(simulated(&equations, &[&[1.0, 0.5]], &times(61, 0.3)), &options(2, &terms, ""))
    }

    #[test]
    fn what_differs_by_a_multiple_of_another_term_is_one_structure() {
        let test = saturating();
        let fit = |terms: &[(usize, &str)], criterion: f64| Fit { criterion, ..test.fit(terms) };
        let with_n = fit(&[(0, "n"), (1, "p"), (1, "p*n/(1 + n)")], 10.0);
        let without_n = fit(&[(0, "n"), (1, "p"), (1, "p/(1 + n)")], 9.0);
        // The saturation alone is no multiple of the other.
        let alone = [fit(&[(0, "n"), (1, "p/(1 + n)")], 20.0), fit(&[(0, "n"), (1, "p*n/(1 + n)")], 21.0)];
        let other = fit(&[(0, "n"), (1, "p"), (1, "n*p")], 30.0);
        let all = [&without_n, &with_n, &alone[0], &alone[1], &other];
        let classes = classes_of_functions(&test.problem(), &all, &with_n);
        let criteria: Vec<f64> = classes.iter().map(|class| class.criterion).collect();
        assert_eq!(criteria, [9.0, 20.0, 21.0, 30.0]);
        assert_eq!(classes[0].representative.structure, with_n.structure, "written as the pick is");
    }

    #[test]
    fn all_orders_are_there_once() {
        let mut found = orders(3);
        found.sort();
        found.dedup();
        assert_eq!(found.len(), 6);
        assert_eq!(orders(0), [Vec::<usize>::new()]);
    }
}
