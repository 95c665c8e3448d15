//! The names that expressions of a model may use.

use std::collections::HashMap;

use super::entry::{is_name, not_a_name};
use super::error::ModelFileError;
use super::model::{Input, Parameter};
use crate::equation::Expression;

/// States, inputs and time in the order of the variables, parameters in that of the constants.
pub(super) struct Names {
    variables: Vec<String>,
    constants: Vec<String>,
}

impl Names {
    pub(super) fn new(time: &str, states: &[String], inputs: &[Input], parameters: &[Parameter]) -> Self {
        let mut variables = states.to_vec();
        variables.extend(inputs.iter().map(|input| input.name.clone()));
        variables.push(time.to_owned());
        Self { variables, constants: parameters.iter().map(|parameter| parameter.name.clone()).collect() }
    }

    /// An expression of states, inputs, time and parameters.
    pub(super) fn parse(&self, place: &str, text: &str) -> Result<Expression, ModelFileError> {
        Self::read(place, text, &self.variables, &self.constants)
    }

    /// An expression of parameters alone.
    pub(super) fn parse_of_parameters(&self, place: &str, text: &str) -> Result<Expression, ModelFileError> {
        Self::read(place, text, &[], &self.constants)
    }

    fn read(
        place: &str,
        text: &str,
        variables: &[String],
        constants: &[String],
    ) -> Result<Expression, ModelFileError> {
        Expression::parse(text, variables, constants)
            .map_err(|source| ModelFileError::Expression { place: place.to_owned(), source })
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

    #[test]
    fn a_name_means_one_thing() {
        let input = |name: &str| vec![Input { name: name.to_owned(), column: "any".to_owned() }];
        let states = ["x".to_owned(), "y".to_owned()];
        assert_eq!(check_names("t", &states, &input("u"), &[]), Ok(()));
        let error = check_names("t", &states, &input("y"), &[]);
        let twice = ModelFileError::TwoMeanings { name: "y".to_owned(), first: "a state", second: "an input" };
        assert_eq!(error, Err(twice));
        assert!(check_names("x", &states, &[], &[]).is_err(), "the time, too");
        assert!(matches!(check_names("t", &states, &input("2u"), &[]), Err(ModelFileError::Name { .. })));
    }
}
