//! Predator and prey: a nonlinear model with known parameters, and its exact trajectory.

use mechnn_solver::smoother::{Dynamics, Linearization, RelativeNoise, Segment};

/// x' = a x - b x y, y' = -c y + d x y with θ = (a, b, c, d).
pub(crate) struct LotkaVolterra;

impl Dynamics for LotkaVolterra {
    fn dims(&self) -> usize {
        2
    }

    fn parameters(&self) -> usize {
        4
    }

    fn rate(&self, _t: f64, x: &[f64], theta: &[f64], rate: &mut [f64]) {
        rate[0] = theta[0] * x[0] - theta[1] * x[0] * x[1];
        rate[1] = -theta[2] * x[1] + theta[3] * x[0] * x[1];
    }

    fn linearize(&self, t: f64, x: &[f64], theta: &[f64], out: &mut Linearization) {
        self.rate(t, x, theta, &mut out.rate);
        let slopes = [theta[0] - theta[1] * x[1], -theta[1] * x[0], theta[3] * x[1], -theta[2] + theta[3] * x[0]];
        out.by_state.copy_from_slice(&slopes);
        out.by_parameter.copy_from_slice(&[x[0], -x[0] * x[1], 0.0, 0.0, 0.0, 0.0, -x[1], x[0] * x[1]]);
    }
}

pub(crate) const TRUTH: [f64; 4] = [1.0, 0.8, 0.7, 0.5];

/// Classical Runge-Kutta with many small steps: accurate to about 1e-12 here, far below what is compared.
pub(crate) fn trajectory(points: usize, step: f64) -> Segment {
    let substeps = 50;
    let h = step / substeps as f64;
    let mut x = [1.2, 0.7];
    let mut observations = x.to_vec();
    let rate = |x: [f64; 2]| {
        let mut rate = [0.0; 2];
        LotkaVolterra.rate(0.0, &x, &TRUTH, &mut rate);
        rate
    };
    let add = |x: [f64; 2], k: [f64; 2], h: f64| [x[0] + h * k[0], x[1] + h * k[1]];
    for _ in 1..points {
        for _ in 0..substeps {
            let k1 = rate(x);
            let k2 = rate(add(x, k1, h / 2.0));
            let k3 = rate(add(x, k2, h / 2.0));
            let k4 = rate(add(x, k3, h));
            x = add(x, std::array::from_fn(|i| (k1[i] + 2.0 * k2[i] + 2.0 * k3[i] + k4[i]) / 6.0), h);
        }
        observations.extend(x);
    }
    Segment {
        times: (0..points).map(|i| i as f64 * step).collect(),
        observations,
        relative_noise: RelativeNoise::Uniform,
    }
}
