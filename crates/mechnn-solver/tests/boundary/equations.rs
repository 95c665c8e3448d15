//! Equations with Jacobians written by hand.

use mechnn_solver::smoother::{Dynamics, Linearization};

/// Writes the Jacobians of f in x `[D, D]` and θ `[D, P]`.
pub(crate) type Jacobians = fn(f64, &[f64], &[f64], &mut [f64], &mut [f64]);

/// `x' = f(t, x, θ)` with Jacobians written by hand.
pub(crate) struct Equations {
    dims: usize,
    parameters: usize,
    rate: fn(f64, &[f64], &[f64], &mut [f64]),
    jacobians: Jacobians,
}

impl Dynamics for Equations {
    fn dims(&self) -> usize {
        self.dims
    }
    fn parameters(&self) -> usize {
        self.parameters
    }
    fn rate(&self, t: f64, x: &[f64], theta: &[f64], rate: &mut [f64]) {
        (self.rate)(t, x, theta, rate);
    }
    fn linearize(&self, t: f64, x: &[f64], theta: &[f64], out: &mut Linearization) {
        (self.rate)(t, x, theta, &mut out.rate);
        out.by_state.fill(0.0);
        out.by_parameter.fill(0.0);
        (self.jacobians)(t, x, theta, &mut out.by_state, &mut out.by_parameter);
    }
}

/// `u'' + λ e^u = 0`
pub(crate) const BRATU: Equations = Equations {
    dims: 2,
    parameters: 1,
    rate: |_, x, p, f| f.copy_from_slice(&[x[1], -p[0] * x[0].exp()]),
    jacobians: |_, x, p, a, b| {
        a.copy_from_slice(&[0.0, 1.0, -p[0] * x[0].exp(), 0.0]);
        b[1] = -x[0].exp();
    },
};

/// `u'' = n sinh(n u)`
pub(crate) const TROESCH: Equations = Equations {
    dims: 2,
    parameters: 1,
    rate: |_, x, p, f| f.copy_from_slice(&[x[1], p[0] * (p[0] * x[0]).sinh()]),
    jacobians: |_, x, p, a, b| {
        let (sinh, cosh) = ((p[0] * x[0]).sinh(), (p[0] * x[0]).cosh());
        a.copy_from_slice(&[0.0, 1.0, p[0] * p[0] * cosh, 0.0]);
        b[1] = sinh + p[0] * x[0] * cosh;
    },
};

/// `f''' + α f f'' + β (1 - f'^2) = 0`: Blasius for (1/2, 0), Hiemenz for (1, 1).
pub(crate) const FALKNER_SKAN: Equations = Equations {
    dims: 3,
    parameters: 2,
    rate: |_, x, p, f| f.copy_from_slice(&[x[1], x[2], -p[0] * x[0] * x[2] - p[1] * (1.0 - x[1] * x[1])]),
    jacobians: |_, x, p, a, b| {
        a.copy_from_slice(&[0.0, 1.0, 0.0, 0.0, 0.0, 1.0, -p[0] * x[2], 2.0 * p[1] * x[1], -p[0] * x[0]]);
        b[4] = -x[0] * x[2];
        b[5] = x[1] * x[1] - 1.0;
    },
};

/// `ε u'' = u u'`, with a layer of width ε
pub(crate) const BURGERS: Equations = Equations {
    dims: 2,
    parameters: 1,
    rate: |_, x, p, f| f.copy_from_slice(&[x[1], x[0] * x[1] / p[0]]),
    jacobians: |_, x, p, a, b| {
        a.copy_from_slice(&[0.0, 1.0, x[1] / p[0], x[0] / p[0]]);
        b[1] = -x[0] * x[1] / (p[0] * p[0]);
    },
};

/// `x' = r x (1 - x / (2 + sin t))`
pub(crate) const SEASONS: Equations = Equations {
    dims: 1,
    parameters: 1,
    rate: |t, x, p, f| f[0] = p[0] * x[0] * (1.0 - x[0] / (2.0 + t.sin())),
    jacobians: |t, x, p, a, b| {
        a[0] = p[0] * (1.0 - 2.0 * x[0] / (2.0 + t.sin()));
        b[0] = x[0] * (1.0 - x[0] / (2.0 + t.sin()));
    },
};
