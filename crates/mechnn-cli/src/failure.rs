//! What ends a command early: the message for the user, one thing to try, and the exit code.

use std::io;
use std::path::Path;
use std::process::ExitCode;

use mechnn::data::DataError;
use mechnn::discovery::DiscoveryError;
use mechnn::report::ReportError;
use mechnn_experiments::benchmark::BenchmarkError;
use mechnn_solver::{ProblemError, SolveError};

/// The exit codes, as decided and explained in `main.rs`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Exit {
    /// Everything asked for was done.
    Success = 0,
    /// The command line or a configuration file is wrong.
    Usage = 2,
    /// The data are wrong.
    Data = 3,
    /// Singular, ill-conditioned, diverged.
    Numerical = 4,
    /// A file could not be read or written.
    InputOutput = 5,
    /// A limit on memory or time.
    Limit = 6,
    /// Ctrl-C.
    Interrupted = 130,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        ExitCode::from(exit as u8)
    }
}

/// Why a command ended early.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The reader of stdout has gone: nobody is left to tell, and nothing is wrong.
    OutputClosed,
    /// Ctrl-C: the best so far has been printed.
    Interrupted,
    /// Everything else.
    Reported(Box<Report>),
}

/// An error as the user sees it: `error: message`, then `hint: hint`.
#[derive(Debug)]
pub(crate) struct Report {
    /// How the process ends.
    pub(crate) exit: Exit,
    /// The thing, what was expected, what was found.
    pub(crate) message: String,
    /// One thing to try.
    pub(crate) hint: Option<String>,
}

impl Failure {
    pub(crate) fn new(exit: Exit, message: impl Into<String>) -> Self {
        Failure::Reported(Box::new(Report { exit, message: message.into(), hint: None }))
    }

    /// The command line or a configuration file is wrong.
    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self::new(Exit::Usage, message)
    }

    /// The data are wrong.
    pub(crate) fn data(message: impl Into<String>) -> Self {
        Self::new(Exit::Data, message)
    }

    /// Singular, ill-conditioned, diverged.
    pub(crate) fn numerical(message: impl Into<String>) -> Self {
        Self::new(Exit::Numerical, message)
    }

    /// A limit was reached.
    pub(crate) fn limit(message: impl Into<String>) -> Self {
        Self::new(Exit::Limit, message)
    }

    /// `verb` names what was tried: "read", "write".
    pub(crate) fn input_output(verb: &str, path: &Path, error: &io::Error) -> Self {
        Self::new(Exit::InputOutput, format!("cannot {verb} `{}`: {}", path.display(), reason(error)))
    }

    /// The same fault, typed on the command line instead of met in a file.
    pub(crate) fn into_usage(mut self) -> Self {
        if let Failure::Reported(report) = &mut self {
            report.exit = Exit::Usage;
        }
        self
    }

    /// Adds one thing to try.
    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        if let Failure::Reported(report) = &mut self {
            report.hint = Some(hint.into());
        }
        self
    }

    /// Adds one thing to try, if there is one.
    pub(crate) fn hint_if(self, hint: Option<String>) -> Self {
        match hint {
            Some(hint) => self.hint(hint),
            None => self,
        }
    }

    /// Puts the file in front of the message.
    pub(crate) fn in_file(mut self, path: &Path) -> Self {
        if let Failure::Reported(report) = &mut self {
            report.message = format!("`{}`: {}", path.display(), report.message);
        }
        self
    }
}

/// The system's reason, without its number.
fn reason(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "no such file".to_owned(),
        io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        io::ErrorKind::IsADirectory => "it is a directory".to_owned(),
        io::ErrorKind::AlreadyExists | io::ErrorKind::NotADirectory => "a file is in its place".to_owned(),
        io::ErrorKind::StorageFull => "no space left on the device".to_owned(),
        io::ErrorKind::FileTooLarge => "it would be larger than files may be here (see ulimit -f)".to_owned(),
        _ => error.to_string(),
    }
}

impl From<ProblemError> for Failure {
    fn from(error: ProblemError) -> Self {
        match error {
            // Weights come from the command line or a configuration file, everything else from arrays.
            ProblemError::Weight { .. } => Self::usage(error.to_string()),
            _ => Self::data(error.to_string()),
        }
    }
}

impl From<SolveError> for Failure {
    fn from(error: SolveError) -> Self {
        match error {
            SolveError::Direction(problem) => problem.into(),
            _ => Self::new(Exit::Numerical, error.to_string()),
        }
    }
}

impl From<DataError> for Failure {
    fn from(error: DataError) -> Self {
        let hint = error.hint();
        match &error {
            DataError::Read { file, source } => Self::input_output("read", file, source),
            DataError::Write { file, source } => Self::input_output("write", file, source),
            DataError::TooLarge { .. } => Self::limit(error.to_string()),
            _ => Self::data(error.to_string()),
        }
        .hint_if(hint)
    }
}

impl From<DiscoveryError> for Failure {
    fn from(error: DiscoveryError) -> Self {
        let message = error.to_string();
        match error {
            DiscoveryError::Constraint(_)
            | DiscoveryError::KnownNoise { .. }
            | DiscoveryError::NoiseModel
            | DiscoveryError::Tuning(_) => Self::usage(message),
            DiscoveryError::ExtraTerm { ref source, .. } => Self::usage(message).hint_if(source.hint.clone()),
            DiscoveryError::TooFewOfOneState { .. } => Self::data(message).hint("use --vars to leave this column out"),
            DiscoveryError::Fit(_) => Self::new(Exit::Numerical, message).hint(
                "look for outliers and for columns that repeat each other, or try a smaller --library, such as poly:2",
            ),
            _ => Self::new(Exit::Numerical, message),
        }
    }
}

impl From<BenchmarkError> for Failure {
    fn from(error: BenchmarkError) -> Self {
        let message = error.to_string();
        match error {
            BenchmarkError::Io { action, path, source } => Self::input_output(action, &path, &source),
            BenchmarkError::Noise { .. }
            | BenchmarkError::Drop { .. }
            | BenchmarkError::Seed { .. }
            | BenchmarkError::UnknownSystem { .. } => Self::usage(message),
            BenchmarkError::Rows { .. } => Self::data(message).hint("replace the file with --overwrite"),
            BenchmarkError::Thread { .. } => Self::limit(message).hint("ask for fewer with --threads"),
            _ => Self::data(message),
        }
    }
}

impl From<ReportError> for Failure {
    fn from(error: ReportError) -> Self {
        match &error {
            ReportError::Io { action, path, source } => Self::input_output(action, path, source),
            _ => Self::new(Exit::InputOutput, error.to_string()),
        }
    }
}

impl From<serde_json::Error> for Failure {
    fn from(error: serde_json::Error) -> Self {
        // Numbers are checked before they are written: what is left is a number that must be finite and is not.
        Self::new(Exit::Numerical, format!("the result cannot be written as JSON: {error}"))
    }
}
