//! Other people's numbers: the golden vectors of two public solvers, pushed through the whole command.
//!
//! They lie outside the repository: in `$MECHNN_SHARED/golden`, or in `shared/golden` beside the workspace.

use std::path::PathBuf;

use ndarray::{ArrayD, Axis, IxDyn, concatenate};

use crate::support::arrays::Arrays;
use crate::support::process::{Folder, workspace};

/// The absolute tolerance of `eps`, whose value may be tiny (the golden files' own recommendation).
const EPS_TOLERANCE: f64 = 1e-11;

/// Some gradients of `eps` are zero but for rounding (1e-22 in the exact files), so a relative difference says
/// nothing; the inputs are of order one.
const ZERO: f64 = 1e-15;

struct Case {
    name: String,
    arrays: Arrays,
    tolerance: f64,
}

fn cases(prefix: &str) -> Vec<Case> {
    let shared = std::env::var_os("MECHNN_SHARED").map_or_else(|| workspace().join("../shared"), PathBuf::from);
    let folder = shared.join("golden");
    let Ok(manifest) = std::fs::read(folder.join("manifest.json")) else {
        assert!(std::env::var_os("MECHNN_REQUIRE_SHARED").is_none(), "no golden files in {}", folder.display());
        // The test harness shows this with --nocapture; a test has no other way to say it.
        std::io::Write::write_all(&mut std::io::stderr(), b"skipped: no golden files\n").expect("stderr");
        return Vec::new();
    };
    let manifest: Vec<serde_json::Value> = serde_json::from_slice(&manifest).expect("a list");
    manifest
        .iter()
        .filter_map(|entry| Some((entry["file"].as_str()?, entry["recommended_rel_tolerance"].as_f64()?)))
        .filter(|(file, _)| file.starts_with(prefix))
        .map(|(file, tolerance)| Case { name: file.to_owned(), arrays: Arrays::read(&folder.join(file)), tolerance })
        .collect()
}

fn solve(arrays: &Arrays, options: &[&str]) -> Arrays {
    let folder = Folder::new();
    folder.write("problem.npz", arrays.bytes());
    folder.mechnn(&[&["solve", "problem.npz", "-o", "solution.npz"], options].concat()).silent_success();
    Arrays::read(&folder.path("solution.npz"))
}

impl Case {
    fn number(&self, name: &str) -> f64 {
        self.arrays.get(name)[IxDyn(&[])]
    }

    /// Largest difference relative to the largest entry.
    #[track_caller]
    fn compare(&self, quantity: &str, found: &ArrayD<f64>) {
        let exact = self.arrays.get(&format!("{quantity}_exact"));
        assert_eq!(found.shape(), exact.shape(), "{}: {quantity}", self.name);
        let largest = |array: &ArrayD<f64>| array.iter().fold(0.0_f64, |worst, x| worst.max(x.abs()));
        let (difference, size) = (largest(&(found - exact)), largest(exact));
        let allowed = match quantity {
            "eps" => EPS_TOLERANCE,
            _ => (self.tolerance * size).max(ZERO),
        };
        assert!(difference <= allowed, "{}: {quantity} differs by {difference:e}, allowed {allowed:e}", self.name);
    }
}

#[test]
fn least_squares_agrees_with_the_second_papers_solver() {
    for case in cases("smnn") {
        let mut problem = Arrays::default().with("cotangent", case.arrays.get("w_u").clone());
        for name in ["coefficients", "rhs_equation", "init_vars", "steps", "n_steps"] {
            problem = problem.with(name, case.arrays.get(name).clone());
        }
        let scheme = if case.number("enable_central_smoothness") == 1.0 { "taylor-central" } else { "taylor" };
        let weights = ["weight_equation", "weight_init_var", "weight_smooth"]
            .map(|name| case.number(name).to_string())
            .join(",");
        let solution = solve(&problem, &["--scheme", scheme, "--weights", &weights]);
        for quantity in ["u", "grad_coefficients", "grad_rhs_equation", "grad_init_vars", "grad_steps"] {
            case.compare(quantity, solution.get(quantity));
        }
    }
}

#[test]
fn the_relaxed_lp_agrees_with_the_first_papers_solver() {
    for case in cases("mech") {
        // Their equation axis is before the time axis.
        let swap = |array: &ArrayD<f64>| {
            let mut array = array.clone();
            array.swap_axes(1, 2);
            array
        };
        let coefficients = swap(case.arrays.get("coeffs"));
        let [batch, _, _, dims, orders] = coefficients.shape() else { panic!("{}: five axes", case.name) };
        let (batch, dims, orders) = (*batch, *dims, *orders);
        let (derivatives, pinned) = (case.number("n_iv") as usize, case.number("n_iv_steps") as usize);
        let periodic = case.number("periodic_boundary") == 1.0 && derivatives > 0;
        let mut problem = Arrays::default()
            .with("coefficients", coefficients)
            .with("rhs_equation", swap(case.arrays.get("rhs")))
            .with("steps_per_dim", case.arrays.get("steps").clone());

        // Initial values and jumps are one flat list there.
        let given = case.arrays.get("iv_rhs");
        let count = pinned * dims * derivatives;
        let part = |from: usize, to: usize, shape: &[usize]| {
            let columns = given.slice_axis(Axis(1), (from..to).into()).to_owned();
            columns.to_shape(IxDyn(shape)).expect("as many numbers").to_owned()
        };
        if derivatives > 0 {
            problem = problem.with("init_vars", part(0, count, &[batch, pinned, dims, derivatives]));
        }
        if periodic {
            problem = problem.with("periodic_jump", part(count, given.shape()[1], &[batch, dims, orders - 1]));
        }

        let gamma_alpha = format!("{:?}", case.number("gamma") * case.number("alpha"));
        let options = ["--scheme", "relaxed-lp", "--gamma-alpha", &gamma_alpha];
        let losses = [
            ("grad", problem.clone().with("cotangent", case.arrays.get("w_u").clone())),
            ("grad_eps", problem.with("cotangent_eps", ArrayD::ones(IxDyn(&[])))),
        ];
        for (gradient, problem) in losses {
            let solution = solve(&problem, &options);
            case.compare("u", solution.get("u"));
            case.compare("eps", solution.get("eps"));
            case.compare(&format!("{gradient}_coeffs"), &swap(solution.get("grad_coefficients")));
            case.compare(&format!("{gradient}_rhs"), &swap(solution.get("grad_rhs_equation")));
            case.compare(&format!("{gradient}_steps"), solution.get("grad_steps_per_dim"));
            if derivatives > 0 {
                let flat = |name: &str| {
                    let array = solution.get(name);
                    array.to_shape(IxDyn(&[batch, array.len() / batch])).expect("as many numbers").to_owned()
                };
                let mut found = flat("grad_init_vars");
                if periodic {
                    found = concatenate![Axis(1), found, flat("grad_periodic_jump")];
                }
                case.compare(&format!("{gradient}_iv_rhs"), &found);
            }
        }
    }
}
