//! What the data leave open.

use mechnn_solver::linear_algebra::symmetric_eigen;
use ndarray::ArrayView2;

use crate::equation::{SparseModel, Term};
use crate::estimation::named_parts;

/// Coefficients that may change together without the data noticing.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Direction {
    /// Standard deviation along the direction, of the coefficient that takes most part, as a fraction of its size.
    pub relative_deviation: f64,
    /// Who takes part, largest first; the others take less than a third of the largest part.
    pub parts: Vec<Part>,
}

/// A coefficient's part in a [`Direction`].
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Part {
    /// State in whose equation it is.
    pub state: String,
    /// The term without its coefficient, in Python.
    pub expression: String,
    /// The same for people, numbers inside with four digits.
    pub text: String,
    /// Which of the numbers inside the expression it is, from 0; none for the coefficient.
    pub constant: Option<usize>,
    /// By how much of its size it changes, per size of the largest change, which is 1.
    pub weight: f64,
}

/// From this relative standard deviation on a direction counts as open: two standard errors are the coefficient
/// itself.
const OPEN: f64 = 0.5;

/// Parts below this fraction of the largest are not named.
const NAMED: f64 = 1.0 / 3.0;

/// The directions in which the coefficients are known to less than half their size, widest first.
///
/// With every coefficient in units of its own size (of its standard error where that is larger), the covariance has
/// eigenvalues λ and eigenvectors v. A direction is open if `√λ max|v|` is at least one half. Near-collinear terms
/// make such directions: their coefficients are hardly known, some combination of them is.
///
/// # Shapes
/// - `covariance`: `[P, P]`, the coefficients in the order of the model's terms, then the inner constants
pub(crate) fn open_directions(model: &SparseModel, covariance: ArrayView2<'_, f64>) -> Vec<Direction> {
    let variables = model.variables();
    let part = |d: usize, term: &Term, constant| {
        let (expression, text) = (term.python(&variables), term.text(&variables));
        Part { state: model.states[d].clone(), expression, text, constant, weight: 0.0 }
    };
    let (mut parts, mut constants, mut sizes, mut constant_sizes) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for (d, fitted) in model.terms() {
        parts.push(part(d, &fitted.term, None));
        sizes.push(fitted.coefficient.abs());
        for (index, value) in fitted.term.constants().iter().enumerate() {
            constants.push(part(d, &fitted.term, Some(index)));
            constant_sizes.push(value.abs());
        }
    }
    parts.extend(constants);
    sizes.extend(constant_sizes);
    let p = parts.len();
    if covariance.dim() != (p, p) {
        unreachable!(
            "the covariance is {:?} for a model of {p} numbers: it is made from the same fit",
            covariance.dim()
        );
    }
    sizes.iter_mut().enumerate().for_each(|(j, size)| *size = size.max(covariance[[j, j]].sqrt()));
    let relative = (0..p * p).map(|index| covariance[[index / p, index % p]] / (sizes[index / p] * sizes[index % p]));
    let mut directions = Vec::new();
    for (value, vector) in symmetric_eigen(relative.collect(), p) {
        let named = named_parts(&vector, NAMED);
        let relative_deviation = value.max(0.0).sqrt() * vector[named[0].0].abs();
        if relative_deviation.is_nan() || relative_deviation < OPEN {
            continue;
        }
        let parts = named.into_iter().map(|(index, weight)| Part { weight, ..parts[index].clone() });
        directions.push(Direction { relative_deviation, parts: parts.collect() });
    }
    directions.sort_by(|a, b| b.relative_deviation.total_cmp(&a.relative_deviation));
    directions
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use ndarray::array;

    use super::{Part, open_directions};
    use crate::equation::SparseModel;

    fn part(expression: &str, weight: f64) -> Part {
        Part { state: "x".into(), expression: expression.into(), text: expression.into(), constant: None, weight }
    }

    #[test]
    fn coefficients_that_only_together_are_known_are_named() {
        let model = SparseModel::from_text("t", &[("x", "2*x - 4*y"), ("y", "3*x")]).unwrap();
        // The first two have errors of 60 % each, with correlation 0.99: their quotient is known, 3 to 1 % too.
        let covariance = array![[1.44, 2.8512, 0.0], [2.8512, 5.76, 0.0], [0.0, 0.0, 0.0009]];
        let found = open_directions(&model, covariance.view());
        assert_eq!(found.len(), 1);
        // In units of the sizes 2 and 4: 0.36 (1 + 0.99) along (1, 1)/√2.
        assert!((found[0].relative_deviation - (0.36f64 * 1.99 / 2.0).sqrt()).abs() < 1e-12);
        assert_eq!(found[0].parts.len(), 2);
        for (found, expected) in found[0].parts.iter().zip([part("x", 1.0), part("y", 1.0)]) {
            assert!((found.weight - expected.weight).abs() < 1e-12, "{found:?}");
            assert_eq!(found.state, expected.state);
        }
        let known = array![[0.04, 0.0, 0.0], [0.0, 0.04, 0.0], [0.0, 0.0, 0.04]];
        assert_eq!(open_directions(&model, known.view()), []);
    }
}
