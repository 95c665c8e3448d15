//! The minimum of one dense system, and solves with other data on the same matrix.

use super::family::Family;
use super::qr::{DependentColumn, Qr};
use super::system::DenseSystem;
use crate::error::SolveError;
use crate::linear_algebra::AccurateSum;
use crate::solution::RowResiduals;

/// Refinement stops after so many steps; two are the rule.
const MAX_REFINEMENTS: usize = 8;

/// A relative correction above this means that refinement does not converge: no digit can be promised.
const LARGEST_CORRECTION: f64 = 1e-9;

/// A solved system: `unknowns = argmin 1/2 |A z - b|^2 - q eps`.
#[derive(Debug, Clone)]
pub(super) struct Minimum {
    pub(super) system: DenseSystem,
    pub(super) factor: Qr,
    /// z, `[n]`
    pub(super) unknowns: Vec<f64>,
    /// b - A z, `[m]`
    pub(super) residual: Vec<f64>,
    pub(super) error_estimate: f64,
    pub(super) refinements: usize,
}

/// `z = argmin 1/2 |A z - f|^2 - q.z` and its residual `r = f - A z`.
pub(super) struct Refined {
    pub(super) unknowns: Vec<f64>,
    pub(super) residual: Vec<f64>,
    estimate: f64,
    refinements: usize,
}

impl Minimum {
    pub(super) fn of(system: DenseSystem) -> Result<Self, SolveError> {
        let batch = system.batch;
        if let Some(((_, column), _)) = system.matrix.indexed_iter().find(|(_, v)| !v.is_finite()) {
            return Err(SolveError::NotFinite { batch, point: system.point(column) });
        }
        // In time order the reflectors stay short; the slack, which is in every smoothness row, comes last.
        let (slack, in_time) = (0..system.matrix.ncols()).partition::<Vec<_>, _>(|&j| Some(j) == system.slack());
        let mut matrix = system.matrix.clone();
        (0..matrix.nrows()).for_each(|m| {
            let factor = heaviness(&system, m);
            matrix.row_mut(m).mapv_inplace(|a| factor * a);
        });
        let order = [in_time, slack].concat();
        let refused = |e: DependentColumn| {
            let point = system.point(e.column);
            match e.pivot_ratio.is_finite() {
                true => SolveError::NotPositiveDefinite { batch, point, pivot: e.pivot_ratio },
                false => SolveError::NotFinite { batch, point },
            }
        };
        let factor = Qr::new(matrix.view(), order.clone()).map_err(refused)?;
        if system.weights.iter().any(|weight| *weight != 1.0) {
            // Rounding of heavy rows that depend on each other may fill a direction that the others leave open: the
            // rank is that of the rows divided by their norms.
            let mut rows = system.matrix.clone();
            for mut row in rows.rows_mut() {
                let largest = row.fold(0.0, |most: f64, a| most.max(a.abs()));
                row.mapv_inplace(|a| if largest > 0.0 { a / largest } else { 0.0 });
            }
            Qr::new(rows.view(), order).map_err(refused)?;
        }
        let Refined { unknowns, residual, estimate, refinements } =
            refine(&system, &factor, &system.rhs.to_vec(), &system.linear_term())?;
        expect_hard_rows(&system, &unknowns)?;
        Ok(Self { system, factor, unknowns, residual, error_estimate: estimate, refinements })
    }

    /// The minimum with the same matrix and other data: `argmin 1/2 |A z - f|^2 - q.z`.
    pub(super) fn with_data(&self, f: &[f64], q: &[f64]) -> Result<Refined, SolveError> {
        refine(&self.system, &self.factor, f, q)
    }

    pub(super) fn row_residuals(&self) -> RowResiduals {
        RowResiduals {
            equation: self.system.largest(Family::Equation, &self.residual),
            initial: self.system.largest(Family::Initial, &self.residual),
            periodic: self.system.largest(Family::Periodic, &self.residual),
            smoothness: self.system.largest(Family::Smoothness, &self.residual),
        }
    }
}

/// Hard rows that contradict each other, or have no unknowns, stay violated however heavy they are.
fn expect_hard_rows(system: &DenseSystem, z: &[f64]) -> Result<(), SolveError> {
    for row in (0..system.hard.len()).filter(|&row| system.hard[row]) {
        let terms = &system.rows[row].terms;
        let products = terms.iter().map(|(column, entry)| entry.value * z[*column]);
        let (sum, size) = products.fold((0.0, 0.0), |(sum, size): (f64, f64), p| (sum + p, size + p.abs()));
        let violation = (system.rhs[row] - sum).abs();
        let holds = violation <= LARGEST_CORRECTION * (size + system.rhs[row].abs());
        if !holds {
            let point = system.point(terms[0].0);
            return Err(SolveError::DependentEquations { batch: system.batch, point, pivot: 0.0 });
        }
    }
    Ok(())
}

/// Factor of hard rows in the factorisation: it only has to be large, refinement does the rest.
const HEAVY: f64 = 1e7;

/// 1 for soft rows; hard rows get entries of at most [`HEAVY`], whatever their units.
fn heaviness(system: &DenseSystem, m: usize) -> f64 {
    match system.hard[m] {
        false => 1.0,
        true => HEAVY / system.matrix.row(m).fold(1.0, |largest: f64, a| largest.max(a.abs())),
    }
}

/// Solves the system below with hard rows replaced by heavy ones, which is right up to `HEAVY^-2`.
fn solve_augmented(system: &DenseSystem, factor: &Qr, f: &[f64], q: &[f64]) -> (Vec<f64>, Vec<f64>) {
    let scale = |m: usize| heaviness(system, m);
    let f: Vec<f64> = f.iter().enumerate().map(|(m, f)| scale(m) * f).collect();
    let (mut r, z) = factor.solve_augmented(&f, q);
    r.iter_mut().enumerate().for_each(|(m, r)| *r *= scale(m));
    (r, z)
}

/// Solves `r + A z = f`, `A^T r = -q` (`A z = f` in hard rows, where r is minus the multiplier), and refines with
/// residuals computed in twice the working precision.
fn refine(system: &DenseSystem, factor: &Qr, f: &[f64], q: &[f64]) -> Result<Refined, SolveError> {
    let batch = system.batch;
    let (m, n) = system.matrix.dim();
    let scale: Vec<f64> = (0..n).map(|j| system.matrix.column(j).fold(0.0, |s: f64, v| s.max(v.abs()))).collect();
    let size = |z: &[f64]| z.iter().zip(&scale).fold(0.0, |size: f64, (z, s)| size.max(z.abs() * s));

    let minus_q: Vec<f64> = q.iter().map(|q| -q).collect();
    let (mut r, mut z) = solve_augmented(system, factor, f, &minus_q);
    let (mut estimate, mut refinements) = (f64::INFINITY, 0);
    while refinements < MAX_REFINEMENTS {
        // f - r - A z and -q - A^T r, over the entries of A that are not zero
        let mut row_defect: Vec<AccurateSum> = f.iter().map(|&f| AccurateSum::new(f)).collect();
        let mut column_defect: Vec<AccurateSum> = minus_q.iter().map(|&q| AccurateSum::new(q)).collect();
        for row in (0..m).filter(|&row| !system.hard[row]) {
            row_defect[row].add(-r[row]);
        }
        for ((row, column), &a) in system.matrix.indexed_iter().filter(|&(_, &a)| a != 0.0) {
            row_defect[row].add_product(-a, z[column]);
            column_defect[column].add_product(-a, r[row]);
        }
        let row_defect: Vec<f64> = row_defect.into_iter().map(AccurateSum::value).collect();
        let column_defect: Vec<f64> = column_defect.into_iter().map(AccurateSum::value).collect();
        let (dr, dz) = solve_augmented(system, factor, &row_defect, &column_defect);

        let correction = if size(&dz) == 0.0 { 0.0 } else { size(&dz) / size(&z) };
        if correction.is_nan() {
            break;
        }
        r.iter_mut().zip(&dr).for_each(|(r, d)| *r += d);
        z.iter_mut().zip(&dz).for_each(|(z, d)| *z += d);
        refinements += 1;
        let has_converged = correction <= f64::EPSILON || correction > 0.5 * estimate;
        estimate = estimate.min(correction);
        if has_converged && refinements > 1 {
            break;
        }
    }
    if let Some(column) = z.iter().position(|z| !z.is_finite()) {
        return Err(SolveError::NotFinite { batch, point: system.point(column) });
    }
    if r.iter().any(|r| !r.is_finite()) {
        return Err(SolveError::NotFinite { batch, point: 0 });
    }
    // Where the data cancel (A^T f = 0), or hard rows leave nothing free for q to move, z is rounding error of the
    // data and has no relative accuracy to lose.
    let of_rows = f.iter().fold(0.0, |largest: f64, f| largest.max(f.abs()));
    let of_linear = q.iter().zip(&scale).filter(|(_, s)| **s > 0.0).map(|(q, s)| q.abs() / s);
    let of_data = of_linear.fold(of_rows, f64::max);
    if estimate > LARGEST_CORRECTION && estimate * size(&z) > LARGEST_CORRECTION * of_data {
        return Err(SolveError::IllConditioned { batch, estimate, refinements });
    }
    let estimate = estimate.clamp(f64::EPSILON, LARGEST_CORRECTION);
    Ok(Refined { unknowns: z, residual: r, estimate, refinements })
}
