//! Another integrator to compare with: crate `differential-equations`, from point to point, without its dense output.

use differential_equations::linalg::Matrix;
use differential_equations::methods::{ExplicitRungeKutta, ImplicitRungeKutta};
use differential_equations::ode::ODE;
use differential_equations::prelude::IVP;
use mechnn_solver::smoother::{Dynamics, Linearization};

/// Which of its methods.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Peer {
    /// Verner's explicit pair of orders 7(6).
    Explicit,
    /// Radau IIA of order 5.
    Implicit,
}

struct System<'a> {
    dynamics: &'a dyn Dynamics,
    theta: &'a [f64],
    start: f64,
}

impl<const S: usize> ODE<f64, [f64; S]> for System<'_> {
    fn diff(&self, t: f64, x: &[f64; S], rate: &mut [f64; S]) {
        self.dynamics.rate(self.start + t, x, self.theta, rate);
    }

    fn jacobian(&self, t: f64, x: &[f64; S], jacobian: &mut Matrix<f64>) {
        let mut at = Linearization::zeros(S, self.theta.len());
        self.dynamics.linearize(self.start + t, x, self.theta, &mut at);
        for i in 0..S {
            for j in 0..S {
                jacobian[(i, j)] = at.by_state[i * S + j];
            }
        }
    }
}

/// The state at `end`, `[D]`.
pub(crate) fn integrate(
    (dynamics, theta): (&dyn Dynamics, &[f64]),
    state: &[f64],
    [start, end]: [f64; 2],
    (relative, absolute): (f64, &[f64]),
    peer: Peer,
) -> Vec<f64> {
    let system = System { dynamics, theta, start };
    let args = (&system, state, end - start, relative, absolute, peer);
    match dynamics.dims() {
        1 => sized::<1>(args),
        2 => sized::<2>(args),
        3 => sized::<3>(args),
        4 => sized::<4>(args),
        8 => sized::<8>(args),
        dims => panic!("no peer for {dims} dimensions"),
    }
}

type Arguments<'a> = (&'a System<'a>, &'a [f64], f64, f64, &'a [f64], Peer);

fn sized<const S: usize>((system, state, span, relative, absolute, peer): Arguments<'_>) -> Vec<f64> {
    let state: [f64; S] = state.try_into().unwrap();
    let absolute: [f64; S] = absolute.try_into().unwrap();
    let problem = IVP::ode(system, 0.0, span, state);
    let solved = match peer {
        Peer::Explicit => {
            let method = ExplicitRungeKutta::rkv766e().rtol(relative).atol(absolute).max_steps(1_000_000);
            problem.method(method).solve()
        }
        Peer::Implicit => {
            let method = ImplicitRungeKutta::radau5().rtol(relative).atol(absolute).max_steps(1_000_000);
            problem.method(method).solve()
        }
    };
    solved.unwrap().y.last().unwrap().to_vec()
}
