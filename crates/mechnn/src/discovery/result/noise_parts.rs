//! The noise of a state, in its unit and as a fraction of it.

use crate::discovery::prepare::PreparedData;

/// The noise of a state x has the variance `σ² = a² + (b x)²`.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct NoiseParts {
    /// a, in the unit of the state; 0 where the noise is proportional.
    pub additive: f64,
    /// b, a fraction of the state; 0 where the noise is the same everywhere.
    pub proportional: f64,
}

/// The parts of a noise `[D]` that is stated at the root mean square of each state, all in the data's units.
pub(crate) fn noise_parts(data: &PreparedData, noise: &[f64], states: &[f64]) -> Vec<NoiseParts> {
    let dims = data.dims();
    let of_state = |d: usize| {
        let values = states.iter().skip(d).step_by(dims);
        let size = (values.clone().map(|x| x * x).sum::<f64>() / values.count() as f64).sqrt();
        let part = data.noise_parts[d].value();
        let size = size * data.scaling.state[d];
        let proportional = if part > 0.0 { noise[d] * part.sqrt() / size } else { 0.0 };
        NoiseParts { additive: noise[d] * (1.0 - part).sqrt(), proportional }
    };
    (0..dims).map(of_state).collect()
}
