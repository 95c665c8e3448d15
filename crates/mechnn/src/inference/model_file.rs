//! The `[model]` table of a TOML file.

use std::collections::HashMap;

use toml::{Table, Value};

use super::bounds::Bounds;
use super::error::ModelFileError;
use super::model::{Derived, InitialValue, Input, Model, Noise, Observation, Parameter, ProcessNoise, Role};
use super::template::{Templates, substitute};
use crate::equation::Expression;
use crate::suggestion::did_you_mean;

/// Keys of `[model]`.
const KEYS: [&str; 12] = [
    "time",
    "every",
    "substeps",
    "indices",
    "definitions",
    "equations",
    "parameters",
    "initial",
    "observations",
    "inputs",
    "process_noise",
    "derived",
];

/// The velocity of a state with an equation of second order.
fn velocity(state: &str) -> String {
    format!("d{state}_dt")
}

impl Model {
    /// Reads a model from the text of a TOML file; its language is in `docs/src/reference/model-file.md`.
    ///
    /// # Errors
    /// [`ModelFileError`] with the table and the key.
    pub fn from_toml(text: &str) -> Result<Self, ModelFileError> {
        let file: Table = toml::from_str(text).map_err(|error: toml::de::Error| {
            let line = error.span().map_or(1, |span| 1 + text[..span.start.min(text.len())].matches('\n').count());
            let message = error.message().lines().next().unwrap_or("not valid TOML").to_owned();
            ModelFileError::Toml { line, message }
        })?;
        known_keys("the file", &file, &["model"])?;
        let model = file
            .get("model")
            .ok_or_else(|| missing("the table [model]", "write [model.equations] with one line per state"))?;
        let model = as_table("model", model)?;
        known_keys("[model]", model, &KEYS)?;
        Reader::new(model)?.read()
    }
}

/// The table, and what its names stand for.
struct Reader<'a> {
    model: &'a Table,
    indices: Vec<(String, Vec<String>)>,
    definitions: HashMap<String, String>,
}

impl<'a> Reader<'a> {
    fn new(model: &'a Table) -> Result<Self, ModelFileError> {
        let mut reader = Self { model, indices: Vec::new(), definitions: HashMap::new() };
        for (index, members) in reader.table("indices")? {
            let place = format!("[model.indices] {index}");
            let members = members.as_array().ok_or_else(|| expected(&place, "a list of names", members))?;
            let name = |member: &Value| {
                let name = member.as_str().ok_or_else(|| expected(&place, "a list of names", member))?;
                let is_name = !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || c == '_');
                is_name.then(|| name.to_owned()).ok_or_else(|| not_a_name(&place, name))
            };
            let members = members.iter().map(name).collect::<Result<_, _>>()?;
            // Several letters for one set: `i = [..]`, `"i, j" = [..]`.
            let letters = index.split(',').map(|letter| letter.trim().to_owned());
            reader.indices.extend(letters.map(|letter| (letter, Vec::clone(&members))));
        }
        for (name, text) in reader.texts("definitions")? {
            reader.definitions.insert(name, text);
        }
        Ok(reader)
    }

    /// The entries of `[model.name]`; none if there is no such table.
    fn table(&self, name: &str) -> Result<Vec<(&'a String, &'a Value)>, ModelFileError> {
        match self.model.get(name) {
            Some(value) => Ok(as_table(&format!("[model] {name}"), value)?.iter().collect()),
            None => Ok(Vec::new()),
        }
    }

    /// The entries of a table of expressions, written out.
    fn texts(&mut self, name: &str) -> Result<Vec<(String, String)>, ModelFileError> {
        let mut all = Vec::new();
        for (key, value) in self.table(name)? {
            let place = format!("[model.{name}] {key}");
            let text = number_or_text(value).ok_or_else(|| expected(&place, "an expression in quotes", value))?;
            for (key, texts) in Templates::new(&self.indices).expand(&place, key, &[&text])? {
                let text = substitute(&texts[0], &self.definitions);
                if name == "definitions" {
                    // Later definitions may use it.
                    self.definitions.insert(key.clone(), text.clone());
                }
                all.push((key, text));
            }
        }
        Ok(all)
    }

    fn expand(&self, table: &str, key: &str) -> Result<Vec<String>, ModelFileError> {
        let place = format!("[model.{table}] {key}");
        Ok(Templates::new(&self.indices).expand(&place, key, &[])?.into_iter().map(|(name, _)| name).collect())
    }

    fn read(mut self) -> Result<Model, ModelFileError> {
        let time = match self.model.get("time") {
            Some(value) => {
                value.as_str().ok_or_else(|| expected("[model] time", "a name in quotes", value))?.to_owned()
            }
            None => "t".to_owned(),
        };
        let equations = self.first_order()?;
        let states: Vec<String> = equations.iter().map(|(state, _)| state.clone()).collect();
        let is_velocity = |d: usize| d > 0 && equations[d - 1].1 == states[d] && states[d] == velocity(&states[d - 1]);
        let velocity_of: Vec<Option<usize>> = (0..states.len()).map(|d| is_velocity(d).then(|| d - 1)).collect();
        let inputs = self.inputs()?;
        let mut parameters = self.parameters()?;
        check_names(&time, &states, &inputs, &parameters)?;
        let initial = self.initial_texts(&states, &mut parameters)?;
        let constants: Vec<String> = parameters.iter().map(|parameter| parameter.name.clone()).collect();
        let mut variables = states.clone();
        variables.extend(inputs.iter().map(|input| input.name.clone()));
        variables.push(time.clone());
        let parse = |place: &str, text: &str, variables: &[String]| {
            Expression::parse(text, variables, &constants)
                .map_err(|source| ModelFileError::Expression { place: place.to_owned(), source })
        };
        let sides = equations
            .iter()
            .map(|(state, text)| parse(&format!("[model.equations] {state}"), text, &variables))
            .collect::<Result<_, _>>()?;
        let observations = self.observations(&states, &variables, &parse)?;
        let initial = initial
            .into_iter()
            .zip(&states)
            .map(|(value, state)| match value {
                Written::Text(text) => {
                    parse(&format!("[model.initial] {state}"), &text, &[]).map(InitialValue::Expression)
                }
                Written::Parameter { number, told } => {
                    let d = states.iter().position(|other| other == state);
                    let observed = |d| observations.iter().any(|observation| observation.state == d);
                    let position = d.and_then(|d| velocity_of[d]);
                    match told || observed(d) || position.is_some_and(|d| observed(Some(d))) {
                        true => Ok(InitialValue::Parameter(number)),
                        false => Err(ModelFileError::NoInitialValue { state: state.clone() }),
                    }
                }
            })
            .collect::<Result<_, _>>()?;
        let derived = self
            .texts("derived")?
            .into_iter()
            .map(|(name, text)| {
                let expression = parse(&format!("[model.derived] {name}"), &text, &[])?;
                Ok(Derived { name, expression })
            })
            .collect::<Result<_, _>>()?;
        Ok(Model {
            process_noise: self.process_noise(&states)?,
            substeps: self.count("substeps")?,
            every: self.count("every")?.unwrap_or(1),
            texts: equations.into_iter().map(|(_, text)| text).collect(),
            equations: sides,
            time,
            states,
            inputs,
            parameters,
            observations,
            initial,
            derived,
            velocity_of,
        })
    }

    /// The equations as ones of first order: name and right-hand side of every state.
    fn first_order(&mut self) -> Result<Vec<(String, String)>, ModelFileError> {
        let mut all = Vec::new();
        for (key, text) in self.texts("equations")? {
            match key.strip_suffix("''") {
                Some(state) => {
                    all.push((state.to_owned(), velocity(state)));
                    all.push((velocity(state), text));
                }
                None => all.push((key.strip_suffix('\'').unwrap_or(&key).to_owned(), text)),
            }
        }
        if all.is_empty() {
            return Err(missing("[model.equations]", "write one line per state, such as x = \"-k*x\""));
        }
        if let Some((name, _)) = all.iter().find(|(name, _)| !is_name(name)) {
            return Err(not_a_name("[model.equations]", name));
        }
        Ok(all)
    }

    fn inputs(&self) -> Result<Vec<Input>, ModelFileError> {
        let column = |(name, value): (&String, &Value)| {
            let place = format!("[model.inputs] {name}");
            let column = value.as_str().ok_or_else(|| expected(&place, "the name of a column in quotes", value))?;
            Ok(Input { name: name.clone(), column: column.to_owned() })
        };
        self.table("inputs")?.into_iter().map(column).collect()
    }

    fn parameters(&self) -> Result<Vec<Parameter>, ModelFileError> {
        let mut all: Vec<Parameter> = Vec::new();
        for (key, value) in self.table("parameters")? {
            let place = format!("[model.parameters] {key}");
            let role = role(&place, value, true)?;
            for name in self.expand("parameters", key)? {
                match all.iter_mut().find(|parameter| parameter.name == name) {
                    // The entry for one member replaces that for all.
                    Some(parameter) => parameter.role = role,
                    None => all.push(Parameter { name, role }),
                }
            }
        }
        Ok(all)
    }

    /// What is said of every state's initial value; those estimated by themselves become parameters.
    fn initial_texts(
        &self,
        states: &[String],
        parameters: &mut Vec<Parameter>,
    ) -> Result<Vec<Written>, ModelFileError> {
        let mut said: HashMap<String, Said> = HashMap::new();
        for (key, value) in self.table("initial")? {
            let place = format!("[model.initial] {key}");
            let kinds = "a number, an expression or a table with start, min, max";
            let (text, table) = match (value.is_table(), number_or_text(value)) {
                (true, _) => (String::new(), Some(role(&place, value, false)?)),
                (false, Some(text)) => (text, None),
                (false, None) => return Err(expected(&place, kinds, value)),
            };
            for (name, texts) in Templates::new(&self.indices).expand(&place, key, &[&text])? {
                known_state("[model.initial]", &name, states)?;
                let text = substitute(&texts[0], &self.definitions);
                said.insert(name, table.map_or(Said::Text(text), Said::Role));
            }
        }
        let mut all = Vec::new();
        for state in states {
            let (role, told) = match said.remove(state) {
                Some(Said::Text(text)) => {
                    all.push(Written::Text(text));
                    continue;
                }
                Some(Said::Role(role)) => {
                    let told = matches!(role, Role::Estimated { start, bounds, .. }
                        if start.is_some() || matches!(bounds, Bounds::Between(..)));
                    (role, told)
                }
                None => {
                    let bounds = Bounds::Free { scale: 1.0 };
                    (Role::Estimated { start: None, bounds, per_trajectory: true }, false)
                }
            };
            all.push(Written::Parameter { number: parameters.len(), told });
            parameters.push(Parameter { name: format!("{state}(0)"), role });
        }
        Ok(all)
    }

    #[allow(clippy::type_complexity)]
    fn observations(
        &mut self,
        states: &[String],
        variables: &[String],
        parse: &dyn Fn(&str, &str, &[String]) -> Result<Expression, ModelFileError>,
    ) -> Result<Vec<Observation>, ModelFileError> {
        let mut all = Vec::new();
        for (key, value) in self.table("observations")? {
            let place = format!("[model.observations] {key}");
            let (text, noise) = match value {
                Value::Table(table) => {
                    known_keys(&place, table, &["value", "noise"])?;
                    let text = table
                        .get("value")
                        .ok_or_else(|| missing(&format!("{place}: the key `value`"), "write value = \"x\""))?;
                    (
                        text,
                        table
                            .get("noise")
                            .map(|noise| read_noise(&place, noise))
                            .transpose()?
                            .unwrap_or(Noise::Additive),
                    )
                }
                _ => (value, Noise::Additive),
            };
            let text = text.as_str().ok_or_else(|| expected(&place, "an expression in quotes", text))?;
            // A column may have any name; with brackets it stands for one column per member.
            let rows = match self.indices.is_empty() {
                true => vec![(key.clone(), vec![text.to_owned()])],
                false => Templates::new(&self.indices).expand(&place, key, &[text])?,
            };
            for (column, texts) in rows {
                let text = substitute(&texts[0], &self.definitions);
                let state = states.iter().position(|state| state == text.trim());
                let expression = parse(&place, &text, variables)?;
                all.push(Observation { column, expression, state, noise: noise.clone() });
            }
        }
        match all.is_empty() {
            true => Err(missing("[model.observations]", "write one line per column, such as in_bed = \"I\"")),
            false => Ok(all),
        }
    }

    fn process_noise(&self, states: &[String]) -> Result<Vec<Option<ProcessNoise>>, ModelFileError> {
        let mut all = vec![None; states.len()];
        for (key, value) in self.table("process_noise")? {
            let place = format!("[model.process_noise] {key}");
            let noise = match (value.as_str(), as_number(value)) {
                (Some("estimate"), _) => ProcessNoise::Estimated,
                (_, Some(level)) if level > 0.0 && level.is_finite() => ProcessNoise::Known(level),
                _ => return Err(expected(&place, "a positive number or \"estimate\"", value)),
            };
            for name in self.expand("process_noise", key)? {
                all[known_state("[model.process_noise]", &name, states)?] = Some(noise);
            }
        }
        Ok(all)
    }

    fn count(&self, key: &str) -> Result<Option<usize>, ModelFileError> {
        let read = |value: &Value| match value.as_integer() {
            Some(count @ 1..=100_000) => Ok(count as usize),
            _ => Err(expected(&format!("[model] {key}"), "a whole number from 1 to 100000", value)),
        };
        self.model.get(key).map(read).transpose()
    }
}

/// An entry of `[model.initial]`.
enum Said {
    Text(String),
    Role(Role),
}

/// What is said of an initial value.
enum Written {
    Text(String),
    /// `told`: there is a start, or bounds to look for one.
    Parameter {
        number: usize,
        told: bool,
    },
}

/// A number, or a table with start, min, max and, for parameters, per_trajectory.
fn role(place: &str, value: &Value, is_parameter: bool) -> Result<Role, ModelFileError> {
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

fn read_noise(place: &str, value: &Value) -> Result<Noise, ModelFileError> {
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
            table.get("column").and_then(Value::as_str).map(|column| Noise::Column(column.to_owned())).ok_or_else(wrong)
        }
        _ => match as_number(value) {
            Some(level) if level > 0.0 && level.is_finite() => Ok(Noise::Known(level)),
            _ => Err(wrong()),
        },
    }
}

/// A name means one thing.
fn check_names(
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

fn is_name(name: &str) -> bool {
    name.chars().next().is_some_and(|c| c.is_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_alphanumeric() || c == '_')
}

fn known_state(table: &'static str, name: &str, states: &[String]) -> Result<usize, ModelFileError> {
    states.iter().position(|state| state == name).ok_or_else(|| ModelFileError::NoSuchState {
        table,
        name: name.to_owned(),
        hint: did_you_mean(name, states.iter().map(String::as_str)),
    })
}

fn known_keys(table: &str, found: &Table, known: &[&str]) -> Result<(), ModelFileError> {
    match found.keys().find(|key| !known.contains(&key.as_str())) {
        Some(key) => {
            let hint =
                did_you_mean(key, known.iter().copied()).or_else(|| Some(format!("the keys are {}", known.join(", "))));
            Err(ModelFileError::UnknownKey { table: table.to_owned(), key: key.clone(), hint })
        }
        None => Ok(()),
    }
}

fn as_table<'a>(place: &str, value: &'a Value) -> Result<&'a Table, ModelFileError> {
    value.as_table().ok_or_else(|| expected(place, "a table", value))
}

fn as_number(value: &Value) -> Option<f64> {
    value.as_float().or_else(|| value.as_integer().map(|number| number as f64))
}

fn number_or_text(value: &Value) -> Option<String> {
    value.as_str().map(str::to_owned).or_else(|| as_number(value).filter(|x| x.is_finite()).map(|x| format!("({x:?})")))
}

fn expected(place: &str, expected: &'static str, found: &Value) -> ModelFileError {
    let found = match found {
        Value::String(text) => format!("\"{text}\""),
        Value::Table(_) => "a table".to_owned(),
        Value::Array(_) => "a list".to_owned(),
        other => other.to_string(),
    };
    ModelFileError::Expected { place: place.to_owned(), expected, found }
}

fn missing(what: &str, hint: &str) -> ModelFileError {
    ModelFileError::Missing { what: what.to_owned(), hint: hint.to_owned() }
}

fn not_a_name(place: &str, name: &str) -> ModelFileError {
    ModelFileError::Name { place: place.to_owned(), name: name.to_owned() }
}
