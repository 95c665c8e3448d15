//! Rows summed up by condition, dimension and class.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use mechnn::discovery::REPRODUCED_R2;
use serde::Serialize;

use super::{Condition, Outcome, Row, Structure, sorted};

/// Rows summed up; the first group of each condition is all of its rows.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Table {
    /// By condition, then all, dimensions, classes.
    pub groups: Vec<Group>,
}

/// What some rows have in common, and how they did. Percentages are of `runs`; null where there is nothing to count.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Group {
    /// The condition of all rows.
    pub condition: Condition,
    /// `all`, `dimension 2` or a class.
    pub name: String,
    /// Rows.
    pub runs: usize,
    /// R2 of the reconstruction above 0.9 ([`mechnn::discovery::REPRODUCED_R2`]).
    pub reconstruction: f64,
    /// R2 of the generalisation above 0.9 ([`mechnn::discovery::REPRODUCED_R2`]).
    pub generalisation: f64,
    /// Both above 0.9 ([`mechnn::discovery::REPRODUCED_R2`]).
    pub both: f64,
    /// R2 of the reconstruction above 0.99.
    pub reconstruction_99: f64,
    /// R2 of the generalisation above 0.99.
    pub generalisation_99: f64,
    /// R2 of the generalisation above 0.999.
    pub generalisation_999: f64,
    /// Rows whose true right-hand side is in the library.
    pub in_library: usize,
    /// Of these, those with exactly the true terms.
    pub exact: usize,
    /// Of these, those with other terms that say the same on the trajectory.
    pub equivalent: usize,
    /// Median over the exact rows of the largest relative coefficient error.
    pub coefficient_error: Option<f64>,
    /// Mean processor time of a run.
    pub mean_seconds: f64,
    /// Longest processor time of a run.
    pub worst_seconds: f64,
    /// Rows that ended otherwise than by themselves.
    pub unfinished: usize,
}

impl Table {
    /// Sums up; the order of the rows does not matter.
    pub fn new(rows: &[Row]) -> Self {
        let rows = sorted(rows);
        let mut conditions: Vec<Condition> = Vec::new();
        for row in &rows {
            let condition = row.run().condition;
            if !conditions.contains(&condition) {
                conditions.push(condition);
            }
        }
        let mut groups = Vec::new();
        for condition in conditions {
            let rows: Vec<&Row> = rows.iter().filter(|row| row.run().condition == condition).collect();
            groups.push(Group::new(condition, "all".to_owned(), &rows));
            for dim in rows.iter().map(|row| row.dim).collect::<BTreeSet<_>>() {
                let part: Vec<&Row> = rows.iter().copied().filter(|row| row.dim == dim).collect();
                groups.push(Group::new(condition, format!("dimension {dim}"), &part));
            }
            for class in rows.iter().map(|row| &row.class).collect::<BTreeSet<_>>() {
                let part: Vec<&Row> = rows.iter().copied().filter(|row| row.class == *class).collect();
                groups.push(Group::new(condition, class.clone(), &part));
            }
        }
        Self { groups }
    }

    /// The table as text, one block for each condition.
    pub fn text(&self) -> String {
        let mut text = String::new();
        let mut last = None;
        for group in &self.groups {
            if last != Some(group.condition) {
                let separator = if text.is_empty() { "" } else { "\n" };
                // Writing to a String cannot fail.
                let _ = write!(text, "{separator}{}\n{HEADER}\n", group.condition);
                last = Some(group.condition);
            }
            text.push_str(&group.line());
            text.push('\n');
        }
        text
    }
}

const HEADER: &str = "group             runs      R      G   both  R>.99  G>.99 G>.999     exact  equiv  \
                      coef.err    s/run  worst s  unfinished";

impl Group {
    fn new(condition: Condition, name: String, rows: &[&Row]) -> Self {
        let runs = rows.len();
        let count = |holds: &dyn Fn(&Row) -> bool| rows.iter().filter(|row| holds(row)).count();
        let percent = |holds: &dyn Fn(&Row) -> bool| 100.0 * count(holds) as f64 / runs.max(1) as f64;
        let mut errors: Vec<f64> = rows.iter().filter_map(|row| row.worst_coefficient_error).collect();
        errors.sort_by(f64::total_cmp);
        Self {
            condition,
            name,
            runs,
            reconstruction: percent(&|row| row.r2_reconstruction > REPRODUCED_R2),
            generalisation: percent(&|row| row.r2_generalisation > REPRODUCED_R2),
            both: percent(&|row| row.r2_reconstruction > REPRODUCED_R2 && row.r2_generalisation > REPRODUCED_R2),
            reconstruction_99: percent(&|row| row.r2_reconstruction > 0.99),
            generalisation_99: percent(&|row| row.r2_generalisation > 0.99),
            generalisation_999: percent(&|row| row.r2_generalisation > 0.999),
            in_library: count(&|row| row.structure != Structure::Outside),
            exact: count(&|row| row.structure == Structure::Exact),
            equivalent: count(&|row| row.structure == Structure::Equivalent),
            coefficient_error: median(&errors),
            mean_seconds: rows.iter().map(|row| row.core_seconds).sum::<f64>() / runs.max(1) as f64,
            worst_seconds: rows.iter().map(|row| row.core_seconds).fold(0.0, f64::max),
            unfinished: count(&|row| row.outcome != Outcome::Finished),
        }
    }

    fn line(&self) -> String {
        let error = self.coefficient_error.map_or("-".to_owned(), |error| format!("{:.2} %", 100.0 * error));
        format!(
            "{:<16} {:>5} {:>6.1} {:>6.1} {:>6.1} {:>6.1} {:>6.1} {:>6.1} {:>5} / {:<3} {:>4} {error:>9} {:>8.2} \
             {:>8.2} {:>11}",
            self.name,
            self.runs,
            self.reconstruction,
            self.generalisation,
            self.both,
            self.reconstruction_99,
            self.generalisation_99,
            self.generalisation_999,
            self.exact,
            self.in_library,
            self.equivalent,
            self.mean_seconds,
            self.worst_seconds,
            self.unfinished,
        )
    }
}

/// The middle one of sorted numbers, or the mean of the two in the middle.
fn median(sorted: &[f64]) -> Option<f64> {
    let middle = sorted.len() / 2;
    match sorted.len() {
        0 => None,
        odd if odd % 2 == 1 => Some(sorted[middle]),
        _ => Some(0.5 * (sorted[middle - 1] + sorted[middle])),
    }
}
