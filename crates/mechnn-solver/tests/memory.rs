//! Peak memory of a solve and of its gradient, against a formula.
//!
//! With b = D K unknowns at a point, n = N b in an element, w = 1 (Taylor rows) or 2 (central rows) the half bandwidth, B
//! elements and T threads, in numbers of 8 bytes, for soft equations that join all dimensions, by normal equations and
//! without a slack:
//!
//! - an element at work: the band `(1 + w) n b`, its start, its values and a right-hand side `3 n`
//! - an element that is done: its values n; where a pullback is kept, band, start and values `(1 + w) n b + 2 n`
//! - the solution of the batch: `B n`
//! - a gradient: the inputs' sizes I once; at work for an element its solution and its adjoint, `2 n`, with a number for each
//!   of its R rows, `2 R`, a cotangent and a residual `2 n`; done its own gradient `I / B`
//!
//! ```text
//! solve                B n + max(B n, T ((1 + w) n b + 3 n))
//! solve_with_pullback  B ((1 + w) n b + 2 n) + max(B n, 2 T n)
//! pull, beside it      I + min(B, 1024) I / B + T (4 n + 2 R)
//! ```
//!
//! The first `B n` of a solve are the values of elements that are done, the second the array that is returned.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering};

use mechnn_solver::method::BlockBanded;
use mechnn_solver::{Cotangent, InitialValues, LinearOde, OdeProblem, OdeSolver, Scheme, TimeGrid};
use ndarray::{Array3, Array4, Array5};
use rayon::ThreadPoolBuilder;

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

fn problem(n: usize, d: usize, k: usize, b: usize, scheme: Scheme) -> OdeProblem {
    let coefficients = Array5::from_shape_fn((b, n, d, d, k), |(b, t, e, d, i)| match (e == d, i == k - 1) {
        (true, true) => 2.0 + 0.1 * ((b + t) as f64).sin(),
        _ => 0.2 * ((b + 3 * t + 5 * e + 7 * d + i) as f64).cos(),
    });
    let ode = LinearOde::new(coefficients, Array3::ones((1, 1, d)));
    let initial = InitialValues::new(Array4::ones((1, 1, d, k - 1)));
    OdeProblem::new(&ode, &TimeGrid::uniform(n, 0.1), &initial).unwrap().with_scheme(scheme).unwrap()
}

/// One test, so that nothing else allocates meanwhile.
#[test]
fn peak_memory_follows_the_formula() {
    let pool = ThreadPoolBuilder::new().num_threads(THREADS).build().unwrap();
    pool.install(|| BlockBanded.solve(&problem(10, 1, 2, 8, Scheme::Taylor)).unwrap());
    let mut failures = Vec::new();
    for [points, dims, orders, batch] in SIZES.into_iter().take(count(5, 10) as usize) {
        for (scheme, w) in [(Scheme::Taylor, 1), (Scheme::TaylorCentral, 2)] {
            let problem = problem(points, dims, orders, batch, scheme);
            let block = dims * orders;
            let [n, b, w] = [points * block, block, w].map(|size| size as f64);
            let [elements, threads] = [batch, THREADS.min(batch)].map(|size| size as f64);
            let band = (1.0 + w) * n * b;
            // Equations, initial values, Taylor rows both ways, central rows.
            let of_intervals = 2 * (points - 1) * if w == 2.0 { orders - 1 } else { orders };
            let central = if w == 2.0 { points - 2 } else { 0 };
            let rows = (dims * (points + orders - 1 + of_intervals + central)) as f64;
            let inputs = problem.ode().coefficients().len() as f64;
            let solve = elements * n + (elements * n).max(threads * (band + 3.0 * n));
            let with_pullback = elements * (band + 2.0 * n) + (elements * n).max(2.0 * threads * n);
            let pull = inputs + elements.min(1024.0) * inputs / elements + threads * (4.0 * n + 2.0 * rows);

            let (solution, of_solve) = pool.install(|| peak(|| BlockBanded.solve(&problem).unwrap()));
            let (kept, of_pullback) = pool.install(|| peak(|| BlockBanded.solve_with_pullback(&problem).unwrap()));
            let cotangent = Cotangent { values: solution.values, slack: None };
            let (_, of_pull) = pool.install(|| peak(|| kept.1.pull(&cotangent).unwrap()));
            let calls = [
                ("solve", of_solve, solve),
                ("solve_with_pullback", of_pullback, with_pullback),
                ("pull", of_pull, pull),
            ];
            for (call, found, formula) in calls {
                let line = format!(
                    "N = {points}, D = {dims}, K = {orders}, B = {batch}, {}, {call}: {found:.3e} numbers, formula \
                     {formula:.3e}, ratio {:.2}",
                    scheme.name(),
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
