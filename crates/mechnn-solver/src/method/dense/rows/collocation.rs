//! Spline rows of collocation, with the integration matrix from the coefficients of the Lagrange polynomials.

use super::dual::Dual;
use crate::method::dense::element::Element;
use crate::method::dense::family::Family;
use crate::method::dense::row::Row;
use crate::method::dense::value::Value;
use crate::problem::CollocationNodes;

/// Spline rows: `u[i] - u[0] - sum_j A_ij u'[j] = 0` for every derivative below the highest, element by element.
/// With the equations and D k conditions they make the system square.
pub(super) fn spline_rows(x: &Element, nodes: CollocationNodes) -> Vec<Row> {
    let (n, dims, k, m) = (x.sizes.points, x.sizes.dims, x.sizes.orders - 1, nodes.intervals());
    let u = |t: usize, d: usize, i: usize| x.column(t, d, i);
    let mut rows = Vec::new();
    for start in (0..n - 1).step_by(m) {
        for d in 0..dims {
            let steps: Vec<Value> = (0..m).map(|i| x.step(start + i, d)).collect();
            let integrals = integration_matrix(&steps.iter().map(|step| step.value).collect::<Vec<_>>());
            for i in 1..=m {
                for o in 0..k {
                    let mut terms =
                        vec![(u(start + i, d, o), Value::constant(1.0)), (u(start, d, o), Value::constant(-1.0))];
                    for j in 0..=m {
                        let Dual { value, slopes } = &integrals[i][j];
                        let mut entry = Value::constant(-value);
                        for (step, slope) in steps.iter().zip(slopes) {
                            entry.partials.extend(step.clone().times(-slope).partials);
                        }
                        terms.push((u(start + j, d, o + 1), entry));
                    }
                    rows.push(Row::new(Family::Smoothness, terms, Value::constant(0.0)));
                }
            }
        }
    }
    rows
}

/// `A[i][j]`: the integral from node 0 to node i of the Lagrange polynomial of node j, with its derivatives in the
/// steps. From the coefficients of the polynomials in `t / (length of the element)`.
fn integration_matrix(steps: &[f64]) -> Vec<Vec<Dual>> {
    let m = steps.len();
    let constant = |value: f64| Dual::constant(value, m);
    let mut times = vec![constant(0.0)];
    for (i, &step) in steps.iter().enumerate() {
        times.push(times[i].plus(&Dual::variable(step, i, m)));
    }
    let length = times[m].clone();
    let nodes: Vec<Dual> = times.iter().map(|time| time.over(&length)).collect();
    let mut matrix = vec![vec![constant(0.0); m + 1]; m + 1];
    for j in 0..=m {
        // prod_{l != j} (x - x_l) / (x_j - x_l), lowest power first
        let mut polynomial = vec![constant(1.0)];
        for l in (0..=m).filter(|&l| l != j) {
            let divisor = nodes[j].minus(&nodes[l]);
            let mut product = vec![constant(0.0); polynomial.len() + 1];
            for (power, coefficient) in polynomial.iter().enumerate() {
                let coefficient = coefficient.over(&divisor);
                product[power + 1] = product[power + 1].plus(&coefficient);
                product[power] = product[power].minus(&coefficient.times(&nodes[l]));
            }
            polynomial = product;
        }
        for i in 1..=m {
            let mut power_of_node = length.clone();
            for (power, coefficient) in polynomial.iter().enumerate() {
                power_of_node = power_of_node.times(&nodes[i]);
                let term = coefficient.times(&power_of_node).over(&constant((power + 1) as f64));
                matrix[i][j] = matrix[i][j].plus(&term);
            }
        }
    }
    matrix
}
