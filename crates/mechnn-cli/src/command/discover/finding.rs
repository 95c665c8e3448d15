//! The equations of one part of the data, and of all parts in the form asked for.

use std::sync::Arc;

use mechnn::data::Dataset;
use mechnn::discovery::{DiscoveryDocument, DiscoveryResult, ModelConstraints, SharedDocument, StateEvidence};
use mechnn::equation::{ModelUnits, Unit};

use super::front;
use super::request::without_unit;
use crate::failure::Failure;
use crate::printer::Printer;

/// Data that get equations of their own.
pub(super) struct Part {
    pub(super) data: Arc<Dataset>,
    /// Of a trajectory; none if the part is everything.
    pub(super) name: Option<String>,
}

/// The equations of one part.
pub(super) struct Finding<'a> {
    pub(super) part: &'a Part,
    pub(super) result: &'a DiscoveryResult,
    pub(super) units: Option<ModelUnits>,
    pub(super) document: DiscoveryDocument,
}

impl<'a> Finding<'a> {
    /// With the document, and with units if they are known for the `variables` of the model.
    pub(super) fn new(
        part: &'a Part,
        result: &'a DiscoveryResult,
        constraints: &ModelConstraints,
        variables: Option<&[Unit]>,
        seconds: f64,
    ) -> Result<Self, Failure> {
        let units = variables.map(|variables| result.model.units(variables));
        let mut document = DiscoveryDocument::new(&part.data, result, seconds)?.with_constraints(constraints);
        if let Some(units) = &units {
            document = document.with_units(&result.model, units);
        }
        Ok(Self { part, result, units, document })
    }
}

/// Says which coefficients have no unit, and why; the same is not said again for the next part.
pub(super) fn warn_of_units(findings: &[Finding], printer: &mut Printer) {
    let mut said: Vec<String> = Vec::new();
    for Finding { result, units, .. } in findings {
        let Some(units) = units else { continue };
        for warning in without_unit(&result.model, units) {
            if !said.contains(&warning) {
                printer.warning(&warning);
                said.push(warning);
            }
        }
    }
}

/// One document; several go into one.
pub(super) fn print_documents(
    findings: &[Finding],
    compared: Option<usize>,
    seconds: f64,
    printer: &mut Printer,
) -> Result<(), Failure> {
    let documents = || findings.iter().map(|finding| &finding.document);
    match compared {
        Some(compared) => {
            let document = SharedDocument::new(documents().cloned().collect(), compared, seconds);
            printer.result(&serde_json::to_string_pretty(&document)?)
        }
        None => documents().try_for_each(|document| printer.result(&serde_json::to_string_pretty(document)?)),
    }
}

/// The equations of each part below its name, and the best of every size if they were asked for.
pub(super) fn print_equations(findings: &[Finding], shows_front: bool, printer: &mut Printer) -> Result<(), Failure> {
    for (index, Finding { part, result, units, .. }) in findings.iter().enumerate() {
        let text = units.as_ref().map_or_else(|| result.model.text(), |units| result.model.text_with_units(units));
        let text = without_unknown(&text, result);
        match &part.name {
            Some(name) => {
                let blank = if index > 0 { "\n" } else { "" };
                printer.equations(&format!("{blank}# {name}\n{text}"))?;
            }
            None => printer.equations(&text)?,
        }
        if shows_front {
            printer.result(&front::table(&result.pareto_front))?;
        }
    }
    Ok(())
}

/// The equations, one in each line, with a question mark in place of those that were not found.
fn without_unknown(text: &str, result: &DiscoveryResult) -> String {
    let line =
        |(line, (state, own)): (&str, (&String, &StateEvidence))| match result.taken_as_known.contains(&own.state) {
            true => format!("{state}' = ?"),
            false => line.to_owned(),
        };
    let states = result.model.states.iter().zip(&result.evidence.states);
    text.lines().zip(states).map(line).collect::<Vec<_>>().join("\n")
}
