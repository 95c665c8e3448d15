//! Whole campaigns: the same rows on any number of threads, and failures that are rows.

use std::sync::Mutex;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use mechnn::discovery::{DiscoveryOptions, Silent, discover};
use mechnn_experiments::benchmark::{
    Campaign, Condition, Drop, Method, OdeBench, Outcome, Row, Run, Start, Structure, sorted,
};

use crate::folder::{Contents, open};

fn runs(bench: &OdeBench, condition: Condition) -> Vec<Run> {
    bench.runs(&[3, 12], &[Start::A, Start::B], &[condition]).unwrap()
}

/// The rows, sorted, without their times.
fn rows(bench: &OdeBench, method: Method, threads: usize, runs: &[Run]) -> Vec<Row> {
    let rows = Mutex::new(Vec::new());
    let campaign = Campaign { method, options: DiscoveryOptions::default(), threads, time_limit: None };
    let sink = |row: Row| {
        assert!(row.core_seconds >= 0.0);
        rows.lock().unwrap().push(Row { core_seconds: 0.0, ..row });
    };
    campaign.run(bench, runs, &AtomicBool::new(false), &sink).unwrap();
    sorted(&rows.into_inner().unwrap())
}

#[test]
fn rows_do_not_depend_on_the_number_of_threads() {
    let folder = Contents::new().write();
    let bench = open(folder.path());
    let condition = Condition::new(0.02, Drop::Half, 0).unwrap();
    for method in [Method::Direct, Method::Stlsq] {
        let expected = rows(&bench, method, 1, &runs(&bench, condition));
        assert_eq!(expected.len(), 4);
        for threads in [2, 5] {
            assert_eq!(rows(&bench, method, threads, &runs(&bench, condition)), expected, "{threads} threads");
        }
        // Nor on the other runs.
        let last = runs(&bench, condition)[3];
        assert_eq!(rows(&bench, method, 2, &[last]), expected[3..]);
    }
}

#[test]
fn a_row_is_what_discover_finds_in_the_same_data() {
    let folder = Contents::new().write();
    let bench = open(folder.path());
    let condition = Condition::new(0.02, Drop::Quarter, 0).unwrap();
    for row in rows(&bench, Method::Direct, 2, &runs(&bench, condition)) {
        let data = bench.system(row.system).unwrap().corrupted(row.start, condition).unwrap();
        let result = discover(&data, &DiscoveryOptions::default(), &mut Silent).unwrap();
        assert_eq!(row.equations, result.model.rhs_python().join("; "));
        assert_eq!((row.outcome, row.terms), (Outcome::Finished, result.model.term_count()));
    }
}

#[test]
fn clean_growth_is_found_and_predicts_the_other_start() {
    let folder = Contents::new().write();
    let bench = open(folder.path());
    let runs = bench.runs(&[3], &[Start::A, Start::B], &[Condition::new(0.0, Drop::None, 0).unwrap()]).unwrap();
    for row in rows(&bench, Method::Direct, 1, &runs) {
        assert_eq!((row.structure, row.terms), (Structure::Exact, 2), "{row:?}");
        // Exact data; what is left is the discretisation of the fit.
        assert!(row.worst_coefficient_error.unwrap() < 1e-3, "{row:?}");
        assert!(row.r2_reconstruction > 0.999_99 && row.r2_generalisation > 0.999_99, "{row:?}");
    }
}

#[test]
fn a_fit_that_fails_is_a_row_with_scores_of_0_and_a_message() {
    let folder = Contents::new().write();
    let bench = open(folder.path());
    // The masks of seed 1 leave four rows.
    let condition = Condition::new(0.0, Drop::Half, 1).unwrap();
    for method in [Method::Direct, Method::Stlsq] {
        for row in rows(&bench, method, 2, &runs(&bench, condition)) {
            assert_eq!((row.outcome, row.structure), (Outcome::Failed, Structure::Different), "{row:?}");
            assert_eq!((row.r2_reconstruction, row.r2_generalisation, row.terms), (0.0, 0.0, 0), "{row:?}");
            assert!(row.equations.is_empty() && !row.message.is_empty(), "{row:?}");
        }
    }
}

#[test]
fn a_fit_that_is_stopped_at_its_limit_says_so_and_one_that_is_abandoned_leaves_no_row() {
    let folder = Contents::new().write();
    let bench = open(folder.path());
    let runs = runs(&bench, Condition::new(0.02, Drop::None, 0).unwrap());
    let collect = |time_limit, stop| {
        let rows = Mutex::new(Vec::new());
        let campaign =
            Campaign { method: Method::Direct, options: DiscoveryOptions::default(), threads: 2, time_limit };
        campaign.run(&bench, &runs, &AtomicBool::new(stop), &|row| rows.lock().unwrap().push(row)).unwrap();
        rows.into_inner().unwrap()
    };
    let limited = collect(Some(Duration::from_nanos(1)), false);
    assert_eq!(limited.len(), 4);
    assert!(limited.iter().all(|row| row.outcome == Outcome::TimeLimit && !row.equations.is_empty()), "{limited:?}");
    assert_eq!(collect(None, true), []);
}
