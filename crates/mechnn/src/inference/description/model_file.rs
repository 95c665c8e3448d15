//! The `[model]` table of a TOML file.

use std::collections::HashMap;

use toml::{Table, Value};

use super::entry::{
    as_number, as_table, expected, is_name, known_keys, known_state, missing, not_a_name, read_noise, role,
};
use super::error::ModelFileError;
use super::initial;
use super::model::{Derived, Input, Model, Noise, Observation, Parameter, ProcessNoise};
use super::names::{Names, check_names};
use super::tables::Tables;
use crate::data::Between;

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
            .ok_or_else(|| missing("the table [model]", "write [model.equations] with one line for each state"))?;
        let model = as_table("model", model)?;
        known_keys("[model]", model, &KEYS)?;
        read(&Tables::new(model)?)
    }
}

/// The model that the tables describe.
fn read(tables: &Tables<'_>) -> Result<Model, ModelFileError> {
    let time = match tables.get("time") {
        Some(value) => value.as_str().ok_or_else(|| expected("[model] time", "a name in quotes", value))?.to_owned(),
        None => "t".to_owned(),
    };
    // Names, and what is written of them.
    let equations = first_order(tables)?;
    let states: Vec<String> = equations.iter().map(|(state, _)| state.clone()).collect();
    let is_velocity = |d: usize| d > 0 && equations[d - 1].1 == states[d] && states[d] == velocity(&states[d - 1]);
    let velocity_of: Vec<Option<usize>> = (0..states.len()).map(|d| is_velocity(d).then(|| d - 1)).collect();
    let inputs = inputs(tables)?;
    let mut parameters = parameters(tables)?;
    check_names(&time, &states, &inputs, &parameters)?;
    let written = initial::read(tables, &states, &mut parameters)?;

    // Expressions of them.
    let names = Names::new(&time, &states, &inputs, &parameters);
    let side = |(state, text): &(String, String)| names.parse(&format!("[model.equations] {state}"), text);
    let right_hand_sides = equations.iter().map(side).collect::<Result<_, _>>()?;
    let observations = observations(tables, &states, &names)?;
    let initial = initial::values(written, &states, &velocity_of, &observations, &names)?;
    let derived = |(name, text): (String, String)| {
        let expression = names.parse_of_parameters(&format!("[model.derived] {name}"), &text)?;
        Ok(Derived { name, expression })
    };
    Ok(Model {
        derived: tables.texts("derived")?.into_iter().map(derived).collect::<Result<_, _>>()?,
        process_noise: process_noise(tables, &states)?,
        substeps: tables.count("substeps")?,
        every: tables.count("every")?.unwrap_or(1),
        texts: equations.into_iter().map(|(_, text)| text).collect(),
        equations: right_hand_sides,
        time,
        states,
        inputs,
        parameters,
        observations,
        initial,
        velocity_of,
    })
}

/// The velocity of a state with an equation of second order.
fn velocity(state: &str) -> String {
    format!("d{state}_dt")
}

/// The equations as ones of first order: name and right-hand side of every state.
fn first_order(tables: &Tables<'_>) -> Result<Vec<(String, String)>, ModelFileError> {
    let mut all = Vec::new();
    for (key, text) in tables.texts("equations")? {
        match key.strip_suffix("''") {
            Some(state) => {
                all.push((state.to_owned(), velocity(state)));
                all.push((velocity(state), text));
            }
            None => all.push((key.strip_suffix('\'').unwrap_or(&key).to_owned(), text)),
        }
    }
    if all.is_empty() {
        return Err(missing("[model.equations]", "write one line for each state, such as x = \"-k*x\""));
    }
    if let Some((name, _)) = all.iter().find(|(name, _)| !is_name(name)) {
        return Err(not_a_name("[model.equations]", name));
    }
    Ok(all)
}

fn inputs(tables: &Tables<'_>) -> Result<Vec<Input>, ModelFileError> {
    tables.table("inputs")?.into_iter().map(|(name, value)| input(name, value)).collect()
}

fn input(name: &str, value: &Value) -> Result<Input, ModelFileError> {
    const COLUMN: &str = "the name of a column in quotes";
    let place = format!("[model.inputs] {name}");
    let (column, between) = match value {
        Value::String(column) => (column, Between::Linear),
        Value::Table(table) => {
            known_keys(&place, table, &["column", "hold"])?;
            let column = match table.get("column") {
                Some(Value::String(column)) => column,
                Some(other) => return Err(expected(&format!("{place}.column"), COLUMN, other)),
                None => return Err(missing(&format!("{place}: the key `column`"), "write column = \"name\"")),
            };
            let between = match table.get("hold") {
                None | Some(Value::Boolean(false)) => Between::Linear,
                Some(Value::Boolean(true)) => Between::Held,
                Some(other) => return Err(expected(&format!("{place}.hold"), "true or false", other)),
            };
            (column, between)
        }
        other => return Err(expected(&place, COLUMN, other)),
    };
    Ok(Input { name: name.to_owned(), column: column.clone(), between })
}

fn parameters(tables: &Tables<'_>) -> Result<Vec<Parameter>, ModelFileError> {
    let mut all: Vec<Parameter> = Vec::new();
    let mut numbers: HashMap<String, usize> = HashMap::new();
    for (key, value) in tables.table("parameters")? {
        let place = format!("[model.parameters] {key}");
        let role = role(&place, value, true)?;
        for name in tables.names("parameters", key)? {
            match numbers.get(&name) {
                // The entry for one member replaces that for all.
                Some(&number) => all[number].role = role,
                None => {
                    numbers.insert(name.clone(), all.len());
                    all.push(Parameter { name, role });
                }
            }
        }
    }
    Ok(all)
}

/// What the columns measure.
fn observations(tables: &Tables<'_>, states: &[String], names: &Names) -> Result<Vec<Observation>, ModelFileError> {
    let mut all = Vec::new();
    for (key, value) in tables.table("observations")? {
        let place = format!("[model.observations] {key}");
        let (text, noise) = match value {
            Value::Table(table) => {
                known_keys(&place, table, &["value", "noise"])?;
                let text = table
                    .get("value")
                    .ok_or_else(|| missing(&format!("{place}: the key `value`"), "write value = \"x\""))?;
                let noise = match table.get("noise") {
                    Some(noise) => read_noise(&place, noise)?,
                    None => Noise::Additive,
                };
                (text, noise)
            }
            _ => (value, Noise::Additive),
        };
        let text = text.as_str().ok_or_else(|| expected(&place, "an expression in quotes", text))?;
        // A column may have any name; with indices, brackets stand for one column per member.
        let rows = match tables.has_indices() {
            true => tables.written_out(&place, key, text)?,
            false => vec![(key.clone(), tables.defined(&place, text)?)],
        };
        for (column, text) in rows {
            let state = states.iter().position(|state| state == text.trim());
            let expression = names.parse(&place, &text)?;
            all.push(Observation { column, expression, state, noise: noise.clone() });
        }
    }
    match all.is_empty() {
        true => Err(missing("[model.observations]", "write one line for each column, such as in_bed = \"I\"")),
        false => Ok(all),
    }
}

fn process_noise(tables: &Tables<'_>, states: &[String]) -> Result<Vec<Option<ProcessNoise>>, ModelFileError> {
    let mut all = vec![None; states.len()];
    for (key, value) in tables.table("process_noise")? {
        let place = format!("[model.process_noise] {key}");
        let noise = match (value.as_str(), as_number(value)) {
            (Some("estimate"), _) => ProcessNoise::Estimated,
            (_, Some(level)) if level > 0.0 && level.is_finite() => ProcessNoise::Known(level),
            _ => return Err(expected(&place, "a positive number or \"estimate\"", value)),
        };
        for name in tables.names("process_noise", key)? {
            all[known_state("[model.process_noise]", &name, states)?] = Some(noise);
        }
    }
    Ok(all)
}
