//! Weighted rows of a chain of states eliminated orthogonally, from the first point to the last.

use super::process::Transition;
use super::{Block, ORDERS};

/// Columns of a row: this point, the next, the right-hand side.
const COLUMNS: usize = 2 * ORDERS + 1;
const RIGHT: usize = 2 * ORDERS;

type Row = [f64; COLUMNS];

/// What is known of the state at one point, as at most three rows over it and a right-hand side.
#[derive(Debug, Clone, Default)]
pub(super) struct Elimination {
    /// Over the state at the current point; the columns of the next are zero.
    carried: [Row; ORDERS],
    /// For each point that was left behind, its triangular rows `R x_t + C x_{t+1} = z`.
    left: Vec<Triangle>,
    /// Squared length of what no state can explain.
    objective: f64,
}

#[derive(Debug, Clone)]
struct Triangle {
    rows: [Row; ORDERS],
}

/// States and their uncertainty at all points.
#[derive(Debug, Clone)]
pub(super) struct Solved {
    /// `[N, 3]`
    pub(super) states: Vec<f64>,
    /// Variance of the value at every point, in units of the noise variance, `[N]`.
    pub(super) variances: Vec<f64>,
    /// Minimum of the sum of squares.
    pub(super) objective: f64,
    /// Logarithm of the determinant of the information matrix.
    pub(super) log_determinant: f64,
}

impl Elimination {
    /// An observation of the value at the current point, of the given weight (square root of its precision).
    pub(super) fn observe(&mut self, value: f64, weight: f64) {
        let mut rows = [[0.0; COLUMNS]; ORDERS + 1];
        rows[..ORDERS].copy_from_slice(&self.carried);
        rows[ORDERS][0] = weight;
        rows[ORDERS][RIGHT] = weight * value;
        triangularize(&mut rows);
        // The last row has nothing left of the state.
        self.objective += rows[ORDERS][RIGHT].powi(2);
        self.carried.copy_from_slice(&rows[..ORDERS]);
    }

    /// Goes on to the next point.
    pub(super) fn advance(&mut self, step: &Transition) {
        let mut rows = [[0.0; COLUMNS]; 2 * ORDERS];
        rows[..ORDERS].copy_from_slice(&self.carried);
        for (row, (before, after)) in rows[ORDERS..].iter_mut().zip(step.before.iter().zip(&step.after)) {
            row[..ORDERS].copy_from_slice(before);
            row[ORDERS..RIGHT].copy_from_slice(after);
        }
        triangularize(&mut rows);
        for (carried, row) in self.carried.iter_mut().zip(&rows[ORDERS..]) {
            *carried = [0.0; COLUMNS];
            carried[..ORDERS].copy_from_slice(&row[ORDERS..RIGHT]);
            carried[RIGHT] = row[RIGHT];
        }
        let mut left = [[0.0; COLUMNS]; ORDERS];
        left.copy_from_slice(&rows[..ORDERS]);
        self.left.push(Triangle { rows: left });
    }

    /// The states at all points, if the observations determine them.
    pub(super) fn solve(mut self) -> Option<Solved> {
        triangularize(&mut self.carried);
        self.left.push(Triangle { rows: self.carried });
        let points = self.left.len();
        let mut log_determinant = 0.0;
        for triangle in &self.left {
            for i in 0..ORDERS {
                log_determinant += 2.0 * triangle.rows[i][i].abs().ln();
            }
        }
        let (mut states, mut variances) = (vec![0.0; points * ORDERS], vec![0.0; points]);
        let (mut next, mut covariance) = ([0.0; ORDERS], Block::default());
        for (t, triangle) in self.left.iter().enumerate().rev() {
            (next, covariance) = triangle.at(&next, &covariance);
            states[t * ORDERS..][..ORDERS].copy_from_slice(&next);
            variances[t] = covariance[0][0];
        }
        let finite = states.iter().chain(&variances).all(|value| value.is_finite());
        (finite && log_determinant.is_finite() && self.objective.is_finite()).then_some(Solved {
            states,
            variances,
            objective: self.objective,
            log_determinant,
        })
    }
}

impl Triangle {
    /// State and covariance here, from those at the next point:
    /// `x_t = R⁻¹ (z - C x_{t+1})`, `P_t = R⁻¹ (I + C P_{t+1} Cᵀ) R⁻ᵀ`.
    fn at(&self, next: &[f64; ORDERS], covariance: &Block) -> ([f64; ORDERS], Block) {
        let cross: Block = std::array::from_fn(|i| std::array::from_fn(|j| self.rows[i][ORDERS + j]));
        let right: [f64; ORDERS] =
            std::array::from_fn(|i| self.rows[i][RIGHT] - (0..ORDERS).map(|j| cross[i][j] * next[j]).sum::<f64>());
        let gain = columns(|j| self.back_substituted(std::array::from_fn(|i| cross[i][j])));
        let inverse = columns(|j| self.back_substituted(std::array::from_fn(|i| if i == j { 1.0 } else { 0.0 })));
        let spread = product(&gain, covariance);
        let entry = |i: usize, j: usize| -> f64 {
            (0..ORDERS).map(|k| inverse[i][k] * inverse[j][k] + spread[i][k] * gain[j][k]).sum()
        };
        // Symmetric up to rounding, which the recursion would carry on: from the lower triangle.
        let covariance = std::array::from_fn(|i| std::array::from_fn(|j| entry(i.max(j), i.min(j))));
        (self.back_substituted(right), covariance)
    }

    fn back_substituted(&self, right: [f64; ORDERS]) -> [f64; ORDERS] {
        let mut x = right;
        for i in (0..ORDERS).rev() {
            let known: f64 = (i + 1..ORDERS).map(|j| self.rows[i][j] * x[j]).sum();
            x[i] = (x[i] - known) / self.rows[i][i];
        }
        x
    }
}

/// The matrix of the given columns.
fn columns(column: impl Fn(usize) -> [f64; ORDERS]) -> Block {
    let columns: [[f64; ORDERS]; ORDERS] = std::array::from_fn(column);
    std::array::from_fn(|i| std::array::from_fn(|j| columns[j][i]))
}

fn product(a: &Block, b: &Block) -> Block {
    std::array::from_fn(|i| std::array::from_fn(|j| (0..ORDERS).map(|k| a[i][k] * b[k][j]).sum()))
}

/// Householder reflections that make the columns of the current point upper triangular.
///
/// Heavy rows come first: then reflections do not mix their rounding errors into what light rows say (Cox & Higham
/// 1998).
fn triangularize(rows: &mut [Row]) {
    let weight = |row: &Row| row[..ORDERS].iter().fold(0.0f64, |most, value| most.max(value.abs()));
    // A handful of rows: insertion.
    for i in 1..rows.len() {
        let mut j = i;
        while j > 0 && weight(&rows[j]) > weight(&rows[j - 1]) {
            rows.swap(j, j - 1);
            j -= 1;
        }
    }
    for i in 0..ORDERS.min(rows.len()) {
        let (head, tail) = rows.split_at_mut(i + 1);
        let pivot = &mut head[i];
        let largest = tail.iter().fold(pivot[i].abs(), |most, row| most.max(row[i].abs()));
        if largest == 0.0 || tail.iter().all(|row| row[i] == 0.0) {
            continue;
        }
        // Scaled, so that squares neither overflow nor vanish.
        let squares: f64 = tail.iter().map(|row| (row[i] / largest).powi(2)).sum();
        let norm = largest * ((pivot[i] / largest).powi(2) + squares).sqrt();
        let alpha = if pivot[i] > 0.0 { -norm } else { norm };
        // v = x - alpha e_1, H = I - 2 v vᵀ / vᵀv;  vᵀv / 2 = alpha (alpha - x_1)
        let first = pivot[i] - alpha;
        let scale = -1.0 / (alpha * first);
        for column in i + 1..COLUMNS {
            let product = first * pivot[column] + tail.iter().map(|row| row[i] * row[column]).sum::<f64>();
            let factor = scale * product;
            pivot[column] -= factor * first;
            tail.iter_mut().for_each(|row| row[column] -= factor * row[i]);
        }
        pivot[i] = alpha;
        tail.iter_mut().for_each(|row| row[i] = 0.0);
    }
}

#[cfg(test)]
mod tests {
    use super::{Elimination, Transition};

    /// Points 0, 1, 2, .. with these values, as an elimination for the ratio.
    fn solved(values: &[f64], step: f64, ratio: f64) -> Option<super::Solved> {
        let mut elimination = Elimination::default();
        for (t, value) in values.iter().enumerate() {
            if t > 0 {
                elimination.advance(&Transition::new(step, ratio));
            }
            if !value.is_nan() {
                elimination.observe(*value, 1.0);
            }
        }
        elimination.solve()
    }

    #[test]
    fn where_the_process_cannot_move_it_is_a_parabola_by_least_squares() {
        // Fitted to 0, 0, 1, 0, 0 at -2..2: 17/35 in the middle, where the leverage is the same.
        let found = solved(&[0.0, 0.0, 1.0, 0.0, 0.0], 1.0, 1e-20).expect("five points");
        assert!((found.states[2 * 3] - 17.0 / 35.0).abs() < 1e-9, "{}", found.states[6]);
        assert!((found.variances[2] - 17.0 / 35.0).abs() < 1e-9, "{}", found.variances[2]);
        assert!((found.objective - (1.0 - 17.0 / 35.0)).abs() < 1e-9, "{}", found.objective);
    }

    #[test]
    fn where_the_process_moves_freely_it_goes_through_every_point() {
        let values = [0.3, -1.0, f64::NAN, 2.0, 0.5];
        let found = solved(&values, 0.5, 1e20).expect("four points");
        for (t, value) in values.iter().enumerate().filter(|(_, value)| !value.is_nan()) {
            assert!((found.states[3 * t] - value).abs() < 1e-9, "{} at {t}", found.states[3 * t]);
            assert!((found.variances[t] - 1.0).abs() < 1e-9, "{}", found.variances[t]);
        }
        assert!(found.objective < 1e-9);
    }

    #[test]
    fn two_points_do_not_determine_a_curvature() {
        assert!(solved(&[1.0, 2.0], 1.0, 1.0).is_none());
        assert!(solved(&[1.0, 2.0, 4.0], 1.0, 1.0).is_some());
    }
}
