//! The minimum of a problem and its derivatives in arithmetic of hundreds of digits: exact for the inputs as they are.
//!
//! Every scheme's rows are written once more, from the documentation of [`Scheme`], as functions of the inputs: no
//! entry is rounded before it is used, which neither the solver nor its dense reference can say.
#![allow(dead_code)] // each test binary uses its part

use dashu_float::FBig;
use dashu_float::round::mode::HalfEven;
use mechnn_solver::{End, EquationRows, Scheme, StepsGradient};

use crate::random_problem::Inputs;

/// A number of [`BITS`] bits.
pub(crate) type Number = FBig<HalfEven>;

/// Normal equations square a condition of up to 2^150 of problems at the edge, and [`HEAVY`]: what is left is far more
/// than the 53 bits of the solutions that are judged.
const BITS: usize = 960;

/// Weight of hard rows, 2^160: they are violated by its square, relative to the soft ones.
const HEAVY: isize = 160;

/// Relative pivots below 2^-500 are rounding: the rows leave a direction open.
const OPEN: f64 = 3e-151;

pub(crate) fn number(x: f64) -> Number {
    let exact: Number = x.try_into().unwrap_or_else(|_| panic!("{x} is not finite"));
    exact.with_precision(BITS).value()
}

fn power(x: &Number, exponent: usize) -> Number {
    (0..exponent).fold(number(1.0), |product, _| product * x)
}

fn factorial(n: usize) -> Number {
    (1..=n).fold(number(1.0), |product, i| product * number(i as f64))
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Family {
    Equation,
    Initial,
    Smoothness,
}

/// `sum of factor * unknown[column] = right`, before it is multiplied by the weight of its family.
#[derive(Debug, Clone)]
struct Row {
    family: Family,
    terms: Vec<(usize, Number)>,
    right: Number,
}

/// A batch of one, without broadcast axes, with shared steps.
struct Rows<'a> {
    inputs: &'a Inputs,
    points: usize,
    dims: usize,
    orders: usize,
}

impl<'a> Rows<'a> {
    fn new(inputs: &'a Inputs) -> Self {
        let (batch, points, _, dims, orders) = inputs.coefficients.dim();
        assert_eq!((batch, points), (1, inputs.points), "a batch of one, and no broadcast axis");
        Self { inputs, points, dims, orders }
    }

    fn column(&self, t: usize, d: usize, i: usize) -> usize {
        (t * self.dims + d) * self.orders + i
    }

    /// The slack is the last column.
    fn slack(&self) -> Option<usize> {
        matches!(self.inputs.scheme, Scheme::RelaxedLp { .. }).then_some(self.points * self.dims * self.orders)
    }

    /// What has no step in it.
    fn fixed(&self) -> Vec<Row> {
        let mut rows = Vec::new();
        for t in 0..self.points {
            for e in 0..self.inputs.coefficients.dim().2 {
                let unknowns = (0..self.dims).flat_map(|d| (0..self.orders).map(move |i| (d, i)));
                let entry = |(d, i)| (self.column(t, d, i), number(self.inputs.coefficients[[0, t, e, d, i]]));
                let right = number(self.inputs.forcing[[0, t, e]]);
                rows.push(Row { family: Family::Equation, terms: unknowns.map(entry).collect(), right });
            }
        }
        for ((_, s, d, q), &value) in self.inputs.initial.indexed_iter() {
            let terms = vec![(self.column(s, d, q), number(1.0))];
            rows.push(Row { family: Family::Initial, terms, right: number(value) });
        }
        for ((_, d, i), &value) in self.inputs.periodic_jump.iter().flat_map(|jump| jump.indexed_iter()) {
            let last = self.points - 1;
            let terms = vec![(self.column(0, d, i), number(1.0)), (self.column(last, d, i), number(-1.0))];
            rows.push(Row { family: Family::Initial, terms, right: number(value) });
        }
        if let Some(boundary) = &self.inputs.boundary {
            for (condition, &value) in boundary.conditions().iter().zip(boundary.values()) {
                let t = if condition.end == End::First { 0 } else { self.points - 1 };
                let terms = vec![(self.column(t, condition.dim, condition.derivative), number(1.0))];
                rows.push(Row { family: Family::Initial, terms, right: number(value) });
            }
        }
        rows
    }

    /// The smoothness rows for steps `[N - 1]`.
    fn smooth(&self, steps: &[Number]) -> Vec<Row> {
        let mut rows = match self.inputs.scheme {
            Scheme::Taylor => self.taylor(steps, self.orders, false),
            Scheme::TaylorCentral | Scheme::RelaxedLp { .. } => self.taylor(steps, self.orders - 1, true),
            Scheme::IntegratedWiener => self.wiener(steps),
            Scheme::Pade => self.pade(steps),
            Scheme::Collocation { nodes } => self.splines(steps, nodes.intervals()),
            other => panic!("no rows are written here for {}", other.name()),
        };
        if let Some(slack) = self.slack() {
            rows.iter_mut().for_each(|row| row.terms.push((slack, number(1.0))));
        }
        rows
    }

    fn row(&self, terms: Vec<(usize, Number)>) -> Row {
        Row { family: Family::Smoothness, terms, right: number(0.0) }
    }

    /// `sum_{j=i..k} h^j/(j-i)! u[t,j] - h^i u[t+1,i] = 0`, i < `count`, forwards and backwards in time; central rows
    /// `H^(k-2) (u[t+1,k-1] - u[t-1,k-1]) - H^(k-1) u[t,k] = 0`. In the relaxed LP the sign counts: the slack has +1
    /// in every row.
    fn taylor(&self, steps: &[Number], count: usize, central: bool) -> Vec<Row> {
        let k = self.orders - 1;
        let mut rows = Vec::new();
        for (t, h) in steps.iter().enumerate() {
            for (h, here, there) in [(h.clone(), t, t + 1), (-h.clone(), t + 1, t)] {
                for d in 0..self.dims {
                    for i in 0..count {
                        let entry = |j: usize| (self.column(here, d, j), power(&h, j) / factorial(j - i));
                        let mut terms: Vec<_> = (i..=k).map(entry).collect();
                        terms.push((self.column(there, d, i), -power(&h, i)));
                        rows.push(self.row(terms));
                    }
                }
            }
        }
        for t in 1..self.points - 1 {
            let sum = &steps[t - 1] + &steps[t];
            // With k = 1 the first power is -1.
            let low = if k == 1 { number(1.0) / &sum } else { power(&sum, k - 2) };
            for d in (0..self.dims).filter(|_| central) {
                let terms = vec![
                    (self.column(t - 1, d, k - 1), -low.clone()),
                    (self.column(t + 1, d, k - 1), low.clone()),
                    (self.column(t, d, k), -power(&sum, k - 1)),
                ];
                rows.push(self.row(terms));
            }
        }
        rows
    }

    /// `f R diag(h^i) e = 0` with `e_i = u[t+1,i] - sum_{j>=i} h^(j-i)/(j-i)! u[t,j]`, R from Legendre's polynomials
    /// on [0, 1], and f^2 = `h^-(2k+1)` over its mean over the intervals.
    fn wiener(&self, steps: &[Number]) -> Vec<Row> {
        let k = self.orders - 1;
        let inverse = |h: &Number| number(1.0) / power(h, 2 * k + 1);
        let mean = steps.iter().map(inverse).fold(number(0.0), |sum, x| sum + x) / number(steps.len() as f64);
        let mut rows = Vec::new();
        for (t, h) in steps.iter().enumerate() {
            let f = (inverse(h) / &mean).sqrt();
            for d in 0..self.dims {
                for n in 0..=k {
                    let norm = number(2.0 * n as f64 + 1.0).sqrt() * &f;
                    let mut terms = Vec::new();
                    for i in 0..=k {
                        // The coefficient of x^(k-i) in Legendre's shifted polynomial of degree n.
                        let m = k - i;
                        if m > n {
                            continue;
                        }
                        let sign = if (n + m).is_multiple_of(2) { 1.0 } else { -1.0 };
                        let binomials = factorial(n + m) / (factorial(n - m) * factorial(m) * factorial(m));
                        let factor = number(sign) * binomials * factorial(m) * &norm;
                        terms.push((self.column(t + 1, d, i), &factor * power(h, i)));
                        for j in i..=k {
                            terms.push((self.column(t, d, j), -(&factor * power(h, j) / factorial(j - i))));
                        }
                    }
                    rows.push(self.row(terms));
                }
            }
        }
        rows
    }

    /// `h^i sum_{j=0..m} a_j (h^j u[t,i+j] - (-h)^j u[t+1,i+j]) = 0` with m = k - i and
    /// `a_j = m! (2m-j)! / ((2m)! j! (m-j)!)`.
    fn pade(&self, steps: &[Number]) -> Vec<Row> {
        let k = self.orders - 1;
        let mut rows = Vec::new();
        for (t, h) in steps.iter().enumerate() {
            for d in 0..self.dims {
                for i in 0..k {
                    let m = k - i;
                    let mut terms = Vec::new();
                    for j in 0..=m {
                        let below = factorial(2 * m) * factorial(j) * factorial(m - j);
                        let entry = factorial(m) * factorial(2 * m - j) / below * power(h, i + j);
                        let there = if j.is_multiple_of(2) { -entry.clone() } else { entry.clone() };
                        terms.push((self.column(t, d, i + j), entry));
                        terms.push((self.column(t + 1, d, i + j), there));
                    }
                    rows.push(self.row(terms));
                }
            }
        }
        rows
    }

    /// `u[i] - u[0] - sum_j A_ij u'[j] = 0` on elements of `intervals`: A_ij is the integral of Lagrange's polynomial
    /// of node j from node 0 to node i.
    fn splines(&self, steps: &[Number], intervals: usize) -> Vec<Row> {
        let mut rows = Vec::new();
        for (element, steps) in steps.chunks_exact(intervals).enumerate() {
            let start = element * intervals;
            let mut nodes = vec![number(0.0)];
            steps.iter().for_each(|h| nodes.push(nodes[nodes.len() - 1].clone() + h));
            let integral = |j: usize, i: usize| {
                // Lowest power first.
                let mut polynomial = vec![number(1.0)];
                for l in (0..nodes.len()).filter(|&l| l != j) {
                    let divisor = &nodes[j] - &nodes[l];
                    let mut product = vec![number(0.0); polynomial.len() + 1];
                    for (power, coefficient) in polynomial.iter().enumerate() {
                        let coefficient = coefficient / &divisor;
                        product[power] -= &coefficient * &nodes[l];
                        product[power + 1] += coefficient;
                    }
                    polynomial = product;
                }
                let terms =
                    polynomial.iter().enumerate().map(|(p, c)| c * power(&nodes[i], p + 1) / number(p as f64 + 1.0));
                terms.fold(number(0.0), |sum, term| sum + term)
            };
            for i in 1..nodes.len() {
                let integrals: Vec<Number> = (0..nodes.len()).map(|j| integral(j, i)).collect();
                for d in 0..self.dims {
                    for o in 0..self.orders - 1 {
                        let ends = [(start + i, 1.0), (start, -1.0)];
                        let mut terms: Vec<_> = ends.map(|(t, sign)| (self.column(t, d, o), number(sign))).to_vec();
                        let entry = |(j, a): (usize, &Number)| (self.column(start + j, d, o + 1), -a.clone());
                        terms.extend(integrals.iter().enumerate().map(entry));
                        rows.push(self.row(terms));
                    }
                }
            }
        }
        rows
    }
}

/// `L D L^T` of a symmetric matrix, by rows from their first entry on.
struct Factor {
    first: Vec<usize>,
    lower: Vec<Vec<Number>>,
    diagonal: Vec<Number>,
}

impl Factor {
    /// `None` if the matrix has no full rank.
    fn of(matrix: Vec<Vec<Number>>) -> Option<Self> {
        let zero = number(0.0);
        let first: Vec<usize> =
            matrix.iter().map(|row| row.iter().position(|a| *a != zero).unwrap_or(row.len() - 1)).collect();
        let mut factor = Self { first, lower: Vec::new(), diagonal: Vec::new() };
        for (i, row) in matrix.into_iter().enumerate() {
            // w_ij = a_ij - sum_k w_ik l_jk, l_ij = w_ij / d_j, d_i = a_ii - sum_k w_ik l_ik
            let mut w = row.clone();
            for j in factor.first[i]..i {
                let start = factor.first[i].max(factor.first[j]);
                let sum = (start..j).fold(zero.clone(), |sum, k| sum + &w[k] * &factor.lower[j][k]);
                w[j] = &row[j] - sum;
            }
            let own: Vec<Number> = (0..i).map(|j| &w[j] / &factor.diagonal[j]).collect();
            let pivot = (factor.first[i]..i).fold(row[i].clone(), |pivot, k| pivot - &w[k] * &own[k]);
            if pivot <= &row[i] * number(OPEN) {
                return None;
            }
            factor.lower.push(own);
            factor.diagonal.push(pivot);
        }
        Some(factor)
    }

    fn solve(&self, mut x: Vec<Number>) -> Vec<Number> {
        for i in 0..x.len() {
            let sum = (self.first[i]..i).fold(number(0.0), |sum, j| sum + &self.lower[i][j] * &x[j]);
            x[i] -= sum;
        }
        x.iter_mut().zip(&self.diagonal).for_each(|(x, d)| *x /= d);
        for i in (0..x.len()).rev() {
            for j in self.first[i]..i {
                let change = &self.lower[i][j] * &x[i];
                x[j] -= change;
            }
        }
        x
    }
}

/// The minimum `z = argmin 1/2 |W (R z - f)|^2 - q eps`, and what its derivatives are made of.
pub(crate) struct ExactMinimum<'a> {
    rows: Rows<'a>,
    /// Those that do not depend on the steps, then the others, each with its weight.
    all: Vec<(Row, Number)>,
    fixed: usize,
    factor: Factor,
    z: Vec<Number>,
}

impl<'a> ExactMinimum<'a> {
    /// `None` if the rows leave a direction open.
    pub(crate) fn of(inputs: &'a Inputs) -> Option<Self> {
        let rows = Rows::new(inputs);
        let fixed = rows.fixed();
        let count = fixed.len();
        let is_hard = inputs.equation_rows == EquationRows::Hard;
        let weights = inputs.weights;
        let weight = |row: &Row| match (row.family, inputs.scheme) {
            // Collocation satisfies all its rows.
            (_, Scheme::Collocation { .. }) => number(1.0),
            (Family::Equation, _) if is_hard => number(1.0) << HEAVY,
            (Family::Equation, _) => number(weights.equation),
            (Family::Initial, _) => number(weights.initial),
            (Family::Smoothness, _) => number(weights.smoothness),
        };
        let all = fixed.into_iter().chain(rows.smooth(&steps(inputs)));
        let all: Vec<(Row, Number)> = all.map(|row| (row.clone(), weight(&row))).collect();
        let unknowns = rows.points * rows.dims * rows.orders + usize::from(rows.slack().is_some());
        let mut matrix: Vec<Vec<Number>> = (0..unknowns).map(|i| vec![number(0.0); i + 1]).collect();
        let mut right = vec![number(0.0); unknowns];
        for (row, weight) in &all {
            let square = weight * weight;
            for (i, a) in &row.terms {
                let scaled = a * &square;
                right[*i] += &scaled * &row.right;
                for (j, b) in row.terms.iter().filter(|(j, _)| j <= i) {
                    matrix[*i][*j] += &scaled * b;
                }
            }
        }
        if let (Some(slack), Scheme::RelaxedLp { gamma_alpha }) = (rows.slack(), inputs.scheme) {
            right[slack] += number(gamma_alpha);
        }
        let factor = Factor::of(matrix)?;
        let z = factor.solve(right);
        Some(Self { rows, all, fixed: count, factor, z })
    }

    /// `[N, D, K]`, rounded once.
    pub(crate) fn values(&self) -> Vec<f64> {
        let count = self.rows.points * self.rows.dims * self.rows.orders;
        self.z[..count].iter().map(|value| value.to_f64().value()).collect()
    }

    /// The gradient of the sum of all values, rounded once, in the order of [`crate::parts::INPUTS`].
    pub(crate) fn gradient(&self) -> [Vec<f64>; 8] {
        let (inputs, count) = (self.rows.inputs, self.rows.points * self.rows.dims * self.rows.orders);
        let seed = (0..self.z.len()).map(|i| number(if i < count { 1.0 } else { 0.0 })).collect();
        let adjoint = self.factor.solve(seed);
        let apply = |row: &Row, x: &[Number]| row.terms.iter().fold(number(0.0), |sum, (i, a)| sum + a * &x[*i]);
        // w^2 times the residual of the solution, and of the adjoint: dL = s (dR l) - m (dR z) + m df
        let pairs: Vec<(Number, Number)> = self
            .all
            .iter()
            .map(|(row, weight)| {
                let square = weight * weight;
                (&square * (&row.right - apply(row, &self.z)), square * apply(row, &adjoint))
            })
            .collect();
        let mut coefficients = inputs.coefficients.mapv(|_| 0.0);
        let (equations, orders) = (inputs.coefficients.dim().2, self.rows.orders);
        for ((_, t, e, d, i), slope) in coefficients.indexed_iter_mut() {
            let ((s, m), at) = (&pairs[t * equations + e], self.rows.column(t, d, i));
            *slope = (s * &adjoint[at] - m * &self.z[at]).to_f64().value();
        }
        let of_right: Vec<f64> = pairs[..self.fixed].iter().map(|(_, m)| m.to_f64().value()).collect();
        let forcing = self.rows.points * equations;
        let initial = forcing + inputs.initial.len();
        let jump = initial + inputs.periodic_jump.as_ref().map_or(0, |jump| jump.len());
        debug_assert!(orders > 1);
        [
            coefficients.into_iter().collect(),
            of_right[..forcing].to_vec(),
            of_right[forcing..initial].to_vec(),
            self.by_steps(&pairs, &adjoint),
            of_right[initial..jump].to_vec(),
            of_right[jump..].to_vec(),
            self.by_weights(&pairs),
            vec![self.rows.slack().map_or(0.0, |slack| adjoint[slack].to_f64().value())],
        ]
    }

    /// By differences of the rows over 2^-300 of a step, which are exact to as many bits.
    fn by_steps(&self, pairs: &[(Number, Number)], adjoint: &[Number]) -> Vec<f64> {
        let steps = steps(self.rows.inputs);
        let derivative = |t: usize| {
            let half = &steps[t] * (number(1.0) >> 300);
            let moved = |by: Number| {
                let mut moved = steps.clone();
                moved[t] += by;
                self.rows.smooth(&moved)
            };
            let (above, below) = (moved(half.clone()), moved(-half.clone()));
            let mut sum = number(0.0);
            for ((above, below), (s, m)) in above.iter().zip(&below).zip(&pairs[self.fixed..]) {
                for ((i, a), (_, b)) in above.terms.iter().zip(&below.terms) {
                    sum += (a - b) * (s * &adjoint[*i] - m * &self.z[*i]);
                }
            }
            (sum / (half * number(2.0))).to_f64().value()
        };
        (0..steps.len()).map(derivative).collect()
    }

    /// `dL/dw = 2 w r m`, with the residual r and the adjoint's m of every row; nothing for rows that hold exactly.
    fn by_weights(&self, pairs: &[(Number, Number)]) -> Vec<f64> {
        let inputs = self.rows.inputs;
        let is_exact = |family: Family| {
            matches!(inputs.scheme, Scheme::Collocation { .. })
                || (family == Family::Equation && inputs.equation_rows == EquationRows::Hard)
        };
        let of = |family: Family| {
            let own = self.all.iter().zip(pairs).filter(|((row, _), _)| row.family == family && !is_exact(family));
            // s m = w^4 r m
            let terms = own.map(|((_, weight), (s, m))| number(2.0) * s * m / power(weight, 3));
            terms.fold(number(0.0), |sum, term| sum + term).to_f64().value()
        };
        [Family::Equation, Family::Initial, Family::Smoothness].map(of).to_vec()
    }
}

fn steps(inputs: &Inputs) -> Vec<Number> {
    match &inputs.steps {
        StepsGradient::Shared(steps) => steps.iter().map(|&h| number(h)).collect(),
        StepsGradient::PerDimension(_) => panic!("shared steps only"),
    }
}
