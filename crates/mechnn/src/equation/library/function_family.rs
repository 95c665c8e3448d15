//! Groups of functions that a library can hold beside polynomials.

/// A group of functions beyond polynomials that a library can hold; their inner constants are estimated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum FunctionFamily {
    /// `trig`: sines and cosines of a state, and their products with each other and with states.
    Trigonometric,
    /// `exp`: `exp(a x)`, also times a state.
    Exponential,
    /// `log`: `log(x)`, also times a state.
    Logarithm,
    /// `power`: `x**a`, also times a state, and the square root.
    Power,
    /// `abs`: `abs(x)`, `x*abs(x)`.
    Absolute,
    /// `rational`: `1/x`, `x/(a + x)`, `x**2/(a + x**2)`, Hill functions, and their products with a state.
    Rational,
    /// `sigmoid`: `1/(1 + exp(-(a x + b)))` and `tanh(a x)`.
    Sigmoid,
    /// `combined`: sines, steps, exponentials, logarithms and roots of linear combinations of one or two states,
    /// `sin(a x + b)`, `tanh(a x + b y)`, and products of two saturations. Only if asked for: there are many.
    Combined,
}

impl FunctionFamily {
    /// Every family, in the order in which they are written.
    pub const ALL: [Self; 8] = [
        Self::Trigonometric,
        Self::Exponential,
        Self::Logarithm,
        Self::Power,
        Self::Absolute,
        Self::Rational,
        Self::Sigmoid,
        Self::Combined,
    ];

    /// Those of a library that nobody chose: all but [`FunctionFamily::Combined`].
    pub const DEFAULT: &'static [Self] = Self::ALL.split_at(7).0;

    /// What a user writes.
    pub fn name(self) -> &'static str {
        match self {
            Self::Trigonometric => "trig",
            Self::Exponential => "exp",
            Self::Logarithm => "log",
            Self::Power => "power",
            Self::Absolute => "abs",
            Self::Rational => "rational",
            Self::Sigmoid => "sigmoid",
            Self::Combined => "combined",
        }
    }
}
