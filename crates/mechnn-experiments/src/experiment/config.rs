//! A configuration file.

use mechnn::setting::{NotASetting, set};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use thiserror::Error;
use toml::{Table as TomlTable, Value};

use super::{Constants, DampedSine, ExperimentError, Logistic, Lorenz, NonlinearTerms, Table, Watch};

/// An experiment with all its settings.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "experiment", rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Config {
    /// See [`DampedSine`].
    DampedSine(DampedSine),
    /// See [`Lorenz`].
    Lorenz(Lorenz),
    /// See [`Logistic`].
    Logistic(Logistic),
    /// See [`Constants`].
    Constants(Constants),
    /// See [`NonlinearTerms`].
    NonlinearTerms(NonlinearTerms),
}

/// Why a configuration cannot be used.
#[derive(Debug, Clone, PartialEq, Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// Not TOML, or a value of another type.
    #[error("{0}")]
    Syntax(String),
    /// A key that no setting has.
    #[error("unknown key `{key}`")]
    UnknownKey {
        /// The key.
        key: String,
        /// Keys that could stand there.
        known: Vec<String>,
    },
    /// No experiment, or one that does not exist.
    #[error("`experiment` is {found}, expected one of {}", known.join(", "))]
    Experiment {
        /// What was found.
        found: String,
        /// What there is.
        known: Vec<String>,
    },
    /// `--set` without an equals sign, or a path through something that is no table.
    #[error("`{text}` does not set anything: expected key=value, as in training.epochs=10")]
    Override {
        /// What was given.
        text: String,
    },
}

/// Settings that are one of several kinds, each with its own keys.
const ENUMS: [&str; 1] = ["schedule"];

const NAMES: [&str; 5] = ["damped-sine", "lorenz", "logistic", "constants", "nonlinear-terms"];

impl Config {
    /// Reads TOML and changes it by `overrides`, each `key=value` with dots in the key for tables.
    ///
    /// # Errors
    /// [`ConfigError`].
    pub fn parse(text: &str, overrides: &[String]) -> Result<Self, ConfigError> {
        let mut table: TomlTable = text.parse().map_err(syntax)?;
        for text in overrides {
            set(&mut table, text).map_err(|NotASetting { text }| ConfigError::Override { text })?;
        }
        let known = || NAMES.map(str::to_owned).to_vec();
        let name = match table.remove("experiment") {
            Some(Value::String(name)) => name,
            Some(other) => return Err(ConfigError::Experiment { found: other.to_string(), known: known() }),
            None => return Err(ConfigError::Experiment { found: "missing".to_owned(), known: known() }),
        };
        match name.as_str() {
            "damped-sine" => settings(table).map(Self::DampedSine),
            "lorenz" => settings(table).map(Self::Lorenz),
            "logistic" => settings(table).map(Self::Logistic),
            "constants" => settings(table).map(Self::Constants),
            "nonlinear-terms" => settings(table).map(Self::NonlinearTerms),
            _ => Err(ConfigError::Experiment { found: format!("\"{name}\""), known: known() }),
        }
    }

    /// The name of the experiment.
    pub fn name(&self) -> &'static str {
        match self {
            Self::DampedSine(_) => NAMES[0],
            Self::Lorenz(_) => NAMES[1],
            Self::Logistic(_) => NAMES[2],
            Self::Constants(_) => NAMES[3],
            Self::NonlinearTerms(_) => NAMES[4],
        }
    }

    /// All settings, defaults included, as TOML.
    pub fn resolved(&self) -> String {
        toml::to_string(self)
            .unwrap_or_else(|error| unreachable!("settings are numbers, texts, lists and tables: {error}"))
    }

    /// Runs the experiment.
    ///
    /// # Errors
    /// [`ExperimentError`].
    pub fn run(&self, watch: &mut dyn Watch) -> Result<Table, ExperimentError> {
        match self {
            Self::DampedSine(settings) => settings.run(watch),
            Self::Lorenz(settings) => settings.run(watch),
            Self::Logistic(settings) => settings.run(watch),
            Self::Constants(settings) => settings.run(watch),
            Self::NonlinearTerms(settings) => settings.run(watch),
        }
    }
}

/// What is not given is the default of the experiment, not that of the part it stands in: `training.epochs=5` alone
/// keeps the learning rate.
fn settings<T: DeserializeOwned + Serialize + Default>(given: TomlTable) -> Result<T, ConfigError> {
    let mut table = TomlTable::try_from(T::default()).map_err(|error| ConfigError::Syntax(error.to_string()))?;
    overlay(&mut table, given);
    T::deserialize(Value::Table(table)).map_err(syntax)
}

fn overlay(table: &mut TomlTable, given: TomlTable) {
    for (key, value) in given {
        match (table.get_mut(&key), value) {
            // A table that names one of several kinds is replaced as a whole.
            (Some(Value::Table(table)), Value::Table(given)) if !ENUMS.contains(&key.as_str()) => {
                overlay(table, given)
            }
            (_, value) => drop(table.insert(key, value)),
        }
    }
}

/// serde's message on an unknown field is the only place that has the known ones.
fn syntax(error: toml::de::Error) -> ConfigError {
    let text = error.message().to_owned();
    let quoted: Vec<String> = text.split('`').skip(1).step_by(2).map(str::to_owned).collect();
    match (text.starts_with("unknown field"), quoted.split_first()) {
        (true, Some((key, known))) => ConfigError::UnknownKey { key: key.clone(), known: known.to_vec() },
        _ => ConfigError::Syntax(text),
    }
}

#[cfg(test)]
mod tests {
    use super::{Config, ConfigError, NonlinearTerms};
    use mechnn_neural::train::Schedule;

    #[test]
    fn keys_can_be_set_and_unknown_ones_are_named() {
        let text = "experiment = \"lorenz\"\nseeds = [1]\n";
        let set = ["discovery.cycles=2".to_owned(), "discovery.library=poly:3".to_owned()];
        let Ok(Config::Lorenz(lorenz)) = Config::parse(text, &set) else { panic!("a configuration") };
        assert_eq!((lorenz.discovery.cycles, lorenz.seeds.len()), (2, 1));
        assert_eq!(lorenz.discovery.library.to_string(), "poly:3");
        match Config::parse(text, &["discovery.cycle=2".to_owned()]) {
            Err(ConfigError::UnknownKey { key, known }) => {
                assert_eq!(key, "cycle");
                assert!(known.contains(&"cycles".to_owned()), "{known:?}");
            }
            other => panic!("expected an unknown key, got {other:?}"),
        }
        assert!(matches!(Config::parse("experiment = \"x\"", &[]), Err(ConfigError::Experiment { .. })));
        assert!(matches!(Config::parse("seeds = [1]", &[]), Err(ConfigError::Experiment { .. })));
        assert!(matches!(Config::parse(text, &["seeds".to_owned()]), Err(ConfigError::Override { .. })));
        assert!(matches!(Config::parse(text, &["seeds=x".to_owned()]), Err(ConfigError::Syntax(_))));
    }

    #[test]
    fn what_is_not_given_is_the_default_of_the_experiment() {
        let text = "experiment = \"nonlinear-terms\"\n[training.schedule.step]\nevery = 2\nfactor = 0.5\n";
        let set = ["training.epochs=5".to_owned(), "training.adam.learning_rate=0.5".to_owned()];
        let Ok(Config::NonlinearTerms(found)) = Config::parse(text, &set) else { panic!("a configuration") };
        let mut expected = NonlinearTerms::default().training;
        (expected.epochs, expected.adam.learning_rate) = (5, 0.5);
        expected.schedule = Schedule::Step { every: 2, factor: 0.5 };
        assert_eq!(found.training, expected);
    }

    #[test]
    fn a_resolved_configuration_reads_back() {
        for name in super::NAMES {
            let config = Config::parse(&format!("experiment = \"{name}\""), &[]).expect("defaults");
            assert_eq!(Config::parse(&config.resolved(), &[]), Ok(config.clone()), "{}", config.resolved());
            assert_eq!(config.name(), name);
        }
    }
}
