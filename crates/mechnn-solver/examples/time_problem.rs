//! Times the block-banded method on a problem from files, on one thread: `time_problem FOLDER [REPETITIONS]`.
//!
//! Reads `coefficients.npy` [B, N, D, D, K], `forcing.npy` [B, N, D], `steps.npy` [B, N-1] and `initial.npy`
//! [B, 1, D, K-1] (f64, C order) and writes the solution to `solution.npy` [B, N, D, K]. Prints, with tabs, `B N D K
//! forward_ns both_ns error`: the fastest solve and the fastest solve with all gradients, both in nanoseconds for the
//! whole batch, and the largest error estimate. `benchmarks/peers` runs it beside other solvers.
#![allow(clippy::print_stdout)]

use std::error::Error;
use std::path::Path;
use std::time::Instant;

use mechnn_solver::method::BlockBanded;
use mechnn_solver::{Cotangent, InitialValues, LinearOde, OdeProblem, OdeSolver, TimeGrid};
use ndarray::Array4;
use ndarray_npy::{read_npy, write_npy};
use rayon::ThreadPoolBuilder;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let folder = Path::new(arguments.first().ok_or("usage: time_problem FOLDER [REPETITIONS]")?);
    let repetitions: usize = arguments.get(1).map_or(Ok(5), |count| count.parse())?;
    ThreadPoolBuilder::new().num_threads(1).build()?.install(|| time(folder, repetitions)).map_err(Into::into)
}

/// The message of an error instead of the error, because it leaves the thread.
fn time(folder: &Path, repetitions: usize) -> Result<(), String> {
    let text = |error: &dyn Error| error.to_string();
    let file = |name: &str| folder.join(name);
    let ode = LinearOde::new(
        read_npy(file("coefficients.npy")).map_err(|e| text(&e))?,
        read_npy(file("forcing.npy")).map_err(|e| text(&e))?,
    );
    let grid = TimeGrid::shared(ode.forcing().dim().1, read_npy(file("steps.npy")).map_err(|e| text(&e))?);
    let initial = InitialValues::new(read_npy(file("initial.npy")).map_err(|e| text(&e))?);
    let problem = OdeProblem::new(&ode, &grid, &initial).map_err(|e| text(&e))?;
    let sizes = problem.sizes();
    let ones = Array4::ones((sizes.batch, sizes.points, sizes.dims, sizes.orders));
    let cotangent = Cotangent { values: ones, slack: None };

    let solution = BlockBanded.solve(&problem).map_err(|e| text(&e))?;
    write_npy(file("solution.npy"), &solution.values).map_err(|e| text(&e))?;
    let [mut forward, mut both] = [u128::MAX; 2];
    for _ in 0..repetitions {
        let start = Instant::now();
        BlockBanded.solve(&problem).map_err(|e| text(&e))?;
        forward = forward.min(start.elapsed().as_nanos());
        let start = Instant::now();
        let (_, pullback) = BlockBanded.solve_with_pullback(&problem).map_err(|e| text(&e))?;
        pullback.pull(&cotangent).map_err(|e| text(&e))?;
        both = both.min(start.elapsed().as_nanos());
    }
    let error = solution.info.error_estimate;
    println!("{}\t{}\t{}\t{}\t{forward}\t{both}\t{error:e}", sizes.batch, sizes.points, sizes.dims, sizes.orders);
    Ok(())
}
