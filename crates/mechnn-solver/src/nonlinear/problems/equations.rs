//! Dynamics from one generic function.

use std::marker::PhantomData;

use super::dual::{Dual, Real};
use crate::dynamics::{Dynamics, Linearization};

/// A right-hand side written once, for plain numbers and for dual ones.
pub(super) trait Equations {
    /// D
    const DIMS: usize;
    /// P
    const PARAMETERS: usize;

    fn rate<S: Real>(t: f64, x: &[S], theta: &[S], rate: &mut [S]);
}

/// [`Equations`] with Jacobians by dual numbers, one direction after another.
pub(super) struct Differentiated<E>(pub(super) PhantomData<E>);

impl<E: Equations + Sync> Dynamics for Differentiated<E> {
    fn dims(&self) -> usize {
        E::DIMS
    }

    fn parameters(&self) -> usize {
        E::PARAMETERS
    }

    fn rate(&self, t: f64, x: &[f64], theta: &[f64], rate: &mut [f64]) {
        E::rate(t, x, theta, rate);
    }

    fn linearize(&self, t: f64, x: &[f64], theta: &[f64], out: &mut Linearization) {
        E::rate(t, x, theta, &mut out.rate);
        let mut x: Vec<Dual> = x.iter().copied().map(Dual::from).collect();
        let mut theta: Vec<Dual> = theta.iter().copied().map(Dual::from).collect();
        let mut rate = vec![Dual::from(0.0); E::DIMS];
        for j in 0..E::DIMS {
            x[j].slope = 1.0;
            E::rate(t, &x, &theta, &mut rate);
            (0..E::DIMS).for_each(|i| out.by_state[i * E::DIMS + j] = rate[i].slope);
            x[j].slope = 0.0;
        }
        for j in 0..E::PARAMETERS {
            theta[j].slope = 1.0;
            E::rate(t, &x, &theta, &mut rate);
            (0..E::DIMS).for_each(|i| out.by_parameter[i * E::PARAMETERS + j] = rate[i].slope);
            theta[j].slope = 0.0;
        }
    }
}

/// Declares a right-hand side: its name, D, P, and f as an array of t, x and θ.
macro_rules! equations {
    ($name:ident, $dims:literal, $parameters:literal, |$t:ident, $x:ident, $p:ident| $rate:expr) => {
        pub(super) struct $name;

        impl Equations for $name {
            const DIMS: usize = $dims;
            const PARAMETERS: usize = $parameters;

            fn rate<S: Real>($t: f64, $x: &[S], $p: &[S], rate: &mut [S]) {
                rate.copy_from_slice(&$rate);
            }
        }
    };
}
pub(super) use equations;
