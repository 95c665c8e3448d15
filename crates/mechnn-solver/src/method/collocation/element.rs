//! One collocation element: its matrix, the step over it, and the transposed step.
//!
//! The rows of an element of m intervals, i = 1..m, with A the integration matrix and o = 0..K-2:
//!
//! ```text
//! u^(o)_i - u^(o)_0 - sum_j A_ij u^(o+1)_j = s^(o)_i        spline rows, for every dimension
//! sum_{d,k} c_{i,e,d,k} u_d^(k)_i          = b_{i,e}        equation rows
//! ```
//!
//! Inserting the spline rows into each other leaves the highest derivatives y_1..y_m as the only unknowns, with the
//! matrix `sum_k c_{i,e,d,k} (A^(K-1-k))_ij`.
//!
//! A vector in the space of rows has the layout of a solution, `[N, D, K]`: slot (i, d, o) for o < K - 1 is a spline
//! row, slot (i, e, K - 1) an equation row.

use super::inputs::{Inputs, Lengths};
use super::rules::Rules;
use crate::linear_algebra::lu::{self, SINGULAR, SingularAt};
use crate::quadrature::MAX_NODES;

/// The right-hand side of the rows at point t.
pub(super) trait RightHandSide {
    /// Right-hand side of equation e.
    fn equation(&self, t: usize, e: usize) -> f64;
    /// Right-hand side of the spline row of derivative o of dimension d.
    fn spline(&self, t: usize, d: usize, o: usize) -> f64;
}

/// The forcing; spline rows have none.
#[derive(Clone, Copy)]
pub(super) struct Forcing<'a>(pub(super) Inputs<'a>, pub(super) Lengths);

impl RightHandSide for Forcing<'_> {
    #[inline(always)]
    fn equation(&self, t: usize, e: usize) -> f64 {
        self.0.forcing(self.1, t, e)
    }
    #[inline(always)]
    fn spline(&self, _: usize, _: usize, _: usize) -> f64 {
        0.0
    }
}

/// A vector in the space of rows, `[N, D, K]`.
#[derive(Clone, Copy)]
pub(super) struct Rows<'a>(pub(super) &'a [f64], pub(super) Lengths);

impl RightHandSide for Rows<'_> {
    #[inline(always)]
    fn equation(&self, t: usize, e: usize) -> f64 {
        self.0[t * self.1.state() + e * self.1.orders + self.1.orders - 1]
    }
    #[inline(always)]
    fn spline(&self, t: usize, d: usize, o: usize) -> f64 {
        self.0[t * self.1.state() + d * self.1.orders + o]
    }
}

/// Zero.
#[derive(Clone, Copy)]
pub(super) struct Homogeneous;

impl RightHandSide for Homogeneous {
    #[inline(always)]
    fn equation(&self, _: usize, _: usize) -> f64 {
        0.0
    }
    #[inline(always)]
    fn spline(&self, _: usize, _: usize, _: usize) -> f64 {
        0.0
    }
}

/// What is done with the residual of every row of an element.
pub(super) trait Visitor {
    /// Equation e at point t.
    fn equation(&mut self, t: usize, e: usize, residual: f64);
    /// The spline row of derivative o of dimension d at point t.
    fn spline(&mut self, t: usize, d: usize, o: usize, residual: f64);
}

/// The element that starts at point `index * m`.
#[derive(Clone, Copy)]
pub(super) struct Element<'a> {
    pub(super) lengths: Lengths,
    pub(super) inputs: Inputs<'a>,
    pub(super) rules: &'a Rules,
    pub(super) index: usize,
}

impl<'a> Element<'a> {
    #[inline(always)]
    fn coefficients(&self, i: usize) -> &'a [f64] {
        self.inputs.coefficients(self.lengths, self.index * self.lengths.intervals + i)
    }

    /// Writes the matrix of the highest derivatives, `[m D, m D]`, rows (i, e), columns (j, d), and factors it.
    ///
    /// # Errors
    /// The interval of the pivot instead of its row.
    #[inline(always)]
    pub(super) fn factor(&self, factors: &mut [f64], exchanged: &mut [u32]) -> Result<f64, SingularAt> {
        let Lengths { dims, orders, intervals: m } = self.lengths;
        let n = self.lengths.unknowns();
        for d in 0..dims {
            let rule = self.rules.rule(self.lengths, self.index, d);
            for i in 0..m {
                let coefficients = self.coefficients(i + 1);
                for e in 0..dims {
                    let c = &coefficients[(e * dims + d) * orders..][..orders];
                    let row = &mut factors[(i * dims + e) * n..][..n];
                    for j in 0..m {
                        let mut sum = c[orders - 2] * rule.integrals[i * (m + 1) + j + 1];
                        for k in 0..orders - 2 {
                            sum += c[k] * rule.powers[((orders - 3 - k) * m + i) * m + j];
                        }
                        row[j * dims + d] = if i == j { sum + c[orders - 1] } else { sum };
                    }
                }
            }
        }
        lu::factor(n, factors, exchanged, SINGULAR).map_err(|error| SingularAt { index: error.index / dims, ..error })
    }

    /// Given node 0, writes nodes 1..m of `nodes` `[m + 1, D, K]`.
    #[inline(always)]
    pub(super) fn advance(
        &self,
        factors: &[f64],
        exchanged: &[u32],
        right: &impl RightHandSide,
        highest: &mut [f64],
        nodes: &mut [f64],
    ) {
        let Lengths { dims, orders, intervals: m } = self.lengths;
        let (n, state) = (self.lengths.unknowns(), self.lengths.state());
        let first = self.index * m;
        for i in 1..=m {
            for d in 0..dims {
                nodes[i * state + d * orders + orders - 1] = 0.0;
            }
        }
        // What the lower derivatives are without the unknowns goes to the right-hand side.
        self.integrate(right, nodes);
        for i in 1..=m {
            let coefficients = self.coefficients(i);
            let known = &nodes[i * state..][..state];
            for e in 0..dims {
                let mut sum = right.equation(first + i, e);
                for d in 0..dims {
                    for k in 0..orders - 1 {
                        sum -= coefficients[(e * dims + d) * orders + k] * known[d * orders + k];
                    }
                }
                highest[(i - 1) * dims + e] = sum;
            }
        }
        lu::solve(n, factors, exchanged, highest);
        for i in 1..=m {
            for d in 0..dims {
                nodes[i * state + d * orders + orders - 1] = highest[(i - 1) * dims + d];
            }
        }
        self.integrate(right, nodes);
    }

    /// The spline rows: lower derivatives of nodes 1..m from their highest ones and node 0.
    #[inline(always)]
    fn integrate(&self, right: &impl RightHandSide, nodes: &mut [f64]) {
        let Lengths { dims, orders, intervals: m } = self.lengths;
        let state = self.lengths.state();
        let first = self.index * m;
        for d in 0..dims {
            let integrals = self.rules.rule(self.lengths, self.index, d).integrals;
            for o in (0..orders - 1).rev() {
                let at = d * orders + o;
                let mut integrand = [0.0; MAX_NODES];
                for j in 0..=m {
                    integrand[j] = nodes[j * state + at + 1];
                }
                for i in 1..=m {
                    let mut sum = nodes[at] + right.spline(first + i, d, o);
                    for j in 0..=m {
                        sum += integrals[(i - 1) * (m + 1) + j] * integrand[j];
                    }
                    nodes[i * state + at] = sum;
                }
            }
        }
    }

    /// The transpose of [`Element::advance`], in place on `nodes` `[m + 1, D, K]`: cotangents of the nodes 1..m become
    /// the multipliers of the element's rows, and node 0 receives its share.
    #[inline(always)]
    pub(super) fn advance_transposed(
        &self,
        factors: &[f64],
        exchanged: &[u32],
        highest: &mut [f64],
        nodes: &mut [f64],
    ) {
        let Lengths { dims, orders, intervals: m } = self.lengths;
        let (n, state) = (self.lengths.unknowns(), self.lengths.state());
        for d in 0..dims {
            let integrals = self.rules.rule(self.lengths, self.index, d).integrals;
            // nu^(0) = g^(0); nu^(o)_i = g^(o)_i + sum_l A_li nu^(o-1)_l
            let mut multiplier = [0.0; MAX_NODES];
            for o in 0..orders {
                let mut next = [0.0; MAX_NODES];
                for i in 1..=m {
                    let mut sum = nodes[i * state + d * orders + o];
                    if o > 0 {
                        for l in 1..=m {
                            sum += integrals[(l - 1) * (m + 1) + i] * multiplier[l - 1];
                        }
                    }
                    next[i - 1] = sum;
                }
                multiplier = next;
            }
            for i in 0..m {
                highest[i * dims + d] = multiplier[i];
            }
        }
        lu::solve_transposed(n, factors, exchanged, highest);
        for i in 1..=m {
            let coefficients = self.coefficients(i);
            for d in 0..dims {
                for k in 0..orders - 1 {
                    let mut sum = nodes[i * state + d * orders + k];
                    for e in 0..dims {
                        sum -= coefficients[(e * dims + d) * orders + k] * highest[(i - 1) * dims + e];
                    }
                    nodes[i * state + d * orders + k] = sum;
                }
            }
        }
        for d in 0..dims {
            let integrals = self.rules.rule(self.lengths, self.index, d).integrals;
            let mut multiplier = [0.0; MAX_NODES];
            for o in 0..orders {
                let at = d * orders + o;
                let mut to_start = 0.0;
                if o > 0 {
                    for l in 1..=m {
                        to_start += integrals[(l - 1) * (m + 1)] * multiplier[l - 1];
                    }
                }
                if o < orders - 1 {
                    let mut next = [0.0; MAX_NODES];
                    for i in 1..=m {
                        let mut sum = nodes[i * state + at];
                        if o > 0 {
                            for l in 1..=m {
                                sum += integrals[(l - 1) * (m + 1) + i] * multiplier[l - 1];
                            }
                        }
                        next[i - 1] = sum;
                        nodes[i * state + at] = sum;
                        to_start += sum;
                    }
                    multiplier = next;
                }
                nodes[at] += to_start;
            }
            for i in 1..=m {
                nodes[i * state + d * orders + orders - 1] = highest[(i - 1) * dims + d];
            }
        }
    }

    /// Right-hand side minus left-hand side of every row of the element, for given `nodes` `[m + 1, D, K]`.
    #[inline(always)]
    pub(super) fn visit_residuals(&self, right: &impl RightHandSide, nodes: &[f64], visitor: &mut impl Visitor) {
        let Lengths { dims, orders, intervals: m } = self.lengths;
        let state = self.lengths.state();
        let first = self.index * m;
        for i in 1..=m {
            let node = &nodes[i * state..][..state];
            let coefficients = self.coefficients(i);
            for e in 0..dims {
                let mut sum = right.equation(first + i, e);
                for (c, u) in coefficients[e * state..][..state].iter().zip(node) {
                    sum -= c * u;
                }
                visitor.equation(first + i, e, sum);
            }
            for d in 0..dims {
                let integrals = self.rules.rule(self.lengths, self.index, d).integrals;
                for o in 0..orders - 1 {
                    let at = d * orders + o;
                    let mut sum = right.spline(first + i, d, o) + (nodes[at] - node[at]);
                    for j in 0..=m {
                        sum += integrals[(i - 1) * (m + 1) + j] * nodes[j * state + at + 1];
                    }
                    visitor.spline(first + i, d, o, sum);
                }
            }
        }
    }
}
