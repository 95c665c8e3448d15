//! A differential equation in TOML, as a person writes it.
//!
//! ```toml
//! equation = "u'' + damping*u' + u = sin(t)"   # or equations = ["x' = y", "y' = -x"]
//! scheme = "collocation"                       # optional, as are order, weights = [1, 1, 1], gamma_alpha
//! exact = "cos(t)"                             # optional; for several unknowns a table [exact]
//!
//! [grid]
//! start = 0
//! end = 20
//! points = 401                                 # or times = [0, 0.1, 0.3]
//!
//! [initial]
//! u = [1.0, 0.0]                               # u and u' at the first point; one number if there is only one
//!
//! [parameters]                                 # optional
//! damping = 0.2
//! ```
//!
//! Unknowns are the names with a prime and those in `[initial]`; `t`, `pi`, `e` and the functions have their meaning.
//! Keys without a table come first: below `[grid]` they would be the grid's (that is TOML, and the hint says so).

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;

use super::super::discretisation::{Discretisation, SchemeName};
use crate::failure::Failure;
use crate::text_file;
use mechnn::suggestion::did_you_mean;

/// The file, exactly as written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OdeFile {
    pub(super) equation: Option<String>,
    pub(super) equations: Option<Vec<String>>,
    pub(super) order: Option<usize>,
    pub(super) exact: Option<Exact>,
    pub(super) grid: Grid,
    #[serde(default)]
    pub(super) initial: BTreeMap<String, Values>,
    #[serde(default)]
    pub(super) parameters: BTreeMap<String, f64>,
    scheme: Option<SchemeName>,
    weights: Option<[f64; 3]>,
    gamma_alpha: Option<f64>,
}

/// Keys of the file that are not tables.
const TOP: [&str; 7] = ["equation", "equations", "order", "exact", "scheme", "weights", "gamma_alpha"];

/// The times: `start`, `end` and `points`, or `times`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Grid {
    pub(super) start: Option<f64>,
    pub(super) end: Option<f64>,
    pub(super) points: Option<usize>,
    pub(super) times: Option<Vec<f64>>,
}

/// A value, or the values of the derivatives 0, 1, ...
#[derive(Debug, Deserialize)]
#[serde(untagged, expecting = "expected a number, or a list of numbers")]
pub(super) enum Values {
    One(f64),
    Many(Vec<f64>),
}

impl Values {
    pub(super) fn as_slice(&self) -> &[f64] {
        match self {
            Values::One(value) => std::slice::from_ref(value),
            Values::Many(values) => values,
        }
    }
}

/// The solution, where it is known.
#[derive(Debug, Deserialize)]
#[serde(untagged, expecting = "expected an expression in quotes, or a table [exact] with one for each unknown")]
pub(super) enum Exact {
    Only(String),
    Each(BTreeMap<String, String>),
}

impl OdeFile {
    /// Reads the file.
    ///
    /// # Errors
    /// Input/output if it cannot be read, usage with its line if it is not such a file.
    pub(super) fn read(path: &Path) -> Result<Self, Failure> {
        Self::parse(&text_file::read(path)?, path)
    }

    /// Reads the text of the file `path`.
    ///
    /// # Errors
    /// Usage, with the line.
    pub(super) fn parse(text: &str, path: &Path) -> Result<Self, Failure> {
        toml::from_str(text).map_err(|error| {
            let line = error.span().map(|span| 1 + text[..span.start.min(text.len())].matches('\n').count());
            let place = line.map_or(String::new(), |line| format!(" line {line}"));
            let message = error.message().lines().next().unwrap_or("not valid TOML");
            Failure::usage(format!("`{}`{place}: {message}", path.display())).hint_if(hint(&error, text))
        })
    }

    /// The discretisation written in the file.
    pub(super) fn discretisation(&self) -> Discretisation {
        Discretisation::typed(self.scheme, self.weights, self.gamma_alpha)
    }
}

/// A key at the wrong place, or the nearest key to a misspelt one.
fn hint(error: &toml::de::Error, text: &str) -> Option<String> {
    let span = error.span()?;
    let before = text.get(..span.start)?;
    let line = &text[before.rfind('\n').map_or(0, |at| at + 1)..];
    let key = line.split(['=', '\n']).next()?.trim();
    let in_table = before.lines().any(|line| line.trim_start().starts_with('['));
    if in_table && TOP.contains(&key) {
        return Some(format!("in TOML what follows a [table] belongs to it: move `{key}` above the first one"));
    }
    // serde's message: unknown field `typed`, expected one of `a`, `b`
    let mut quoted = error.message().split('`').skip(1).step_by(2);
    let typed = quoted.next().filter(|_| error.message().starts_with("unknown "))?;
    did_you_mean(typed, quoted)
}
