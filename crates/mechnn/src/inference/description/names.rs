//! The names that expressions of a model may use.

use std::collections::HashMap;
use std::sync::Arc;

use super::entry::{is_name, not_a_name};
use super::error::ModelFileError;
use super::model::{Input, Parameter};
use crate::equation::syntax::{ExpressionError, Kind, Tree, Vocabulary, words};
use crate::equation::{Expression, Names as Listed};

/// States, inputs and time in the order of the variables, parameters in that of the constants.
pub(super) struct Names {
    all: Scope,
    parameters: Scope,
}

impl Names {
    pub(super) fn new(time: &str, states: &[String], inputs: &[Input], parameters: &[Parameter]) -> Self {
        let mut variables = states.to_vec();
        variables.extend(inputs.iter().map(|input| input.name.clone()));
        variables.push(time.to_owned());
        let constants: Arc<[String]> = parameters.iter().map(|parameter| parameter.name.clone()).collect();
        Self {
            all: Scope::new(variables.into(), Arc::clone(&constants)),
            parameters: Scope::new([].into(), constants),
        }
    }

    /// An expression of states, inputs, time and parameters.
    pub(super) fn parse(&self, place: &str, text: &str) -> Result<Expression, ModelFileError> {
        self.all.parse(place, text)
    }

    /// An expression of parameters alone.
    pub(super) fn parse_of_parameters(&self, place: &str, text: &str) -> Result<Expression, ModelFileError> {
        self.parameters.parse(place, text)
    }
}

/// Names that are looked up at once, however many there are, and that all expressions share.
struct Scope {
    variables: Arc<[String]>,
    constants: Arc<[String]>,
    /// The variables, then the constants.
    numbers: HashMap<String, usize>,
}

impl Scope {
    fn new(variables: Arc<[String]>, constants: Arc<[String]>) -> Self {
        let all = variables.iter().chain(constants.iter());
        let numbers = all.enumerate().map(|(number, name)| (name.clone(), number)).collect();
        Self { variables, constants, numbers }
    }

    fn parse(&self, place: &str, text: &str) -> Result<Expression, ModelFileError> {
        let tree = words(text).and_then(|words| Tree::parse(&words, self));
        match tree {
            Ok(tree) => Ok(Expression::from_tree(&tree, Arc::clone(&self.variables), Arc::clone(&self.constants))),
            Err(source) => Err(ModelFileError::Expression { place: place.to_owned(), source }),
        }
    }
}

impl Vocabulary for Scope {
    fn symbol(&self, name: &str, primes: usize, at: usize) -> Result<Kind, ExpressionError> {
        match self.numbers.get(name) {
            Some(&index) if primes == 0 => Ok(Kind::Symbol { index, primes }),
            // The circle's number, and every mistake.
            _ => Listed { variables: &self.variables, constants: &self.constants }.symbol(name, primes, at),
        }
    }
}

/// A name means one thing.
pub(super) fn check_names(
    time: &str,
    states: &[String],
    inputs: &[Input],
    parameters: &[Parameter],
) -> Result<(), ModelFileError> {
    let mut meanings: HashMap<&str, &'static str> = HashMap::from([(time, "the time")]);
    let states = states.iter().map(|name| (name, "a state"));
    let inputs = inputs.iter().map(|input| (&input.name, "an input"));
    let parameters = parameters.iter().map(|parameter| (&parameter.name, "a parameter"));
    for (name, meaning) in states.chain(inputs).chain(parameters) {
        if !is_name(name) {
            return Err(not_a_name(meaning, name));
        }
        if let Some(first) = meanings.insert(name, meaning) {
            return Err(ModelFileError::TwoMeanings { name: name.clone(), first, second: meaning });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{Input, ModelFileError, check_names};
    use crate::data::Between;

    #[test]
    fn a_name_means_one_thing() {
        let input =
            |name: &str| vec![Input { name: name.to_owned(), column: "any".to_owned(), between: Between::Linear }];
        let states = ["x".to_owned(), "y".to_owned()];
        assert_eq!(check_names("t", &states, &input("u"), &[]), Ok(()));
        let error = check_names("t", &states, &input("y"), &[]);
        let twice = ModelFileError::TwoMeanings { name: "y".to_owned(), first: "a state", second: "an input" };
        assert_eq!(error, Err(twice));
        assert!(check_names("x", &states, &[], &[]).is_err(), "the time, too");
        assert!(matches!(check_names("t", &states, &input("2u"), &[]), Err(ModelFileError::Name { .. })));
    }
}
