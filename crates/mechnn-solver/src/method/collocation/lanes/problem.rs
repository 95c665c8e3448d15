//! A batch as plain arrays, and the lanes of a group of its elements.

use crate::lanes::{LaneOffsets, MAX_LANES, Real};
use crate::method::collocation::inputs::Lengths;
use crate::method::collocation::rules::Rules;
use crate::problem::{OdeProblem, numbers, pick};

/// An input, `[B | 1, points | 1, size]`.
#[derive(Clone, Copy)]
pub(super) struct Input<'a> {
    pub(super) numbers: &'a [f64],
    pub(super) batches: usize,
    pub(super) points: usize,
    /// Numbers of a point.
    pub(super) size: usize,
}

impl Input<'_> {
    pub(super) fn varies_in_time(&self) -> bool {
        self.points > 1
    }
}

/// Everything of an initial value problem that the lanes need.
#[derive(Clone, Copy)]
pub(super) struct LaneProblem<'a> {
    /// N
    pub(super) points: usize,
    pub(super) lengths: Lengths,
    pub(super) coefficients: Input<'a>,
    pub(super) forcing: Input<'a>,
    pub(super) initial: Input<'a>,
    problem: &'a OdeProblem,
    /// Where all batch elements have the same steps.
    pub(super) shared_rules: Option<&'a Rules>,
}

impl<'a> LaneProblem<'a> {
    pub(super) fn new(problem: &'a OdeProblem, lengths: Lengths, shared_rules: Option<&'a Rules>) -> Self {
        let (coefficients, forcing) = (&problem.ode.coefficients, &problem.ode.forcing);
        let initial = &problem.initial.values;
        let input = |numbers, batches, points, size| Input { numbers, batches, points, size };
        let Lengths { dims, orders, .. } = lengths;
        Self {
            points: problem.sizes.points,
            lengths,
            coefficients: input(
                numbers(coefficients),
                coefficients.dim().0,
                coefficients.dim().1,
                dims * dims * orders,
            ),
            forcing: input(numbers(forcing), forcing.dim().0, forcing.dim().1, dims),
            initial: input(numbers(initial), initial.dim().0, 1, dims * (orders - 1)),
            problem,
            shared_rules,
        }
    }

    /// The integration matrices of one batch element.
    pub(super) fn rules_of(&self, batch: usize) -> Rules {
        Rules::new(self.problem, self.lengths, batch)
    }
}

/// Neighbours in the batch, one in each lane; the last of them is repeated where there are fewer than lanes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Group {
    /// The first batch element.
    pub(super) first: usize,
    /// How many batch elements.
    pub(super) count: usize,
}

impl Group {
    /// Where the numbers of each lane begin at a point of an input.
    #[inline(always)]
    pub(super) fn of_input<V: Real>(&self, input: &Input<'_>, point: usize) -> LaneOffsets {
        let mut offsets = [0; MAX_LANES];
        for l in 0..V::LANES {
            let batch = pick(input.batches, self.first + self.lane(l));
            offsets[l] = (batch * input.points + pick(input.points, point)) * input.size;
        }
        offsets
    }

    /// Where they begin in an array in which the elements of the group alone lie, `[count, length]`, at `position`.
    #[inline(always)]
    pub(super) fn of_own<V: Real>(&self, length: usize, position: usize) -> LaneOffsets {
        let mut offsets = [0; MAX_LANES];
        for l in 0..V::LANES {
            offsets[l] = self.lane(l) * length + position;
        }
        offsets
    }

    /// Which of its elements a lane has.
    #[inline(always)]
    fn lane(&self, lane: usize) -> usize {
        if lane < self.count { lane } else { self.count - 1 }
    }
}
