//! Whether a lane's solution can be trusted, and how far it may be off.

use super::eliminate::Monitor;
use super::measure::Measured;
use super::solve_back::{Change, Residuals};
use crate::lanes::MAX_LANES;
use crate::method::block_banded::rows::components;
use crate::problem::{OdeProblem, Weights};
use crate::solution::RowResiduals;

/// Normal equations with a smaller relative pivot may be singular: those of all rows, whatever their weights, are
/// judged by orthogonal elimination.
const TRUSTED_PIVOT: f64 = 1e-11;

/// Normal equations whose relative pivots are above this, with weights of one size, have a full rank: rounding leaves
/// up to 3.5e-8 where the matrix is singular (`tests/rank.rs`). Below it a measurement has to show that the factor
/// agrees with the rows.
const SURE_PIVOT: f64 = 1e-6;

/// An error that is not larger needs no measurement, where two estimates of it agree on that within a digit.
const NEGLIGIBLE: f64 = 1e-13;

/// A correction that changes more is not small enough for its square to be the error that is left.
const LARGEST_CHANGE: f64 = 1e-6;

/// What the rows make of the solution for a random right-hand side, relative to what the factor says of it.
const AGREEMENT: std::ops::RangeInclusive<f64> = 0.9..=1.1;

/// A number of each lane.
pub(super) type Lanes = [f64; MAX_LANES];

/// The evidence about one solved element.
#[derive(Debug, Clone, Copy)]
pub(in crate::method::block_banded) struct Evidence {
    pub(in crate::method::block_banded) residuals: RowResiduals,
    pub(in crate::method::block_banded) pivot_ratio: f64,
    pub(in crate::method::block_banded) error_estimate: f64,
    pub(in crate::method::block_banded) groups: usize,
}

/// What a lane's sweeps say.
pub(super) enum Verdict {
    Trusted(Evidence),
    /// Only a measurement can tell.
    Unsure(Evidence),
    /// Another method decides.
    Refused,
}

/// Judges a lane.
pub(super) fn judge<const D: usize, const K: usize>(
    problem: &OdeProblem,
    lane: usize,
    monitor: &Monitor<Lanes, D>,
    residuals: &Residuals<Lanes>,
    change: &Change<Lanes, K>,
) -> Verdict {
    let Weights { equation, initial, smoothness } = problem.weights;
    let pivot_ratio = monitor.growth[lane].recip();
    let mut coupled = [false; 64];
    let mut largest = 1.0_f64;
    for e in 0..D {
        for d in 0..D {
            let own = monitor.largest[e][d][lane];
            coupled[e * D + d] = own != 0.0;
            largest = largest.max(own * smoothness / equation);
        }
    }
    let groups = if D == 1 { 1 } else { components(&coupled[..D * D], D).len() };
    let heavy = equation * largest;
    let spread = heavy.max(initial).max(smoothness) / heavy.min(initial).min(smoothness);
    let moved = relative_change(change, monitor.largest_step[lane], lane);
    let is_finite = change.first[lane] == 0.0;
    let may_be_solved = is_finite && moved <= LARGEST_CHANGE && pivot_ratio >= TRUSTED_PIVOT * spread * spread;
    if !may_be_solved {
        return Verdict::Refused;
    }
    // The first solve was off by about `eps cond²`, which is what the correction shows; a correction removes as many
    // digits as the first solve had, and leaves what rounding of rows and data does, `eps cond`. The pivots say of the
    // condition about `1/sqrt(pivot)`.
    let (of_change, of_pivots) = ((f64::EPSILON * moved).sqrt(), f64::EPSILON / pivot_ratio.min(1.0).sqrt());
    let error_estimate = (moved * moved).max(of_change.min(of_pivots)).max(f64::EPSILON);
    let is_small = error_estimate <= NEGLIGIBLE && of_change.max(of_pivots) <= 10.0 * NEGLIGIBLE;
    let evidence = Evidence {
        residuals: RowResiduals {
            equation: residuals.equation[lane] * smoothness / equation,
            initial: residuals.initial[lane],
            periodic: 0.0,
            smoothness: residuals.smoothness[lane],
        },
        pivot_ratio,
        error_estimate,
        groups,
    };
    match pivot_ratio >= SURE_PIVOT * spread * spread && is_small {
        true => Verdict::Trusted(evidence),
        false => Verdict::Unsure(evidence),
    }
}

/// The verdict after a measurement, `product` being `rᵀ y` of the random right-hand side.
pub(super) fn judge_measured<const D: usize, const K: usize>(
    lane: usize,
    evidence: Evidence,
    monitor: &Monitor<Lanes, D>,
    change: &Change<Lanes, K>,
    measured: &Measured<Lanes, K>,
    product: Lanes,
) -> Verdict {
    if !AGREEMENT.contains(&(measured.squares[lane] / product[lane])) {
        return Verdict::Refused;
    }
    let next = Change { change: measured.change, ..*change };
    let error_estimate = relative_change(&next, monitor.largest_step[lane], lane).max(f64::EPSILON);
    Verdict::Trusted(Evidence { error_estimate, ..evidence })
}

/// Largest change of each derivative relative to the largest value of that derivative, the worst of all; one that is
/// zero up to rounding is measured against the largest `h^k u^(k)`.
fn relative_change<const K: usize>(seen: &Change<Lanes, K>, step: f64, lane: usize) -> f64 {
    let mut power = [1.0; K];
    (1..K).for_each(|k| power[k] = power[k - 1] * step);
    let size = |k: usize| seen.size[k][lane];
    let scaled = (0..K).map(|k| size(k) * power[k]).fold(0.0, f64::max);
    let relative = |k: usize| {
        let scale = size(k) + 1e-6 * scaled / power[k];
        if scale == 0.0 { 0.0 } else { seen.change[k][lane] / scale }
    };
    (0..K).map(relative).fold(0.0, f64::max)
}
