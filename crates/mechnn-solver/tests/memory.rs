//! Peak memory of a solve and of its gradient, against a formula.
//!
//! With b = D K unknowns at a point, n = N b in an element, w = 1 (Taylor rows) or 2 (central rows) the half
//! bandwidth, B elements, T threads, R rows of an element and I numbers of inputs, in numbers of 8 bytes, for
//! equations that join all dimensions:
//!
//! ```text
//! solve                B n + max(B n, T work)
//! solve_with_pullback  B kept + max(B n, T (work - kept))
//! pull, beside it      I + min(B, 1024) I / B + T (4 n + 2 R + more)
//! ```
//!
//! where elements are solved one by one. In vector lanes (Taylor, Wiener and Padé rows with soft equations, few unknowns
//! at a point) a group of L elements, the lanes of a register, is at work in each thread:
//!
//! ```text
//! work                 L N (b^2 + 3 b + D (b + 1) + 1)
//! solve                B n + T work
//! solve_with_pullback  B n + max(B n, T work)
//! pull, beside it      I + T work
//! ```
//!
//! with some 20 numbers for each element of the batch. Where pivots are below 1e-5 a pull factors the elements one by one
//! and keeps their factors. An element that the lanes leave is then solved by itself.
//!
//! The first `B n` of a solve are the values of elements that are done, the second the array that is returned. An
//! element at work in a gradient holds its solution and its adjoint, with a number for each row, a cotangent and a
//! residual.
//!
//! | an element | kept | work | more |
//! |---|---|---|---|
//! | normal equations | band `(1 + w) n b`, start, values: `band + 2 n` | `band + 3 n` | 0 |
//! | with a slack | its column and response beside: `band + 4 n` | `band + 5 n` | 0 |
//! | orthogonal | `band + 2 n` | another one to correct with: `2 band + 6 n` | 0 |
//! | orthogonal, after normal equations failed | as above | with them kept: `3 kept + 3 n` | as above |
//! | hard equations, E = D | `s`, band `(1 + w) N (b - E)^2`, `2 n` | `band + 5 n` beside | `3 n` |
//!
//! with the null spaces `s = N (b^2 + E^2 + E + 9)`.
//!
//! Collocation with m intervals in an element factors `f = (N - 1) / m ((m D)^2 + 1.5 m D)`: `solve` needs
//! `B n + T f`, `solve_with_pullback` `B (2 n + f)`, `pull` `I + T n`, each with some 20 numbers for each element of
//! the batch.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering};

use mechnn_solver::method::Automatic;
use mechnn_solver::{
    CollocationNodes, Cotangent, EquationRows, Factorization, InitialValues, LinearOde, OdeProblem, OdeSolver, Scheme,
    TimeGrid,
};
use ndarray::{Array3, Array4, Array5};
use rayon::ThreadPoolBuilder;

#[path = "support/long_run.rs"]
mod long_run;

use long_run::count;

/// The system's allocator, counting what is in use.
struct Counting;

static IN_USE: AtomicUsize = AtomicUsize::new(0);
static PEAK: AtomicUsize = AtomicUsize::new(0);

// SAFETY: every call is passed to the system's allocator as it is.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let now = IN_USE.fetch_add(layout.size(), Ordering::Relaxed) + layout.size();
        PEAK.fetch_max(now, Ordering::Relaxed);
        // SAFETY: the caller's promises are those of the system's allocator.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        IN_USE.fetch_sub(layout.size(), Ordering::Relaxed);
        // SAFETY: as above.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// The most memory in use during the call beyond what was before, in numbers of 8 bytes.
fn peak<T>(call: impl FnOnce() -> T) -> (T, f64) {
    let before = IN_USE.load(Ordering::Relaxed);
    PEAK.store(before, Ordering::Relaxed);
    let result = call();
    (result, (PEAK.load(Ordering::Relaxed) - before) as f64 / 8.0)
}

/// N, D, K, B
const SIZES: [[usize; 4]; 10] = [
    [2000, 1, 3, 1],
    [1000, 3, 3, 4],
    [200, 2, 4, 64],
    [40, 1, 2, 1500],
    [500, 6, 2, 8],
    [20_000, 1, 3, 1],
    [5000, 3, 3, 16],
    [400, 4, 5, 64],
    [50, 2, 3, 4000],
    [1000, 8, 2, 16],
];

const THREADS: usize = 2;

/// Unlike the formula: headers of vectors, pools of threads, and what two elements at work hold beside their vectors.
const ALLOWANCE: f64 = 1.2;

/// One way to solve.
#[derive(Debug, Clone, Copy)]
enum Way {
    NormalEquations(Scheme),
    Slack,
    Orthogonal,
    Hard(Scheme),
    Collocation,
}

const WAYS: [Way; 7] = [
    Way::NormalEquations(Scheme::Taylor),
    Way::NormalEquations(Scheme::TaylorCentral),
    Way::Slack,
    Way::Orthogonal,
    Way::Hard(Scheme::Taylor),
    Way::Hard(Scheme::TaylorCentral),
    Way::Collocation,
];

const NODES: CollocationNodes = CollocationNodes::Five;

impl Way {
    fn problem(self, [n, d, k, b]: [usize; 4]) -> OdeProblem {
        let coefficients = Array5::from_shape_fn((b, n, d, d, k), |(b, t, e, d, i)| match (e == d, i == k - 1) {
            (true, true) => 2.0 + 0.1 * ((b + t) as f64).sin(),
            _ => 0.2 * ((b + 3 * t + 5 * e + 7 * d + i) as f64).cos(),
        });
        let ode = LinearOde::new(coefficients, Array3::ones((1, 1, d)));
        let initial = InitialValues::new(Array4::ones((1, 1, d, k - 1)));
        // Steps so short that normal equations are lost to rounding.
        let step = if let Way::Orthogonal = self { 1e-3 } else { 0.1 };
        let (scheme, rows) = match self {
            Way::NormalEquations(scheme) => (scheme, EquationRows::Soft),
            Way::Slack => (Scheme::RelaxedLp { gamma_alpha: 0.0 }, EquationRows::Soft),
            Way::Orthogonal => (Scheme::Taylor, EquationRows::Soft),
            Way::Hard(scheme) => (scheme, EquationRows::Hard),
            Way::Collocation => (Scheme::Collocation { nodes: NODES }, EquationRows::Soft),
        };
        let problem = OdeProblem::new(&ode, &TimeGrid::uniform(n, step), &initial).unwrap();
        problem.with_scheme(scheme).unwrap().with_equation_rows(rows)
    }

    /// Numbers in use by a solve, one with a pullback, and a pull.
    fn formula(
        self,
        [points, dims, orders, batch]: [usize; 4],
        inputs: f64,
        fell_back: bool,
        is_weak: bool,
    ) -> [f64; 3] {
        let w = match self {
            Way::Slack | Way::NormalEquations(Scheme::TaylorCentral) | Way::Hard(Scheme::TaylorCentral) => 2,
            _ => 1,
        };
        // Equations, initial values, Taylor rows both ways, central rows.
        let of_intervals = 2 * (points - 1) * if w == 2 { orders - 1 } else { orders };
        let central = if w == 2 { points - 2 } else { 0 };
        let rows = (dims * (points + orders - 1 + of_intervals + central)) as f64;
        let [all, d, b, n] = [points, dims, dims * orders, points * dims * orders].map(|size| size as f64);
        let [elements, threads, w] = [batch, THREADS.min(batch), w].map(|size| size as f64);
        let band = (1.0 + w) * n * b;
        let (kept, work, more) = match self {
            Way::NormalEquations(_) => (band + 2.0 * n, band + 3.0 * n, 0.0),
            Way::Slack => (band + 4.0 * n, band + 5.0 * n, 0.0),
            Way::Orthogonal => (band + 2.0 * n, 2.0 * band + 6.0 * n, 0.0),
            Way::Hard(_) => {
                let spaces = all * (b * b + d * d + d + 9.0);
                let kept = spaces + (1.0 + w) * all * (b - d).powi(2) + 2.0 * n;
                (kept, kept + band + 5.0 * n, 3.0 * n)
            }
            Way::Collocation => {
                let m = NODES.intervals() as f64;
                let factors = (all - 1.0) / m * ((m * d).powi(2) + 1.5 * m * d);
                let evidence = 20.0 * elements;
                return [
                    elements * n + threads * factors + evidence,
                    elements * (2.0 * n + factors) + evidence,
                    inputs + threads * n + evidence,
                ];
            }
        };
        let work = if fell_back { work.max(3.0 * kept + 3.0 * n) } else { work };
        let one_by_one = [
            elements * n + (elements * n).max(threads * work),
            elements * kept + (elements * n).max(threads * (work - kept)),
            inputs + elements.min(1024.0) * inputs / elements + threads * (4.0 * n + 2.0 * rows + more),
        ];
        let is_soft = matches!(self, Way::NormalEquations(Scheme::Taylor) | Way::Orthogonal);
        let lanes = lanes(batch);
        if !is_soft || lanes == 0 || !matches!((dims, orders), (1, 2..=5) | (2 | 3, 2 | 3)) {
            return one_by_one;
        }
        let one_work = work;
        let groups = batch.div_ceil(lanes).min(THREADS) as f64;
        let work = groups * lanes as f64 * all * (b * b + 3.0 * b + d * (b + 1.0) + 1.0);
        let evidence = 20.0 * elements;
        let of_pull = if is_weak { elements * kept + one_by_one[2].max(threads * one_work) } else { inputs + work };
        let in_lanes =
            [elements * n + work + evidence, elements * n + (elements * n).max(work) + evidence, of_pull + evidence];
        match self {
            // The lanes' values are there while the elements are solved again.
            Way::Orthogonal => std::array::from_fn(|call| in_lanes[call].max(elements * n + one_by_one[call])),
            _ => in_lanes,
        }
    }
}

/// How many batch elements this processor solves together, of a batch; none where the solver has no vector code.
fn lanes(batch: usize) -> usize {
    #[cfg(target_arch = "x86_64")]
    {
        let has_avx512 = is_x86_feature_detected!("avx512f") && is_x86_feature_detected!("avx512dq");
        let has_avx2 = is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma");
        if has_avx512 && batch > 4 {
            8
        } else if has_avx2 {
            4
        } else {
            0
        }
    }
    #[cfg(not(target_arch = "x86_64"))]
    2.min(batch.max(2))
}

/// One test, so that nothing else allocates meanwhile.
#[test]
fn peak_memory_follows_the_formula() {
    let pool = ThreadPoolBuilder::new().num_threads(THREADS).build().unwrap();
    pool.install(|| Automatic.solve(&WAYS[0].problem([10, 1, 2, 8])).unwrap());
    let mut failures = Vec::new();
    for size in SIZES.into_iter().take(count(5, 10) as usize) {
        for way in WAYS {
            let mut size = size;
            if let Way::Collocation = way {
                size[0] -= (size[0] - 1) % NODES.intervals();
            }
            if let Way::Orthogonal = way {
                // Lower orders keep their digits at any step.
                size[2] = 5;
            }
            let problem = way.problem(size);
            let (solution, of_solve) = pool.install(|| peak(|| Automatic.solve(&problem).unwrap()));
            let is_orthogonal = solution.info.factorization == Factorization::Orthogonal;
            // At these steps normal equations may lose their digits from K = 5 on, and must not before.
            let is_expected = match way {
                Way::Orthogonal => is_orthogonal,
                Way::Collocation => !is_orthogonal,
                _ => !is_orthogonal || size[2] >= 5,
            };
            assert!(is_expected, "{way:?} {size:?}: {:?}", solution.info);
            let fell_back = is_orthogonal && !matches!(way, Way::Orthogonal);
            let is_weak = solution.info.pivot_ratio < 1e-5;
            let formula = way.formula(size, problem.ode().coefficients().len() as f64, fell_back, is_weak);
            let (kept, of_pullback) = pool.install(|| peak(|| Automatic.solve_with_pullback(&problem).unwrap()));
            let cotangent = Cotangent { values: solution.values, slack: None };
            let (_, of_pull) = pool.install(|| peak(|| kept.1.pull(&cotangent).unwrap()));
            let found = [of_solve, of_pullback, of_pull];
            for ((call, found), formula) in
                ["solve", "solve_with_pullback", "pull"].into_iter().zip(found).zip(formula)
            {
                let line = format!(
                    "N, D, K, B = {size:?}, {way:?}{}, {call}: {found:.3e} numbers, formula {formula:.3e}, ratio {:.2}",
                    if fell_back { " but orthogonal" } else { "" },
                    found / formula
                );
                println!("{line}");
                if found > ALLOWANCE * formula {
                    failures.push(line);
                }
            }
        }
    }
    assert!(failures.is_empty(), "above {ALLOWANCE} times the formula:\n{}", failures.join("\n"));
}
