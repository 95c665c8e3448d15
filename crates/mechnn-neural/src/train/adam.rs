//! The state of the optimiser and its step.

use super::Adam;

/// First and second moments of every parameter, and the number of steps made.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Moments {
    pub(super) steps: u64,
    /// m of every parameter.
    pub(super) first: Vec<Vec<f64>>,
    /// v of every parameter.
    pub(super) second: Vec<Vec<f64>>,
}

impl Moments {
    pub(super) fn zeros(sizes: impl Iterator<Item = usize> + Clone) -> Self {
        let zeros = || sizes.clone().map(|size| vec![0.0; size]).collect();
        Self { steps: 0, first: zeros(), second: zeros() }
    }

    /// One step for parameter `index`; [`Self::steps`] has been counted up already. `shorten` multiplies the gradient.
    pub(super) fn update(&mut self, adam: &Adam, rate: f64, index: usize, w: &mut [f64], g: &[f64], shorten: f64) {
        let Adam { beta1, beta2, epsilon, weight_decay, .. } = *adam;
        let steps = self.steps as f64;
        let unbias1 = 1.0 / (1.0 - beta1.powf(steps));
        let unbias2 = 1.0 / (1.0 - beta2.powf(steps));
        let keep = 1.0 - rate * weight_decay;
        let moments = self.first[index].iter_mut().zip(self.second[index].iter_mut());
        for ((w, g), (m, v)) in w.iter_mut().zip(g).zip(moments) {
            let g = g * shorten;
            *m = beta1 * *m + (1.0 - beta1) * g;
            *v = beta2 * *v + (1.0 - beta2) * g * g;
            *w = keep * *w - rate * (*m * unbias1) / ((*v * unbias2).sqrt() + epsilon);
        }
    }
}
