//! "Paper or peer / ours".

use std::fmt::Write;

use serde::{Deserialize, Serialize};

use super::{Figure, Spread};

/// One compared quantity.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Row {
    /// What was measured.
    pub quantity: String,
    /// The paper's or a peer's number, or what was asked for.
    pub reference: String,
    /// Ours over the seeds.
    pub ours: Spread,
}

/// The result of an experiment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Table {
    /// Name of the experiment.
    pub title: String,
    /// Rows.
    pub rows: Vec<Row>,
    /// What the numbers mean, and what they do not show.
    pub notes: Vec<String>,
    /// Pictures beside it; a file of the table does not hold them.
    #[serde(skip)]
    pub figures: Vec<Figure>,
}

impl Table {
    pub(super) fn new(title: &str) -> Self {
        Self { title: title.to_owned(), rows: vec![], notes: vec![], figures: vec![] }
    }

    /// Adds a row; without values there is none.
    pub(super) fn row(&mut self, quantity: impl Into<String>, reference: impl Into<String>, values: Vec<f64>) {
        if let Some(ours) = Spread::of(values) {
            self.rows.push(Row { quantity: quantity.into(), reference: reference.into(), ours });
        }
    }

    pub(super) fn note(&mut self, note: impl Into<String>) {
        self.notes.push(note.into());
    }

    /// As a table of Markdown with the notes below.
    pub fn markdown(&self) -> String {
        let mut text =
            format!("# {}\n\n| quantity | paper or peer | ours, median | least to greatest | seeds |\n", self.title);
        text.push_str("|---|---|---|---|---|\n");
        for Row { quantity, reference, ours } in &self.rows {
            let number = |x: f64| {
                if x == 0.0 || (1e-3..1e5).contains(&x.abs()) { format!("{x:.4}") } else { format!("{x:.2e}") }
            };
            let (median, least, greatest) = (number(ours.median), number(ours.least), number(ours.greatest));
            let seeds = ours.values.len();
            // Writing to a string cannot fail.
            let _ = writeln!(text, "| {quantity} | {reference} | {median} | {least} to {greatest} | {seeds} |");
        }
        for note in &self.notes {
            let _ = write!(text, "\n- {note}");
        }
        text.push('\n');
        text
    }
}
