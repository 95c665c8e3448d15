//! Functions of one state, and in some of another, with values of their inner constants from which a fit can start.

use crate::discovery::prepare::Range;
use crate::equation::FunctionFamily;

/// A function of the state v, and in some families of another state w.
pub(super) struct Template {
    pub(super) family: FunctionFamily,
    pub(super) text: &'static str,
    /// Starting values of the constants a and b.
    pub(super) starts: fn(&Range) -> Vec<Vec<f64>>,
    /// Whether it makes sense on the range.
    pub(super) domain: fn(&Range) -> bool,
}

fn none(_: &Range) -> Vec<Vec<f64>> {
    vec![Vec::new()]
}

/// Half-saturation constants across the range.
fn sizes(range: &Range) -> Vec<Vec<f64>> {
    [0.1, 0.3, 1.0, 3.0].map(|factor| vec![factor * range.size]).to_vec()
}

fn squared_sizes(range: &Range) -> Vec<Vec<f64>> {
    [0.1, 0.3, 1.0, 3.0].map(|factor: f64| vec![(factor * range.size).powi(2)]).to_vec()
}

fn hill(range: &Range) -> Vec<Vec<f64>> {
    [0.5, 1.0, 1.5].map(|factor| vec![factor * range.size, 4.0]).to_vec()
}

fn rates(range: &Range) -> Vec<Vec<f64>> {
    [-2.0, -0.7, -0.2, 0.2, 0.7, 2.0].map(|factor| vec![factor / range.spread.max(0.1 * range.size)]).to_vec()
}

/// Steps up and down, at three places, of two widths.
fn steps(range: &Range) -> Vec<Vec<f64>> {
    let mut starts = Vec::new();
    for slope in [-3.0, -1.0, -0.3, 0.3, 1.0, 3.0].map(|factor| factor / range.spread.max(0.1 * range.size)) {
        for shift in [-1.0, 0.0, 1.0] {
            starts.push(vec![slope, -slope * (range.mean + shift * range.spread)]);
        }
    }
    starts
}

fn exponents(_: &Range) -> Vec<Vec<f64>> {
    [0.5, 1.5, 2.5].map(|exponent| vec![exponent]).to_vec()
}

fn anywhere(_: &Range) -> bool {
    true
}

/// An angle: it is of order one, and not a fraction of a turn so small that a line is as good.
fn angle(range: &Range) -> bool {
    range.largest - range.least > 0.2 && range.size < 50.0
}

pub(super) const TEMPLATES: [Template; 32] = {
    use FunctionFamily::{Absolute, Exponential, Logarithm, Power, Rational, Sigmoid, Trigonometric};
    const fn t(
        family: FunctionFamily,
        text: &'static str,
        starts: fn(&Range) -> Vec<Vec<f64>>,
        domain: fn(&Range) -> bool,
    ) -> Template {
        Template { family, text, starts, domain }
    }
    [
        t(Trigonometric, "sin(v)", none, angle),
        t(Trigonometric, "cos(v)", none, angle),
        t(Trigonometric, "sin(v)*cos(v)", none, angle),
        t(Trigonometric, "w*cos(v)", none, angle),
        t(Trigonometric, "w*sin(v)", none, angle),
        t(Trigonometric, "sin(w)*cos(v)", none, angle),
        t(Trigonometric, "sin(w)*sin(v)", none, angle),
        t(Trigonometric, "cos(w)*cos(v)", none, angle),
        t(Trigonometric, "cos(v)/w", none, angle),
        t(Trigonometric, "sin(v)/w", none, angle),
        t(Exponential, "exp(a*v)", rates, Range::moves),
        t(Exponential, "v*exp(a*v)", rates, Range::moves),
        t(Exponential, "w*exp(a*v)", rates, Range::moves),
        t(Logarithm, "log(v)", none, Range::is_positive),
        t(Logarithm, "v*log(v)", none, Range::is_positive),
        t(Logarithm, "v*log(w)", none, Range::is_positive),
        t(Power, "sqrt(v)", none, Range::is_positive),
        t(Power, "v**a", exponents, Range::is_positive),
        t(Power, "w*v**a", exponents, Range::is_positive),
        t(Absolute, "abs(v)", none, anywhere),
        t(Absolute, "v*abs(v)", none, anywhere),
        t(Rational, "1/v", none, Range::is_off_zero),
        t(Rational, "w/v", none, Range::is_off_zero),
        t(Rational, "v/(a + v)", sizes, Range::is_positive),
        t(Rational, "w*v/(a + v)", sizes, Range::is_positive),
        t(Rational, "w/(a + v)", sizes, Range::is_positive),
        t(Rational, "v**2/(a + v**2)", squared_sizes, anywhere),
        t(Rational, "w*v/(a + v**2)", squared_sizes, anywhere),
        t(Rational, "v/(a + v**2)", squared_sizes, anywhere),
        t(Rational, "v**b/(a**b + v**b)", hill, Range::is_positive),
        t(Sigmoid, "sigmoid(a*v + b)", steps, Range::moves),
        t(Sigmoid, "tanh(a*v)", rates, Range::moves),
    ]
};
