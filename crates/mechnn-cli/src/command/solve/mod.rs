//! `mechnn solve`: linear differential equations, from a file for people (TOML) or for programs (NPZ).

mod limit;

mod discretisation;

mod method;

mod evidence;

mod arrays;

mod text;

use std::path::{Path, PathBuf};

use crate::atomic_file;
use crate::failure::Failure;
use crate::printer::Printer;

use discretisation::{Discretisation, SchemeName, parse_weights};
use limit::MemoryLimit;
use text::TableFormat;

/// Solve a linear differential equation
///
/// With PROBLEM.toml, for people, the equation is written as text, and the solution is a table on stdout or in a file.
///
/// With PROBLEM.npz, for programs, the problem and its solution are arrays. If the arrays hold the derivative of a
/// loss with respect to the solution (`cotangent`), the gradient of the loss is computed as well.
#[derive(Debug, clap::Args)]
#[command(after_help = FORMATS)]
pub(crate) struct SolveArgs {
    /// The problem, a .toml or an .npz file
    problem: PathBuf,

    /// The file to write. An .npz problem needs one; the table of a .toml problem goes to stdout without it
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,

    /// How the equation is discretised [default: as the .toml file says, or else collocation where it can be used, or
    /// else taylor-central; for an .npz file taylor]
    #[arg(long, value_enum)]
    scheme: Option<SchemeName>,

    /// Weights of the rows of the equation, of the initial values and of smoothness [default: 1,1,1]
    #[arg(long, value_name = "E,I,S", value_parser = parse_weights, allow_hyphen_values = true)]
    weights: Option<[f64; 3]>,

    /// The product gamma * alpha of the relaxed linear programme; other values than 0 bias the solution [default: 0]
    #[arg(long, value_name = "F", allow_negative_numbers = true)]
    gamma_alpha: Option<f64>,

    /// The form of the table of a .toml problem [default: text on stdout, CSV in a file]
    #[arg(long, value_enum)]
    format: Option<TableFormat>,

    /// Refuse problems that would need more than about this much memory
    #[arg(long, value_name = "GIB", default_value_t, allow_negative_numbers = true)]
    max_memory: MemoryLimit,
}

const FORMATS: &str = "\
A problem for people:
  equation = \"u'' + 0.2*u' + u = sin(t)\"    # or equations = [\"x' = ..\", \"y' = ..\"]
  [grid]
  start = 0
  end = 20
  points = 401                             # or times = [..]
  [initial]
  u = [1.0, 0.0]                           # u, u' at the first point
  Above [grid], optional: scheme, order, weights, gamma_alpha, exact = \"cos(t)\"
  Below, optional: [parameters] w = 2.0    [exact] x = \"..\"

Arrays of a .npz problem, \"..\" being any number of batch axes:
  coefficients (.., N|1, E, D, K)  rhs_equation (.., N|1, E)  init_vars (.., S, D, Q), optional
  steps (.., N-1|1) or steps_per_dim (.., N-1|1, D)  n_steps (), needed if every time axis has length 1
  periodic_jump (.., D, K-1), optional  cotangent (.., N, D, K), cotangent_eps (..), optional
Out: u (.., N, D, K), eps (..) of the relaxed LP, and with a cotangent grad_NAME for each array,
grad_weights (3), grad_gamma_alpha ().";

impl SolveArgs {
    /// Solves the problem in whichever of the two forms it comes.
    pub(crate) fn run(&self, printer: &mut Printer) -> Result<(), Failure> {
        if let Some(output) = &self.output {
            self.check_output(output)?;
        }
        let typed = Discretisation::typed(self.scheme, self.weights, self.gamma_alpha);
        let (problem, output, memory) = (&self.problem, self.output.as_deref(), self.max_memory);
        match extension(problem).as_deref() {
            Some("toml") => text::solve(problem, typed, memory, (output, self.format), printer),
            Some("npz") => {
                let Some(output) = output else {
                    return Err(
                        Failure::usage("a .npz problem needs a file for its solution").hint("add -o SOLUTION.npz")
                    );
                };
                if self.format.is_some() {
                    return Err(Failure::usage(
                        "--format belongs to .toml problems; a .npz problem's solution is a .npz file",
                    ));
                }
                arrays::solve(problem, typed, memory, output, printer)
            }
            _ => Err(Failure::usage(format!("`{}` is neither .toml nor .npz", self.problem.display())).hint(
                "an equation as text goes into a .toml file, arrays into a .npz file; see `mechnn solve --help`",
            )),
        }
    }

    fn check_output(&self, output: &Path) -> Result<(), Failure> {
        let same = |a: &Path, b: &Path| matches!((a.canonicalize(), b.canonicalize()), (Ok(a), Ok(b)) if a == b);
        if same(output, &self.problem) {
            return Err(Failure::usage(format!("`{}` would be overwritten by its solution", output.display()))
                .hint("choose another name for -o"));
        }
        atomic_file::check(output)
    }
}

fn extension(path: &Path) -> Option<String> {
    path.extension().map(|extension| extension.to_string_lossy().to_lowercase())
}
