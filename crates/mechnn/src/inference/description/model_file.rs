//! The `[model]` table of a TOML file.

use std::collections::HashMap;

use toml::{Table, Value};

use super::bounds::Bounds;
use super::entry::{
    as_number, as_table, check_names, expected, is_name, known_keys, known_state, missing, not_a_name, number_or_text,
    read_noise, role,
};
use super::error::ModelFileError;
use super::model::{Derived, InitialValue, Input, Model, Noise, Observation, Parameter, ProcessNoise, Role};
use super::template::{Templates, substitute};
use crate::equation::Expression;

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
