//! Numbers that carry one directional derivative: the Jacobians of the standard problems are exact by construction.

use std::ops::{Add, Div, Mul, Neg, Sub};

/// What the right-hand sides of the standard problems need of a number.
pub(super) trait Real:
    Copy
    + From<f64>
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Div<Output = Self>
    + Neg<Output = Self>
{
    fn sin(self) -> Self;
    fn powf(self, power: f64) -> Self;
}

impl Real for f64 {
    fn sin(self) -> Self {
        self.sin()
    }

    fn powf(self, power: f64) -> Self {
        self.powf(power)
    }
}

/// `value + slope ε` with `ε² = 0`.
#[derive(Clone, Copy)]
pub(super) struct Dual {
    pub(super) value: f64,
    pub(super) slope: f64,
}

impl From<f64> for Dual {
    fn from(value: f64) -> Self {
        Self { value, slope: 0.0 }
    }
}

impl Add for Dual {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self { value: self.value + other.value, slope: self.slope + other.slope }
    }
}

impl Sub for Dual {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        Self { value: self.value - other.value, slope: self.slope - other.slope }
    }
}

impl Mul for Dual {
    type Output = Self;

    fn mul(self, other: Self) -> Self {
        Self { value: self.value * other.value, slope: self.slope * other.value + self.value * other.slope }
    }
}

impl Div for Dual {
    type Output = Self;

    fn div(self, other: Self) -> Self {
        let value = self.value / other.value;
        Self { value, slope: (self.slope - value * other.slope) / other.value }
    }
}

impl Neg for Dual {
    type Output = Self;

    fn neg(self) -> Self {
        Self { value: -self.value, slope: -self.slope }
    }
}

impl Real for Dual {
    fn sin(self) -> Self {
        Self { value: self.value.sin(), slope: self.value.cos() * self.slope }
    }

    fn powf(self, power: f64) -> Self {
        Self { value: self.value.powf(power), slope: power * self.value.powf(power - 1.0) * self.slope }
    }
}
