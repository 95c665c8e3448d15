//! Ways to spoil a problem.

use mechnn_solver::{EquationRows, Scheme, StepsGradient, Weights};
use ndarray::{Array2, Array3, Array4, Array5, Axis, s};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

use crate::random_problem::{Inputs, uniform};
use crate::schemes::{EQUATION_ROWS, all_schemes};

/// What must come of a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// It cannot be posed.
    RefusedAtTheDoor,
    /// It has a solution, and must get it.
    Solved,
    /// As it is posed it has none.
    RefusedBySolver,
    /// A typed error, or a solution.
    Either,
}

use Outcome::{Either, RefusedAtTheDoor, RefusedBySolver, Solved};

/// One way: what is done to the inputs, and what must come of it with soft and with hard equations.
type Extreme = (&'static str, [Outcome; 2], fn(&mut Inputs));

const EXTREMES: [Extreme; 41] = [
    ("nothing", [Solved; 2], |_| {}),
    ("one point", [RefusedAtTheDoor; 2], |x| x.points = 1),
    ("no point", [RefusedAtTheDoor; 2], |x| x.points = 0),
    ("two points", [Solved; 2], |x| set_points(x, 2)),
    ("zero step", [RefusedAtTheDoor; 2], |x| set_step(x, 0.0)),
    ("negative step", [RefusedAtTheDoor; 2], |x| set_step(x, -0.3)),
    ("NaN step", [RefusedAtTheDoor; 2], |x| set_step(x, f64::NAN)),
    ("infinite step", [RefusedAtTheDoor; 2], |x| set_step(x, f64::INFINITY)),
    ("denormal step", [Either; 2], |x| set_step(x, 1e-310)),
    ("denormal steps", [Either; 2], |x| set_steps(x, 1e-310)),
    ("huge step", [Either; 2], |x| set_step(x, 1e300)),
    ("huge steps", [Either; 2], |x| set_steps(x, 1e300)),
    ("small steps", [Either; 2], |x| set_steps(x, 1e-6)),
    ("large steps", [Either; 2], |x| set_steps(x, 1e6)),
    ("zero coefficients", [Either, RefusedBySolver], |x| x.coefficients.fill(0.0)),
    ("an equation without unknowns", [Either, RefusedBySolver], |x| {
        x.coefficients.slice_mut(s![.., .., 0, .., ..]).fill(0.0);
    }),
    ("a point without equations", [Either, RefusedBySolver], |x| {
        x.coefficients.slice_mut(s![.., 2, .., .., ..]).fill(0.0)
    }),
    ("stiffness 1e6", [Solved; 2], |x| {
        for d in 0..x.coefficients.dim().3 {
            x.coefficients.slice_mut(s![.., .., d, d, 0]).mapv_inplace(|c| c + 1e6);
        }
    }),
    ("coefficients times 1e300", [Either; 2], |x| x.coefficients *= 1e300),
    ("coefficients times 1e-300", [Either; 2], |x| x.coefficients *= 1e-300),
    ("coefficients times 1e8", [Either; 2], |x| x.coefficients *= 1e8),
    ("coefficients times 1e-8", [Either; 2], |x| x.coefficients *= 1e-8),
    ("one coefficient 1e300", [Either; 2], |x| x.coefficients[[0, 1, 0, 0, 0]] = 1e300),
    ("forcing 1e300", [Either; 2], |x| x.forcing.fill(1e300)),
    ("forcing 1e-310", [Either; 2], |x| x.forcing.fill(1e-310)),
    ("initial values 1e300", [Either; 2], |x| x.initial.fill(1e300)),
    ("initial values 1e200, forcing -1e200", [Either; 2], |x| {
        x.initial.fill(1e200);
        x.forcing.fill(-1e200);
    }),
    ("zero data", [Solved; 2], |x| {
        x.forcing.fill(0.0);
        x.initial.fill(0.0);
    }),
    ("conflicting initial values", [Solved; 2], |x| {
        let (_, _, dims, pinned) = x.initial.dim();
        x.initial =
            Array4::from_shape_fn((1, 3, dims, pinned), |(_, s, d, q)| ((7 * s + 3 * d + q) as f64).sin() * 10.0);
    }),
    ("every derivative pinned at every point", [Solved; 2], |x| {
        let (dims, orders) = (x.coefficients.dim().3, x.coefficients.dim().4);
        x.initial =
            Array4::from_shape_fn((1, x.points, dims, orders), |(_, s, d, q)| ((5 * s + d + 2 * q) as f64).cos());
    }),
    ("no initial values", [Either; 2], |x| x.initial = Array4::zeros((1, 0, 0, 0))),
    ("dependent equations", [Solved, Either], |x| repeat_equations(x, 1.0)),
    ("contradictory equations", [Solved, RefusedBySolver], |x| repeat_equations(x, 3.0)),
    ("more equations than unknowns", [Solved, RefusedBySolver], |x| {
        let (_, points, _, dims, orders) = x.coefficients.dim();
        let equations = dims * orders + 1;
        let entry = |i: usize| (1.0 + (i * i) as f64).sin();
        x.coefficients = Array5::from_shape_fn((1, points, equations, dims, orders), |(_, t, e, d, k)| {
            entry(t + 2 * e + 5 * d + 11 * k)
        });
        x.forcing = Array3::from_shape_fn((1, points, equations), |(_, t, e)| entry(3 * t + e));
    }),
    ("weights 1e-150", [Either; 2], |x| x.weights = Weights { equation: 1e-150, initial: 1e-150, smoothness: 1e-150 }),
    ("weights 1e150 and 1e-150", [Either; 2], |x| {
        x.weights = Weights { equation: 1e150, initial: 1e-150, smoothness: 1.0 };
    }),
    ("equation weight 1e6", [Either; 2], |x| x.weights.equation = 1e6),
    ("zero weight", [RefusedAtTheDoor; 2], |x| x.weights.initial = 0.0),
    ("periodic against the initial values", [Solved; 2], |x| {
        let (dims, orders) = (x.coefficients.dim().3, x.coefficients.dim().4);
        x.periodic_jump = Some(Array3::from_elem((1, dims, orders - 1), 5.0));
    }),
    ("huge jump", [Either; 2], |x| {
        let (dims, orders) = (x.coefficients.dim().3, x.coefficients.dim().4);
        x.periodic_jump = Some(Array3::from_elem((1, dims, orders - 1), 1e300));
    }),
    ("empty batch", [Solved; 2], |x| x.coefficients = x.coefficients.select(Axis(0), &[])),
];

/// A problem to be posed and solved, and what must come of it.
pub(crate) struct Case {
    pub(crate) name: String,
    pub(crate) inputs: Inputs,
    pub(crate) expected: Outcome,
}

/// Every extreme with every scheme and both kinds of equation rows, for the given number of well-posed problems.
pub(crate) fn extreme_cases(problems: u64) -> Vec<Case> {
    let mut cases = Vec::new();
    for seed in 0..problems {
        for (name, expected, spoil) in EXTREMES {
            for scheme in all_schemes() {
                for (rows, expected) in EQUATION_ROWS.into_iter().zip(expected) {
                    let mut inputs = well_posed(seed, scheme, rows);
                    spoil(&mut inputs);
                    let expected =
                        if scheme.collocation_nodes().is_some() { of_collocation(name, expected) } else { expected };
                    cases.push(Case { name: format!("{name}, {scheme:?}, {rows:?}, seed {seed}"), inputs, expected });
                }
            }
        }
        for gamma_alpha in [1e-310, 1e8, 1e300] {
            let inputs = well_posed(seed, Scheme::RelaxedLp { gamma_alpha }, EquationRows::Soft);
            cases.push(Case { name: format!("gamma alpha {gamma_alpha:e}, seed {seed}"), inputs, expected: Either });
        }
    }
    cases
}

/// Collocation needs exactly its conditions and grid points, and heeds no weights: what spoils those is refused
/// somewhere.
fn of_collocation(name: &str, expected: Outcome) -> Outcome {
    let is_untouched = ["nothing", "stiffness 1e6", "zero data"].contains(&name);
    if is_untouched || expected == RefusedAtTheDoor { expected } else { Either }
}

/// One or two coupled dimensions, K = 2..=4, each with as many initial values as the equations need.
fn well_posed(seed: u64, scheme: Scheme, equation_rows: EquationRows) -> Inputs {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    // Whole elements of collocation.
    let points = scheme.collocation_nodes().map_or(6, |nodes| 1 + nodes.intervals() * (6 / nodes.intervals()));
    let (dims, orders) = (1 + seed as usize % 2, 2 + (seed as usize / 2) % 3);
    let mut coefficients = uniform((1, points, dims, dims, orders), &mut rng);
    for d in 0..dims {
        coefficients.slice_mut(s![.., .., d, d, orders - 1]).fill(3.0);
    }
    Inputs {
        boundary: None,
        points,
        coefficients,
        forcing: uniform((1, points, dims), &mut rng),
        initial: uniform((1, 1, dims, orders - 1), &mut rng),
        steps: StepsGradient::Shared(Array2::from_elem((1, points - 1), 0.3)),
        periodic_jump: None,
        scheme,
        weights: Weights::default(),
        equation_rows,
    }
}

fn set_points(x: &mut Inputs, points: usize) {
    x.points = points;
    x.coefficients = x.coefficients.slice(s![.., ..points, .., .., ..]).to_owned();
    x.forcing = x.forcing.slice(s![.., ..points, ..]).to_owned();
    x.steps = StepsGradient::Shared(Array2::from_elem((1, points - 1), 0.3));
}

/// One step in the middle.
fn set_step(x: &mut Inputs, step: f64) {
    if let StepsGradient::Shared(steps) = &mut x.steps {
        steps[[0, 2]] = step;
    }
}

fn set_steps(x: &mut Inputs, step: f64) {
    if let StepsGradient::Shared(steps) = &mut x.steps {
        steps.fill(step);
    }
}

/// Every equation once more, with its forcing multiplied by `factor`.
fn repeat_equations(x: &mut Inputs, factor: f64) {
    let forcing = x.forcing.map(|f| factor * f);
    x.coefficients = ndarray::concatenate![Axis(2), x.coefficients, x.coefficients];
    x.forcing = ndarray::concatenate![Axis(2), x.forcing, forcing];
}
