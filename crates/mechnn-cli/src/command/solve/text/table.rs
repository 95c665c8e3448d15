//! A solution as a table: time, unknowns and their derivatives, the residual of each equation, the error where the
//! solution is known.

use mechnn::number::SignificantDigits;
use mechnn_solver::{OdeProblem, Solution};
use serde::Serialize;

use super::system::System;
use crate::failure::Failure;

/// Significant digits of the text table; CSV and JSON have all of them.
const DIGITS: usize = 7;

/// Name and version of the JSON document.
const SCHEMA: &str = "mechnn.solve/1";

/// Columns with names, one row for each point.
#[derive(Debug)]
pub(super) struct Table {
    columns: Vec<String>,
    rows: Vec<Vec<f64>>,
    largest_errors: Vec<LargestError>,
    scheme: &'static str,
    order: usize,
    error_estimate: f64,
    pivot_ratio: f64,
}

/// Where a dimension is farthest from its exact solution.
#[derive(Debug, Clone, Serialize)]
struct LargestError {
    unknown: String,
    error: f64,
    t: f64,
}

/// The JSON document.
#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    scheme: &'static str,
    /// Highest derivative solved for.
    order: usize,
    /// Estimated relative error by rounding.
    error_estimate: f64,
    pivot_ratio: f64,
    /// Largest |error| of each unknown whose exact solution is known.
    largest_errors: &'a [LargestError],
    columns: &'a [String],
    /// One row for each point, one number for each column.
    rows: &'a [Vec<f64>],
}

impl Table {
    /// Tabulates a solution of the system, posed as `problem`.
    pub(super) fn new(system: &System, problem: &OdeProblem, solution: &Solution) -> Self {
        let sizes = problem.sizes();
        let unknowns = system.unknowns();
        let residual_name = |e: usize| match system.equations() {
            1 => "residual".to_owned(),
            _ => format!("residual_{}", e + 1),
        };
        let error_name = |dim: usize| match unknowns.len() {
            1 => "error".to_owned(),
            _ => format!("error_{}", unknowns[dim]),
        };
        let known: Vec<(usize, &[f64])> = (0..sizes.dims).filter_map(|d| Some((d, system.exact(d)?))).collect();

        let mut columns = vec!["t".to_owned()];
        for name in unknowns {
            columns.extend((0..sizes.orders).map(|order| format!("{name}{}", "'".repeat(order))));
        }
        columns.extend((0..system.equations()).map(residual_name));
        columns.extend(known.iter().map(|(dim, _)| error_name(*dim)));

        let coefficients = problem.ode().coefficients();
        let forcing = problem.ode().forcing();
        let mut rows = Vec::with_capacity(sizes.points);
        for (n, &t) in system.times().iter().enumerate() {
            let mut row = Vec::with_capacity(columns.len());
            row.push(t);
            let values = (0..sizes.dims).flat_map(|d| (0..sizes.orders).map(move |k| (d, k)));
            row.extend(values.clone().map(|(d, k)| solution.values[[0, n, d, k]]));
            row.extend((0..system.equations()).map(|e| {
                let terms = values.clone().map(|(d, k)| coefficients[[0, n, e, d, k]] * solution.values[[0, n, d, k]]);
                terms.sum::<f64>() - forcing[[0, n, e]]
            }));
            row.extend(known.iter().map(|(d, exact)| solution.values[[0, n, *d, 0]] - exact[n]));
            rows.push(row);
        }

        let first_error = columns.len() - known.len();
        let largest_errors = known
            .iter()
            .enumerate()
            .filter_map(|(column, (dim, _))| {
                let error = |row: &&Vec<f64>| row[first_error + column].abs();
                let worst = rows.iter().max_by(|a, b| error(a).total_cmp(&error(b)))?;
                Some(LargestError { unknown: unknowns[*dim].clone(), error: error(&worst), t: worst[0] })
            })
            .collect();
        Self {
            columns,
            rows,
            largest_errors,
            scheme: problem.scheme().name(),
            order: sizes.orders - 1,
            error_estimate: solution.info.error_estimate,
            pivot_ratio: solution.info.pivot_ratio,
        }
    }

    /// Aligned columns for reading.
    pub(super) fn text(&self) -> String {
        let cells: Vec<Vec<String>> =
            self.rows.iter().map(|row| row.iter().map(|&value| digits(value)).collect()).collect();
        let width = |(column, name): (usize, &String)| {
            cells.iter().map(|row| row[column].len()).fold(name.chars().count(), usize::max)
        };
        let widths: Vec<usize> = self.columns.iter().enumerate().map(width).collect();
        let mut text = String::new();
        for row in std::iter::once(&self.columns).chain(&cells) {
            let line: Vec<String> =
                row.iter().zip(&widths).map(|(cell, width)| format!("{cell:>width$}", width = *width)).collect();
            text += &line.join("  ");
            text.push('\n');
        }
        text
    }

    /// Comma-separated values with all digits. The names need no quotes: they have letters, digits, `_` and primes.
    pub(super) fn csv(&self) -> String {
        let mut text = self.columns.join(",") + "\n";
        for row in &self.rows {
            // Debug, not Display: shortest digits that round-trip, with an exponent where that is shorter.
            text += &row.iter().map(|value| format!("{value:?}")).collect::<Vec<_>>().join(",");
            text.push('\n');
        }
        text
    }

    /// The document `mechnn.solve/1`.
    pub(super) fn json(&self) -> Result<String, Failure> {
        let document = Document {
            schema: SCHEMA,
            scheme: self.scheme,
            order: self.order,
            error_estimate: self.error_estimate,
            pivot_ratio: self.pivot_ratio,
            largest_errors: &self.largest_errors,
            columns: &self.columns,
            rows: &self.rows,
        };
        let text = serde_json::to_string(&document);
        text.map(|text| text + "\n").map_err(|error| Failure::limit(format!("cannot write JSON: {error}")))
    }

    /// One line for each unknown whose exact solution is known.
    pub(super) fn error_summary(&self) -> Vec<String> {
        let line = |worst: &LargestError| {
            format!("largest error of {}: {:.1e} at t = {}", worst.unknown, worst.error, digits(worst.t))
        };
        self.largest_errors.iter().map(line).collect()
    }
}

/// [`DIGITS`] significant digits.
fn digits(value: f64) -> String {
    SignificantDigits::new(DIGITS).text(value)
}
