//! One setting of a configuration changed by `key=value`.

use thiserror::Error;
use toml::{Table, Value};

/// Text that sets nothing: no equals sign, no key, or a path through something that is no table.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("`{text}` does not set anything: expected key=value, with dots in the key for tables")]
pub struct NotASetting {
    /// What was given.
    pub text: String,
}

/// Sets what `text` says: `a.b=1` sets `b` in the table `a`, which is made if it is not there. What is no TOML value
/// is taken as a string.
///
/// ```
/// let mut table: toml::Table = "[training]\nepochs = 3".parse()?;
/// mechnn::setting::set(&mut table, "training.epochs=10")?;
/// assert_eq!(table["training"]["epochs"].as_integer(), Some(10));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// [`NotASetting`]. Whether there is such a setting is known to whoever reads the table.
pub fn set(table: &mut Table, text: &str) -> Result<(), NotASetting> {
    let wrong = || NotASetting { text: text.to_owned() };
    let (path, value) = text.split_once('=').ok_or_else(wrong)?;
    let value = match format!("value = {value}").parse::<Table>() {
        Ok(mut parsed) => parsed.remove("value").ok_or_else(wrong)?,
        Err(_) => Value::String(value.to_owned()),
    };
    let mut keys: Vec<&str> = path.split('.').map(str::trim).collect();
    let last = keys.pop().filter(|key| !key.is_empty()).ok_or_else(wrong)?;
    let mut place = table;
    for key in keys {
        let entry = place.entry(key.to_owned()).or_insert_with(|| Value::Table(Table::new()));
        place = entry.as_table_mut().ok_or_else(wrong)?;
    }
    place.insert(last.to_owned(), value);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{Table, set};

    #[test]
    fn what_sets_nothing_is_refused() {
        let mut table: Table = "a = 1".parse().expect("TOML");
        for text in ["a", "=1", "a.b=1", ".=2"] {
            assert!(set(&mut table, text).is_err_and(|error| error.text == text), "{text}");
        }
        assert!(set(&mut table, "b.c=x y").is_ok() && table["b"]["c"].as_str() == Some("x y"), "{table}");
    }
}
