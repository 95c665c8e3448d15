//! A number among the entries of the system, with its derivative in every input it is made of.

use super::family::Family;
use crate::gradient::{OdeGradient, StepsGradient};

/// One number among the inputs of a problem, by its index in its own array (broadcast axes already resolved).
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Input {
    Coefficient([usize; 5]),
    Forcing([usize; 3]),
    Initial([usize; 4]),
    Jump([usize; 3]),
    Boundary([usize; 2]),
    SharedStep([usize; 2]),
    StepOfDimension([usize; 3]),
    Weight(Family),
}

impl Input {
    /// The entry of the gradient that belongs to this input.
    pub(super) fn entry_mut(self, gradient: &mut OdeGradient) -> &mut f64 {
        match (self, gradient) {
            (Input::Coefficient(index), gradient) => &mut gradient.coefficients[index],
            (Input::Forcing(index), gradient) => &mut gradient.forcing[index],
            (Input::Initial(index), gradient) => &mut gradient.initial[index],
            (Input::Jump(index), OdeGradient { periodic_jump: Some(jump), .. }) => &mut jump[index],
            (Input::Boundary(index), OdeGradient { boundary: Some(boundary), .. }) => &mut boundary[index],
            (Input::SharedStep(index), OdeGradient { steps: StepsGradient::Shared(steps), .. }) => &mut steps[index],
            (Input::StepOfDimension(index), OdeGradient { steps: StepsGradient::PerDimension(steps), .. }) => {
                &mut steps[index]
            }
            (Input::Weight(family), gradient) => &mut gradient.weights[family.weight_index()],
            (Input::Jump(_) | Input::Boundary(_) | Input::SharedStep(_) | Input::StepOfDimension(_), _) => {
                unreachable!("a gradient was made with, and a direction checked to have, the inputs of its problem")
            }
        }
    }

    /// As [`Input::entry_mut`], of a direction, to read.
    pub(super) fn entry(self, direction: &OdeGradient) -> f64 {
        match (self, direction) {
            (Input::Coefficient(index), direction) => direction.coefficients[index],
            (Input::Forcing(index), direction) => direction.forcing[index],
            (Input::Initial(index), direction) => direction.initial[index],
            (Input::Jump(index), OdeGradient { periodic_jump: Some(jump), .. }) => jump[index],
            (Input::Boundary(index), OdeGradient { boundary: Some(boundary), .. }) => boundary[index],
            (Input::SharedStep(index), OdeGradient { steps: StepsGradient::Shared(steps), .. }) => steps[index],
            (Input::StepOfDimension(index), OdeGradient { steps: StepsGradient::PerDimension(steps), .. }) => {
                steps[index]
            }
            (Input::Weight(family), direction) => direction.weights[family.weight_index()],
            (Input::Jump(_) | Input::Boundary(_) | Input::SharedStep(_) | Input::StepOfDimension(_), _) => {
                unreachable!("a gradient was made with, and a direction checked to have, the inputs of its problem")
            }
        }
    }
}

/// A number and its partial derivatives.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Value {
    pub(super) value: f64,
    pub(super) partials: Vec<(Input, f64)>,
}

impl Value {
    pub(super) fn constant(value: f64) -> Self {
        Self { value, partials: vec![] }
    }

    pub(super) fn input(value: f64, input: Input) -> Self {
        Self { value, partials: vec![(input, 1.0)] }
    }

    pub(super) fn plus(mut self, other: Self) -> Self {
        self.value += other.value;
        self.partials.extend(other.partials);
        self
    }

    pub(super) fn times(mut self, factor: f64) -> Self {
        self.value *= factor;
        self.partials.iter_mut().for_each(|(_, partial)| *partial *= factor);
        self
    }

    /// `x^p`, with derivative `p x^(p-1)`.
    pub(super) fn power(&self, power: i32) -> Self {
        // Without the case, 0 times an overflow for tiny x.
        let derivative = if power == 0 { 0.0 } else { f64::from(power) * self.value.powi(power - 1) };
        Self { value: self.value.powi(power), partials: self.clone().times(derivative).partials }
    }

    /// `x^p`, with derivative `p x^(p-1)`.
    pub(super) fn real_power(&self, power: f64) -> Self {
        let derivative = power * self.value.powf(power - 1.0);
        Self { value: self.value.powf(power), partials: self.clone().times(derivative).partials }
    }

    /// `x y`, with derivative `x dy + y dx`.
    pub(super) fn product(&self, other: &Self) -> Self {
        let mut product = self.clone().times(other.value);
        product.partials.extend(other.clone().times(self.value).partials);
        product
    }

    /// `w x`, where the weight is an input as well.
    pub(super) fn weighted(self, family: Family, weight: f64) -> Self {
        let unweighted = self.value;
        let mut product = self.times(weight);
        product.partials.push((Input::Weight(family), unweighted));
        product
    }

    /// The derivative in the given direction.
    pub(super) fn along(&self, direction: &OdeGradient) -> f64 {
        self.partials.iter().map(|&(input, partial)| partial * input.entry(direction)).sum()
    }

    /// Adds `cotangent * (derivative in each input)` to the gradient.
    pub(super) fn pull(&self, cotangent: f64, gradient: &mut OdeGradient) {
        for &(input, partial) in &self.partials {
            *input.entry_mut(gradient) += cotangent * partial;
        }
    }
}
