//! Families of functions beyond polynomials, as terms over the variables of the data.

use std::f64::consts::FRAC_PI_2;

use super::combination::COMBINATIONS;
use super::template::TEMPLATES;
use crate::discovery::prepare::{PreparedData, Range, dominant_frequencies};
use crate::equation::{Expression, FunctionFamily, FunctionTerm, Term};

/// What functions can be of: where the variables live, and the time scales of the data.
#[derive(Debug, Clone)]
pub(crate) struct Surroundings {
    /// Of each variable: states, inputs, time, `[V]`.
    ranges: Vec<Range>,
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
    pub(crate) fn of(prepared: &PreparedData) -> Self {
        let ranges = prepared.ranges();
        let time = ranges.last().filter(|_| prepared.known.explicit_time()).map(|range| TimeScales {
            frequencies: dominant_frequencies(prepared),
            span: range.largest - range.least,
        });
        Self { ranges, time }
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
pub(crate) fn function_terms(families: &[FunctionFamily], surroundings: &Surroundings) -> Vec<(usize, Term)> {
    let Surroundings { ranges, time } = surroundings;
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
                list.push(template.text, v, w, (template.starts)(&ranges[v]));
            }
        }
    }
    if families.contains(&FunctionFamily::Combined) {
        for combination in &COMBINATIONS {
            for (v, w) in combination.places(&ranges[..others]) {
                list.push(combination.text, v, w, (combination.starts)(&ranges[v], &ranges[w]));
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
        let Ok(expression) = Expression::parse(&text, self.names, &constants) else {
            unreachable!("the templates are part of the program, and a test parses all: `{text}`")
        };
        let instances = starts.into_iter().filter_map(|start| FunctionTerm::new(expression.clone(), start).ok());
        self.terms.extend(instances.map(|function| (self.number, Term::Function(function))));
    }
}

/// Symmetric products are one term, and nothing is divided by a state that may be zero.
fn allowed(text: &str, v: usize, w: usize, partner: &Range) -> bool {
    let symmetric = matches!(text, "sin(w)*sin(v)" | "cos(w)*cos(v)");
    (!symmetric || v < w)
        && (!text.ends_with("/w") || partner.is_off_zero())
        && (!text.contains("log(w)") || partner.is_positive())
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
    use super::super::combination::Partner;
    use super::super::template::Template;
    use super::*;

    #[test]
    fn every_template_gives_terms() {
        let range = Range { least: 0.5, largest: 2.0, mean: 1.2, size: 1.3, spread: 0.4 };
        let surroundings = Surroundings { ranges: vec![range, range], time: None };
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
        let with_time = Surroundings { ranges: vec![range; 3], time: Some(time) };
        let more = function_terms(&FunctionFamily::ALL, &with_time);
        assert_eq!(more.len() - terms.len(), 4 * 3 + 6 * 3, "of time alone, and times each state");
        assert!(more.iter().all(|(_, term)| term.evaluate(&[0.7, 1.9, 0.3]).is_finite()));
    }
}
