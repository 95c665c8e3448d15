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
    /// The entry of the gradient (or direction) that belongs to this input.
    pub(super) fn entry_mut(self, gradient: &mut OdeGradient) -> Option<&mut f64> {
        match (self, &mut gradient.steps) {
            (Input::Coefficient(index), _) => gradient.coefficients.get_mut(index),
            (Input::Forcing(index), _) => gradient.forcing.get_mut(index),
            (Input::Initial(index), _) => gradient.initial.get_mut(index),
            (Input::Jump(index), _) => gradient.periodic_jump.as_mut()?.get_mut(index),
            (Input::Boundary(index), _) => gradient.boundary.as_mut()?.get_mut(index),
            (Input::SharedStep(index), StepsGradient::Shared(steps)) => steps.get_mut(index),
            (Input::StepOfDimension(index), StepsGradient::PerDimension(steps)) => steps.get_mut(index),
            (Input::SharedStep(_) | Input::StepOfDimension(_), _) => None,
            (Input::Weight(family), _) => gradient.weights.get_mut(family.weight_index()),
        }
    }

    /// As [`Input::entry_mut`], to read.
    pub(super) fn entry(self, direction: &OdeGradient) -> Option<&f64> {
        match (self, &direction.steps) {
            (Input::Coefficient(index), _) => direction.coefficients.get(index),
            (Input::Forcing(index), _) => direction.forcing.get(index),
            (Input::Initial(index), _) => direction.initial.get(index),
            (Input::Jump(index), _) => direction.periodic_jump.as_ref()?.get(index),
            (Input::Boundary(index), _) => direction.boundary.as_ref()?.get(index),
            (Input::SharedStep(index), StepsGradient::Shared(steps)) => steps.get(index),
            (Input::StepOfDimension(index), StepsGradient::PerDimension(steps)) => steps.get(index),
            (Input::SharedStep(_) | Input::StepOfDimension(_), _) => None,
            (Input::Weight(family), _) => direction.weights.get(family.weight_index()),
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
        self.partials.iter().map(|&(input, partial)| partial * input.entry(direction).copied().unwrap_or(0.0)).sum()
    }

    /// Adds `cotangent * (derivative in each input)` to the gradient.
    pub(super) fn pull(&self, cotangent: f64, gradient: &mut OdeGradient) {
        for &(input, partial) in &self.partials {
            if let Some(entry) = input.entry_mut(gradient) {
                *entry += cotangent * partial;
            }
        }
    }
}
