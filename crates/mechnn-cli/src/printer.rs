//! The only place that writes to the terminal: the result to stdout, everything else to stderr.

use std::borrow::Cow;
use std::io::{self, IsTerminal, Write};

use anstream::{AutoStream, ColorChoice};
use anstyle::{AnsiColor, Style};

use crate::failure::{Failure, Report};
use crate::shortened::shortened;
use crate::text_table::TextTable;
use crate::text_width::{self, DEFAULT_WIDTH, wrapped};

const ERROR: Style = AnsiColor::Red.on_default().bold();
const WARNING: Style = AnsiColor::Yellow.on_default().bold();
const HINT: Style = AnsiColor::Cyan.on_default().bold();

/// How much is said on stderr.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Verbosity {
    /// Errors only.
    Quiet,
    /// Warnings and what a result is worth.
    Normal,
    /// Also how it was done.
    Verbose,
}

/// How the output was asked to look.
#[derive(Debug, Clone, Copy)]
pub(crate) struct OutputOptions {
    pub(crate) verbosity: Verbosity,
    pub(crate) color: ColorChoice,
    /// Lines and bars while something is computed; never with [`Verbosity::Quiet`].
    pub(crate) progress: bool,
}

/// Writes to stdout and stderr, in colour where that is wanted, in lines that fit the terminal.
///
/// Where stderr is no terminal, prose about results is in lines of 100 characters, and messages are one line each, so
/// that they can be searched. What cannot be written to stderr is dropped: there is nowhere left to say so.
pub(crate) struct Printer {
    out: AutoStream<io::Stdout>,
    err: AutoStream<io::Stderr>,
    verbosity: Verbosity,
    progress: bool,
    /// Characters in a line of stderr; none where that is no terminal.
    width: Option<usize>,
}

impl Printer {
    /// For this process.
    pub(crate) fn new(options: OutputOptions) -> Self {
        let OutputOptions { verbosity, color, progress } = options;
        Self {
            out: AutoStream::new(io::stdout(), color),
            err: AutoStream::new(io::stderr(), color),
            verbosity,
            progress: progress && verbosity >= Verbosity::Normal,
            width: text_width::of_stderr(),
        }
    }

    /// A bar on stderr if that is a terminal and progress is wanted.
    pub(crate) fn progress_bar(&self) -> Option<ProgressBar> {
        (self.progress && io::stderr().is_terminal()).then(ProgressBar::new)
    }

    /// A line of progress, to stderr where there is no bar.
    pub(crate) fn progress(&mut self, text: &str) {
        if self.progress {
            let _ = writeln!(self.err, "{text}");
        }
    }

    /// The result, to stdout.
    ///
    /// # Errors
    /// [`Failure::OutputClosed`] if the reader has gone, an input/output failure if the disk is full.
    pub(crate) fn result(&mut self, text: &str) -> Result<(), Failure> {
        let newline = if text.ends_with('\n') { "" } else { "\n" };
        self.out.write_all(text.as_bytes()).and_then(|()| self.out.write_all(newline.as_bytes())).map_err(closed)?;
        self.out.flush().map_err(closed)
    }

    /// Characters in a line of the result; none where stdout is no terminal.
    pub(crate) fn result_width(&self) -> Option<usize> {
        text_width::of_stdout()
    }

    /// Equations, to stdout: one line each, on a terminal broken where they are too long for it.
    ///
    /// # Errors
    /// As [`Printer::result`].
    pub(crate) fn equations(&mut self, text: &str) -> Result<(), Failure> {
        match self.result_width() {
            Some(width) => self.result(&wrapped(text, width, "    ")),
            None => self.result(text),
        }
    }

    /// One line about the result, to stderr; on a terminal broken where it is too long for it.
    pub(crate) fn note(&mut self, text: &str) {
        self.write_note(text, self.width.unwrap_or(usize::MAX));
    }

    /// Prose about the result, to stderr.
    pub(crate) fn prose(&mut self, text: &str) {
        self.write_note(text, self.width.unwrap_or(DEFAULT_WIDTH));
    }

    fn write_note(&mut self, text: &str, width: usize) {
        if self.verbosity >= Verbosity::Normal {
            let _ = writeln!(self.err, "{}", wrapped(text, width, ""));
        }
    }

    /// Lines about the result that stay as they are, to stderr.
    pub(crate) fn lines(&mut self, lines: &[String]) {
        if self.verbosity >= Verbosity::Normal {
            lines.iter().for_each(|line| drop(writeln!(self.err, "{line}")));
        }
    }

    /// A table about the result, to stderr; on a terminal no wider than that.
    pub(crate) fn table(&mut self, table: &TextTable) {
        self.lines(&table.lines(self.width));
    }

    /// `label: text`, the label in its style; shortened where it repeats a long input, and broken where it is too long
    /// for the terminal.
    fn message(&mut self, label: &str, style: Style, text: &str) {
        let whole = format!("{label}: {}", shortened(text));
        let broken = self.width.map_or_else(|| whole.clone(), |width| wrapped(&whole, width, "  "));
        let _ = writeln!(self.err, "{style}{label}{style:#}{}", &broken[label.len()..]);
    }

    /// How it was done, to stderr with `-v`.
    pub(crate) fn detail(&mut self, text: &str) {
        if self.verbosity >= Verbosity::Verbose {
            let _ = writeln!(self.err, "{text}");
        }
    }

    /// Something the user may not have meant, to stderr.
    pub(crate) fn warning(&mut self, text: &str) {
        if self.verbosity >= Verbosity::Normal {
            self.message("warning", WARNING, text);
        }
    }

    /// An error and its hint, to stderr, also with `-q`.
    pub(crate) fn error(&mut self, report: &Report) {
        self.message("error", ERROR, &report.message);
        if let Some(hint) = &report.hint {
            self.message("hint", HINT, hint);
        }
    }
}

fn closed(error: io::Error) -> Failure {
    match error.kind() {
        io::ErrorKind::BrokenPipe => Failure::OutputClosed,
        _ => Failure::input_output("write", "stdout".as_ref(), &error),
    }
}

/// Prints what the command-line parser has to say of a mistake, before there is a [`Printer`].
///
/// `plain` is the same without styles: cut in its middle, it could lose the end of one.
pub(crate) fn print_refusal(styled: &str, plain: &str, color: ColorChoice) {
    let text = match shortened(plain) {
        Cow::Borrowed(_) => Cow::Borrowed(styled),
        short => short,
    };
    let _ = AutoStream::new(io::stderr(), color).write_all(text.as_bytes());
}

/// A bar, what is being done, and the best equations so far.
pub(crate) struct ProgressBar {
    bar: indicatif::ProgressBar,
}

/// Ticks of a full bar.
const BAR_LENGTH: u64 = 1000;

impl ProgressBar {
    fn new() -> Self {
        let bar = indicatif::ProgressBar::new(BAR_LENGTH);
        if let Ok(style) = indicatif::ProgressStyle::with_template("{bar:30} {elapsed} {prefix}\n{msg}") {
            bar.set_style(style);
        }
        Self { bar }
    }

    /// Shows a fraction done, one line and the equations below it.
    pub(crate) fn set(&self, fraction: f64, line: &str, equations: &str) {
        self.bar.set_position((fraction * BAR_LENGTH as f64) as u64);
        self.bar.set_prefix(line.to_owned());
        self.bar.set_message(equations.to_owned());
    }

    /// Removes the bar from the screen.
    pub(crate) fn clear(&self) {
        self.bar.finish_and_clear();
    }
}
