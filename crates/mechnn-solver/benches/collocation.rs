//! Collocation in lanes beside the same method one batch element after the other, and beside least squares.
//!
//! `cargo bench -p mechnn-solver --bench collocation` prints nanoseconds for each batch element and point, forward
//! (`solve`) and with the gradient (`solve_with_pullback` and `pull`), of several shapes. The two paths take turns in
//! the same run: their ratio is the median of the ratios of neighbouring repetitions, with its quartiles in brackets.
//! With an argument only the shapes whose name contains it are run. `RAYON_NUM_THREADS=1` for one core.
#![allow(clippy::print_stdout, clippy::expect_used)]

use std::f64::consts::PI;
use std::time::Instant;

use mechnn_solver::method::{BlockBanded, Collocation, ScalarCollocation};
use mechnn_solver::{CollocationNodes, Cotangent, InitialValues, LinearOde, OdeProblem, OdeSolver, Scheme, TimeGrid};
use ndarray::{Array3, Array4, Array5};

/// B, N, D, K, nodes.
const SHAPES: [(usize, usize, usize, usize, CollocationNodes); 14] = [
    (1536, 51, 1, 3, CollocationNodes::Three),
    (1536, 49, 1, 3, CollocationNodes::Five),
    (1536, 201, 1, 3, CollocationNodes::Three),
    (1536, 51, 1, 2, CollocationNodes::Three),
    (8192, 9, 1, 5, CollocationNodes::Three),
    (8192, 9, 1, 5, CollocationNodes::Five),
    (512, 51, 2, 3, CollocationNodes::Three),
    (512, 51, 3, 2, CollocationNodes::Three),
    (512, 51, 3, 3, CollocationNodes::Three),
    (64, 1001, 3, 3, CollocationNodes::Three),
    (1, 10_001, 1, 3, CollocationNodes::Three),
    (1, 51, 1, 3, CollocationNodes::Three),
    (4, 51, 3, 3, CollocationNodes::Three),
    (1536, 49, 1, 3, CollocationNodes::Seven),
];

/// Repetitions, of which the first is not counted.
const REPETITIONS: usize = 31;

fn main() {
    let wanted = std::env::args().nth(1).filter(|argument| !argument.starts_with('-')).unwrap_or_default();
    println!(
        "{:>26} {:>10} {:>10} {:>18} {:>10} {:>10} {:>18}",
        "B, N, D, K, nodes", "forward", "scalar", "ratio", "fwd+bwd", "scalar", "ratio"
    );
    for (batch, points, dims, orders, nodes) in SHAPES {
        let name = format!("{batch}, {points}, {dims}, {orders}, {}", nodes.count());
        if name.contains(&wanted) {
            let problem = oscillators(batch, points, dims, orders).with_scheme(Scheme::Collocation { nodes });
            compare(&name, &problem.expect("valid scheme"));
        }
    }
    if wanted.is_empty() {
        against_least_squares();
    }
}

/// Independent damped oscillators in each dimension, a little coupled; every coefficient is given for every batch
/// element and point.
fn oscillators(batch: usize, points: usize, dims: usize, orders: usize) -> OdeProblem {
    let step = 2.0 * PI / (points - 1) as f64;
    let coefficients = Array5::from_shape_fn((batch, points, dims, dims, orders), |(b, t, e, d, k)| {
        let own = if k == orders - 1 { 1.0 } else { 0.5 + 0.01 * ((b + t + k) as f64).sin() };
        if e == d { own } else { 0.01 * ((b + 3 * t + 5 * e + 7 * d + k) as f64).cos() }
    });
    let ode = LinearOde::new(coefficients, Array3::ones((batch, points, dims)));
    let initial = InitialValues::new(Array4::from_shape_fn((batch, 1, dims, orders - 1), |(.., q)| 1.0 - q as f64));
    OdeProblem::new(&ode, &TimeGrid::uniform(points, step), &initial).expect("valid problem")
}

fn compare(name: &str, problem: &OdeProblem) {
    let sizes = problem.sizes();
    let unit = 1e9 / (sizes.batch * sizes.points) as f64;
    let cotangent = Cotangent { values: Array4::ones(sizes_of(problem)), slack: None };
    let forward = |method: &dyn OdeSolver| {
        method.solve(problem).expect("well posed");
    };
    let both = |method: &dyn OdeSolver| {
        let (_, pullback) = method.solve_with_pullback(problem).expect("well posed");
        pullback.pull(&cotangent).expect("cotangent fits");
    };
    let [forward, both] = [&forward as &dyn Fn(&dyn OdeSolver), &both].map(|work| Comparison::new(unit, work));
    println!("{name:>26} {forward} {both}");
}

fn sizes_of(problem: &OdeProblem) -> (usize, usize, usize, usize) {
    let sizes = problem.sizes();
    (sizes.batch, sizes.points, sizes.dims, sizes.orders)
}

/// Times of the two paths in turn.
struct Comparison {
    lanes: f64,
    scalar: f64,
    /// Quartiles.
    ratios: [f64; 3],
}

impl Comparison {
    fn new(unit: f64, work: &dyn Fn(&dyn OdeSolver)) -> Self {
        // Small problems are repeated until a clock can tell.
        let once = seconds(&|| work(&Collocation));
        let repeats = (2e-4 / once).ceil().max(1.0);
        let timed =
            |method: &dyn OdeSolver| seconds(&|| (0..repeats as usize).for_each(|_| work(method))) * unit / repeats;
        let times: Vec<[f64; 2]> =
            (0..REPETITIONS).map(|_| [timed(&Collocation), timed(&ScalarCollocation)]).skip(1).collect();
        let fastest = |path: usize| times.iter().map(|time| time[path]).fold(f64::INFINITY, f64::min);
        let mut ratios: Vec<f64> = times.iter().map(|[lanes, scalar]| scalar / lanes).collect();
        ratios.sort_by(f64::total_cmp);
        let ratios = [1, 2, 3].map(|quartile| ratios[quartile * ratios.len() / 4]);
        Self { lanes: fastest(0), scalar: fastest(1), ratios }
    }
}

impl std::fmt::Display for Comparison {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let [low, median, high] = self.ratios;
        let ratio = format!("{median:.1}x [{low:.1}, {high:.1}]");
        write!(f, "{:>10.2} {:>10.2} {ratio:>18}", self.lanes, self.scalar)
    }
}

fn seconds(work: &dyn Fn()) -> f64 {
    let start = Instant::now();
    work();
    start.elapsed().as_secs_f64()
}

/// y'' + y = 0 on [0, 2 pi] by both kinds of schemes: error at the same points, and time.
fn against_least_squares() {
    println!("\n{:>6} {:>22} {:>9} {:>11} {:>11}", "N", "scheme", "error", "forward", "fwd+bwd");
    // 49 = 1 + 4 * 12 = 1 + 6 * 8 = 1 + 2 * 24
    for points in [49, 51, 201] {
        report(&BlockBanded, "Taylor rows", Scheme::Taylor, points);
        for nodes in CollocationNodes::ALL {
            if (points - 1) % nodes.intervals() == 0 {
                let name = format!("collocation, {} nodes", nodes.count());
                report(&Collocation, &name, Scheme::Collocation { nodes }, points);
            }
        }
    }
}

fn report(method: &dyn OdeSolver, name: &str, scheme: Scheme, points: usize) {
    const BATCH: usize = 1536;
    let step = 2.0 * PI / (points - 1) as f64;
    let coefficients = Array5::from_shape_fn((BATCH, points, 1, 1, 3), |(.., k)| [1.0, 0.0, 1.0][k]);
    let ode = LinearOde::new(coefficients, Array3::zeros((BATCH, points, 1)));
    let initial = InitialValues::new(Array4::from_shape_fn((BATCH, 1, 1, 2), |(.., q)| 1.0 - q as f64));
    let problem = OdeProblem::new(&ode, &TimeGrid::uniform(points, step), &initial).expect("valid problem");
    let problem = problem.with_scheme(scheme).expect("valid scheme");
    let solution = method.solve(&problem).expect("well posed");
    let error =
        (0..points).map(|i| (solution.values[[0, i, 0, 0]] - (i as f64 * step).cos()).abs()).fold(0.0, f64::max);
    let cotangent = Cotangent { values: Array4::ones(solution.values.dim()), slack: None };
    let fastest = |work: &dyn Fn()| (0..10).map(|_| seconds(work)).fold(f64::INFINITY, f64::min);
    let forward = fastest(&|| {
        method.solve(&problem).expect("well posed");
    });
    let both = fastest(&|| {
        let (_, pullback) = method.solve_with_pullback(&problem).expect("well posed");
        pullback.pull(&cotangent).expect("cotangent fits");
    });
    let [forward, both] = [forward, both].map(|seconds| seconds * 1e9 / (BATCH * points) as f64);
    println!("{points:>6} {name:>22} {error:>9.1e} {forward:>11.2} {both:>11.2}");
}
