//! `mechnn demo`: a known system, sampled with noise, and found again.

use std::path::PathBuf;

use mechnn::data::{KnownSystem, TrueTerm};
use mechnn::discovery::DiscoveryResult;
use mechnn::equation::{FittedTerm, LibrarySpec};

use crate::command::discover::{DirectSearch, SearchArgs};
use crate::failure::Failure;
use crate::interrupt::Interrupt;
use crate::option::Format;
use crate::printer::Printer;

/// Simulate a known system, add noise, and find its equations again
///
/// The systems are lorenz, lotka-volterra, van-der-pol, damped-oscillator and roessler. The data are written to a CSV
/// file, the equations are searched as `mechnn discover` does it, and a table compares them with the true ones.
#[derive(Debug, clap::Args)]
pub(crate) struct DemoArgs {
    /// Which system
    #[arg(default_value = "lorenz")]
    system: String,

    /// Size of the noise, as a fraction of each column's standard deviation
    #[arg(long, default_value_t = 0.1, value_name = "F", allow_negative_numbers = true)]
    noise: f64,

    /// Which random numbers to use for the noise
    #[arg(long, default_value_t = 1, value_name = "N")]
    seed: u64,

    /// Number of rows [default: enough for several periods]
    #[arg(long, value_name = "N")]
    points: Option<usize>,

    /// Where to write the data [default: SYSTEM.csv]
    #[arg(long, value_name = "FILE")]
    data: Option<PathBuf>,

    #[command(flatten)]
    search: SearchArgs,
}

/// That of `discover`'s default library.
const SMALLEST_DEGREE: u8 = 2;

impl DemoArgs {
    pub(crate) fn run(self, printer: &mut Printer, interrupt: &Interrupt) -> Result<(), Failure> {
        let system: KnownSystem = self.system.parse().map_err(|error| Failure::from(error).into_usage())?;
        let points = self.points.unwrap_or(system.points());
        let clean = system.dataset(points).map_err(|error| Failure::from(error).into_usage())?;
        let noisy = clean.with_noise(self.noise, self.seed).map_err(|error| Failure::from(error).into_usage())?;
        let file = self.data.unwrap_or_else(|| format!("{}.csv", system.name()).into());
        noisy.write_csv(&file)?;
        let text = self.search.format == Format::Text;
        let mut search = self.search;
        // A library without the true terms would demonstrate nothing.
        let degree = system.degree().max(SMALLEST_DEGREE);
        let library = search.library.get_or_insert(LibrarySpec::polynomial(degree)).clone();
        let path = file.display();
        printer.note(&format!("The data were written to {path}. The same search can be made again with"));
        printer.lines(&[format!("  mechnn discover {path} --library {library}")]);
        let result = DirectSearch::from(search).run(noisy, &[file], printer, interrupt)?;
        if text {
            printer.result(&comparison(&system.equations(), system.states(), &result))?;
        }
        Ok(())
    }
}

/// A table of true and found coefficients; a term that is only in one of them shows a dash in the other.
fn comparison(truth: &[Vec<TrueTerm>], states: &[&str], result: &DiscoveryResult) -> String {
    let names = &result.model.states;
    let mut lines = vec![
        String::new(),
        format!(
            "{:<12} {:<10} {:>12} {:>12} {:>12} {:>9}",
            "equation", "term", "truth", "found", "std. error", "error"
        ),
    ];
    for ((state, truth), equation) in states.iter().zip(truth).zip(&result.model.equations) {
        let is_found = !result.taken_as_known.iter().any(|known| known == state);
        for term in truth {
            let is_own = |fitted: &&FittedTerm| fitted.term.python(names) == term.expression;
            let found = if is_found { equation.terms.iter().find(is_own) } else { None };
            let (value, deviation, error) = match found {
                Some(fitted) => (
                    format!("{:.6}", fitted.coefficient),
                    format!("{:.6}", fitted.standard_error),
                    format!("{:.3} %", 100.0 * (fitted.coefficient / term.coefficient - 1.0).abs()),
                ),
                None => ("-".to_owned(), "-".to_owned(), "missing".to_owned()),
            };
            let start = format!("{state}'");
            lines.push(format!(
                "{start:<12} {:<10} {:>12.6} {value:>12} {deviation:>12} {error:>9}",
                term.expression, term.coefficient
            ));
        }
        for fitted in equation.terms.iter().filter(|_| is_found) {
            let expression = fitted.term.python(names);
            if truth.iter().all(|term| term.expression != expression) {
                let start = format!("{state}'");
                let (value, deviation) = (fitted.coefficient, fitted.standard_error);
                lines.push(format!(
                    "{start:<12} {expression:<10} {:>12} {value:>12.6} {deviation:>12.6} {:>9}",
                    "-", "extra"
                ));
            }
        }
    }
    lines.join("\n")
}
