//! The weighted defects and their derivatives.

use super::Intervals;
use crate::engine::arrow::{ArrowMatrix, Columns, LaneWork, WIDTH, on_widest};
use crate::lanes::{LaneOffsets, MAX_LANES, Real};

impl Intervals {
    /// Sets `left`, `right` and `border`.
    pub(super) fn set_rows(&mut self) {
        let (dims, count) = (self.dims, self.count);
        let chunks = count.div_ceil(WIDTH);
        self.left.resize(chunks * dims * dims, Columns::ZERO);
        self.right.resize(chunks * dims * dims, Columns::ZERO);
        self.border.resize(count * dims * ArrowMatrix::groups(self.parameters), Columns::ZERO);
        on_widest(SetRows(self));
    }
}

pub(super) struct SetRows<'a>(pub(super) &'a mut Intervals);

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

/// Rows of the defects that share what is read of the ends of an interval.
const ROWS: usize = 4;

#[inline(always)]
fn load<V: Real>(numbers: &[f64], at: usize) -> V {
    V::from_lanes(&numbers[at..at + V::LANES])
}

/// The numbers at the first and at the second end of each interval.
#[inline(always)]
fn load_ends<V: Real>(numbers: &[f64], at: usize) -> [V; 2] {
    let numbers = &numbers[at..at + V::LANES + 1];
    [V::from_lanes(&numbers[..V::LANES]), V::from_lanes(&numbers[1..V::LANES + 1])]
}

impl Intervals {
    #[inline(always)]
    fn rows<V: Real>(&mut self, dims: usize) {
        for first in (0..self.count).step_by(V::LANES) {
            for i in 0..dims {
                self.by_states::<V>(dims, first, i);
            }
            for i in (0..dims).step_by(ROWS) {
                self.by_border::<V>(dims, first, i);
            }
        }
    }

    /// ∂c/∂x_0 = -I - h/6 (J_0 + 4 J_m (I/2 + h/8 J_0)), ∂c/∂x_1 = I - h/6 (J_1 + 4 J_m (I/2 - h/8 J_1)): row `i`
    /// of the intervals from `first` on.
    #[inline(always)]
    fn by_states<V: Real>(&mut self, dims: usize, first: usize, i: usize) {
        let (n, size) = (self.count, dims * dims);
        let (ends, middles) = (&self.ends.by_state[..], &self.middles.by_state[..]);
        let (chunk, lane) = (first / WIDTH, first % WIDTH);
        let left = &mut self.left[chunk * size..][..size];
        let right = &mut self.right[chunk * size..][..size];
        let h: V = load(&self.steps, first);
        let (sixth, eighth) = (h * V::splat(-1.0 / 6.0), h * V::splat(0.125));
        let weight: V = load(&self.weights, i * n + first);
        for j in 0..dims {
            let mut products = [V::splat(0.0); 2];
            for k in 0..dims {
                let jm: V = load(middles, (i * dims + k) * n + first);
                let ends = load_ends(ends, (k * dims + j) * (n + 1) + first);
                products[0] = jm.mul_add(ends[0], products[0]);
                products[1] = jm.mul_add(ends[1], products[1]);
            }
            let half = load::<V>(middles, (i * dims + j) * n + first) * V::splat(0.5);
            let ends = load_ends(ends, (i * dims + j) * (n + 1) + first);
            let four = V::splat(4.0);
            let by_left = four.mul_add(eighth.mul_add(products[0], half), ends[0]);
            let by_right = four.mul_add(eighth.neg_mul_add(products[1], half), ends[1]);
            let identity = V::splat(if i == j { 1.0 } else { 0.0 });
            left[i * dims + j].store(lane, sixth.mul_add(by_left, -identity) * weight);
            right[i * dims + j].store(lane, sixth.mul_add(by_right, identity) * weight);
        }
    }

    /// ∂c/∂θ = -h/6 (F_0 + F_1 + 4 F_m + h/2 J_m (F_0 - F_1)), and c = x_1 - x_0 - h/6 (f_0 + 4 f_m + f_1) as the
    /// last column: up to [`ROWS`] rows from `begin` on, of the intervals from `first` on.
    #[inline(always)]
    fn by_border<V: Real>(&mut self, dims: usize, first: usize, begin: usize) {
        let (n, parameters) = (self.count, self.parameters);
        let (ends, middles) = (&self.ends, &self.middles);
        let rows = ROWS.min(dims - begin);
        let h: V = load(&self.steps, first);
        let (sixth, half_step) = (h * V::splat(-1.0 / 6.0), h * V::splat(0.5));
        let mut factors = [V::splat(0.0); ROWS];
        for r in 0..rows {
            factors[r] = sixth * load(&self.weights, (begin + r) * n + first);
        }
        let groups = ArrowMatrix::groups(parameters);
        for group in 0..groups {
            let mut columns = [[V::splat(0.0); WIDTH]; ROWS];
            for q in 0..WIDTH.min(parameters - group * WIDTH) {
                let p = group * WIDTH + q;
                let mut products = [V::splat(0.0); ROWS];
                for k in 0..dims {
                    let ends = load_ends::<V>(&ends.by_parameter, (k * parameters + p) * (n + 1) + first);
                    let difference = ends[0] - ends[1];
                    for r in 0..rows {
                        let jm: V = load(&middles.by_state, ((begin + r) * dims + k) * n + first);
                        products[r] = jm.mul_add(difference, products[r]);
                    }
                }
                for r in 0..rows {
                    let row = (begin + r) * parameters + p;
                    let ends = load_ends::<V>(&ends.by_parameter, row * (n + 1) + first);
                    let middle: V = load(&middles.by_parameter, row * n + first);
                    let sum = V::splat(4.0).mul_add(middle, ends[0] + ends[1]);
                    columns[r][q] = half_step.mul_add(products[r], sum) * factors[r];
                }
            }
            if group + 1 == groups {
                for r in 0..rows {
                    let at = (begin + r) * (n + 1) + first;
                    let (rates, states) = (load_ends::<V>(&ends.rate, at), load_ends::<V>(&ends.states, at));
                    let middle: V = load(&middles.rate, (begin + r) * n + first);
                    let sum = V::splat(4.0).mul_add(middle, rates[0] + rates[1]);
                    let weight: V = load(&self.weights, (begin + r) * n + first);
                    columns[r][parameters % WIDTH] = sixth.mul_add(sum, states[1] - states[0]) * weight;
                }
            }
            for r in 0..rows {
                let at = (first * dims + begin + r) * groups + group;
                hand_on(&columns[r], &mut self.border[at..], dims * groups);
            }
        }
    }
}

/// Column q of every interval is column q of its row; the rows of the intervals are `apart` from each other.
#[inline(always)]
fn hand_on<V: Real>(columns: &[V; WIDTH], border: &mut [Columns], apart: usize) {
    let mut offsets: LaneOffsets = [0; MAX_LANES];
    for l in 0..MAX_LANES {
        offsets[l] = l * WIDTH;
    }
    let mut rows = [0.0; WIDTH * MAX_LANES];
    V::scatter(columns, &mut rows, &offsets, V::LANES);
    // Lanes beyond the last interval have no row.
    for (target, row) in border.chunks_mut(apart).zip(rows.chunks_exact(WIDTH)).take(V::LANES) {
        target[0].0.copy_from_slice(row);
    }
}
