//! Families of functions beyond polynomials, with values of their inner constants from which a fit can start.

use crate::equation::{Expression, FunctionFamily, FunctionTerm, Term};

/// Where one state lives.
#[derive(Debug, Clone, Copy)]
pub(super) struct Range {
    pub(super) least: f64,
    pub(super) largest: f64,
    pub(super) mean: f64,
    /// Root mean square.
    pub(super) size: f64,
    /// Standard deviation.
    pub(super) spread: f64,
}

impl Range {
    fn positive(&self) -> bool {
        self.least > 0.0
    }
}

/// A function of the state v, and in some families of another state w.
struct Template {
    family: FunctionFamily,
    text: &'static str,
    /// Starting values of the constants a and b.
    starts: fn(&Range) -> Vec<Vec<f64>>,
    /// Whether it makes sense on the range.
    domain: fn(&Range) -> bool,
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

fn moderate(range: &Range) -> bool {
    range.spread > 0.0
}

fn off_zero(range: &Range) -> bool {
    range.least > 0.0 || range.largest < 0.0
}

const TEMPLATES: [Template; 32] = {
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
        t(Exponential, "exp(a*v)", rates, moderate),
        t(Exponential, "v*exp(a*v)", rates, moderate),
        t(Exponential, "w*exp(a*v)", rates, moderate),
        t(Logarithm, "log(v)", none, Range::positive),
        t(Logarithm, "v*log(v)", none, Range::positive),
        t(Logarithm, "v*log(w)", none, Range::positive),
        t(Power, "sqrt(v)", none, Range::positive),
        t(Power, "v**a", exponents, Range::positive),
        t(Power, "w*v**a", exponents, Range::positive),
        t(Absolute, "abs(v)", none, anywhere),
        t(Absolute, "v*abs(v)", none, anywhere),
        t(Rational, "1/v", none, off_zero),
        t(Rational, "w/v", none, off_zero),
        t(Rational, "v/(a + v)", sizes, Range::positive),
        t(Rational, "w*v/(a + v)", sizes, Range::positive),
        t(Rational, "w/(a + v)", sizes, Range::positive),
        t(Rational, "v**2/(a + v**2)", squared_sizes, anywhere),
        t(Rational, "w*v/(a + v**2)", squared_sizes, anywhere),
        t(Rational, "v/(a + v**2)", squared_sizes, anywhere),
        t(Rational, "v**b/(a**b + v**b)", hill, Range::positive),
        t(Sigmoid, "sigmoid(a*v + b)", steps, moderate),
        t(Sigmoid, "tanh(a*v)", rates, moderate),
    ]
};

/// All functions of the families over the states, each with a number that instances of one function share.
pub(super) fn function_terms(families: &[FunctionFamily], ranges: &[Range]) -> Vec<(usize, Term)> {
    let names: Vec<String> = (0..ranges.len()).map(|d| format!("x{d}")).collect();
    let mut terms = Vec::new();
    let mut number = 0;
    for template in TEMPLATES.iter().filter(|template| families.contains(&template.family)) {
        for v in 0..ranges.len() {
            if !(template.domain)(&ranges[v]) {
                continue;
            }
            let partners: Vec<usize> = match template.text.contains('w') {
                true => (0..ranges.len()).filter(|&w| w != v && allowed(template.text, v, w, &ranges[w])).collect(),
                false => vec![v],
            };
            for w in partners {
                number += 1;
                let starts = (template.starts)(&ranges[v]);
                let constants: Vec<String> = ["a", "b"][..starts[0].len()].iter().map(ToString::to_string).collect();
                let text = instantiate(template.text, &names[v], &names[w]);
                // The templates are ours; one that does not parse is left out, and a test says so.
                let Ok(expression) = Expression::parse(&text, &names, &constants) else { continue };
                let instances =
                    starts.into_iter().filter_map(|start| FunctionTerm::new(expression.clone(), start).ok());
                terms.extend(instances.map(|function| (number, Term::Function(function))));
            }
        }
    }
    terms
}

/// Symmetric products are one term, and nothing is divided by a state that may be zero.
fn allowed(text: &str, v: usize, w: usize, partner: &Range) -> bool {
    let symmetric = matches!(text, "sin(w)*sin(v)" | "cos(w)*cos(v)");
    (!symmetric || v < w)
        && (!text.ends_with("/w") || off_zero(partner))
        && (!text.contains("log(w)") || partner.positive())
}

/// The template with the names of the states. `v` and `w` stand alone in it: no function has either in its name.
fn instantiate(text: &str, v: &str, w: &str) -> String {
    text.chars().fold(String::new(), |mut out, c| {
        match c {
            'v' => out.push_str(v),
            'w' => out.push_str(w),
            c => out.push(c),
        }
        out
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_template_gives_terms() {
        let range = Range { least: 0.5, largest: 2.0, mean: 1.2, size: 1.3, spread: 0.4 };
        let terms = function_terms(&FunctionFamily::ALL, &[range, range]);
        let mut numbers: Vec<usize> = terms.iter().map(|(number, _)| *number).collect();
        numbers.dedup();
        let two = |template: &&Template| template.text.contains('w');
        let symmetric = 2;
        let expected = 2 * TEMPLATES.len() - symmetric;
        assert_eq!(numbers.len(), expected, "{} templates of two states", TEMPLATES.iter().filter(two).count());
        assert!(terms.iter().all(|(_, term)| term.evaluate(&[0.7, 1.9]).is_finite()));
    }
}
