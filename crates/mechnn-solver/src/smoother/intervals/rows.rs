//! The weighted defects and their derivatives.

use super::{Intervals, MOST_INTERVALS};
use crate::engine::arrow::{ArrowMatrix, Columns, LaneWork, WIDTH, on_widest};
use crate::lanes::{LaneOffsets, MAX_LANES, Real};

impl Intervals {
    /// Sets `left`, `right` and `border`.
    pub(super) fn set_rows(&mut self) {
        let (dims, count) = (self.dims, self.count);
        self.left.resize(dims * dims * MOST_INTERVALS, 0.0);
        self.right.resize(dims * dims * MOST_INTERVALS, 0.0);
        self.border.resize(count * dims * ArrowMatrix::groups(self.parameters), Columns::ZERO);
        on_widest(SetRows(self));
    }
}

struct SetRows<'a>(&'a mut Intervals);

impl LaneWork for SetRows<'_> {
    type Output = ();

    #[inline(always)]
    fn run<V: Real>(self) {
        match self.0.dims {
            1 => self.0.rows::<V>(1),
            2 => self.0.rows::<V>(2),
            3 => self.0.rows::<V>(3),
            4 => self.0.rows::<V>(4),
            dims => self.0.rows::<V>(dims),
        }
    }
}

#[inline(always)]
pub(super) fn load<V: Real>(numbers: &[f64], at: usize) -> V {
    V::from_lanes(&numbers[at..at + V::LANES])
}

impl Intervals {
    #[inline(always)]
    fn rows<V: Real>(&mut self, dims: usize) {
        for first in (0..self.count).step_by(V::LANES) {
            for i in 0..dims {
                self.by_states::<V>(dims, first, i);
                self.by_border::<V>(dims, first, i);
            }
        }
    }

    /// ∂c/∂x_0 = -I - h/6 (J_0 + 4 J_m (I/2 + h/8 J_0)), ∂c/∂x_1 = I - h/6 (J_1 + 4 J_m (I/2 - h/8 J_1)): row `i`
    /// of the intervals from `first` on.
    #[inline(always)]
    fn by_states<V: Real>(&mut self, dims: usize, first: usize, i: usize) {
        let n = self.count;
        let (ends, middles) = (&self.ends.by_state[..], &self.middles.by_state[..]);
        let h: V = load(&self.steps, first);
        let (sixth, eighth) = (h * V::splat(-1.0 / 6.0), h * V::splat(0.125));
        let weight: V = load(&self.weights, i * n + first);
        for j in 0..dims {
            let mut products = [V::splat(0.0); 2];
            for k in 0..dims {
                let jm: V = load(middles, (i * dims + k) * n + first);
                let at = (k * dims + j) * (n + 1) + first;
                products[0] = jm.mul_add(load(ends, at), products[0]);
                products[1] = jm.mul_add(load(ends, at + 1), products[1]);
            }
            let half = load::<V>(middles, (i * dims + j) * n + first) * V::splat(0.5);
            let at = (i * dims + j) * (n + 1) + first;
            let four = V::splat(4.0);
            let left = four.mul_add(eighth.mul_add(products[0], half), load(ends, at));
            let right = four.mul_add(eighth.neg_mul_add(products[1], half), load(ends, at + 1));
            let identity = V::splat(if i == j { 1.0 } else { 0.0 });
            let (left, right) = (sixth.mul_add(left, -identity), sixth.mul_add(right, identity));
            let at = (i * dims + j) * MOST_INTERVALS + first;
            (left * weight).to_lanes(&mut self.left[at..at + V::LANES]);
            (right * weight).to_lanes(&mut self.right[at..at + V::LANES]);
        }
    }

    /// ∂c/∂θ = -h/6 (F_0 + F_1 + 4 F_m + h/2 J_m (F_0 - F_1)), and c = x_1 - x_0 - h/6 (f_0 + 4 f_m + f_1) as the
    /// last column: row `i` of the intervals from `first` on.
    #[inline(always)]
    fn by_border<V: Real>(&mut self, dims: usize, first: usize, i: usize) {
        let (n, parameters) = (self.count, self.parameters);
        let (ends, middles) = (&self.ends, &self.middles);
        let weight: V = load(&self.weights, i * n + first);
        let h: V = load(&self.steps, first);
        let sixth = h * V::splat(-1.0 / 6.0);
        let half_step = h * V::splat(0.5);
        let groups = ArrowMatrix::groups(parameters);
        let mut offsets: LaneOffsets = [0; MAX_LANES];
        for l in 0..MAX_LANES {
            offsets[l] = l * WIDTH;
        }
        let lanes = V::LANES.min(n - first);
        for group in 0..groups {
            let mut columns = [V::splat(0.0); WIDTH];
            for q in 0..WIDTH {
                let p = group * WIDTH + q;
                if p < parameters {
                    let mut product = V::splat(0.0);
                    for k in 0..dims {
                        let at = (k * parameters + p) * (n + 1) + first;
                        let difference = load::<V>(&ends.by_parameter, at) - load(&ends.by_parameter, at + 1);
                        let jm: V = load(&middles.by_state, (i * dims + k) * n + first);
                        product = jm.mul_add(difference, product);
                    }
                    let at = (i * parameters + p) * (n + 1) + first;
                    let sum = load::<V>(&ends.by_parameter, at) + load(&ends.by_parameter, at + 1);
                    let middle: V = load(&middles.by_parameter, (i * parameters + p) * n + first);
                    let sum = half_step.mul_add(product, V::splat(4.0).mul_add(middle, sum));
                    columns[q] = sixth * sum * weight;
                } else if p == parameters {
                    let at = i * (n + 1) + first;
                    let sum = load::<V>(&ends.rate, at) + load(&ends.rate, at + 1);
                    let sum = V::splat(4.0).mul_add(load(&middles.rate, i * n + first), sum);
                    let step = load::<V>(&ends.states, at + 1) - load(&ends.states, at);
                    columns[q] = sixth.mul_add(sum, step) * weight;
                }
            }
            let mut rows = [0.0; WIDTH * MAX_LANES];
            V::scatter(&columns, &mut rows, &offsets, V::LANES);
            for l in 0..lanes {
                let mut row = Columns::ZERO;
                row.0.copy_from_slice(&rows[l * WIDTH..][..WIDTH]);
                self.border[((first + l) * dims + i) * groups + group] = row;
            }
        }
    }
}
