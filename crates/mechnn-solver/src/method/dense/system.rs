//! [`DenseSystem`]: the whole matrix, beside the rows it was made from.

use ndarray::{Array1, Array2};

use super::element::Element;
use super::family::Family;
use super::row::Row;
use crate::problem::{EquationRows, Sizes};

/// The problem `min 1/2 |A z - b|^2 - q eps` of one batch element.
///
/// # Shapes
/// m rows; n = N D K unknowns, in the relaxed LP one more.
/// - `matrix`: `[m, n]`. In the relaxed LP column 0 is the slack; `u[t, d, i]` follows at `(t D + d) K + i`.
/// - `rhs`: `[m]`
///
/// Rows are multiplied by the weights of their families. Their order: equations, initial values, periodic jump, then
/// in the relaxed LP forward Taylor, central and backward Taylor rows, in S-MNN's schemes forward Taylor, backward
/// Taylor and central rows, in the others the rows of one interval and dimension after those of another.
#[derive(Debug, Clone, PartialEq)]
pub struct DenseSystem {
    /// A, `[m, n]`
    pub matrix: Array2<f64>,
    /// b, `[m]`
    pub rhs: Array1<f64>,
    /// q = gamma * alpha of the relaxed LP, else 0.
    pub gamma_alpha: f64,
    pub(super) batch: usize,
    pub(super) rows: Vec<Row>,
    pub(super) weights: Vec<f64>,
    /// Rows that hold exactly instead of being fitted.
    pub(super) hard: Vec<bool>,
    has_slack: bool,
    sizes: Sizes,
}

impl DenseSystem {
    /// Multiplies rows and right-hand sides by the weights and writes them into a matrix.
    pub(super) fn new(element: &Element, unweighted: Vec<Row>) -> Self {
        let has_slack = element.problem.scheme().gamma_alpha().is_some();
        let unknowns = usize::from(has_slack) + element.sizes.points * element.sizes.block();
        let mut matrix = Array2::zeros((unweighted.len(), unknowns));
        let mut rhs = Array1::zeros(unweighted.len());
        let mut rows = Vec::with_capacity(unweighted.len());
        let mut weights = Vec::with_capacity(unweighted.len());
        let is_hard = |family| family == Family::Equation && element.problem.equation_rows() == EquationRows::Hard;
        let hard = unweighted.iter().map(|row| is_hard(row.family)).collect();
        for (m, Row { family, terms, right }) in unweighted.into_iter().enumerate() {
            // The weight of a hard row has no effect.
            let weight = if is_hard(family) { 1.0 } else { family.weight(element.problem) };
            let terms: Vec<_> =
                terms.into_iter().map(|(column, value)| (column, value.weighted(family, weight))).collect();
            let right = right.weighted(family, weight);
            for (column, value) in &terms {
                matrix[[m, *column]] += value.value;
            }
            rhs[m] = right.value;
            rows.push(Row { family, terms, right });
            weights.push(weight);
        }
        let gamma_alpha = element.problem.scheme().linear_term();
        Self { matrix, rhs, gamma_alpha, batch: element.batch, rows, weights, hard, has_slack, sizes: element.sizes }
    }

    /// What column `column` multiplies: `[point, dimension, order]`, or nothing for the slack.
    pub(super) fn unknown(&self, column: usize) -> Option<[usize; 3]> {
        let Sizes { dims, orders, .. } = self.sizes;
        let flat = column.checked_sub(usize::from(self.has_slack))?;
        Some([flat / (dims * orders), flat / orders % dims, flat % orders])
    }

    /// The column of the slack, if there is one.
    pub(super) fn slack(&self) -> Option<usize> {
        self.has_slack.then_some(0)
    }

    /// The grid point of a column. The slack belongs to the last one, because it is eliminated last.
    pub(super) fn point(&self, column: usize) -> usize {
        self.unknown(column).map_or(self.sizes.points - 1, |[point, _, _]| point)
    }

    /// The linear term `q e_0`.
    pub(super) fn linear_term(&self) -> Vec<f64> {
        let mut linear = vec![0.0; self.matrix.ncols()];
        if let Some(slack) = self.slack() {
            linear[slack] = self.gamma_alpha;
        }
        linear
    }

    /// Largest entry of `residual` over the rows of a family, without the weight; hard rows have none.
    pub(super) fn largest(&self, family: Family, residual: &[f64]) -> f64 {
        let of_family = (0..residual.len()).filter(|&m| self.rows[m].family == family && !self.hard[m]);
        of_family.map(|m| residual[m].abs() / self.weights[m]).fold(0.0, f64::max)
    }
}
