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

#[cfg(test)]
mod tests {
    use super::{Range, TEMPLATES};

    #[test]
    fn every_start_has_a_number_for_each_constant() {
        let range = Range::of([0.5, 1.0, 2.0].into_iter());
        for template in &TEMPLATES {
            let words = || template.text.split(|letter: char| !letter.is_alphabetic());
            let count = ["a", "b"].into_iter().filter(|constant| words().any(|word| word == *constant)).count();
            let starts = (template.starts)(&range);
            assert!(!starts.is_empty());
            let fits = |start: &Vec<f64>| start.len() == count && start.iter().all(|number| number.is_finite());
            assert!(starts.iter().all(fits), "{}: {starts:?}", template.text);
        }
    }

    #[test]
    fn on_its_range_a_function_is_finite_and_elsewhere_it_is_left_out() {
        let across_zero = Range::of([-1.0, 0.5, 2.0].into_iter());
        let at_rest = Range::of([2.0, 2.0].into_iter());
        for template in &TEMPLATES {
            let text = template.text;
            let needs_positive = ["log(v)", "sqrt(v)", "v**a", "v**b"].iter().any(|part| text.contains(part));
            let has_pole = text.ends_with("/v") || text.ends_with("/(a + v)");
            assert!(!((needs_positive || has_pole) && (template.domain)(&across_zero)), "{text} across zero");
            let varies_with_slope = text.contains("exp(") || text.contains("sigmoid") || text.contains("tanh");
            assert!(!(varies_with_slope && (template.domain)(&at_rest)), "{text} of what never moves");
        }
    }

    #[test]
    fn angles_are_of_order_one_and_more_than_a_small_part_of_a_turn() {
        let angle = TEMPLATES[0].domain;
        assert!(angle(&Range::of([-1.0, 1.0].into_iter())));
        assert!(!angle(&Range::of([1.0, 1.1].into_iter())), "a line is as good");
        assert!(!angle(&Range::of([0.0, 1000.0].into_iter())), "these are no radians");
    }
}
