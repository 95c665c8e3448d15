//! What stands behind a key of the `[model]` table.

use toml::{Table, Value};

use super::bounds::Bounds;
use super::error::ModelFileError;
use super::model::{Noise, Role};
use crate::suggestion::did_you_mean;

/// A number, or a table with start, min, max and, for parameters, per_trajectory.
pub(super) fn role(place: &str, value: &Value, is_parameter: bool) -> Result<Role, ModelFileError> {
    if let Some(value) = as_number(value).filter(|value| value.is_finite()) {
        return Ok(Role::Fixed(value));
    }
    let Value::Table(table) = value else {
        return Err(expected(place, "a number, or a table with start, min, max", value));
    };
    let keys: &[&str] =
        if is_parameter { &["start", "min", "max", "per_trajectory"] } else { &["start", "min", "max"] };
    known_keys(place, table, keys)?;
    let number = |key: &str| match table.get(key) {
        Some(value) => match as_number(value).filter(|number| number.is_finite()) {
            Some(number) => Ok(Some(number)),
            None => Err(expected(&format!("{place}.{key}"), "a finite number", value)),
        },
        None => Ok(None),
    };
    let (start, min, max) = (number("start")?, number("min")?, number("max")?);
    let per_trajectory = match table.get("per_trajectory") {
        Some(value) => {
            value.as_bool().ok_or_else(|| expected(&format!("{place}.per_trajectory"), "true or false", value))?
        }
        None => !is_parameter,
    };
    let bounds = match (min, max) {
        (Some(min), Some(max)) if min < max => Bounds::Between(min, max),
        (Some(min), Some(max)) => return Err(ModelFileError::Bounds { place: place.to_owned(), min, max }),
        (Some(min), None) => Bounds::Above(min),
        (None, Some(max)) => Bounds::Below(max),
        (None, None) => {
            let scale = start.map_or(1.0, f64::abs);
            Bounds::Free { scale: if scale > 0.0 { scale } else { 1.0 } }
        }
    };
    match start {
        Some(start) if !bounds.contain(start) => {
            let bounds = [("min", min), ("max", max)]
                .iter()
                .filter_map(|(name, value)| value.map(|value| format!(" {name} {value}")))
                .collect();
            Err(ModelFileError::Start { place: place.to_owned(), start, bounds })
        }
        None if is_parameter && !matches!(bounds, Bounds::Between(..)) => {
            Err(ModelFileError::NoStart { place: place.to_owned() })
        }
        _ => Ok(Role::Estimated { start, bounds, per_trajectory }),
    }
}

pub(super) fn read_noise(place: &str, value: &Value) -> Result<Noise, ModelFileError> {
    let wrong = || {
        expected(
            &format!("{place}.noise"),
            "\"additive\", \"proportional\", a positive number or { column = \"..\" }",
            value,
        )
    };
    match value {
        Value::String(text) if text == "additive" => Ok(Noise::Additive),
        Value::String(text) if text == "proportional" => Ok(Noise::Proportional),
        Value::Table(table) => {
            known_keys(&format!("{place}.noise"), table, &["column"])?;
            table
                .get("column")
                .and_then(Value::as_str)
                .map(|column| Noise::Column(column.to_owned()))
                .ok_or_else(wrong)
        }
        _ => match as_number(value) {
            Some(level) if level > 0.0 && level.is_finite() => Ok(Noise::Known(level)),
            _ => Err(wrong()),
        },
    }
}

pub(super) fn is_name(name: &str) -> bool {
    name.chars().next().is_some_and(|c| c.is_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_alphanumeric() || c == '_')
}

/// The number of a state that an entry is for.
pub(super) fn known_state(table: &'static str, name: &str, states: &[String]) -> Result<usize, ModelFileError> {
    states.iter().position(|state| state == name).ok_or_else(|| ModelFileError::NoSuchState {
        table,
        name: name.to_owned(),
        hint: did_you_mean(name, states.iter().map(String::as_str)),
    })
}

pub(super) fn known_keys(table: &str, found: &Table, known: &[&str]) -> Result<(), ModelFileError> {
    match found.keys().find(|key| !known.contains(&key.as_str())) {
        Some(key) => {
            let hint = did_you_mean(key, known.iter().copied())
                .or_else(|| Some(format!("the keys are {}", known.join(", "))));
            Err(ModelFileError::UnknownKey { table: table.to_owned(), key: key.clone(), hint })
        }
        None => Ok(()),
    }
}

pub(super) fn as_table<'a>(place: &str, value: &'a Value) -> Result<&'a Table, ModelFileError> {
    value.as_table().ok_or_else(|| expected(place, "a table", value))
}

pub(super) fn as_number(value: &Value) -> Option<f64> {
    value.as_float().or_else(|| value.as_integer().map(|number| number as f64))
}

pub(super) fn number_or_text(value: &Value) -> Option<String> {
    value
        .as_str()
        .map(str::to_owned)
        .or_else(|| as_number(value).filter(|x| x.is_finite()).map(|x| format!("({x:?})")))
}

pub(super) fn expected(place: &str, expected: &'static str, found: &Value) -> ModelFileError {
    let found = match found {
        Value::String(text) => format!("\"{text}\""),
        Value::Table(_) => "a table".to_owned(),
        Value::Array(_) => "a list".to_owned(),
        other => other.to_string(),
    };
    ModelFileError::Expected { place: place.to_owned(), expected, found }
}

pub(super) fn missing(what: &str, hint: &str) -> ModelFileError {
    ModelFileError::Missing { what: what.to_owned(), hint: hint.to_owned() }
}

pub(super) fn not_a_name(place: &str, name: &str) -> ModelFileError {
    ModelFileError::Name { place: place.to_owned(), name: name.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::{number_or_text, read_noise, role};
    use crate::inference::{Bounds, ModelFileError, Noise, Role};

    fn value(text: &str) -> toml::Value {
        let table: toml::Table = toml::from_str(&format!("v = {text}")).expect("TOML");
        table["v"].clone()
    }

    #[test]
    fn a_number_is_given_and_a_table_is_estimated() {
        let estimated = |start, bounds, per_trajectory| Ok(Role::Estimated { start, bounds, per_trajectory });
        for (text, expected) in [
            ("3", Ok(Role::Fixed(3.0))),
            ("{ start = -4 }", estimated(Some(-4.0), Bounds::Free { scale: 4.0 }, false)),
            ("{ start = 0, per_trajectory = true }", estimated(Some(0.0), Bounds::Free { scale: 1.0 }, true)),
            ("{ start = 1, min = 0 }", estimated(Some(1.0), Bounds::Above(0.0), false)),
            ("{ min = 0, max = 2 }", estimated(None, Bounds::Between(0.0, 2.0), false)),
            ("{ max = 2 }", Err(ModelFileError::NoStart { place: "p".to_owned() })),
            ("{ min = 2, max = 1 }", Err(ModelFileError::Bounds { place: "p".to_owned(), min: 2.0, max: 1.0 })),
        ] {
            assert_eq!(role("p", &value(text), true), expected, "{text}");
        }
        // An initial value needs no start, and every trajectory has its own.
        assert_eq!(role("p", &value("{ max = 2 }"), false), estimated(None, Bounds::Below(2.0), true));
    }

    #[test]
    fn an_error_is_a_kind_a_number_or_a_column() {
        for (text, expected) in [
            ("\"additive\"", Noise::Additive),
            ("\"proportional\"", Noise::Proportional),
            ("0.5", Noise::Known(0.5)),
            ("{ column = \"e\" }", Noise::Column("e".to_owned())),
        ] {
            assert_eq!(read_noise("p", &value(text)), Ok(expected));
        }
        assert!(["0", "-1", "inf", "\"white\"", "true"].iter().all(|text| read_noise("p", &value(text)).is_err()));
    }

    #[test]
    fn numbers_stand_in_brackets_so_that_signs_and_powers_keep_their_meaning() {
        assert_eq!(number_or_text(&value("-2")), Some("(-2.0)".to_owned()));
        assert_eq!(number_or_text(&value("\"a + b\"")), Some("a + b".to_owned()));
        assert_eq!(number_or_text(&value("inf")), None);
    }
}
