//! On linear ODEs with closed forms the error falls with the stated order, on uniform, random and geometric grids.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

use std::collections::BTreeMap;

use mechnn_solver::{CollocationNodes, EquationRows, OdeSolver, Scheme};
use rayon::prelude::*;

mod families;
mod grids;
mod methods;
mod optimality;
mod schemes;

use families::{Member, members, random_members};
use grids::{GRIDS, Grid, PIECES};
use methods::fast_methods_for;
use optimality::Tally;
use schemes::{EQUATION_ROWS, all_schemes, stated_order};

/// Step sizes of a measurement; more where the order has not settled yet.
const STEP_SIZES: usize = 5;

/// Two consecutive observed orders that differ by less have settled: the order is a limit for small steps.
const SETTLED: f64 = 0.1;

/// A measurement ends above the rounding error: there the order means nothing.
fn rounding(scheme: Scheme) -> f64 {
    match scheme {
        // No normal equations; and a high order is reached just above rounding.
        Scheme::Collocation { .. } => 5e-14,
        _ => 2e-12,
    }
}

/// Intervals beyond which no order is looked for.
const MOST_INTERVALS: usize = 4096;

#[test]
fn closed_forms_satisfy_their_equations() {
    let all = members();
    println!("{} problems", all.len());
    assert!(all.len() >= 60);
    for member in all.iter().filter(|member| !member.is_forced()) {
        for t in [0.0, 0.7, 1.9] {
            for e in 0..member.dims {
                let (residual, size) = member.applied(t, e);
                // A sum of at most 40 terms.
                assert!(residual.abs() <= 1e-13 * size, "{member}, t = {t}: residual {residual:e} of {size:e}");
            }
        }
    }
}

#[test]
fn the_error_falls_with_the_stated_order() {
    let (failures, _) = measured(&members());
    assert!(failures.is_empty(), "{} failed\n{}", failures.len(), failures.join("\n"));
}

/// 400 problems with random parameters: `cargo test -p mechnn-solver --test accuracy -- --ignored --nocapture`, some
/// ten minutes. With random parameters terms of an error cancel, or meet rounding first: 260 of 26160 orders (1.0 %) are
/// beyond the tolerance, 92 of them with five nodes at 5.6 to 5.75 instead of 6.
#[test]
#[ignore = "minutes"]
fn the_error_falls_with_the_stated_order_on_400_problems() {
    let problems = random_members(400, 1);
    let (failures, runs) = measured(&problems);
    println!("{} of {runs} orders are not observed\n{}", failures.len(), failures.join("\n"));
    assert!(failures.len() * 50 < runs, "{} of {runs} orders are not observed", failures.len());
}

/// Measures, prints a summary, and returns what is not of the stated order, and how much was measured.
fn measured(members: &[Member]) -> (Vec<String>, usize) {
    let runs: Vec<Measured> = members.par_iter().flat_map_iter(measure).collect();
    println!("{} problems, {} orders", members.len(), runs.len());
    let mut families: BTreeMap<&str, (usize, f64, f64)> = BTreeMap::new();
    for run in &runs {
        let (runs, off, error) = families.entry(run.family).or_default();
        (*runs, *off, *error) = (*runs + 1, off.max(run.off()), error.max(run.error));
    }
    for (family, (runs, off, error)) in &families {
        println!(
            "{family:>24}: {runs:>4} runs, order off by {off:.2}, largest error at the fifth step size {error:.1e}"
        );
    }
    for scheme in all_schemes() {
        let off = runs.iter().filter(|run| run.scheme == scheme).map(Measured::off);
        println!(
            "{:>40}: {:>4} runs, order off by {:.2}",
            format!("{scheme:?}"),
            off.clone().count(),
            off.fold(0.0, f64::max)
        );
    }
    let count = runs.len();
    (runs.into_iter().filter(|run| !run.has_stated_order()).map(|run| run.message).collect(), count)
}

/// One observed order.
struct Measured {
    family: &'static str,
    scheme: Scheme,
    observed: f64,
    expected: f64,
    error: f64,
    message: String,
}

impl Measured {
    fn off(&self) -> f64 {
        (self.observed - self.expected).abs()
    }

    /// False for a NaN.
    fn has_stated_order(&self) -> bool {
        self.off() < tolerance(self.scheme)
    }
}

/// How far an observed order may be from the stated one. High orders are reached from below, and with eight the errors
/// come to rounding first: `u' = u / 2 (1 + t)` shows 6.5, 7.1, 7.4 before 4e-15.
fn tolerance(scheme: Scheme) -> f64 {
    match scheme {
        Scheme::Collocation { nodes: CollocationNodes::Five } => 0.25,
        Scheme::Collocation { nodes: CollocationNodes::Seven } => 0.7,
        _ => 0.2,
    }
}

/// A problem by every method, on every grid, with every scheme and both kinds of rows.
fn measure(member: &Member) -> Vec<Measured> {
    let mut all = Vec::new();
    // The equation's order, and two more where that buys accuracy at a bearable block size.
    let highest = [member.ode_order, member.ode_order + 2];
    for k in highest.into_iter().filter(|&k| k == member.ode_order || (k <= 4 && member.dims <= 4)) {
        for (grid, scheme, rows) in combinations() {
            let Some(expected) = stated_order(scheme, member.ode_order, k, member.is_stiff()) else { continue };
            let times = grid.times(parts(scheme) * member.coarsest, member.horizon);
            for method in fast_methods_for(&member.problem(&times, k + 1, scheme, rows).unwrap()) {
                let run = Run { method: &*method, member, grid, k, scheme, rows };
                let (observed, errors) = run.observed_order();
                let message = format!(
                    "{} on {member}, {grid:?}, k = {k}, {scheme:?}, {rows:?}: observed order {observed:.2}, expected \
                     {expected}, errors {errors:?}",
                    method.name()
                );
                let error = errors[STEP_SIZES - 1];
                all.push(Measured { family: member.family, scheme, observed, expected, error, message });
            }
        }
    }
    all
}

#[test]
fn solutions_on_coarse_grids_are_minima() {
    let mut tally = Tally::default();
    for member in members() {
        for (grid, scheme, rows) in combinations() {
            let times = grid.times(parts(scheme) * PIECES, member.horizon);
            let problem = member.problem(&times, member.ode_order + 1, scheme, rows).unwrap();
            for method in fast_methods_for(&problem) {
                let solution = method.solve(&problem).unwrap();
                let name = format!("{} on {member}, {grid:?}, {scheme:?}, {rows:?}", method.name());
                tally.check(&problem, &solution, &name).unwrap();
            }
        }
    }
    println!("honest status: {tally}");
}

/// How much longer than other schemes a scheme is tried: a high order shows only where errors are above rounding.
fn stretch(scheme: Scheme) -> f64 {
    match scheme {
        Scheme::Collocation { nodes: CollocationNodes::Five } => 2.0,
        Scheme::Collocation { nodes: CollocationNodes::Seven } => 6.0,
        _ => 1.0,
    }
}

/// Grids are multiples of this: whole elements of seven nodes have six intervals.
fn parts(scheme: Scheme) -> usize {
    if matches!(scheme, Scheme::Collocation { nodes: CollocationNodes::Seven }) { 3 } else { 1 }
}

fn combinations() -> Vec<(Grid, Scheme, EquationRows)> {
    let mut all = Vec::new();
    for grid in GRIDS {
        for scheme in all_schemes() {
            all.extend(EQUATION_ROWS.map(|rows| (grid, scheme, rows)));
        }
    }
    all
}

struct Run<'a> {
    method: &'a dyn OdeSolver,
    member: &'a Member,
    grid: Grid,
    k: usize,
    scheme: Scheme,
    rows: EquationRows,
}

impl Run<'_> {
    /// The order between the two finest grids, once it has settled, and all errors.
    fn observed_order(&self) -> (f64, Vec<f64>) {
        let mut intervals = parts(self.scheme) * self.member.coarsest;
        let mut errors: Vec<f64> = Vec::new();
        loop {
            errors.push(self.largest_error(intervals));
            intervals *= 2;
            let order = |i: usize| (errors[i - 1] / errors[i]).log2();
            let last = errors.len() - 1;
            if last + 1 < STEP_SIZES {
                continue;
            }
            // The finest grid above the rounding error.
            let above_rounding = (1..=last).rev().find(|&i| errors[i] > rounding(self.scheme)).unwrap_or(1);
            let has_settled = (order(last) - order(last - 1)).abs() < SETTLED;
            if has_settled || above_rounding < last || intervals > MOST_INTERVALS {
                return (order(above_rounding), errors);
            }
        }
    }

    /// max over grid and dimensions of |u - exact|, relative to the largest |exact|
    fn largest_error(&self, intervals: usize) -> f64 {
        let times = self.grid.times(intervals, stretch(self.scheme) * self.member.horizon);
        let problem = self.member.problem(&times, self.k + 1, self.scheme, self.rows).unwrap();
        let solution = self.method.solve(&problem).unwrap_or_else(|error| {
            panic!(
                "{} on {}, {intervals} intervals, k = {}, {:?}: {error}",
                self.method.name(),
                self.member,
                self.k,
                self.scheme
            )
        });
        let (mut worst, mut largest) = (0.0_f64, 0.0_f64);
        for (point, &t) in times.iter().enumerate() {
            for d in 0..self.member.dims {
                let exact = self.member.exact(t, d, 0);
                worst = worst.max((solution.values[[0, point, d, 0]] - exact).abs());
                largest = largest.max(exact.abs());
            }
        }
        worst / largest
    }
}
