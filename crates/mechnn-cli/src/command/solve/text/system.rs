//! The meaning of an ODE file: unknowns, times, and the problem as numbers.

use mechnn::equation::syntax::{ExpressionError, Placed, Tree, Word, words};
use mechnn_solver::{InitialValues, LinearOde, OdeProblem, OdeSolver, Scheme, Solution, SolveError, TimeGrid};
use ndarray::{Array3, Array4, Array5};

use super::super::discretisation::{Discretisation, largest_elements};
use super::super::limit::MemoryLimit;
use super::equation::LinearEquation;
use super::names::{Names, is_reserved, value};
use super::ode_file::{Exact, Grid, OdeFile};
use crate::failure::Failure;

/// A checked system of linear equations on a grid.
pub(super) struct System {
    unknowns: Vec<String>,
    equations: usize,
    times: Vec<f64>,
    exact: Vec<Option<Vec<f64>>>,
    problem: OdeProblem,
    collocation: Option<OdeProblem>,
}

impl System {
    /// Decides what the file means; what was `typed` on the command line comes first.
    ///
    /// # Errors
    /// Usage, naming the key and the column; a limit if the grid is too fine.
    pub(super) fn new(file: OdeFile, typed: Discretisation, memory: MemoryLimit) -> Result<Self, Failure> {
        let discretisation = typed.or(file.discretisation());
        let texts = texts(&file)?;
        let mut placed = Vec::new();
        for (key, text) in &texts {
            placed.push(words(text).map_err(at_key(key))?);
        }
        let names = names(&file, &placed)?;
        let mut equations = Vec::new();
        for ((key, _), words) in texts.iter().zip(&placed) {
            equations.push(LinearEquation::parse(words, &names).map_err(at_key(key))?);
        }
        let dims = names.unknowns.len();
        for (dim, name) in names.unknowns.iter().enumerate() {
            if !equations.iter().any(|equation| equation.unknowns().any(|(other, _)| other == dim)) {
                return Err(Failure::usage(format!("`initial.{name}`: no equation contains `{name}`")));
            }
        }

        let highest = equations.iter().flat_map(LinearEquation::unknowns).map(|(_, order)| order).max().unwrap_or(0);
        let order = file.order.unwrap_or(highest.max(1));
        if order < highest {
            return Err(Failure::usage(format!("`order` is {order}, but the equations contain derivative {highest}"))
                .hint("`order` is the highest derivative that is solved for; leave it away for the equations' own"));
        }
        let orders = order.saturating_add(1);
        if !(2..=mechnn_solver::MAX_ORDERS).contains(&orders) {
            let most = mechnn_solver::MAX_ORDERS - 1;
            return Err(Failure::usage(format!("order {order} is not supported: it must be from 1 to {most}")));
        }
        let points = file.grid.times.as_ref().map(Vec::len).or(file.grid.points).unwrap_or(0);
        // Values given for some unknowns only become rows of their own.
        let rows = equations.len() + dims * orders;
        memory.check([1, points, rows, dims, orders])?;
        let (grid, times) = grid(&file.grid)?;
        let (scheme, weights) = discretisation.over_text(times.len())?;

        let (initial, pins) = initial(&file, &names, orders)?;
        let ratio = weights.initial / weights.equation;
        let mut coefficients = Array5::zeros((1, times.len(), equations.len() + pins.len(), dims, orders));
        let mut forcing = Array3::zeros((1, times.len(), equations.len() + pins.len()));
        for (e, equation) in equations.iter().enumerate() {
            for (n, &t) in times.iter().enumerate() {
                let finite = |value: f64, what: &dyn Fn() -> String| match value.is_finite() {
                    true => Ok(value),
                    false => Err(Failure::usage(format!("`{}`: {} is {value} at t = {t}", texts[e].0, what()))
                        .hint("choose a grid without that point")),
                };
                for ((dim, order), value) in equation.coefficients(t) {
                    let name = || format!("the coefficient of {}{}", names.unknowns[dim], "'".repeat(order));
                    coefficients[[0, n, e, dim, order]] = finite(value, &name)?;
                }
                forcing[[0, n, e]] = finite(equation.forcing(t), &|| "the right-hand side".to_owned())?;
            }
        }
        for (p, pin) in pins.iter().enumerate() {
            // An equation at the first point only; the row 0 = 0 elsewhere has no effect.
            coefficients[[0, 0, equations.len() + p, pin.dim, pin.order]] = ratio;
            forcing[[0, 0, equations.len() + p]] = ratio * pin.value;
        }

        let exact = exact(&file, &names, &times)?;
        let posed = OdeProblem::new(&LinearOde::new(coefficients, forcing), &grid, &initial)?;
        // Collocation wants a problem without more or fewer conditions than the equations need.
        let is_square = pins.is_empty() && equations.len() == dims && initial.values().dim().3 == order;
        let nodes = largest_elements(times.len()).filter(|_| discretisation.is_open() && is_square);
        let collocation = nodes.and_then(|nodes| posed.clone().with_scheme(Scheme::Collocation { nodes }).ok());
        let problem = posed.with_scheme(scheme)?.with_weights(weights)?;
        Ok(Self { unknowns: names.unknowns, equations: equations.len(), times, exact, problem, collocation })
    }

    /// Solves by collocation where the file leaves the scheme open and the problem is such that collocation can, else
    /// by least squares. Returns the problem as it was solved.
    ///
    /// # Errors
    /// Of the least-squares solve; that collocation cannot (the highest derivative vanishes somewhere) is no error.
    pub(super) fn solve(&self, method: &dyn OdeSolver) -> Result<(&OdeProblem, Solution), SolveError> {
        if let Some(problem) = &self.collocation
            && let Ok(solution) = method.solve(problem)
        {
            return Ok((problem, solution));
        }
        method.solve(&self.problem).map(|solution| (&self.problem, solution))
    }

    /// Names of the dimensions.
    pub(super) fn unknowns(&self) -> &[String] {
        &self.unknowns
    }

    /// Number of equations in the file; the problem's further rows are initial values.
    pub(super) fn equations(&self) -> usize {
        self.equations
    }

    /// The grid.
    pub(super) fn times(&self) -> &[f64] {
        &self.times
    }

    /// The exact values of a dimension on the grid, if the file gives them.
    pub(super) fn exact(&self, dim: usize) -> Option<&[f64]> {
        self.exact[dim].as_deref()
    }
}

/// An initial value beyond those that all dimensions have.
struct Pin {
    dim: usize,
    order: usize,
    value: f64,
}

fn at_key(key: &str) -> impl Fn(ExpressionError) -> Failure {
    move |error| Failure::usage(format!("`{key}` {error}")).hint_if(error.hint)
}

/// The equations and the keys they stand under.
fn texts(file: &OdeFile) -> Result<Vec<(String, &str)>, Failure> {
    match (&file.equation, &file.equations) {
        (Some(equation), None) => Ok(vec![("equation".to_owned(), equation)]),
        (None, Some(equations)) if !equations.is_empty() => {
            Ok(equations.iter().enumerate().map(|(i, text)| (format!("equations[{i}]"), text.as_str())).collect())
        }
        (Some(_), Some(_)) => Err(Failure::usage("both `equation` and `equations` are there; keep one of them")),
        _ => Err(Failure::usage("there is no equation").hint("add equation = \"u' + u = 0\" above the first [table]")),
    }
}

/// Unknowns in the order of their appearance, and parameters.
fn names(file: &OdeFile, placed: &[Vec<Placed>]) -> Result<Names, Failure> {
    let mut names = Names { parameters: file.parameters.clone(), unknowns: Vec::new() };
    for (table, name) in file
        .initial
        .keys()
        .map(|name| ("initial", name))
        .chain(file.parameters.keys().map(|name| ("parameters", name)))
    {
        let is_name = words(name).is_ok_and(|words| matches!(&words[..], [(Word::Name { primes: 0, .. }, _), _]));
        if !is_name || is_reserved(name) {
            let problem = if is_name { "has a meaning of its own" } else { "is not a name" };
            return Err(Failure::usage(format!("`{table}.{name}`: `{name}` {problem}")).hint(
                "choose letters, digits and _, and not t, pi, e or a function; u' is the second entry of u = [.., ..]",
            ));
        }
    }
    for (word, at) in placed.iter().flatten() {
        let Word::Name { name, primes } = word else { continue };
        let unknown = *primes > 0 || file.initial.contains_key(name);
        if unknown && !is_reserved(name) && !names.unknowns.contains(name) {
            if file.parameters.contains_key(name) {
                return Err(Failure::usage(format!("`{name}` (column {}) is an unknown and in [parameters]", at + 1)));
            }
            names.unknowns.push(name.clone());
        }
    }
    if let Some(lonely) = file.initial.keys().find(|name| !names.unknowns.contains(name)) {
        return Err(Failure::usage(format!("`initial.{lonely}`: no equation contains `{lonely}`")));
    }
    if let Some((name, value)) = file.parameters.iter().find(|(_, value)| !value.is_finite()) {
        return Err(Failure::usage(format!("`parameters.{name}` is {value}; it must be finite")));
    }
    Ok(names)
}

fn grid(grid: &Grid) -> Result<(TimeGrid, Vec<f64>), Failure> {
    let usage = |message: String| Failure::usage(format!("`grid`: {message}"));
    match (grid.start, grid.end, grid.points, &grid.times) {
        (None, None, None, Some(times)) => {
            let checked = TimeGrid::from_times(times).map_err(|error| usage(error.to_string()))?;
            Ok((checked, times.clone()))
        }
        (Some(start), Some(end), Some(points), None) => {
            let step = (end - start) / points.saturating_sub(1) as f64;
            if points < 2 {
                return Err(usage(format!("`points` is {points}; a grid needs at least 2")));
            }
            // Also refuses NaN, and steps that vanish beside the times.
            if !(start.is_finite() && end.is_finite() && end > start && start + step > start && end - step < end) {
                return Err(usage(format!(
                    "from `start` {start} to `end` {end} in {} steps does not work",
                    points - 1
                ))
                .hint("`end` must be greater than `start`, and both finite"));
            }
            let times = (0..points).map(|n| start + step * n as f64).collect();
            Ok((TimeGrid::uniform(points, step), times))
        }
        _ => Err(usage("expected `start`, `end` and `points`, or `times`".to_owned())),
    }
}

/// The initial values as the solver takes them, the same number for every dimension, and the others.
fn initial(file: &OdeFile, names: &Names, orders: usize) -> Result<(InitialValues, Vec<Pin>), Failure> {
    let mut lists = Vec::new();
    for name in &names.unknowns {
        let values = file.initial.get(name).map_or(&[][..], |values| values.as_slice());
        if values.len() > orders {
            let found = values.len();
            return Err(Failure::usage(format!(
                "`initial.{name}` has {found} values, but only {orders} have a derivative"
            ))
            .hint("raise `order`, or give fewer values"));
        }
        if let Some(value) = values.iter().find(|value| !value.is_finite()) {
            return Err(Failure::usage(format!("`initial.{name}` contains {value}; it must be finite")));
        }
        lists.push(values);
    }
    let common = lists.iter().map(|values| values.len()).min().unwrap_or(0);
    let mut pins = Vec::new();
    for (dim, values) in lists.iter().enumerate() {
        let further = values.iter().enumerate().skip(common);
        pins.extend(further.map(|(order, &value)| Pin { dim, order, value }));
    }
    let initial = match common {
        0 => InitialValues::none(),
        _ => InitialValues::new(Array4::from_shape_fn((1, 1, lists.len(), common), |(_, _, d, q)| lists[d][q])),
    };
    Ok((initial, pins))
}

fn exact(file: &OdeFile, names: &Names, times: &[f64]) -> Result<Vec<Option<Vec<f64>>>, Failure> {
    let mut exact = vec![None; names.unknowns.len()];
    let known = Names { parameters: names.parameters.clone(), unknowns: Vec::new() };
    let evaluate = |key: &str, text: &str| -> Result<Vec<f64>, Failure> {
        let expression = words(text).and_then(|words| Tree::parse(&words, &known)).map_err(at_key(key))?;
        let values: Vec<f64> = times.iter().map(|&t| value(&expression, t)).collect();
        match values.iter().position(|value| !value.is_finite()) {
            Some(n) => Err(Failure::usage(format!("`{key}` is {} at t = {}", values[n], times[n]))),
            None => Ok(values),
        }
    };
    match &file.exact {
        None => {}
        Some(Exact::Only(text)) => match &mut exact[..] {
            [only] => *only = Some(evaluate("exact", text)?),
            _ => {
                return Err(Failure::usage(format!("`exact` is one expression for {} unknowns", exact.len()))
                    .hint(format!("write a table: [exact] {} = \"..\"", names.unknowns[0])));
            }
        },
        Some(Exact::Each(texts)) => {
            for (name, text) in texts {
                let Some(dim) = names.unknowns.iter().position(|unknown| unknown == name) else {
                    return Err(Failure::usage(format!("`exact.{name}`: `{name}` is not an unknown")));
                };
                exact[dim] = Some(evaluate(&format!("exact.{name}"), text)?);
            }
        }
    }
    Ok(exact)
}
