//! Schemes as a layer that is learned through: what each does to the estimate of a coefficient.
//!
//! Data: a damped oscillation `u'' + 0.1 u' + 2.25 u = 0`, `u(0) = 1`, `u'(0) = 0`, on [0, 20]. For every scheme, by
//! Gauss-Newton through the layer's forward-mode derivative:
//!
//! - **bias**: both coefficients fitted to clean data, largest relative error of the frequency's coefficient;
//! - **noise**: the same with noise of 5 %, median over seeds (its own standard error is about 0.2 %);
//! - **wrong**: the damping left out of the model; relative error of the frequency's coefficient;
//! - **starts**: of eight first guesses from 0.4 to 2.5 times the truth, how many lead to it;
//! - **step**: coefficients known, one common step learned from 0.95 of its length; its relative error;
//! - **time** of one solve and one pullback.
//!
//! `cargo bench -p mechnn --bench scheme_learning -- [FILE.csv]`
#![allow(clippy::print_stdout, clippy::expect_used)]

use std::time::Instant;

use mechnn_solver::method::Automatic;
use mechnn_solver::{
    CollocationNodes, Cotangent, EquationRows, InitialValues, LinearOde, OdeGradient, OdeProblem, OdeSolver, Scheme,
    StepsGradient, TimeGrid,
};
use ndarray::{Array3, Array4, Array5};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, Normal};

const STIFFNESS: f64 = 2.25;
const DAMPING: f64 = 0.1;
const LENGTH: f64 = 20.0;
const INTERVALS: usize = 240;
const SEEDS: u64 = 11;

fn exact(t: f64) -> f64 {
    let (decay, frequency) = (0.5 * DAMPING, (STIFFNESS - 0.25 * DAMPING * DAMPING).sqrt());
    (-decay * t).exp() * ((frequency * t).cos() + decay / frequency * (frequency * t).sin())
}

/// What is learned.
#[derive(Clone, Copy, PartialEq)]
enum Unknown {
    /// Stiffness and damping.
    Both,
    /// Stiffness, with no damping in the model.
    Stiffness,
    /// One common step.
    Step,
}

fn pose(scheme: Scheme, equations: EquationRows, [stiffness, damping, step]: [f64; 3]) -> OdeProblem {
    let coefficients = Array5::from_shape_vec((1, 1, 1, 1, 3), vec![stiffness, damping, 1.0]).expect("three numbers");
    let ode = LinearOde::new(coefficients, Array3::zeros((1, 1, 1)));
    let initial = Array4::from_shape_vec((1, 1, 1, 2), vec![1.0, 0.0]).expect("two numbers");
    OdeProblem::new(&ode, &TimeGrid::uniform(INTERVALS + 1, step), &InitialValues::new(initial))
        .and_then(|problem| problem.with_equation_rows(equations).with_scheme(scheme))
        .expect("valid problem")
}

/// Gauss-Newton on the sum of squares with step halving; the parameters after at most 40 steps.
fn fit(
    scheme: Scheme,
    equations: EquationRows,
    unknown: Unknown,
    mut parameters: [f64; 3],
    data: &[f64],
) -> Option<[f64; 3]> {
    let free: &[usize] = match unknown {
        Unknown::Both => &[0, 1],
        Unknown::Stiffness => &[0],
        Unknown::Step => &[2],
    };
    let loss = |parameters| -> Option<f64> {
        let solution = Automatic.solve(&pose(scheme, equations, parameters)).ok()?;
        Some((0..=INTERVALS).map(|t| (solution.values[[0, t, 0, 0]] - data[t]).powi(2)).sum())
    };
    let mut current = loss(parameters)?;
    for _ in 0..40 {
        let problem = pose(scheme, equations, parameters);
        let (solution, pullback) = Automatic.solve_with_pullback(&problem).ok()?;
        let columns: Vec<Vec<f64>> = free
            .iter()
            .map(|&index| {
                let mut direction = OdeGradient::zeros(&problem);
                match (index, &mut direction.steps) {
                    (2, StepsGradient::Shared(steps)) => steps[[0, 0]] = 1.0,
                    _ => direction.coefficients[[0, 0, 0, 0, index]] = 1.0,
                }
                let tangent = pullback.push(&direction).expect("direction fits");
                (0..=INTERVALS).map(|t| tangent.values[[0, t, 0, 0]]).collect()
            })
            .collect();
        let residual: Vec<f64> = (0..=INTERVALS).map(|t| data[t] - solution.values[[0, t, 0, 0]]).collect();
        let dot = |a: &[f64], b: &[f64]| -> f64 { a.iter().zip(b).map(|(a, b)| a * b).sum() };
        let step = match &columns[..] {
            [a] => vec![dot(a, &residual) / dot(a, a)],
            [a, b] => {
                let (aa, ab, bb) = (dot(a, a), dot(a, b), dot(b, b));
                let (ar, br) = (dot(a, &residual), dot(b, &residual));
                let determinant = aa * bb - ab * ab;
                vec![(bb * ar - ab * br) / determinant, (aa * br - ab * ar) / determinant]
            }
            _ => return None,
        };
        let mut scale = 1.0;
        let improved = loop {
            let mut trial = parameters;
            free.iter().zip(&step).for_each(|(&index, change)| trial[index] += scale * change);
            match loss(trial).filter(|_| trial[2] > 0.0) {
                Some(lower) if lower < current => break Some((trial, lower)),
                _ if scale < 1e-6 => break None,
                _ => scale *= 0.5,
            }
        };
        let Some((trial, lower)) = improved else { break };
        let done = current - lower <= 1e-14 * current;
        (parameters, current) = (trial, lower);
        if done {
            break;
        }
    }
    Some(parameters)
}

fn main() {
    use EquationRows::{Hard, Soft};
    let step = LENGTH / INTERVALS as f64;
    let clean: Vec<f64> = (0..=INTERVALS).map(|t| exact(t as f64 * step)).collect();
    let collocation = |nodes| Scheme::Collocation { nodes };
    let schemes = [
        ("S-MNN rows", Scheme::Taylor, Soft),
        ("S-MNN central rows", Scheme::TaylorCentral, Soft),
        ("NeuRLP rows (gamma alpha 0)", Scheme::RelaxedLp { gamma_alpha: 0.0 }, Soft),
        ("S-MNN rows, hard", Scheme::Taylor, Hard),
        ("integrated Wiener, hard", Scheme::IntegratedWiener, Hard),
        ("Pade, hard", Scheme::Pade, Hard),
        ("collocation, 3 nodes", collocation(CollocationNodes::Three), Hard),
        ("collocation, 5 nodes", collocation(CollocationNodes::Five), Hard),
        ("collocation, 7 nodes", collocation(CollocationNodes::Seven), Hard),
    ];
    let mut table = String::from("scheme,bias,noise,wrong,starts,step,solve and pullback (us)\n");
    for (name, scheme, equations) in schemes {
        let truth = [STIFFNESS, DAMPING, step];
        let error = |found: Option<[f64; 3]>, index: usize| {
            found.map_or(f64::NAN, |found| (found[index] / truth[index] - 1.0).abs())
        };
        let near = [1.05 * STIFFNESS, DAMPING, step];
        let bias = error(fit(scheme, equations, Unknown::Both, near, &clean), 0);
        let mut noisy: Vec<f64> = (0..SEEDS)
            .map(|seed| {
                let mut random = ChaCha8Rng::seed_from_u64(seed);
                let normal = Normal::new(0.0, 0.05).expect("positive");
                let data: Vec<f64> = clean.iter().map(|y| y + normal.sample(&mut random)).collect();
                error(fit(scheme, equations, Unknown::Both, near, &data), 0)
            })
            .collect();
        noisy.sort_by(f64::total_cmp);
        let wrong = error(fit(scheme, equations, Unknown::Stiffness, [1.05 * STIFFNESS, 0.0, step], &clean), 0);
        let best = fit(scheme, equations, Unknown::Both, truth, &clean).map_or(f64::NAN, |found| found[0]);
        let starts = (0..8)
            .map(|i| [STIFFNESS * (0.4 + 0.3 * f64::from(i)), DAMPING, step])
            .filter(|&start| {
                fit(scheme, equations, Unknown::Both, start, &clean)
                    .is_some_and(|found| (found[0] / best - 1.0).abs() < 0.02)
            })
            .count();
        let learned = error(fit(scheme, equations, Unknown::Step, [STIFFNESS, DAMPING, 0.95 * step], &clean), 2);
        let problem = pose(scheme, equations, truth);
        let cotangent = Cotangent { values: Array4::ones((1, INTERVALS + 1, 1, 3)), slack: None };
        let seconds = (0..20)
            .map(|_| {
                let clock = Instant::now();
                let (_, pullback) = Automatic.solve_with_pullback(&problem).expect("well posed");
                pullback.pull(&cotangent).expect("cotangent fits");
                clock.elapsed().as_secs_f64()
            })
            .fold(f64::INFINITY, f64::min);
        let noise = noisy[noisy.len() / 2];
        println!(
            "{name:<28} bias {bias:.1e}  noise {noise:.1e}  wrong {wrong:.1e}  starts {starts}/8  step {learned:.1e}  {:>6.0} us",
            1e6 * seconds
        );
        table.push_str(&format!(
            "\"{name}\",{bias:.2e},{noise:.2e},{wrong:.2e},{starts},{learned:.2e},{:.0}\n",
            1e6 * seconds
        ));
    }
    if let Some(file) = std::env::args().skip(1).find(|word| !word.starts_with("--")) {
        std::fs::write(file, table).expect("the table can be written");
    }
}
