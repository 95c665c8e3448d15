//! Whatever the input, a problem is refused by a typed error or its solution is the minimum it claims to be.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

use std::panic::{AssertUnwindSafe, catch_unwind};

use mechnn_solver::{Cotangent, OdeProblem, OdeSolver};
use rayon::prelude::*;

#[path = "support/extremes.rs"]
mod extremes;
#[path = "support/long_run.rs"]
mod long_run;
#[path = "support/methods.rs"]
mod methods;
#[path = "support/optimality.rs"]
mod optimality;
#[path = "support/parts.rs"]
mod parts;
#[path = "support/random_problem.rs"]
mod random_problem;
#[path = "support/schemes.rs"]
mod schemes;

use extremes::{Case, Outcome, extreme_cases};
use long_run::count;
use methods::methods_for;
use optimality::Tally;
use parts::{INPUTS, parts};

/// What came of a case by one method.
#[derive(Default)]
struct Report {
    at_the_door: usize,
    by_solver: usize,
    attempts: usize,
    tally: Tally,
    failures: Vec<String>,
}

#[test]
fn extreme_problems_are_refused_or_solved() {
    let cases = extreme_cases(count(4, 80));
    let reports: Vec<Report> = cases.par_iter().map(report).collect();
    let mut total = Report::default();
    for report in reports {
        total.at_the_door += report.at_the_door;
        total.by_solver += report.by_solver;
        total.attempts += report.attempts;
        total.tally.add(report.tally);
        total.failures.extend(report.failures);
    }
    println!("{} cases, {} solves by all methods that support them:", cases.len(), total.attempts);
    println!(
        "{} refused at the door, {} by the solver; honest status: {}",
        total.at_the_door, total.by_solver, total.tally
    );
    assert!(cases.len() >= 300);
    assert!(total.tally.unjudged * 100 < total.tally.solved);
    assert!(total.failures.is_empty(), "{} failures\n{}", total.failures.len(), total.failures.join("\n"));
}

fn report(case: &Case) -> Report {
    let mut report = Report::default();
    let is_expected = |outcome: Outcome| case.expected == outcome || case.expected == Outcome::Either;
    let problem = match case.inputs.problem() {
        Ok(problem) => problem,
        Err(error) => {
            report.at_the_door += 1;
            if !is_expected(Outcome::RefusedAtTheDoor) {
                report.failures.push(format!("{}: {error}", case.name));
            }
            return report;
        }
    };
    if case.expected == Outcome::RefusedAtTheDoor {
        report.failures.push(format!("{}: was not refused at the door", case.name));
    }
    for method in methods_for(&problem) {
        report.attempts += 1;
        let name = format!("{} on {}", method.name(), case.name);
        let outcome = catch_unwind(AssertUnwindSafe(|| attempt(&*method, case, &problem, &name, &mut report)));
        match outcome {
            Ok(Ok(())) => {}
            Ok(Err(failure)) => report.failures.push(failure),
            Err(_) => report.failures.push(format!("{name}: panic")),
        }
    }
    report
}

fn attempt(
    method: &dyn OdeSolver,
    case: &Case,
    problem: &OdeProblem,
    name: &str,
    report: &mut Report,
) -> Result<(), String> {
    let is_expected = |outcome: Outcome| case.expected == outcome || case.expected == Outcome::Either;
    let (solution, pullback) = match method.solve_with_pullback(problem) {
        Ok(solved) => solved,
        Err(error) => {
            report.by_solver += 1;
            return if is_expected(Outcome::RefusedBySolver) { Ok(()) } else { Err(format!("{name}: {error}")) };
        }
    };
    report.tally.check(problem, &solution, name)?;
    if !is_expected(Outcome::Solved) {
        return Err(format!("{name}: was solved, {:?}", solution.info));
    }
    let cotangent = Cotangent { values: solution.values.map(|_| 1.0), slack: None };
    if let Ok(gradient) = pullback.pull(&cotangent) {
        for (input, part) in INPUTS.into_iter().zip(parts(&gradient)) {
            if let Some(number) = part.iter().find(|number| !number.is_finite()) {
                return Err(format!("{name}: gradient in the {input} is {number}"));
            }
        }
    }
    Ok(())
}
