//! The inspection as a JSON document.

use std::path::Path;

use mechnn::data::{TableFile, TableForm, TableReading, TextEncoding};
use mechnn::equation::LibrarySpec;
use mechnn::inspection::{Inspection, StateSummary, TimeSummary};
use serde::Serialize;

use super::effort;

/// The form of the document; the number changes when programs that read it would have to.
const SCHEMA: &str = "mechnn.inspection/1";

/// How tables were understood.
#[derive(Serialize)]
pub(super) struct Document<'a> {
    schema: &'static str,
    files: Vec<File<'a>>,
    time: Time<'a>,
    trajectories: &'a [TimeSummary],
    states: &'a [StateSummary],
    warnings: Vec<String>,
    discover: Discover,
}

#[derive(Serialize)]
struct File<'a> {
    name: &'a Path,
    format: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    encoding: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    separator: Option<char>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sheet: Option<&'a str>,
    rows: usize,
}

#[derive(Serialize)]
struct Time<'a> {
    name: &'a str,
    unit: Option<&'a str>,
}

/// What `discover` would do, or why it would do nothing.
#[derive(Serialize)]
struct Discover {
    library: String,
    candidates: Option<usize>,
    seconds: Option<f64>,
    problem: Option<String>,
}

impl<'a> Document<'a> {
    pub(super) fn new(reading: &'a TableReading, inspection: &'a Inspection, library: &LibrarySpec) -> Self {
        let data = &reading.data;
        let preview = inspection.search.as_ref().ok();
        Self {
            schema: SCHEMA,
            files: reading.files.iter().map(File::of).collect(),
            time: Time { name: &data.time, unit: data.units.get(&data.time).map(String::as_str) },
            trajectories: &inspection.times,
            states: &inspection.states,
            warnings: reading.warnings.iter().map(ToString::to_string).collect(),
            discover: Discover {
                library: library.to_string(),
                candidates: preview.map(|preview| preview.candidates),
                seconds: preview.map(|preview| effort::seconds(data, preview.candidates)),
                problem: inspection.search.as_ref().err().map(ToString::to_string),
            },
        }
    }
}

impl<'a> File<'a> {
    fn of(file: &'a TableFile) -> Self {
        let TableFile { name, form, rows, .. } = file;
        let plain =
            |format| Self { name: name.as_path(), format, encoding: None, separator: None, sheet: None, rows: *rows };
        match form {
            TableForm::Text { encoding, separator } => {
                Self { encoding: Some(encoding_name(*encoding)), separator: Some(*separator), ..plain("text") }
            }
            TableForm::Sheet { name, .. } => Self { sheet: Some(name), ..plain("workbook") },
            TableForm::Arrays => plain("arrays"),
            TableForm::Parquet => plain("parquet"),
            _ => plain("other"),
        }
    }
}

pub(super) fn encoding_name(encoding: TextEncoding) -> &'static str {
    match encoding {
        TextEncoding::Utf8 => "UTF-8",
        TextEncoding::Utf16 => "UTF-16",
        TextEncoding::Windows1252 => "Windows-1252",
        _ => "another encoding",
    }
}
