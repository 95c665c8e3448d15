//! [`Collocation`]: every element of a batch, in parallel.

use ndarray::Array4;
use rayon::prelude::*;

use super::batch::{Batch, FactorMemory, chunks, elements, unknowns, zeros};
use super::check::Check;
use super::evidence::{ERROR_PER_PIVOT, Evidence, singular};
use super::inputs::Lengths;
use super::lanes::{self, Checkpoints, Kernel, Solved};
use super::pullback::{CollocationPullback, Kept};
use super::rules::{Rules, shared_rules};
use super::sweep::{Storage, Sweep};
use super::system::{Factors, System, Workspace};
use crate::error::SolveError;
use crate::linear_algebra::TwoPoint;
use crate::method::solver::{OdeSolver, Pullback};
use crate::problem::{Condition, OdeProblem, are_initial, conditions, numbers_mut};
use crate::solution::{Solution, SolveInfo};

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

/// Above this estimated relative error a solve is refused.
const REFUSE_ABOVE: f64 = 1e-6;

/// Above this relative residual of equations or spline rows a solve is refused.
const REFUSE_UNSATISFIED_ABOVE: f64 = 1e-4;

/// [`Collocation`] without lanes: the path of every problem that the lanes do not have. For tests and benchmarks, which
/// compare the two.
#[doc(hidden)]
#[derive(Debug, Clone, Copy, Default)]
pub struct ScalarCollocation;

impl OdeSolver for Collocation {
    fn name(&self) -> &'static str {
        "collocation"
    }

    fn supports(&self, problem: &OdeProblem) -> bool {
        problem.scheme.collocation_nodes().is_some()
    }

    fn solve(&self, problem: &OdeProblem) -> Result<Solution, SolveError> {
        Prepared::new(self.name(), problem)?.solve(Path::Lanes)
    }

    fn solve_with_pullback(&self, problem: &OdeProblem) -> Result<(Solution, Box<dyn Pullback>), SolveError> {
        Prepared::new(self.name(), problem)?.solve_with_pullback(Path::Lanes)
    }
}

impl OdeSolver for ScalarCollocation {
    fn name(&self) -> &'static str {
        "scalar collocation"
    }

    fn supports(&self, problem: &OdeProblem) -> bool {
        Collocation.supports(problem)
    }

    fn solve(&self, problem: &OdeProblem) -> Result<Solution, SolveError> {
        Prepared::new(self.name(), problem)?.solve(Path::Scalar)
    }

    fn solve_with_pullback(&self, problem: &OdeProblem) -> Result<(Solution, Box<dyn Pullback>), SolveError> {
        Prepared::new(self.name(), problem)?.solve_with_pullback(Path::Scalar)
    }
}

/// How a batch is solved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Path {
    /// A batch element in each lane, where the problem is one that the lanes have.
    Lanes,
    /// One batch element after the other.
    Scalar,
}

/// A problem with what its batch elements share.
struct Prepared<'a> {
    problem: &'a OdeProblem,
    lengths: Lengths,
    conditions: Vec<Condition>,
    shared_rules: Option<Rules>,
}

impl<'a> Prepared<'a> {
    fn new(method: &'static str, problem: &'a OdeProblem) -> Result<Self, SolveError> {
        let Some(nodes) = problem.scheme.collocation_nodes() else {
            return Err(SolveError::Unsupported { method, reason: "the scheme is not collocation" });
        };
        let lengths = Lengths { dims: problem.sizes.dims, orders: problem.sizes.orders, intervals: nodes.intervals() };
        let conditions = conditions(problem)?;
        Ok(Self { problem, lengths, conditions, shared_rules: shared_rules(problem, lengths) })
    }

    fn batch(&self) -> Batch<'_> {
        let (conditions, shared_rules) = (&self.conditions, self.shared_rules.as_ref());
        Batch { problem: self.problem, lengths: self.lengths, conditions, shared_rules }
    }

    /// The lanes for initial values, if they have the shape.
    fn kernel(&self, path: Path) -> Option<Kernel> {
        let is_for_lanes = path == Path::Lanes && are_initial(&self.conditions);
        if is_for_lanes { Kernel::new(self.lengths, self.problem.sizes.batch) } else { None }
    }

    fn solve(self, path: Path) -> Result<Solution, SolveError> {
        let mut values = zeros(self.problem);
        let evidence = match self.kernel(path) {
            Some(kernel) => solve_in_lanes(kernel, self.batch(), Checkpoints::Unwanted, &mut values)?.evidence,
            None => solve_each(self.batch(), &mut values)?,
        };
        Ok(Solution { values, slack: None, info: info(&evidence) })
    }

    fn solve_with_pullback(self, path: Path) -> Result<(Solution, Box<dyn Pullback>), SolveError> {
        let mut values = zeros(self.problem);
        let (evidence, kept) = match self.kernel(path) {
            Some(kernel) => {
                let solved = solve_in_lanes(kernel, self.batch(), Checkpoints::Kept, &mut values)?;
                let Solved { evidence, are_in_lanes, checkpoints } = solved;
                (evidence, Kept::Lanes { kernel, are_in_lanes, checkpoints })
            }
            None => solve_keeping_factors(self.batch(), &mut values)?,
        };
        let solution = Solution { values, slack: None, info: info(&evidence) };
        let error_estimate = evidence.iter().fold(0.0, |most: f64, element| most.max(element.error_of_factors));
        let (problem, Self { lengths, conditions, shared_rules, .. }) = (self.problem.clone(), self);
        let pullback = CollocationPullback { problem, lengths, conditions, shared_rules, kept, error_estimate };
        Ok((solution, Box::new(pullback)))
    }
}

/// Solves one batch element after the other.
fn solve_each(batch: Batch<'_>, values: &mut Array4<f64>) -> Result<Vec<Evidence>, SolveError> {
    let memory = || (Workspace::new(batch.lengths), FactorMemory::new(batch.problem, batch.lengths));
    let results: Vec<_> = chunks(values, unknowns(batch.problem))
        .into_par_iter()
        .enumerate()
        .map_init(memory, |(work, memory), (element, values)| solve_alone(batch, element, memory, work, values))
        .collect();
    // The first error in the order of the batch, whatever thread was first.
    results.into_iter().collect()
}

/// Solves one batch element by itself.
fn solve_alone(
    batch: Batch<'_>,
    element: usize,
    memory: &mut FactorMemory,
    work: &mut Workspace,
    values: &mut [f64],
) -> Result<Evidence, SolveError> {
    batch.with_system(element, |system| {
        let (factors, exchanged) = memory.numbers();
        solve_element(system, element, factors, exchanged, work, values).map(|(evidence, _)| evidence)
    })
}

/// Solves every batch element with factors of its own, and keeps them.
fn solve_keeping_factors(batch: Batch<'_>, values: &mut Array4<f64>) -> Result<(Vec<Evidence>, Kept), SolveError> {
    let storage = Storage::new(batch.lengths, elements(batch.problem, batch.lengths));
    let (factor_length, exchanged_length) = storage.lengths();
    let mut factors = vec![0.0; batch.problem.sizes.batch * factor_length];
    let mut exchanged = vec![0; batch.problem.sizes.batch * exchanged_length];
    let results: Vec<_> = chunks(values, unknowns(batch.problem))
        .into_par_iter()
        .zip(factors.par_chunks_mut(factor_length))
        .zip(exchanged.par_chunks_mut(exchanged_length))
        .enumerate()
        .map_init(
            || Workspace::new(batch.lengths),
            |work, (element, ((values, factors), exchanged))| {
                batch.with_system(element, |system| solve_element(system, element, factors, exchanged, work, values))
            },
        )
        .collect();
    let results = results.into_iter().collect::<Result<Vec<_>, _>>()?;
    let (evidence, two_points) = results.into_iter().unzip();
    let values = values.clone();
    Ok((evidence, Kept::Factors { values, storage, factors, exchanged, two_points }))
}

/// Solves the batch in lanes, and those elements again by themselves whose lanes are not trusted.
fn solve_in_lanes(
    kernel: Kernel,
    batch: Batch<'_>,
    wanted: Checkpoints,
    values: &mut Array4<f64>,
) -> Result<Solved, SolveError> {
    let alone = |element: usize, memory: &mut FactorMemory, work: &mut Workspace, values: &mut [f64]| {
        solve_alone(batch, element, memory, work, values)
    };
    lanes::solve(kernel, batch, wanted, numbers_mut(values), &alone)
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
    let state = system.sweep.lengths.state();
    let mut pivot_ratio = system.factor_elements(factors, exchanged).map_err(|at| singular(batch, at))?;
    let mut two_point = None;
    if !system.is_initial() {
        let joined = system.factor_two_point((&*factors, &*exchanged), work).map_err(|at| singular(batch, at))?;
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
