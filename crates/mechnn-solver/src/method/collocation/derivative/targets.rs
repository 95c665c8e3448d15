//! Where the gradients of many batch elements go: straight into the total, or summed over a broadcast batch axis.

use std::ops::Range;

use super::gradient::ElementGradient;
use crate::gradient::{OdeGradient, StepsGradient};
use crate::problem::numbers_mut;

/// The places for the gradients of the batch elements in a range.
pub(crate) struct Targets<'a> {
    /// In the order of the fields of [`ElementGradient`].
    inputs: [Target<'a>; 6],
    count: usize,
}

/// The places for one input.
enum Target<'a> {
    /// Every batch element has its own: the part of the total that belongs to the range.
    Own(&'a mut [f64]),
    /// One for the batch: elements are kept apart until they are summed, in order.
    Broadcast { total: &'a mut [f64], elements: Vec<f64> },
}

impl<'a> Targets<'a> {
    pub(crate) fn new(total: &'a mut OdeGradient, batches: usize, range: Range<usize>) -> Self {
        let steps = match &mut total.steps {
            StepsGradient::Shared(steps) => (steps.dim().0, numbers_mut(steps)),
            StepsGradient::PerDimension(steps) => (steps.dim().0, numbers_mut(steps)),
        };
        // A problem without a jump or without boundary values has no numbers there.
        let jump = total.periodic_jump.as_mut().map_or((0, &mut [][..]), |jump| (jump.dim().0, numbers_mut(jump)));
        let boundary =
            total.boundary.as_mut().map_or((0, &mut [][..]), |boundary| (boundary.dim().0, numbers_mut(boundary)));
        let inputs = [
            (total.coefficients.dim().0, numbers_mut(&mut total.coefficients)),
            (total.forcing.dim().0, numbers_mut(&mut total.forcing)),
            (total.initial.dim().0, numbers_mut(&mut total.initial)),
            steps,
            jump,
            boundary,
        ];
        let count = range.len();
        let inputs = inputs.map(|(slots, numbers)| {
            if slots == batches {
                let length = numbers.len() / batches;
                Target::Own(&mut numbers[range.start * length..range.end * length])
            } else {
                let elements = vec![0.0; numbers.len() * count];
                Target::Broadcast { total: numbers, elements }
            }
        });
        Self { inputs, count }
    }

    /// The places of each batch element.
    pub(crate) fn elements(&mut self) -> Vec<ElementGradient<'_>> {
        self.runs(1)
    }

    /// The places of every `run` consecutive batch elements, fewer in the end.
    pub(crate) fn runs(&mut self, run: usize) -> Vec<ElementGradient<'_>> {
        let count = self.count;
        let [coefficients, forcing, initial, steps, jump, boundary] = self.inputs.each_mut().map(|target| {
            let mut rest: &mut [f64] = match target {
                Target::Own(numbers) => numbers,
                Target::Broadcast { elements, .. } => elements,
            };
            let length = rest.len() / count * run;
            move || {
                let rest_length = length.min(rest.len());
                let (own, later) = std::mem::take(&mut rest).split_at_mut(rest_length);
                rest = later;
                own
            }
        });
        let mut next = (coefficients, forcing, initial, steps, jump, boundary);
        let element = |_| ElementGradient {
            coefficients: next.0(),
            forcing: next.1(),
            initial: next.2(),
            steps: next.3(),
            jump: next.4(),
            boundary: next.5(),
        };
        (0..count.div_ceil(run)).map(element).collect()
    }

    /// Sums what was kept apart.
    pub(crate) fn sum_broadcast(self) {
        for target in self.inputs {
            if let Target::Broadcast { total, elements } = target
                && !total.is_empty()
            {
                for element in elements.chunks_exact(total.len()) {
                    total.iter_mut().zip(element).for_each(|(total, own)| *total += own);
                }
            }
        }
    }
}
