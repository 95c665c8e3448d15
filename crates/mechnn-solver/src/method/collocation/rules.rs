//! The integration matrices of all elements, computed once for each different element.

use super::inputs::Lengths;
use crate::problem::{OdeProblem, Steps, of_element, pick};
use crate::quadrature::{MAX_NODES, write_matrices};

/// Integration matrices of one batch element (or of all, where the steps are broadcast over the batch).
///
/// # Layout
/// - `integrals`, `slopes`: `[elements | 1, clocks, m, m + 1]`, see [`write_matrices`]
/// - `powers`: `[elements | 1, clocks, K - 2, m, m]`: the powers 2..K-1 of the integration matrix without its column 0
///
/// Clocks: D, or 1 if the dimensions share one.
pub(super) struct Rules {
    integrals: Vec<f64>,
    slopes: Vec<f64>,
    powers: Vec<f64>,
    has_equal_elements: bool,
    clocks: usize,
    /// Largest weight relative to the length of its element: the factor by which integrals magnify rounding errors.
    /// About 1, unless steps within an element are of very different length; infinite where nodes coincide.
    pub(super) amplification: f64,
}

/// The integration matrices, where all batch elements have the same steps.
pub(super) fn shared_rules(problem: &OdeProblem, lengths: Lengths) -> Option<Rules> {
    let batches = match &problem.grid.steps {
        Steps::Shared(steps) => steps.dim().0,
        Steps::PerDimension(steps) => steps.dim().0,
    };
    (batches == 1).then(|| Rules::new(problem, lengths, 0))
}

/// The rule of one element and one clock.
#[derive(Clone, Copy)]
pub(super) struct Rule<'a> {
    /// `[m, m + 1]`
    pub(super) integrals: &'a [f64],
    /// `[m, m + 1]`
    pub(super) slopes: &'a [f64],
    /// `[K - 2, m, m]`
    pub(super) powers: &'a [f64],
}

impl Rules {
    pub(super) fn new(problem: &OdeProblem, lengths: Lengths, batch: usize) -> Self {
        let (steps, clocks) = match &problem.grid.steps {
            Steps::Shared(steps) => (of_element(steps, batch), 1),
            Steps::PerDimension(steps) => (of_element(steps, batch), steps.dim().2),
        };
        let m = lengths.intervals;
        let intervals = problem.sizes.points - 1;
        let given = steps.len() / clocks;
        let step = |t: usize, clock: usize| steps[pick(given, t) * clocks + clock];
        let has_equal_elements = (0..clocks).all(|clock| (m..intervals).all(|t| step(t, clock) == step(t % m, clock)));
        let count = if has_equal_elements { 1 } else { intervals / m };
        let size = m * (m + 1);
        let per_power = m * m;
        let mut integrals = vec![0.0; count * clocks * size];
        let mut slopes = vec![0.0; count * clocks * size];
        let higher = lengths.orders.saturating_sub(2);
        let mut powers = vec![0.0; count * clocks * higher * per_power];
        let mut amplification = 0.0_f64;
        for index in 0..count * clocks {
            let (first, clock) = (index / clocks * m, index % clocks);
            let mut tau = [0.0; MAX_NODES];
            (0..m).for_each(|i| tau[i + 1] = tau[i] + step(first + i, clock));
            let integrals = &mut integrals[index * size..][..size];
            write_matrices(&tau[..=m], integrals, &mut slopes[index * size..][..size]);
            let largest = integrals
                .iter()
                .fold(0.0, |most: f64, a| if a.is_finite() { most.max(a.abs()) } else { f64::INFINITY });
            let are_distinct = tau[..=m].windows(2).all(|ends| ends[1] > ends[0]);
            amplification = if are_distinct { amplification.max(largest / tau[m]) } else { f64::INFINITY };
            let powers = &mut powers[index * higher * per_power..][..higher * per_power];
            for power in 0..higher {
                let (done, rest) = powers.split_at_mut(power * per_power);
                for i in 0..m {
                    for j in 0..m {
                        // A^(p+1)_ij = sum_l A_il A^p_lj; row and column 0 of A do not take part
                        let before = |l: usize| match power {
                            0 => integrals[l * (m + 1) + j + 1],
                            _ => done[(power - 1) * per_power + l * m + j],
                        };
                        rest[i * m + j] = (0..m).map(|l| integrals[i * (m + 1) + l + 1] * before(l)).sum();
                    }
                }
            }
        }
        Self { integrals, slopes, powers, has_equal_elements, clocks, amplification }
    }

    /// The rule of element `element` on the clock of dimension `dim`.
    #[inline(always)]
    pub(super) fn rule(&self, lengths: Lengths, element: usize, dim: usize) -> Rule<'_> {
        let m = lengths.intervals;
        let (size, power_size) = (m * (m + 1), (lengths.orders - 2) * m * m);
        let index = if self.has_equal_elements { 0 } else { element * self.clocks } + pick(self.clocks, dim);
        Rule {
            integrals: &self.integrals[index * size..][..size],
            slopes: &self.slopes[index * size..][..size],
            powers: &self.powers[index * power_size..][..power_size],
        }
    }

    /// True if the steps of every element are those of the first.
    #[inline(always)]
    pub(super) fn has_equal_elements(&self) -> bool {
        self.has_equal_elements
    }

    /// D, or 1 if the dimensions share their steps.
    #[inline(always)]
    pub(super) fn clocks(&self) -> usize {
        self.clocks
    }

    /// Length of all elements on a clock, to scale derivatives by.
    pub(super) fn total(&self, lengths: Lengths, elements: usize, dim: usize) -> f64 {
        // The integral of 1 up to the last node of each.
        let m = lengths.intervals;
        (0..elements).flat_map(|e| &self.rule(lengths, e, dim).integrals[(m - 1) * (m + 1)..]).sum()
    }
}
