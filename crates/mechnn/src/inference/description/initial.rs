//! The states at the first time: given, or found.

use std::collections::HashMap;

use super::bounds::Bounds;
use super::entry::{expected, known_state, number_or_text, role};
use super::error::ModelFileError;
use super::model::{InitialValue, Observation, Parameter, Role};
use super::names::Names;
use super::tables::Tables;

/// An entry of `[model.initial]`.
enum Entry {
    Text(String),
    Role(Role),
}

/// What is written of the initial value of a state.
pub(super) enum Written {
    /// An expression.
    Text(String),
    /// It is the parameter of this number.
    Parameter {
        number: usize,
        /// Whether there is a start, or bounds to look for one.
        has_start: bool,
    },
}

/// What is written of every state's initial value; those estimated by themselves become parameters.
pub(super) fn read(
    tables: &Tables<'_>,
    states: &[String],
    parameters: &mut Vec<Parameter>,
) -> Result<Vec<Written>, ModelFileError> {
    let mut entries: HashMap<String, Entry> = HashMap::new();
    for (key, value) in tables.table("initial")? {
        let place = format!("[model.initial] {key}");
        let kinds = "a number, an expression or a table with start, min, max";
        let (text, table) = match (value.is_table(), number_or_text(value)) {
            (true, _) => (String::new(), Some(role(&place, value, false)?)),
            (false, Some(text)) => (text, None),
            (false, None) => return Err(expected(&place, kinds, value)),
        };
        for (name, text) in tables.written_out(&place, key, &text)? {
            known_state("[model.initial]", &name, states)?;
            entries.insert(name, table.map_or(Entry::Text(text), Entry::Role));
        }
    }
    let mut all = Vec::new();
    for state in states {
        let (role, has_start) = match entries.remove(state) {
            Some(Entry::Text(text)) => {
                all.push(Written::Text(text));
                continue;
            }
            Some(Entry::Role(role)) => {
                let has_start = matches!(role, Role::Estimated { start, bounds, .. }
                    if start.is_some() || matches!(bounds, Bounds::Between(..)));
                (role, has_start)
            }
            None => {
                let bounds = Bounds::Free { scale: 1.0 };
                (Role::Estimated { start: None, bounds, per_trajectory: true }, false)
            }
        };
        all.push(Written::Parameter { number: parameters.len(), has_start });
        parameters.push(Parameter { name: format!("{state}(0)"), role });
    }
    Ok(all)
}

/// The initial values, `[D]`.
///
/// # Errors
/// [`ModelFileError::NoInitialValue`] for a state of which neither a start nor an observation tells where to begin;
/// for a velocity the observation of its position counts.
pub(super) fn values(
    written: Vec<Written>,
    states: &[String],
    velocity_of: &[Option<usize>],
    observations: &[Observation],
    names: &Names,
) -> Result<Vec<InitialValue>, ModelFileError> {
    let is_observed = |d: usize| observations.iter().any(|observation| observation.state == Some(d));
    let value = |(d, value): (usize, Written)| match value {
        Written::Text(text) => {
            let place = format!("[model.initial] {}", states[d]);
            names.parse_of_parameters(&place, &text).map(InitialValue::Expression)
        }
        Written::Parameter { number, has_start } => {
            match has_start || is_observed(d) || velocity_of[d].is_some_and(is_observed) {
                true => Ok(InitialValue::Parameter(number)),
                false => Err(ModelFileError::NoInitialValue { state: states[d].clone() }),
            }
        }
    };
    written.into_iter().enumerate().map(value).collect()
}

#[cfg(test)]
mod tests {
    use crate::inference::{InitialValue, Model, ModelFileError};

    fn initial(entry: &str, observation: &str) -> Result<Vec<InitialValue>, ModelFileError> {
        let text = format!(
            r#"
            [model.equations]
            "x''" = "-k*x"
            [model.parameters]
            k = {{ start = 1 }}
            [model.initial]
            {entry}
            [model.observations]
            y = "{observation}"
            "#
        );
        Model::from_toml(&text).map(|model| model.initial)
    }

    #[test]
    fn something_must_tell_where_a_state_begins() {
        let found = [InitialValue::Parameter(1), InitialValue::Parameter(2)];
        assert_eq!(initial("", "x"), Ok(found.to_vec()), "the position tells its velocity");
        assert_eq!(initial("", "2*x"), Err(ModelFileError::NoInitialValue { state: "x".to_owned() }));
        let velocity = ModelFileError::NoInitialValue { state: "dx_dt".to_owned() };
        assert_eq!(initial("x = { start = 1 }", "2*x"), Err(velocity.clone()));
        assert_eq!(initial("x = { start = 1 }\ndx_dt = { min = 0 }", "2*x"), Err(velocity), "half a range");
        let parameters = initial("x = { start = 1 }\ndx_dt = { min = 0, max = 1 }", "2*x");
        assert_eq!(parameters, Ok(found.to_vec()));
        let given = initial("x = \"2*k\"", "x");
        assert!(
            matches!(given.as_deref(), Ok([InitialValue::Expression(_), InitialValue::Parameter(1)])),
            "{given:?}"
        );
    }
}
