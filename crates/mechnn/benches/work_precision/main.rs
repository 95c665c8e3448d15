//! Error against cost: every scheme of the solver beside Runge-Kutta integrators, on problems with known solutions.
//!
//! `cargo bench -p mechnn --bench work_precision -- DIR` writes, into DIR, one figure per problem
//! (`work-precision-*.svg`), one of the drift over a thousand periods (`drift.svg`) and all numbers
//! (`work-precision.csv`, `drift.csv`). Without DIR it prints the numbers only. Times are the smallest of several
//! repetitions of a whole solve, on one thread, with coefficients already evaluated at the grid points; the
//! integrators evaluate them as they go, which is a few percent of their cost here.
#![allow(clippy::print_stdout, clippy::expect_used)]

mod chart;

mod drift;

mod method;

mod problem;

use std::fs;
use std::path::PathBuf;

use chart::{Chart, Series};
use method::Method;

fn main() {
    // cargo bench passes --bench; the first word that is no option is the folder.
    let folder = std::env::args().skip(1).find(|word| !word.starts_with("--")).map(PathBuf::from);
    if let Some(folder) = &folder {
        fs::create_dir_all(folder).expect("the folder can be created");
    }
    let mut table = String::from("problem,method,points,seconds,error\n");
    for problem in problem::all() {
        let mut series = Vec::new();
        for method in Method::all() {
            let mut points = Vec::new();
            for &intervals in problem.intervals {
                let Some(run) = method.run(&problem, intervals) else { continue };
                println!(
                    "{:<14} {:<26} {intervals:>7} intervals {:>10.1} us   error {:.2e}",
                    problem.name,
                    method.name(),
                    1e6 * run.seconds,
                    run.error
                );
                table.push_str(&format!(
                    "{},\"{}\",{},{:.3e},{:.3e}\n",
                    problem.name,
                    method.name(),
                    intervals + 1,
                    run.seconds,
                    run.error
                ));
                points.push((run.seconds, run.error));
            }
            series.push(Series { name: method.name().to_owned(), points, dashed: method.is_integrator() });
        }
        if let Some(folder) = &folder {
            let chart = Chart {
                title: format!("{}: {}", problem.name, problem.equation),
                x: "seconds per solve".to_owned(),
                y: "largest error of u".to_owned(),
                series,
            };
            let file = folder.join(format!("work-precision-{}.svg", problem.name));
            fs::write(file, chart.svg()).expect("the figure can be written");
        }
    }
    if let Some(folder) = &folder {
        fs::write(folder.join("work-precision.csv"), &table).expect("the table can be written");
    }
    drift::measure(folder.as_deref());
}
