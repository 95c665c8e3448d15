//! The JSON document of a discovery, read and checked.

use mechnn::equation::syntax::Function;
use mechnn::equation::{parse_term, parse_terms};
use serde_json::Value;

use super::process::{Folder, Outcome};

/// A document that has passed the checks which every one must pass.
#[derive(Debug)]
pub(crate) struct Document(pub(crate) Value);

impl Document {
    /// Runs `discover` with `--format json`, which must succeed.
    #[track_caller]
    pub(crate) fn discover(folder: &Folder, arguments: &[&str]) -> Self {
        let outcome = folder.mechnn(&[&["discover", "--format", "json"], arguments].concat());
        assert_eq!(outcome.code, Some(0), "{outcome:?}");
        Self::of(&outcome)
    }

    #[track_caller]
    pub(crate) fn of(outcome: &Outcome) -> Self {
        Self::with_known(outcome, &[])
    }

    /// The same where coefficients of these values were given and have no error.
    #[track_caller]
    pub(crate) fn with_known(outcome: &Outcome, known: &[f64]) -> Self {
        let value: Value = serde_json::from_str(&outcome.stdout).expect("one JSON document");
        let document = Self(value);
        document.check(known);
        document
    }

    pub(crate) fn equations(&self) -> &[Value] {
        self.0["equations"].as_array().expect("a list")
    }

    /// `(state, expressions of its terms)` of each equation.
    pub(crate) fn support(&self) -> Vec<(String, Vec<String>)> {
        let text = |value: &Value| value.as_str().expect("text").to_owned();
        let terms = |equation: &Value| equation["terms"].as_array().expect("terms").clone();
        let expressions = |equation| terms(equation).iter().map(|term| text(&term["expression"])).collect();
        self.equations().iter().map(|equation| (text(&equation["state"]), expressions(equation))).collect()
    }

    /// The coefficient of a term; panics if it is not there.
    #[track_caller]
    pub(crate) fn coefficient(&self, state: &str, expression: &str) -> f64 {
        let equation = self.equations().iter().find(|equation| equation["state"] == state).expect("the state");
        let terms = equation["terms"].as_array().expect("terms");
        let term = terms.iter().find(|term| term["expression"] == expression);
        term.unwrap_or_else(|| panic!("no {expression} in {equation}"))["coefficient"].as_f64().expect("a number")
    }

    /// The form, finite numbers, and right-hand sides that are the sum of their terms.
    #[track_caller]
    fn check(&self, known: &[f64]) {
        assert_eq!(self.0["schema"], "mechnn.discovery/1");
        assert!(self.0["stable"].is_boolean() && self.0["seconds"].as_f64().is_some_and(|seconds| seconds >= 0.0));
        let noise = self.0["noise"].as_object().expect("an object");
        assert_eq!(noise.len(), self.equations().len());
        let names: Vec<String> = self.names();
        for equation in self.equations() {
            let state = equation["state"].as_str().expect("text");
            // Nobody measures a velocity that `--order 2` adds.
            let is_measured = !state.ends_with("_dot");
            assert_eq!(noise[state].as_f64().is_some_and(|noise| noise >= 0.0), is_measured, "{state}: {noise:?}");
            let rhs = equation["rhs"].as_str().expect("text");
            assert!(!rhs.contains('^') && !rhs.is_empty(), "{rhs}");
            let mut sum = Vec::new();
            for term in equation["terms"].as_array().expect("terms") {
                let expression = term["expression"].as_str().expect("text");
                let coefficient = term["coefficient"].as_f64().expect("a number");
                let by_definition = expression == format!("{state}_dot") && coefficient == 1.0;
                let by_definition = by_definition || known.contains(&coefficient);
                let error = term["standard_error"].as_f64().expect("a number");
                assert!(coefficient != 0.0 && (error > 0.0 || (by_definition && error == 0.0)), "{term}");
                // One term with coefficient 1, or it is refused.
                let parsed = parse_term(expression, &names).expect("a term over the columns");
                sum.push((parsed, coefficient));
            }
            // The same numbers to the last bit: full precision.
            assert_eq!(parse_terms(rhs, &names).expect("a sum of terms"), sum, "{rhs}");
            assert_eq!(rhs == "0", sum.is_empty(), "{rhs}");
        }
        self.check_weights();
    }

    /// What was compared and left open: the heaviest first, no more than everything.
    #[track_caller]
    fn check_weights(&self) {
        let weights = |list: &str| -> Vec<f64> {
            let entries = self.0[list].as_array().expect("a list").iter();
            entries.map(|entry| entry["weight"].as_f64().expect("a number")).collect()
        };
        let structures = weights("structures");
        assert!(!structures.is_empty() && structures.is_sorted_by(|a, b| a >= b), "{structures:?}");
        assert!(structures.iter().sum::<f64>() < 1.0 + 1e-12, "{structures:?}");
        assert!(weights("term_weights").iter().all(|weight| (0.01..1.0 + 1e-12).contains(weight)));
    }

    /// Every name that appears in an expression.
    fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = Vec::new();
        for (_, expressions) in self.support() {
            let is_inside = |symbol: char| symbol.is_alphanumeric() || symbol == '_';
            for word in expressions.iter().flat_map(|expression| expression.split(|symbol| !is_inside(symbol))) {
                let is_name = word.starts_with(char::is_alphabetic) && Function::named(word).is_none();
                if is_name && names.iter().all(|name| name != word) {
                    names.push(word.to_owned());
                }
            }
        }
        names
    }
}
