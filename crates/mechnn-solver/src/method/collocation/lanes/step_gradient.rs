//! The gradient of the steps in lanes.
//!
//! A spline row with multipliers mu_i and integrand v contributes `mu_l v_l - (sum_i mu_i A_il) (D v)_l` to the
//! derivative in the position of node l, and a step moves every later node of its element.

use super::element::{Node, Rules};
use super::problem::Group;
use super::rule::Rule;
use crate::lanes::{Real, unroll};

/// What is summed over a broadcast time axis; steps that vary in time have a place each.
pub(super) struct StepGradient<V, const D: usize> {
    /// `[clocks]`
    sums: [V; D],
    clocks: usize,
    vary: bool,
    /// A NaN in every lane in which a number was not finite, else 0.
    pub(super) poison: V,
}

impl<V: Real, const D: usize> StepGradient<V, D> {
    /// For so many clocks and steps of a batch element, `[N - 1 | 1, clocks]`.
    #[inline(always)]
    pub(super) fn new(clocks: usize, steps: usize) -> Self {
        Self { sums: [V::splat(0.0); D], clocks, vary: steps > clocks, poison: V::splat(0.0) }
    }

    /// An element whose intervals begin at `at` of `steps` `[intervals, clocks]`; see
    /// [`super::element::Multipliers::rest`] for `rest`.
    #[inline(always)]
    pub(super) fn add_element<const M: usize, const K: usize>(
        &mut self,
        steps: &mut [V],
        at: usize,
        rest: &[Node<V, D, K>; M],
        start: &Node<V, D, K>,
        nodes: &[Node<V, D, K>; M],
        rules: Rules<'_, V, D, M, K>,
    ) {
        let mut of_clocks = [[V::splat(0.0); M]; D];
        unroll!(d < D, {
            let of_positions = of_dimension(rest, start, nodes, rules[d], d);
            let clock = if self.clocks == 1 { 0 } else { d };
            unroll!(i < M, { of_clocks[clock][i] = of_clocks[clock][i] + of_positions[i] });
        });
        unroll!(clock < D, {
            if clock < self.clocks {
                let mut later = V::splat(0.0);
                unroll!(from_end < M, {
                    let i = M - 1 - from_end;
                    later = later + of_clocks[clock][i];
                    self.poison = later.mul_add(V::splat(0.0), self.poison);
                    if self.vary {
                        steps[(at + i) * self.clocks + clock] = later;
                    } else {
                        self.sums[clock] = self.sums[clock] + later;
                    }
                });
            }
        });
    }

    /// Writes the gradients of `count` intervals from `first` on to `target`, those of all elements of the group.
    #[inline(always)]
    pub(super) fn write(&self, group: &Group, steps: &[V], first: usize, count: usize, target: &mut [f64]) {
        if self.vary {
            let offsets = group.of_own::<V>(target.len() / group.count, first * self.clocks);
            V::scatter(&steps[..count * self.clocks], target, &offsets, group.count);
        }
    }

    /// Writes what was summed.
    #[inline(always)]
    pub(super) fn write_sums(&mut self, group: &Group, target: &mut [f64]) {
        if !self.vary {
            unroll!(clock < D, { self.poison = self.sums[clock].mul_add(V::splat(0.0), self.poison) });
            let offsets = group.of_own::<V>(self.clocks, 0);
            V::scatter(&self.sums[..self.clocks], target, &offsets, group.count);
        }
    }
}

/// The derivative in the positions of the nodes but the first, from the spline rows of dimension d.
#[inline(always)]
fn of_dimension<V: Real, const D: usize, const M: usize, const K: usize>(
    rest: &[Node<V, D, K>; M],
    start: &Node<V, D, K>,
    nodes: &[Node<V, D, K>; M],
    rule: &Rule<V, M, K>,
    d: usize,
) -> [V; M] {
    let mut of_positions = [V::splat(0.0); M];
    // mu^(o)_i = g^(o)_i + sum_l A_li mu^(o-1)_l
    let mut multipliers = of_positions;
    let mut pulled = of_positions;
    unroll!(o < K, {
        if o < K - 1 {
            unroll!(i < M, { multipliers[i] = rest[i][d][o] + pulled[i] });
            pulled = pulled_through(&multipliers, rule);
            unroll!(l < M, {
                let slope = slope(start[d][o + 1], nodes, rule, l, d, o + 1);
                of_positions[l] = multipliers[l].mul_add(nodes[l][d][o + 1], of_positions[l]);
                of_positions[l] = pulled[l].neg_mul_add(slope, of_positions[l]);
            });
        }
    });
    of_positions
}

/// `sum_i mu_i A_il`
#[inline(always)]
fn pulled_through<V: Real, const M: usize, const K: usize>(multipliers: &[V; M], rule: &Rule<V, M, K>) -> [V; M] {
    let mut pulled = [V::splat(0.0); M];
    unroll!(l < M, {
        unroll!(i < M, { pulled[l] = multipliers[i].mul_add(rule.powers[1][i][l], pulled[l]) });
    });
    pulled
}

/// `(D v)_l` for derivative k.
#[inline(always)]
fn slope<V: Real, const D: usize, const M: usize, const K: usize>(
    start: V,
    nodes: &[Node<V, D, K>; M],
    rule: &Rule<V, M, K>,
    l: usize,
    d: usize,
    k: usize,
) -> V {
    let mut slope = rule.slopes_of_start[l] * start;
    unroll!(j < M, { slope = rule.slopes[l][j].mul_add(nodes[j][d][k], slope) });
    slope
}
