//! Recorded solutions and gradients of the two public solvers, recomputed in extended precision: every method must
//! reproduce them, whatever it does inside.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use mechnn_solver::method::Dense;
use mechnn_solver::{
    Cotangent, InitialValues, LinearOde, OdeGradient, OdeProblem, Scheme, StepsGradient, TimeGrid, Weights,
};
use ndarray::{Array, Array1, Array2, Array3, Array4, ArrayD, Axis, Ix0, IxDyn, s};
use ndarray_npy::NpzReader;

#[path = "support/methods.rs"]
mod methods;
#[path = "support/shared_folder.rs"]
mod shared_folder;

use methods::methods_for;
use shared_folder::shared_folder;

/// Slacks may be tiny, so they are compared absolutely, as the reference vectors recommend.
const SLACK_TOLERANCE: f64 = 1e-11;

#[test]
fn neurlp_vectors_are_reproduced() {
    for golden in golden_files("mech_") {
        golden.check(&golden.neurlp_problem(), Golden::neurlp_gradient, "coeffs", "rhs", "iv_rhs");
    }
}

#[test]
fn smnn_vectors_are_reproduced() {
    for golden in golden_files("smnn_") {
        golden.check(&golden.smnn_problem(), Golden::smnn_gradient, "coefficients", "rhs_equation", "init_vars");
    }
}

#[test]
fn dense_rows_are_those_of_the_authors() {
    let mut compared = 0;
    for golden in golden_files("mech_0").into_iter().chain(golden_files("smnn_0")).filter(|golden| golden.has("A")) {
        let problem = if golden.name.starts_with("mech") { golden.neurlp_problem() } else { golden.smnn_problem() };
        let (matrices, rhs) = (golden.array("A"), golden.array("b"));
        for batch in 0..problem.sizes().batch {
            let system = Dense::assemble(&problem, batch);
            let matrix_error = distance(&system.matrix.into_dyn(), &matrices.index_axis(Axis(0), batch).to_owned());
            let rhs_error = distance(&system.rhs.into_dyn(), &rhs.index_axis(Axis(0), batch).to_owned());
            println!("{} batch {batch}: A {matrix_error:.1e}, b {rhs_error:.1e}", golden.name);
            // The same few products in another order: some units in the last place.
            assert!(matrix_error < 2e-15 && rhs_error < 1e-15, "{}: A {matrix_error:e} b {rhs_error:e}", golden.name);
        }
        compared += 1;
    }
    assert!(compared == 6 || shared_folder("golden").is_none(), "{compared} files with A and b, expected 6");
}

/// One file of reference vectors.
struct Golden {
    name: String,
    path: PathBuf,
    tolerance: f64,
}

fn golden_files(prefix: &str) -> Vec<Golden> {
    let Some(folder) = shared_folder("golden") else { return vec![] };
    let manifest = fs::read_to_string(folder.join("manifest.json")).unwrap();
    let mut paths: Vec<PathBuf> = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let name_of = |path: &Path| path.file_name().unwrap().to_str().unwrap().to_owned();
    let named = paths.into_iter().map(|path| (name_of(&path), path));
    let files: Vec<Golden> = named
        .filter(|(name, _)| name.starts_with(prefix) && name.ends_with(".npz"))
        .map(|(name, path)| Golden { tolerance: recommended_tolerance(&manifest, &name), name, path })
        .collect();
    assert!(!files.is_empty(), "no files {prefix}*.npz in {}", folder.display());
    files
}

/// The number after `"recommended_rel_tolerance":` in the entry of the file; reading one number needs no JSON parser.
fn recommended_tolerance(manifest: &str, file: &str) -> f64 {
    let entry = &manifest[manifest.find(&format!("\"{file}\"")).unwrap()..];
    let key = "\"recommended_rel_tolerance\":";
    let number = &entry[entry.find(key).unwrap() + key.len()..];
    number[..number.find([',', '\n', '}']).unwrap()].trim().parse().unwrap()
}

fn largest(x: &ArrayD<f64>) -> f64 {
    x.iter().fold(0.0, |largest, v| largest.max(v.abs()))
}

/// max |x - exact| / max |exact|
fn distance(x: &ArrayD<f64>, exact: &ArrayD<f64>) -> f64 {
    distance_at_scale(x, exact, largest(exact))
}

/// max |x - exact| / scale; the plain difference if the scale is zero.
fn distance_at_scale(x: &ArrayD<f64>, exact: &ArrayD<f64>, scale: f64) -> f64 {
    assert_eq!(x.shape(), exact.shape());
    assert!(x.iter().all(|v| v.is_finite()));
    largest(&(x - exact)) / if scale > 0.0 { scale } else { 1.0 }
}

/// A gradient in the axis order of the file: coefficients, forcing, initial values, steps.
type FileGradient = [ArrayD<f64>; 4];

impl Golden {
    fn reader(&self) -> NpzReader<File> {
        NpzReader::new(File::open(&self.path).unwrap()).unwrap()
    }

    fn has(&self, name: &str) -> bool {
        self.reader().names().unwrap().iter().any(|found| found.trim_end_matches(".npy") == name)
    }

    fn array(&self, name: &str) -> ArrayD<f64> {
        let read = self.reader().by_name(name);
        read.unwrap_or_else(|error| panic!("{}: {name}: {error}", self.name))
    }

    fn integer(&self, name: &str) -> usize {
        let scalar: Array<i64, Ix0> = self.reader().by_name(name).unwrap();
        usize::try_from(scalar.into_scalar()).unwrap()
    }

    fn number(&self, name: &str) -> f64 {
        self.array(name)[IxDyn(&[])]
    }

    /// Initial values and periodic jump are one list in the file.
    fn neurlp_problem(&self) -> OdeProblem {
        let coefficients = self.array("coeffs").permuted_axes(IxDyn(&[0, 2, 1, 3, 4])); // (B, E, N, D, K)
        let coefficients = coefficients.into_dimensionality().unwrap().as_standard_layout().into_owned();
        let (batch, points, _, dims, orders) = coefficients.dim();
        let forcing = self.array("rhs").permuted_axes(IxDyn(&[0, 2, 1])).as_standard_layout().into_owned(); // (B, E, N)
        let ode = LinearOde::new(coefficients, forcing.into_dimensionality().unwrap());
        let (pinned, derivatives) = (self.integer("n_iv_steps"), self.integer("n_iv"));
        let list: Array2<f64> = self.array("iv_rhs").into_dimensionality().unwrap();
        let count = pinned * dims * derivatives;
        let initial = list.slice(s![.., ..count]).to_owned();
        let initial = initial.into_shape_with_order((batch, pinned, dims, derivatives)).unwrap();
        let steps: Array3<f64> = self.array("steps").into_dimensionality().unwrap();
        let gamma_alpha = self.number("gamma") * self.number("alpha");
        let problem = OdeProblem::new(&ode, &TimeGrid::per_dimension(points, steps), &InitialValues::new(initial))
            .and_then(|problem| problem.with_scheme(Scheme::RelaxedLp { gamma_alpha }))
            .unwrap();
        if self.integer("periodic_boundary") == 0 {
            return problem;
        }
        let jump = list.slice(s![.., count..]).to_owned().into_shape_with_order((batch, dims, orders - 1)).unwrap();
        problem.with_periodic_jump(jump).unwrap()
    }

    fn neurlp_gradient(gradient: &OdeGradient) -> FileGradient {
        let StepsGradient::PerDimension(steps) = &gradient.steps else { panic!("steps per dimension") };
        let batch = gradient.initial.dim().0;
        let per_element = gradient.initial.len() / batch;
        let mut list = gradient.initial.to_owned().into_shape_with_order((batch, per_element)).unwrap();
        if let Some(jump) = &gradient.periodic_jump {
            let jump = jump.to_owned().into_shape_with_order((batch, jump.len() / batch)).unwrap();
            list.append(Axis(1), jump.view()).unwrap();
        }
        [
            gradient.coefficients.to_owned().permuted_axes([0, 2, 1, 3, 4]).into_dyn(),
            gradient.forcing.to_owned().permuted_axes([0, 2, 1]).into_dyn(),
            list.into_dyn(),
            steps.to_owned().into_dyn(),
        ]
    }

    fn smnn_problem(&self) -> OdeProblem {
        let coefficients = self.array("coefficients").into_dimensionality().unwrap();
        let forcing = self.array("rhs_equation").into_dimensionality().unwrap();
        let initial: Array4<f64> = self.array("init_vars").into_dimensionality().unwrap();
        let steps: Array2<f64> = self.array("steps").into_dimensionality().unwrap();
        let weight = |family: &str| self.number(&format!("weight_{family}"));
        let weights =
            Weights { equation: weight("equation"), initial: weight("init_var"), smoothness: weight("smooth") };
        let is_central = self.integer("enable_central_smoothness") == 1;
        let scheme = if is_central { Scheme::TaylorCentral } else { Scheme::Taylor };
        let grid = TimeGrid::shared(self.integer("n_steps"), steps);
        OdeProblem::new(&LinearOde::new(coefficients, forcing), &grid, &InitialValues::new(initial))
            .and_then(|problem| problem.with_scheme(scheme)?.with_weights(weights))
            .unwrap()
    }

    fn smnn_gradient(gradient: &OdeGradient) -> FileGradient {
        let StepsGradient::Shared(steps) = &gradient.steps else { panic!("shared steps") };
        [
            gradient.coefficients.to_owned().into_dyn(),
            gradient.forcing.to_owned().into_dyn(),
            gradient.initial.to_owned().into_dyn(),
            steps.to_owned().into_dyn(),
        ]
    }

    /// Values, slack, the gradient of `sum(w_u u)` and, where there is one, of the slack.
    fn check(
        &self,
        problem: &OdeProblem,
        in_file_order: fn(&OdeGradient) -> FileGradient,
        coefficients: &str,
        forcing: &str,
        initial: &str,
    ) {
        let inputs = [coefficients, forcing, initial, "steps"];
        for method in methods_for(problem) {
            let (solution, pullback) = method.solve_with_pullback(problem).unwrap_or_else(|error| {
                panic!("{} on {}: {error}", method.name(), self.name);
            });
            let mut errors = vec![("u".to_owned(), distance(&solution.values.into_dyn(), &self.array("u_exact")))];
            let w_u: Array4<f64> = self.array("w_u").into_dimensionality().unwrap();
            let nothing = Array4::zeros(w_u.raw_dim());
            let mut losses = vec![("grad_", Cotangent { values: w_u, slack: None })];
            if let Some(slack) = solution.slack {
                let exact: Array1<f64> = self.array("eps_exact").into_dimensionality().unwrap();
                let error = slack.iter().zip(&exact).fold(0.0_f64, |worst, (x, exact)| worst.max((x - exact).abs()));
                assert!(error < SLACK_TOLERANCE, "{} on {}: slack off by {error:e}", method.name(), self.name);
                let slack = Some(Array1::ones(exact.len()));
                losses.push(("grad_eps_", Cotangent { values: nothing, slack }));
            }
            for (prefix, cotangent) in &losses {
                let gradient = pullback.pull(cotangent).unwrap();
                let exact = inputs.map(|input| self.array(&format!("{prefix}{input}_exact")));
                let whole = exact.iter().map(largest).fold(0.0, f64::max);
                for ((found, exact), input) in in_file_order(&gradient).iter().zip(&exact).zip(inputs) {
                    // Where the derivative is zero (eps does not depend on the start of u' = f) the recorded numbers
                    // are rounding errors: there the whole gradient is the scale.
                    let scale = if largest(exact) < 1e-12 * whole { whole } else { largest(exact) };
                    errors.push((format!("{prefix}{input}"), distance_at_scale(found, exact, scale)));
                }
            }
            let worst = errors.iter().max_by(|a, b| a.1.total_cmp(&b.1)).unwrap();
            let method = method.name();
            println!("{method:>12} {:<42} {:.1e} ({}), tolerance {:.0e}", self.name, worst.1, worst.0, self.tolerance);
            for (name, error) in &errors {
                assert!(*error <= self.tolerance, "{method} on {}: {name} off by {error:e}", self.name);
            }
        }
    }
}
