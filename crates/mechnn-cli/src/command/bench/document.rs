//! The machine form of the result.

use mechnn_experiments::benchmark::{Group, Method, Row, Table};
use serde::Serialize;

/// Name and version of the form; the number rises when a field changes its meaning or leaves.
const SCHEMA: &str = "mechnn.odebench/1";

/// What `mechnn bench odebench --format json` prints.
#[derive(Serialize)]
pub(super) struct OdeBenchDocument<'a> {
    schema: &'static str,
    version: &'static str,
    method: Method,
    groups: &'a [Group],
    rows: Vec<Row>,
}

impl<'a> OdeBenchDocument<'a> {
    pub(super) fn new(method: Method, table: &'a Table, rows: Vec<Row>) -> Self {
        Self { schema: SCHEMA, version: env!("CARGO_PKG_VERSION"), method, groups: &table.groups, rows }
    }
}
