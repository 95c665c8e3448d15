//! The order of the rows: the only place that knows it.

use std::ops::Range;

use crate::problem::Sizes;

/// Where every row of an element stands in a vector in the space of rows.
///
/// The families follow each other: equations `[N, E]`, initial values `[S, D, Q]`, periodic rows `[D, K - 1]`,
/// interval rows `[N - 1, D, R]`, central rows `[N - 2, D]`; a family that the problem does not have is empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct RowLayout {
    sizes: Sizes,
    /// Q
    pinned_orders: usize,
    /// R, rows of one interval and dimension.
    per_interval: usize,
    first_initial: usize,
    first_periodic: usize,
    first_interval: usize,
    first_central: usize,
    count: usize,
}

impl RowLayout {
    /// `pinned`: S and Q; `per_interval`: R.
    pub(super) fn new(
        sizes: Sizes,
        pinned: (usize, usize),
        is_periodic: bool,
        per_interval: usize,
        has_central: bool,
    ) -> Self {
        let Sizes { points, equations, dims, orders, .. } = sizes;
        let first_initial = points * equations;
        let first_periodic = first_initial + pinned.0 * dims * pinned.1;
        let first_interval = first_periodic + if is_periodic { dims * (orders - 1) } else { 0 };
        let first_central = first_interval + (points - 1) * dims * per_interval;
        let count = first_central + if has_central { (points - 2) * dims } else { 0 };
        let pinned_orders = pinned.1;
        Self {
            sizes,
            pinned_orders,
            per_interval,
            first_initial,
            first_periodic,
            first_interval,
            first_central,
            count,
        }
    }

    /// How many rows there are.
    pub(crate) fn count(&self) -> usize {
        self.count
    }

    /// All equations, `[N, E]`.
    pub(crate) fn equations(&self) -> Range<usize> {
        0..self.first_initial
    }

    /// All interval and central rows.
    pub(crate) fn smoothness(&self) -> Range<usize> {
        self.first_interval..self.count
    }

    /// Equation e at point t.
    #[inline(always)]
    pub(crate) fn equation(&self, t: usize, e: usize) -> usize {
        t * self.sizes.equations + e
    }

    /// The value of derivative q of dimension d at pinned point s.
    #[inline(always)]
    pub(crate) fn initial(&self, s: usize, d: usize, q: usize) -> usize {
        self.first_initial + (s * self.sizes.dims + d) * self.pinned_orders + q
    }

    /// The jump of derivative k of dimension d over the period.
    #[inline(always)]
    pub(crate) fn periodic(&self, d: usize, k: usize) -> usize {
        self.first_periodic + d * (self.sizes.orders - 1) + k
    }

    /// Row r of dimension d over the interval from point t to the next.
    #[inline(always)]
    pub(crate) fn interval(&self, t: usize, d: usize, r: usize) -> usize {
        self.first_interval + (t * self.sizes.dims + d) * self.per_interval + r
    }

    /// The central row of dimension d at the interior point t, 1 to N - 2.
    #[inline(always)]
    pub(crate) fn central(&self, t: usize, d: usize) -> usize {
        self.first_central + (t - 1) * self.sizes.dims + d
    }
}

#[cfg(test)]
mod tests {
    use super::RowLayout;
    use crate::problem::Sizes;

    #[test]
    fn every_row_has_a_place_of_its_own() {
        let sizes = Sizes { batch: 1, points: 4, equations: 3, dims: 2, orders: 3 };
        for (is_periodic, has_central) in [(false, false), (true, false), (false, true), (true, true)] {
            let layout = RowLayout::new(sizes, (2, 2), is_periodic, 5, has_central);
            let mut rows = Vec::new();
            (0..4).for_each(|t| rows.extend((0..3).map(|e| layout.equation(t, e))));
            assert_eq!(layout.equations(), 0..rows.len());
            for s in 0..2 {
                (0..2).for_each(|d| rows.extend((0..2).map(|q| layout.initial(s, d, q))));
            }
            if is_periodic {
                (0..2).for_each(|d| rows.extend((0..2).map(|k| layout.periodic(d, k))));
            }
            for t in 0..3 {
                (0..2).for_each(|d| rows.extend((0..5).map(|r| layout.interval(t, d, r))));
            }
            if has_central {
                (1..3).for_each(|t| rows.extend((0..2).map(|d| layout.central(t, d))));
            }
            assert_eq!(rows, (0..layout.count()).collect::<Vec<_>>());
        }
    }
}
