//! One equation in integral form, as a regression on the data.

use crate::discovery::fit::Criterion;
use crate::discovery::regression::Quadratic;
use crate::discovery::structure::Problem;
use crate::equation::Term;

/// `x_d(t) = x_d(0) + Σ_j θ_j ∫ f_j(x) dt` at the observations of state d.
///
/// It is linear in the initial value and the coefficients once the integrals are taken along the smoothed states. The
/// left-hand side is the data themselves, so the residuals are the measurement noise and no derivative is needed
/// (Dattner & Klaassen, Electronic Journal of Statistics 9 (2015) 1939). Where the state is the velocity of a
/// measured one, that is the left-hand side, the terms are integrated twice, and the initial velocity is a line.
pub(crate) struct IntegralRegression<'a> {
    problem: Problem<'a>,
    pub(crate) state: usize,
    /// Observations that count, see
    /// [`PreparedData::observations`](crate::discovery::prepare::PreparedData::observations).
    observed: f64,
    /// Of each trajectory, its observations.
    points: Vec<Vec<Point>>,
    /// The data, weighted, without the initial values, `[observations]`.
    y: Vec<f64>,
    /// Variables of terms on the whole grid, `[sum of N, V]`.
    variables: Vec<f64>,
}

/// Points at which a term is evaluated together.
const TOGETHER: usize = 64;

/// One observation.
struct Point {
    /// Its place on the whole grid.
    row: usize,
    /// Scaled, from the start of the trajectory.
    time: f64,
    /// Root of its weight.
    root: f64,
}

/// A function term at some inner constants.
pub(crate) struct Column {
    /// Its integrals, normalised like the dictionary's, as a column of the regression.
    pub(crate) values: Vec<f64>,
    /// Their derivatives by each constant, in the unit in which it is a parameter.
    pub(crate) by_constant: Vec<Vec<f64>>,
}

impl<'a> IntegralRegression<'a> {
    pub(crate) fn new(problem: Problem<'a>, state: usize) -> Self {
        let dims = problem.dims();
        let mut measured = Vec::with_capacity(problem.data.states.len() / dims);
        let mut points = Vec::new();
        for segment in &problem.data.segments {
            let mut own = Vec::new();
            for (t, &time) in segment.times.iter().enumerate() {
                let index = t * dims + problem.data.roles.position(state);
                let y = segment.observations[index];
                if !y.is_nan() {
                    let root = segment.relative_noise.at(index).recip();
                    own.push(Point { row: measured.len(), time, root });
                }
                measured.push(y);
            }
            points.push(own);
        }
        let counted = problem.data.observations(state);
        let variables = problem.data.variables_on_grid();
        let mut regression = Self { problem, state, observed: counted, points, y: Vec::new(), variables };
        regression.y = regression.centred(|row| measured[row]);
        // What is known of the rate is taken from the data, and the rest looked for.
        for (_, term, coefficient) in problem.space.rules.known.iter().filter(|(d, ..)| *d == state) {
            let scaled = problem.data.scaling.rate(state, *coefficient);
            let column = regression.column_of(term, 1.0, term.constants(), &[]).values;
            regression.y.iter_mut().zip(column).for_each(|(y, value)| *y -= scaled * value);
        }
        regression
    }

    /// A quantity on the grid at the observations, weighted, without the part that is constant on each trajectory,
    /// for a velocity without the part that is a line: that is what the best initial values leave.
    fn centred(&self, value: impl Fn(usize) -> f64) -> Vec<f64> {
        let mut column = Vec::with_capacity(self.points.iter().map(Vec::len).sum());
        for own in &self.points {
            let begin = column.len();
            column.extend(own.iter().map(|point| value(point.row)));
            let column = &mut column[begin..];
            remove_mean(own, column);
            if self.is_velocity() {
                let mut line: Vec<f64> = own.iter().map(|point| point.time).collect();
                remove_mean(own, &mut line);
                let dot = |a: &[f64], b: &[f64]| -> f64 {
                    own.iter().zip(a.iter().zip(b)).map(|(point, (a, b))| point.root.powi(2) * a * b).sum()
                };
                let slope = dot(&line, column) / dot(&line, &line);
                column.iter_mut().zip(&line).for_each(|(value, time)| *value -= slope * time);
            }
            column.iter_mut().zip(own).for_each(|(value, point)| *value *= point.root);
        }
        column
    }

    /// Whether the state is the velocity of a measured one.
    fn is_velocity(&self) -> bool {
        self.problem.data.roles.position(self.state) != self.state
    }

    /// The column of a term with the given constants, in units of
    /// [`Dictionary::constant_units`](crate::discovery::candidates::Dictionary::constant_units).
    pub(crate) fn column(&self, term: usize, constants: &[f64]) -> Column {
        let dictionary = &self.problem.space.dictionary;
        let units = dictionary.constant_units(term);
        let constants: Vec<f64> = constants.iter().zip(&units).map(|(constant, unit)| constant * unit).collect();
        self.column_of(dictionary.term(term), dictionary.norms[term], &constants, &units)
    }

    /// The same without derivatives.
    pub(crate) fn values(&self, term: usize, constants: &[f64]) -> Vec<f64> {
        let dictionary = &self.problem.space.dictionary;
        let in_units = constants.iter().zip(dictionary.constant_units(term));
        let constants: Vec<f64> = in_units.map(|(constant, unit)| constant * unit).collect();
        self.column_of(dictionary.term(term), dictionary.norms[term], &constants, &[]).values
    }

    /// The column of a function over its norm; `units` are those of the constants by which there are derivatives.
    fn column_of(&self, function: &Term, norm: f64, constants: &[f64], units: &[f64]) -> Column {
        let (data, dims) = (self.problem.data, self.problem.dims());
        let width = self.problem.space.dictionary.library.dims();
        let points = self.variables.len() / width;
        let mut along = vec![0.0; width * TOGETHER];
        let mut by_variable = vec![0.0; width * TOGETHER];
        let mut by_constant = vec![0.0; constants.len() * TOGETHER];
        let mut work = vec![0.0; function.work_for_point() * TOGETHER];
        let mut gradient = vec![0.0; width];
        // Rate and slope of the integral, and rates of its derivatives by the constants.
        let (mut rates, mut slopes) = (vec![0.0; points], Vec::with_capacity(points));
        let mut constant_rates = vec![Vec::with_capacity(points); units.len()];
        let pieces = self.variables.chunks(width * TOGETHER).zip(data.derivatives.chunks(dims * TOGETHER));
        for ((variables, derivatives), rates) in pieces.zip(rates.chunks_mut(TOGETHER)) {
            let n = rates.len();
            let (along, by_variable) = (&mut along[..width * n], &mut by_variable[..width * n]);
            let by_constant = &mut by_constant[..constants.len() * n];
            for (i, x) in variables.chunks_exact(width).enumerate() {
                x.iter().enumerate().for_each(|(k, x)| along[k * n + i] = *x);
            }
            function.gradient_many(along, constants, rates, by_variable, by_constant, &mut work);
            for (i, (rate, v)) in rates.iter_mut().zip(derivatives.chunks_exact(dims)).enumerate() {
                *rate /= norm;
                gradient.iter_mut().enumerate().for_each(|(k, slope)| *slope = by_variable[k * n + i]);
                let slope = (0..dims).map(|d| gradient[d] * v[d] * data.scaling.state[d]).sum::<f64>();
                slopes.push((slope + data.slope_in_time(&gradient)) / norm);
            }
            for ((rates, by), unit) in constant_rates.iter_mut().zip(by_constant.chunks_exact(n)).zip(units) {
                rates.extend(by.iter().map(|by| by * unit / norm));
            }
        }
        let values = self.integrated(&rates, Some(&slopes));
        let by_constant = constant_rates.iter().map(|rates| self.integrated(rates, None)).collect();
        Column { values, by_constant }
    }

    /// Integrals from the start of each trajectory: trapezoids, where slopes are given with the end correction.
    fn integrated(&self, rates: &[f64], slopes: Option<&[f64]>) -> Vec<f64> {
        let mut integral = vec![0.0; rates.len()];
        let mut first = 0;
        for segment in &self.problem.data.segments {
            for (t, ends) in segment.times.windows(2).enumerate() {
                let (h, t) = (ends[1] - ends[0], first + t);
                let correction = slopes.map_or(0.0, |slopes| h * h / 12.0 * (slopes[t] - slopes[t + 1]));
                integral[t + 1] = integral[t] + 0.5 * h * (rates[t] + rates[t + 1]) + correction;
            }
            first += segment.times.len();
        }
        if self.is_velocity() {
            integral = self.integrated_again(&integral, rates);
        }
        self.centred(|row| integral[row])
    }

    /// The integrals of integrals whose derivatives are `rates`, in the unit of the measured state.
    fn integrated_again(&self, integral: &[f64], rates: &[f64]) -> Vec<f64> {
        let data = self.problem.data;
        let ratio = data.velocity_ratio(data.roles.position(self.state));
        let mut twice = vec![0.0; integral.len()];
        let mut first = 0;
        for segment in &data.segments {
            for (t, ends) in segment.times.windows(2).enumerate() {
                let (h, t) = (ends[1] - ends[0], first + t);
                let correction = h * h / 12.0 * (rates[t] - rates[t + 1]);
                twice[t + 1] = twice[t] + ratio * (0.5 * h * (integral[t] + integral[t + 1]) + correction);
            }
            first += segment.times.len();
        }
        twice
    }

    /// The least squares of the data by columns.
    pub(crate) fn quadratic(&self, columns: &[&[f64]]) -> Quadratic {
        let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
        let size = columns.len();
        let mut gram = vec![0.0; size * size];
        for i in 0..size {
            for j in 0..=i {
                let product = dot(columns[i], columns[j]);
                (gram[i * size + j], gram[j * size + i]) = (product, product);
            }
        }
        let right = columns.iter().map(|column| dot(column, &self.y)).collect();
        Quadratic { gram, right, base: dot(&self.y, &self.y) }
    }

    /// Minus twice the log-likelihood of a sum of squares.
    pub(crate) fn deviance(&self, squares: f64) -> f64 {
        Criterion::new(self.problem).deviance_of(self.problem.data.roles.position(self.state), squares, self.observed)
    }

    /// Residuals of the observations, trajectory by trajectory.
    pub(crate) fn by_trajectory(&self, residual: Vec<f64>) -> Vec<Vec<f64>> {
        let mut rest = residual.into_iter();
        self.points.iter().map(|own| rest.by_ref().take(own.len()).collect()).collect()
    }

    /// The data minus columns times coefficients.
    pub(crate) fn residual(&self, columns: &[&[f64]], theta: &[f64]) -> Vec<f64> {
        let mut residual = self.y.clone();
        for (column, theta) in columns.iter().zip(theta) {
            residual.iter_mut().zip(*column).for_each(|(r, value)| *r -= theta * value);
        }
        residual
    }
}

/// Takes the weighted mean away.
fn remove_mean(points: &[Point], column: &mut [f64]) {
    let total: f64 = points.iter().map(|point| point.root * point.root).sum();
    let products = points.iter().zip(&*column).map(|(point, value)| point.root * point.root * value);
    let mean = products.sum::<f64>() / total;
    column.iter_mut().for_each(|value| *value -= mean);
}

#[cfg(test)]
mod tests {
    use super::IntegralRegression;
    use crate::data::Dataset;
    use crate::discovery::DiscoveryOptions;
    use crate::discovery::test_problem::{SWING, TestProblem, columns, options, polynomials, simulated, times};

    /// The coefficients of these terms at their best, in the data's units.
    fn coefficients(test: &TestProblem, state: usize, terms: &[&str]) -> Vec<f64> {
        let regression = IntegralRegression::new(test.problem(), state);
        let candidates: Vec<_> = terms.iter().map(|text| test.candidate(state, text)).collect();
        let first = |term| test.space.dictionary.first_constants(term);
        let columns: Vec<Vec<f64>> =
            candidates.iter().map(|own| regression.values(own.term, &first(own.term))).collect();
        let views: Vec<&[f64]> = columns.iter().map(Vec::as_slice).collect();
        let best = regression.quadratic(&views).at(&(0..terms.len()).collect::<Vec<_>>());
        best.theta.iter().zip(candidates).map(|(theta, own)| theta * test.problem().factor(own)).collect()
    }

    fn assert_near(found: &[f64], expected: &[f64], tolerance: f64) {
        assert_eq!(found.len(), expected.len());
        let near = found.iter().zip(expected).all(|(a, b)| (a - b).abs() < tolerance * b.abs());
        assert!(near, "{found:?}, expected {expected:?}");
    }

    #[test]
    fn clean_data_give_the_true_coefficients() {
        // Smoothed states and trapezoids with end correction are of fourth order in a step of 0.1: some 1e-4.
        let test = TestProblem::swing(2, 0.0);
        assert_near(&coefficients(&test, 1, &["x", "y"]), &[-2.0, -0.3], 2e-3);
        assert_near(&coefficients(&test, 0, &["y"]), &[1.0], 2e-3);
    }

    #[test]
    fn several_trajectories_have_starts_of_their_own() {
        // Decays from 1, from 30 and from -5 towards 2.
        let data = simulated(&[("x", "1 - 0.5*x")], &[&[1.0], &[30.0], &[-5.0]], &times(41, 0.1));
        let test = TestProblem::new(data, &polynomials(1));
        assert_near(&coefficients(&test, 0, &["1", "x"]), &[1.0, -0.5], 1e-3);
    }

    #[test]
    fn what_is_known_of_a_rate_is_taken_from_the_data() {
        let data = simulated(&[("x", "1 - 0.5*x")], &[&[0.2]], &times(41, 0.2));
        let test = TestProblem::new(data, &options(1, &[], "known = { x = \"1\" }"));
        assert_near(&coefficients(&test, 0, &["x"]), &[-0.5], 1e-3);
    }

    #[test]
    fn the_column_of_a_constant_is_the_time_about_its_mean() {
        let test = TestProblem::swing(1, 0.0);
        let regression = IntegralRegression::new(test.problem(), 0);
        let column = regression.values(test.candidate(0, "1").term, &[]);
        let times = &test.data.segments[0].times;
        let mean = times.iter().sum::<f64>() / times.len() as f64;
        for (found, time) in column.iter().zip(times) {
            assert!((found - (time - mean)).abs() < 1e-12, "{found}, expected {} up to rounding", time - mean);
        }
        assert_eq!(column.len(), 81);
    }

    #[test]
    fn proportional_noise_weighs_observations_by_their_size() {
        let data = columns(&[("x", |t| t.exp())], &times(41, 0.1));
        let proportional = Some(crate::data::NoiseModel::Proportional);
        let test = TestProblem::new(data, &DiscoveryOptions { noise_model: proportional, ..polynomials(1) });
        let regression = IntegralRegression::new(test.problem(), 0);
        let column = regression.values(test.candidate(0, "1").term, &[]);
        // The weighted mean of a column is zero where it is divided by the noise: Σ root (root (v - mean)) = 0.
        let segment = &test.data.segments[0];
        let roots: Vec<f64> =
            segment.times.iter().enumerate().map(|(t, _)| segment.relative_noise.at(t).recip()).collect();
        let balance: f64 = column.iter().zip(&roots).map(|(value, root)| value * root).sum();
        let size: f64 = column.iter().zip(&roots).map(|(value, root)| (value * root).abs()).sum();
        assert!(balance.abs() < 1e-12 * size, "{balance} of {size}");
        assert!(roots[0] > 10.0 * roots[40], "the first row is 50 times as exact as the last");
        assert_near(&coefficients(&test, 0, &["x"]), &[1.0], 1e-3);
    }

    /// Positions only.
    fn position(equations: &[(&str, &str)], start: &[f64]) -> Dataset {
        let mut trajectory = simulated(equations, &[start], &times(81, 0.1)).trajectories.remove(0);
        trajectory.values = trajectory.values.select(ndarray::Axis(1), &[0]);
        let data = Dataset::new("t", vec!["x".to_owned()], vec![trajectory]).and_then(Dataset::second_order);
        data.expect("a data set")
    }

    #[test]
    fn the_equation_of_a_velocity_is_integrated_twice() {
        let test = TestProblem::new(position(&SWING, &[2.0, 0.0]), &polynomials(1));
        // The velocity is the slope of smoothed positions: some 1e-3 off.
        assert_near(&coefficients(&test, 1, &["x", "x_dot"]), &[-2.0, -0.3], 1e-2);
        // A constant acceleration is half the square of the time, about the line that the best start leaves.
        let regression = IntegralRegression::new(test.problem(), 1);
        let column = regression.values(test.candidate(1, "1").term, &[]);
        let times = &test.data.segments[0].times;
        let mean = times.iter().sum::<f64>() / 81.0;
        let line: Vec<f64> = times.iter().map(|t| t - mean).collect();
        let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
        let parabola: Vec<f64> = times.iter().map(|t| 0.5 * test.data.velocity_ratio(0) * t * t).collect();
        let (middle, slope) = (parabola.iter().sum::<f64>() / 81.0, dot(&parabola, &line) / dot(&line, &line));
        for ((found, value), t) in column.iter().zip(&parabola).zip(&line) {
            let expected = value - middle - slope * t;
            // Trapezoids with end correction are exact for a parabola.
            assert!((found - expected).abs() < 1e-10, "{found}, expected {expected} up to rounding");
        }
    }

    #[test]
    fn derivatives_by_inner_constants_are_those_of_the_columns() {
        // Central differences with a step of 1e-5 are exact to about 1e-9; so near is the column's end correction,
        // which the derivative leaves out, not: some h² / 12 of a slope, 1e-3 of the column.
        let test = TestProblem::new(
            simulated(&SWING, &[&[2.0, 0.0]], &times(401, 0.02)),
            &options(1, &["sin(1.5*x + 0.3)"], ""),
        );
        let (regression, term) =
            (IntegralRegression::new(test.problem(), 1), test.candidate(1, "sin(1.5*x + 0.3)").term);
        let found = regression.column(term, &[1.0, 1.0]);
        assert_eq!(found.values, regression.values(term, &[1.0, 1.0]));
        assert_eq!(found.by_constant.len(), 2);
        const STEP: f64 = 1e-5;
        for (k, by_constant) in found.by_constant.iter().enumerate() {
            let moved = |by: f64| {
                let mut constants = [1.0, 1.0];
                constants[k] += by;
                regression.values(term, &constants)
            };
            let size = by_constant.iter().fold(0.0f64, |size, value| size.max(value.abs()));
            for ((found, after), before) in by_constant.iter().zip(moved(STEP)).zip(moved(-STEP)) {
                let expected = (after - before) / (2.0 * STEP);
                assert!((found - expected).abs() < 1e-3 * size, "constant {k}: {found}, expected {expected}");
            }
        }
    }

    #[test]
    fn the_residual_is_what_the_columns_leave_of_the_data() {
        let test = TestProblem::swing(1, 0.05);
        let regression = IntegralRegression::new(test.problem(), 1);
        let columns = ["x", "y"].map(|text| regression.values(test.candidate(1, text).term, &[]));
        let views = [columns[0].as_slice(), columns[1].as_slice()];
        let quadratic = regression.quadratic(&views);
        let theta = [-1.3, 0.4];
        let squares: f64 = regression.residual(&views, &theta).iter().map(|r| r * r).sum();
        // base - 2 rᵀθ + θᵀGθ
        let linear: f64 = quadratic.right.iter().zip(theta).map(|(r, t)| r * t).sum();
        let square: f64 = (0..4).map(|i| quadratic.gram[i] * theta[i / 2] * theta[i % 2]).sum();
        let expected = quadratic.base - 2.0 * linear + square;
        assert!((squares / expected - 1.0).abs() < 1e-12, "{squares}, expected {expected} up to rounding");
    }
}
