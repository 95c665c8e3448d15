//! The right-hand sides of the known systems.

/// One term of a true equation.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct TrueTerm {
    /// The monomial as a Python expression: `x*z`, `x**2*y`, `1`.
    pub expression: String,
    /// Its coefficient.
    pub coefficient: f64,
}

/// `coefficient * product of state[d]^powers[d]`: the simulation and the printed equations both come from it.
pub(super) struct Monomial {
    pub(super) coefficient: f64,
    pub(super) powers: [u8; 3],
}

const fn term(coefficient: f64, powers: [u8; 3]) -> Monomial {
    Monomial { coefficient, powers }
}

pub(super) static LORENZ: &[&[Monomial]] = &[
    &[term(-10.0, [1, 0, 0]), term(10.0, [0, 1, 0])],
    &[term(28.0, [1, 0, 0]), term(-1.0, [0, 1, 0]), term(-1.0, [1, 0, 1])],
    &[term(-8.0 / 3.0, [0, 0, 1]), term(1.0, [1, 1, 0])],
];

pub(super) static LOTKA_VOLTERRA: &[&[Monomial]] =
    &[&[term(2.0 / 3.0, [1, 0, 0]), term(-4.0 / 3.0, [1, 1, 0])], &[term(-1.0, [0, 1, 0]), term(1.0, [1, 1, 0])]];

pub(super) static VAN_DER_POL: &[&[Monomial]] =
    &[&[term(1.0, [0, 1, 0])], &[term(-1.0, [1, 0, 0]), term(1.0, [0, 1, 0]), term(-1.0, [2, 1, 0])]];

pub(super) static DAMPED_OSCILLATOR: &[&[Monomial]] =
    &[&[term(1.0, [0, 1, 0])], &[term(-1.0, [1, 0, 0]), term(-0.1, [0, 1, 0]), term(1.0 / 6.0, [3, 0, 0])]];

pub(super) static ROESSLER: &[&[Monomial]] = &[
    &[term(-1.0, [0, 1, 0]), term(-1.0, [0, 0, 1])],
    &[term(1.0, [1, 0, 0]), term(0.2, [0, 1, 0])],
    &[term(0.2, [0, 0, 0]), term(-5.7, [0, 0, 1]), term(1.0, [1, 0, 1])],
];
