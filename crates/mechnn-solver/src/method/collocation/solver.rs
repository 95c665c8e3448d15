//! [`Collocation`]: every element of a batch, in parallel.

use rayon::prelude::*;

use super::batch::{chunks, elements, unknowns, with_system, zeros};
use super::check::Check;
use super::derivative::CollocationPullback;
use super::inputs::Lengths;
use super::rules::shared_rules;
use super::sweep::{Storage, Sweep};
use super::system::{Factors, System, Workspace};
use crate::error::SolveError;
use crate::linear_algebra::TwoPoint;
use crate::linear_algebra::lu::SingularAt;
use crate::method::solver::{OdeSolver, Pullback};
use crate::problem::{Condition, OdeProblem, conditions};
use crate::solution::{RowResiduals, Solution, SolveInfo};

/// Solves problems of [`Scheme::Collocation`](crate::Scheme::Collocation) in O(N D^3) work per batch element; elements
/// of the batch run in parallel, each exactly as if it were alone.
///
/// $$ u^{(o)}_i = u^{(o)}_0 + \sum_j A_{ij}\, u^{(o+1)}_j, \qquad \sum_{d,k} c_{i,e,d,k}\, u_{i,d}^{(k)} = b_{i,e} $$
///
/// The spline rows express the lower derivatives of an element by the highest ones, D (nodes - 1) unknowns, which one
/// LU factorisation with pivoting determines. Initial values need one sweep forward (and one backward for the
/// gradient, with the same factors). For boundary and periodic conditions every element becomes an affine map between
/// its ends, and the maps are joined by orthogonal elimination, then refined once: growing solutions do no harm.
/// Derivation: `docs/src/concepts/collocation.md`.
///
/// # References
/// Hairer, Wanner, Solving Ordinary Differential Equations II, section IV.5 (Lobatto IIIA); Ascher, Mattheij, Russell,
/// Numerical Solution of Boundary Value Problems, chapters 5 and 7.
#[derive(Debug, Clone, Copy, Default)]
pub struct Collocation;

/// What a solve of one batch element tells about it.
#[derive(Debug, Clone, Copy)]
struct Evidence {
    residuals: RowResiduals,
    pivot_ratio: f64,
    error_estimate: f64,
    /// Relative error of one solve with the factors, without refinement: that of an adjoint.
    error_of_factors: f64,
    refinements: usize,
}

/// Relative rounding error of an element's solution, in units of `eps / pivot_ratio`.
const ERROR_PER_PIVOT: f64 = 10.0;

/// Above this estimated relative error a solve is refused.
const REFUSE_ABOVE: f64 = 1e-6;

/// Above this relative residual of equations or spline rows a solve is refused.
const REFUSE_UNSATISFIED_ABOVE: f64 = 1e-4;

impl OdeSolver for Collocation {
    fn name(&self) -> &'static str {
        "collocation"
    }

    fn supports(&self, problem: &OdeProblem) -> bool {
        problem.scheme.collocation_nodes().is_some()
    }

    fn solve(&self, problem: &OdeProblem) -> Result<Solution, SolveError> {
        let (lengths, conditions) = self.prepare(problem)?;
        let shared_rules = shared_rules(problem, lengths);
        let (factor_length, exchanged_length) = Storage::new(lengths, elements(problem, lengths)).lengths();
        let mut values = zeros(problem);
        let memory = || (Workspace::new(lengths), vec![0.0; factor_length], vec![0; exchanged_length]);
        let results: Vec<_> = chunks(&mut values, unknowns(problem))
            .into_par_iter()
            .enumerate()
            .map_init(memory, |(work, factors, exchanged), (batch, values)| {
                with_system(problem, lengths, &conditions, shared_rules.as_ref(), batch, |system| {
                    solve_element(system, batch, factors, exchanged, work, values).map(|(evidence, _)| evidence)
                })
            })
            .collect();
        // The first error in the order of the batch, whatever thread was first.
        let evidence = results.into_iter().collect::<Result<Vec<_>, _>>()?;
        Ok(Solution { values, slack: None, info: info(&evidence) })
    }

    fn solve_with_pullback(&self, problem: &OdeProblem) -> Result<(Solution, Box<dyn Pullback>), SolveError> {
        let (lengths, conditions) = self.prepare(problem)?;
        let shared_rules = shared_rules(problem, lengths);
        let storage = Storage::new(lengths, elements(problem, lengths));
        let (factor_length, exchanged_length) = storage.lengths();
        let mut values = zeros(problem);
        let mut factors = vec![0.0; problem.sizes.batch * factor_length];
        let mut exchanged = vec![0; problem.sizes.batch * exchanged_length];
        let results: Vec<_> = chunks(&mut values, unknowns(problem))
            .into_par_iter()
            .zip(factors.par_chunks_mut(factor_length))
            .zip(exchanged.par_chunks_mut(exchanged_length))
            .enumerate()
            .map_init(
                || Workspace::new(lengths),
                |work, (batch, ((values, factors), exchanged))| {
                    with_system(problem, lengths, &conditions, shared_rules.as_ref(), batch, |system| {
                        solve_element(system, batch, factors, exchanged, work, values)
                    })
                },
            )
            .collect();
        let results = results.into_iter().collect::<Result<Vec<_>, _>>()?;
        let (evidence, two_points): (Vec<_>, Vec<_>) = results.into_iter().unzip();
        let solution = Solution { values: values.clone(), slack: None, info: info(&evidence) };
        let error_estimate = evidence.iter().fold(0.0, |most: f64, element| most.max(element.error_of_factors));
        let problem = problem.clone();
        let pullback = CollocationPullback {
            problem,
            lengths,
            conditions,
            shared_rules,
            values,
            storage,
            factors,
            exchanged,
            two_points,
            error_estimate,
        };
        Ok((solution, Box::new(pullback)))
    }
}

impl Collocation {
    fn prepare(&self, problem: &OdeProblem) -> Result<(Lengths, Vec<Condition>), SolveError> {
        let Some(nodes) = problem.scheme.collocation_nodes() else {
            let reason = "the scheme is not collocation";
            return Err(SolveError::Unsupported { method: self.name(), reason });
        };
        let lengths = Lengths { dims: problem.sizes.dims, orders: problem.sizes.orders, intervals: nodes.intervals() };
        Ok((lengths, conditions(problem)?))
    }
}

/// Solves one batch element; its factors are left in `factors`, `exchanged` and the returned system.
fn solve_element(
    system: System<'_>,
    batch: usize,
    factors: &mut [f64],
    exchanged: &mut [u32],
    work: &mut Workspace,
    values: &mut [f64],
) -> Result<(Evidence, Option<TwoPoint>), SolveError> {
    let singular = |SingularAt { index: point, pivot }| match pivot.is_finite() {
        true => SolveError::Singular { batch, point, pivot },
        false => SolveError::NotFinite { batch, point },
    };
    let state = system.sweep.lengths.state();
    let mut pivot_ratio = system.factor_elements(factors, exchanged).map_err(singular)?;
    let mut two_point = None;
    if !system.is_initial() {
        let joined = system.factor_two_point((&*factors, &*exchanged), work).map_err(singular)?;
        pivot_ratio = pivot_ratio.min(joined.pivot_ratio);
        two_point = Some(joined);
    }
    let factors = Factors { elements: (&*factors, &*exchanged), two_point: two_point.as_ref() };
    system.solve_data(factors, work, values);
    let mut refinements = 0;
    let mut error_estimate =
        ERROR_PER_PIVOT * f64::EPSILON / pivot_ratio.min(system.sweep.rules.amplification.recip());
    let mut error_of_factors = error_estimate;
    let not_finite = |index: usize| SolveError::NotFinite { batch, point: index / state };
    if two_point.is_some() {
        if let Some(index) = values.iter().position(|value| !value.is_finite()) {
            return Err(not_finite(index));
        }
        // Once, with the residuals of all rows: the relative change is the error that was there, and the factor by
        // which the error has become smaller.
        let mut rows = vec![0.0; values.len()];
        system.write_residuals(values, &mut rows);
        let mut change = vec![0.0; values.len()];
        system.solve_rows(factors, work, &rows, &mut change);
        values.iter_mut().zip(&change).for_each(|(value, change)| *value += change);
        refinements = 1;
        error_of_factors = error_of_factors.max(relative_change(&system.sweep, &change, values));
        error_estimate = error_estimate.max(error_of_factors.powi(2));
    }
    // Where integrals cancel, or the steps of an element differ by many orders of magnitude, what is left does not
    // satisfy the rows.
    let Check { residuals, relative } = system.check(values, &mut work.scales).map_err(not_finite)?;
    let is_trusted = error_estimate <= REFUSE_ABOVE && relative <= REFUSE_UNSATISFIED_ABOVE; // false for a NaN
    error_estimate = error_estimate.max(relative);
    if !is_trusted {
        return Err(SolveError::IllConditioned { batch, estimate: error_estimate, refinements });
    }
    error_of_factors = error_of_factors.max(relative);
    Ok((Evidence { residuals, pivot_ratio, error_estimate, error_of_factors, refinements }, two_point))
}

/// Largest change of each derivative order relative to the largest value of that order, the worst of all orders.
/// An order that is zero up to rounding is measured against the largest `T^k u^(k)` instead, T the whole time.
fn relative_change(sweep: &Sweep<'_>, change: &[f64], values: &[f64]) -> f64 {
    let orders = sweep.lengths.orders;
    let total = |d| sweep.rules.total(sweep.lengths, sweep.elements, d);
    let length = (0..sweep.lengths.dims).map(total).fold(0.0, f64::max);
    let largest = |x: &[f64], k: usize| x.iter().skip(k).step_by(orders).fold(0.0, |m: f64, v| m.max(v.abs()));
    let scaled = (0..orders).map(|k| largest(values, k) * length.powi(k as i32)).fold(0.0, f64::max);
    let relative = |k: usize| match largest(change, k) {
        0.0 => 0.0,
        change => change / (largest(values, k) + 1e-6 * scaled / length.powi(k as i32)),
    };
    (0..orders).map(relative).fold(0.0, f64::max)
}

fn info(evidence: &[Evidence]) -> SolveInfo {
    let mut info = SolveInfo { pivot_ratio: f64::INFINITY, ..SolveInfo::default() };
    for element in evidence {
        info.residuals = info.residuals.max(element.residuals);
        info.pivot_ratio = info.pivot_ratio.min(element.pivot_ratio);
        info.error_estimate = info.error_estimate.max(element.error_estimate);
        info.refinements = info.refinements.max(element.refinements);
        info.independent_groups = 1;
    }
    info
}
