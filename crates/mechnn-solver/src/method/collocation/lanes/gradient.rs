//! The gradients of coefficients and forcing in lanes: `-lambda_e u_d^(k)` and `lambda_e`.

use super::element::{Equations, Node};
use super::problem::{Group, LaneProblem};
use super::pull::poison_of;
use super::stage::Stage;
use crate::lanes::{Real, unroll};
use crate::method::collocation::derivative::ElementGradient;

/// What is summed over a broadcast time axis; an input that varies in time has a place for every point instead.
pub(super) struct InputGradient<V, const D: usize, const K: usize> {
    coefficients: Equations<V, D, K>,
    coefficients_vary: bool,
    forcing: [V; D],
    forcing_varies: bool,
    /// A NaN in every lane in which a number was not finite, else 0.
    pub(super) poison: V,
}

impl<V: Real, const D: usize, const K: usize> InputGradient<V, D, K> {
    #[inline(always)]
    pub(super) fn new(problem: &LaneProblem<'_>) -> Self {
        let zero = V::splat(0.0);
        Self {
            coefficients: [[[zero; K]; D]; D],
            coefficients_vary: problem.coefficients.varies_in_time(),
            forcing: [zero; D],
            forcing_varies: problem.forcing.varies_in_time(),
            poison: zero,
        }
    }

    /// Takes the multipliers of a point's equations and its solution; the coefficients, which are not needed any more,
    /// give way to their gradient.
    #[inline(always)]
    pub(super) fn add_point(
        &mut self,
        multipliers: &[V; D],
        node: &Node<V, D, K>,
        coefficients: &mut Equations<V, D, K>,
        forcing: &mut [V; D],
    ) {
        if self.coefficients_vary {
            unroll!(e < D, {
                coefficients[e] = product(-multipliers[e], node);
                self.poison = self.poison + poison_of(&coefficients[e]);
            });
        } else {
            unroll!(e < D, { subtract_product(&mut self.coefficients[e], multipliers[e], node) });
        }
        if self.forcing_varies {
            *forcing = *multipliers;
        } else {
            unroll!(e < D, { self.forcing[e] = self.forcing[e] + multipliers[e] });
        }
        unroll!(e < D, { self.poison = multipliers[e].mul_add(V::splat(0.0), self.poison) });
    }

    /// Writes the gradients of `count` points from `first` on.
    #[inline(always)]
    pub(super) fn write(
        &self,
        group: &Group,
        stage: &Stage<V, D, K>,
        first: usize,
        count: usize,
        gradient: &mut ElementGradient<'_>,
    ) {
        if self.coefficients_vary {
            let length = gradient.coefficients.len() / group.count;
            let offsets = group.of_own::<V>(length, first * D * D * K);
            let numbers = stage.coefficients[..count].as_flattened().as_flattened().as_flattened();
            V::scatter(numbers, gradient.coefficients, &offsets, group.count);
        }
        if self.forcing_varies {
            let offsets = group.of_own::<V>(gradient.forcing.len() / group.count, first * D);
            V::scatter(stage.forcing[..count].as_flattened(), gradient.forcing, &offsets, group.count);
        }
    }

    /// Writes what was summed.
    #[inline(always)]
    pub(super) fn write_sums(&mut self, group: &Group, gradient: &mut ElementGradient<'_>) {
        if !self.coefficients_vary {
            unroll!(e < D, { self.poison = self.poison + poison_of(&self.coefficients[e]) });
            let numbers = self.coefficients.as_flattened().as_flattened();
            V::scatter(numbers, gradient.coefficients, &group.of_own::<V>(D * D * K, 0), group.count);
        }
        if !self.forcing_varies {
            unroll!(e < D, { self.poison = self.forcing[e].mul_add(V::splat(0.0), self.poison) });
            V::scatter(&self.forcing, gradient.forcing, &group.of_own::<V>(D, 0), group.count);
        }
    }
}

#[inline(always)]
fn product<V: Real, const D: usize, const K: usize>(factor: V, node: &Node<V, D, K>) -> Node<V, D, K> {
    let mut out = *node;
    unroll!(d < D, {
        unroll!(k < K, { out[d][k] = factor * node[d][k] });
    });
    out
}

#[inline(always)]
fn subtract_product<V: Real, const D: usize, const K: usize>(
    sum: &mut Node<V, D, K>,
    factor: V,
    node: &Node<V, D, K>,
) {
    unroll!(d < D, {
        unroll!(k < K, { sum[d][k] = factor.neg_mul_add(node[d][k], sum[d][k]) });
    });
}
