//! Families of functions beyond polynomials, with values of their inner constants from which a fit can start.

use std::f64::consts::FRAC_PI_2;

use super::combination::COMBINATIONS;
use super::spectrum::dominant_frequencies;
use super::start::Start;
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
    pub(super) fn of(values: impl Iterator<Item = f64> + Clone) -> Self {
        let count = values.clone().count() as f64;
        let mean = values.clone().sum::<f64>() / count;
        Self {
            least: values.clone().fold(f64::INFINITY, f64::min),
            largest: values.clone().fold(f64::NEG_INFINITY, f64::max),
            mean,
            size: (values.clone().map(|x| x * x).sum::<f64>() / count).sqrt(),
            spread: (values.map(|x| (x - mean).powi(2)).sum::<f64>() / count).sqrt(),
        }
    }

    /// As far around the same mean, times `factor`.
    fn scaled(&self, factor: f64) -> Self {
        let around = |value: f64| self.mean + factor * (value - self.mean);
        let (least, largest) = (around(self.least), around(self.largest));
        Self { least, largest, mean: self.mean, size: factor * self.size, spread: factor * self.spread }
    }

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

/// What functions can be of: where the variables live, and the time scales of the data.
#[derive(Debug, Clone)]
pub(super) struct Surroundings {
    /// Of each variable: states, inputs, time, `[V]`.
    ranges: Vec<Range>,
    /// By how much larger the ranges are for starting values of inner constants.
    start_scale: f64,
    /// If the last variable is the time.
    time: Option<TimeScales>,
}

/// Scales of explicit time.
#[derive(Debug, Clone)]
struct TimeScales {
    /// Radians per unit of time.
    frequencies: Vec<f64>,
    /// Length of the data.
    span: f64,
}

impl Surroundings {
    pub(super) fn of(start: &Start, start_scale: f64) -> Self {
        let ranges = start.ranges();
        let time = ranges
            .last()
            .filter(|_| start.known.explicit_time())
            .map(|range| TimeScales { frequencies: dominant_frequencies(start), span: range.largest - range.least });
        Self { ranges, start_scale, time }
    }
}

impl TimeScales {
    /// Both phases of every frequency.
    fn oscillations(&self) -> Vec<Vec<f64>> {
        let phases = |frequency: &f64| [vec![*frequency, 0.0], vec![*frequency, FRAC_PI_2]];
        self.frequencies.iter().flat_map(phases).collect()
    }

    fn rates(&self) -> Vec<Vec<f64>> {
        [-10.0, -3.0, -1.0, 1.0, 3.0, 10.0].map(|factor| vec![factor / self.span]).to_vec()
    }
}

/// Functions of the time v, and in some of a state w.
const IN_TIME: [(FunctionFamily, &str); 4] = [
    (FunctionFamily::Trigonometric, "sin(a*v + b)"),
    (FunctionFamily::Trigonometric, "w*sin(a*v + b)"),
    (FunctionFamily::Exponential, "exp(a*v)"),
    (FunctionFamily::Exponential, "w*exp(a*v)"),
];

/// All functions of the families, each with a number that instances of one function share.
pub(super) fn function_terms(families: &[FunctionFamily], surroundings: &Surroundings) -> Vec<(usize, Term)> {
    let Surroundings { ranges, start_scale, time } = surroundings;
    let scaled: Vec<Range> = ranges.iter().map(|range| range.scaled(*start_scale)).collect();
    let names: Vec<String> = (0..ranges.len()).map(|d| format!("x{d}")).collect();
    let mut list = TermList { names: &names, terms: Vec::new(), number: 0 };
    // The time as a variable like any other is only in polynomials.
    let others = ranges.len() - usize::from(time.is_some());
    for template in TEMPLATES.iter().filter(|template| families.contains(&template.family)) {
        for v in 0..others {
            if !(template.domain)(&ranges[v]) {
                continue;
            }
            let partners: Vec<usize> = match template.text.contains('w') {
                true => (0..others).filter(|&w| w != v && allowed(template.text, v, w, &ranges[w])).collect(),
                false => vec![v],
            };
            for w in partners {
                list.push(template.text, v, w, (template.starts)(&scaled[v]));
            }
        }
    }
    if families.contains(&FunctionFamily::Combined) {
        for combination in &COMBINATIONS {
            for (v, w) in combination.places(&ranges[..others]) {
                list.push(combination.text, v, w, (combination.starts)(&scaled[v], &scaled[w]));
            }
        }
    }
    let Some(time) = time else { return list.terms };
    for (family, text) in IN_TIME.iter().filter(|(family, _)| families.contains(family)) {
        let starts = || if *family == FunctionFamily::Trigonometric { time.oscillations() } else { time.rates() };
        let partners = if text.contains('w') { 0..others } else { others..others + 1 };
        partners.for_each(|w| list.push(text, others, w, starts()));
    }
    list.terms
}

struct TermList<'a> {
    names: &'a [String],
    terms: Vec<(usize, Term)>,
    number: usize,
}

impl TermList<'_> {
    /// Adds a template with each of its starts.
    fn push(&mut self, template: &str, v: usize, w: usize, starts: Vec<Vec<f64>>) {
        let Some(first) = starts.first() else { return };
        self.number += 1;
        let constants: Vec<String> = ["a", "b", "c"][..first.len()].iter().map(ToString::to_string).collect();
        let text = instantiate(template, &self.names[v], &self.names[w]);
        // The templates are ours; one that does not parse is left out, and a test says so.
        let Ok(expression) = Expression::parse(&text, self.names, &constants) else { return };
        let instances = starts.into_iter().filter_map(|start| FunctionTerm::new(expression.clone(), start).ok());
        self.terms.extend(instances.map(|function| (self.number, Term::Function(function))));
    }
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
    use crate::discovery::combination::Partner;

    #[test]
    fn every_template_gives_terms() {
        let range = Range { least: 0.5, largest: 2.0, mean: 1.2, size: 1.3, spread: 0.4 };
        let surroundings = Surroundings { ranges: vec![range, range], start_scale: 1.0, time: None };
        let terms = function_terms(&FunctionFamily::ALL, &surroundings);
        let count = |terms: &[(usize, Term)]| terms.chunk_by(|a, b| a.0 == b.0).count();
        let two = |template: &&Template| template.text.contains('w');
        let symmetric = 2;
        let exchangeable =
            COMBINATIONS.iter().filter(|combination| combination.partner == Partner::Exchangeable).count();
        let expected = 2 * (TEMPLATES.len() + COMBINATIONS.len()) - symmetric - exchangeable;
        assert_eq!(count(&terms), expected, "{} templates of two states", TEMPLATES.iter().filter(two).count());
        assert!(terms.iter().all(|(_, term)| term.evaluate(&[0.7, 1.9]).is_finite()));

        let time = TimeScales { frequencies: vec![1.0, 2.0], span: 3.0 };
        let with_time = Surroundings { ranges: vec![range; 3], start_scale: 1.0, time: Some(time) };
        let more = function_terms(&FunctionFamily::ALL, &with_time);
        assert_eq!(more.len() - terms.len(), 4 * 3 + 6 * 3, "of time alone, and times each state");
        assert!(more.iter().all(|(_, term)| term.evaluate(&[0.7, 1.9, 0.3]).is_finite()));
    }

    #[test]
    fn a_larger_scale_starts_constants_further_apart() {
        let range = Range { least: 0.5, largest: 2.0, mean: 1.2, size: 1.3, spread: 0.4 };
        let first_constants = |start_scale: f64| {
            let surroundings = Surroundings { ranges: vec![range, range], start_scale, time: None };
            let terms = function_terms(&[FunctionFamily::Rational, FunctionFamily::Exponential], &surroundings);
            terms.iter().filter_map(|(_, term)| term.constants().first().copied()).collect::<Vec<f64>>()
        };
        let (usual, doubled) = (first_constants(1.0), first_constants(2.0));
        // Half-saturations of states and of their squares, and rates.
        let ratios = usual.iter().zip(&doubled).map(|(usual, doubled)| doubled / usual);
        let expected = |ratio: f64| [2.0f64, 4.0, 0.5].iter().any(|power| (ratio - power).abs() < 1e-12);
        assert_eq!(usual.len(), doubled.len());
        assert!(ratios.clone().all(expected), "{:?}", ratios.collect::<Vec<_>>());
    }
}
