//! Tables of every form give the equations of the system in them.

use crate::support::document::Document;
use crate::support::process::Folder;
use crate::support::table::{Noise, changed, csv, lotka_volterra};

/// Asserts Lotka and Volterra's equations between `x` and `y`, written with `a` and `b`.
#[track_caller]
fn assert_found(document: &Document, states: [&str; 2], [a, b]: [&str; 2]) {
    let product = format!("{a}*{b}");
    let support = document.support();
    let expected = [(states[0], [a, &product]), (states[1], [b, &product])];
    for ((state, terms), (expected_state, expected_terms)) in support.iter().zip(expected) {
        assert_eq!((state.as_str(), &terms[..]), (expected_state, &expected_terms.map(str::to_owned)[..]));
    }
    for (state, expression, truth) in [
        (states[0], a, 1.0),
        (states[0], product.as_str(), -1.0),
        (states[1], b, -1.0),
        (states[1], product.as_str(), 1.0),
    ] {
        let found = document.coefficient(state, expression);
        assert!((found - truth).abs() < 0.05, "{expression} in {state}': {found}");
    }
}

#[test]
fn several_files_are_several_trajectories() {
    let folder = Folder::new();
    folder.write("a.csv", changed(120, |_, row| row));
    folder.write("b.csv", changed(200, |_, row| row));
    let document = Document::discover(&folder, &["a.csv", "b.csv"]);
    assert_found(&document, ["x", "y"], ["x", "y"]);
    let names = document.0["trajectories"].as_array().expect("a list").iter().map(|entry| &entry["name"]);
    assert_eq!(names.collect::<Vec<_>>(), ["a", "b"]);
}

#[test]
fn a_trajectory_column_tells_them_apart() {
    let folder = Folder::new();
    let lines = |label: &str, points| -> String {
        csv("", &lotka_volterra(points)).lines().map(|line| format!("{label},{line}\n")).collect()
    };
    folder.write("data.csv", format!("run,t,x,y\n{}{}", lines("first", 120), lines("2", 150)));
    let document = Document::discover(&folder, &["data.csv", "--trajectory", "run"]);
    assert_found(&document, ["x", "y"], ["x", "y"]);
    let names = document.0["trajectories"].as_array().expect("a list").iter().map(|entry| &entry["name"]);
    assert_eq!(names.collect::<Vec<_>>(), ["first", "2"]);
}

#[test]
fn without_a_header_columns_are_numbered() {
    let folder = Folder::new();
    folder.write("data.csv", csv("", &lotka_volterra(200)));
    assert_found(&Document::discover(&folder, &["data.csv"]), ["x0", "x1"], ["x0", "x1"]);
}

#[test]
fn cells_may_be_missing() {
    let folder = Folder::new();
    // Every fifth x and every seventh y.
    let hole = |every: usize, index: usize, value: f64| if index % every == 3 { f64::NAN } else { value };
    folder.write("data.csv", changed(200, |i, [t, x, y]| [t, hole(5, i, x), hole(7, i, y)]));
    assert_found(&Document::discover(&folder, &["data.csv"]), ["x", "y"], ["x", "y"]);
    let arguments = ["discover", "data.csv", "--missing", "error"];
    folder.mechnn(&arguments).fails(3, &["`data.csv` line 5, column `x`", "missing", "hint: ", "--missing drop"]);
}

#[test]
fn times_may_be_irregular() {
    let folder = Folder::new();
    let mut noise = Noise(5);
    let rows: Vec<[f64; 3]> = lotka_volterra(300).into_iter().filter(|_| noise.draw() > -0.2).collect();
    folder.write("data.csv", csv("t,x,y", &rows));
    assert_found(&Document::discover(&folder, &["data.csv"]), ["x", "y"], ["x", "y"]);
}

#[test]
fn time_and_states_may_be_named() {
    let folder = Folder::new();
    let rows: Vec<[f64; 4]> = lotka_volterra(200).iter().map(|&[t, x, y]| [7.0 - t * t, x, t, y]).collect();
    folder.write("data.csv", csv("junk,prey,clock,hunter", &rows));
    let arguments = ["data.csv", "--time", "clock", "--vars", "hunter,prey"];
    let document = Document::discover(&folder, &arguments);
    assert_eq!(document.support().iter().map(|(state, _)| state.as_str()).collect::<Vec<_>>(), ["hunter", "prey"]);
    assert!((document.coefficient("prey", "hunter*prey") + 1.0).abs() < 0.05);
    assert_eq!(document.0["time"], "clock");
}

#[test]
fn rows_may_be_a_constant_step_apart() {
    let folder = Folder::new();
    let rows: Vec<[f64; 2]> = lotka_volterra(200).iter().map(|&[_, x, y]| [x, y]).collect();
    folder.write("data.csv", csv("x,y", &rows));
    assert_found(&Document::discover(&folder, &["data.csv", "--dt", "0.1"]), ["x", "y"], ["x", "y"]);
}

#[test]
fn names_that_are_no_identifiers_are_kept_as_states_and_said_to_be_changed() {
    let folder = Folder::new();
    folder.write("data.csv", csv("time (s),hare (1000),lambda", &lotka_volterra(200)));
    let outcome = folder.mechnn(&["discover", "data.csv", "--format", "json"]);
    assert_found(&Document::of(&outcome), ["hare (1000)", "lambda"], ["hare_1000", "lambda_"]);
    assert!(outcome.stderr.contains("`hare (1000)` is not a valid name in Python; equations call it `hare_1000`"));
    folder.write("powers.csv", csv("t,a^2,größe", &lotka_volterra(200)));
    assert_found(&Document::discover(&folder, &["powers.csv"]), ["a^2", "größe"], ["a_2", "größe"]);
}

#[test]
fn a_column_of_zeros_has_the_equation_0() {
    let folder = Folder::new();
    folder.write("data.csv", changed(100, |_, [t, x, _]| [t, x, 0.0]));
    let outcome = folder.mechnn(&["discover", "data.csv", "--format", "json"]);
    assert_eq!(outcome.code, Some(0), "{outcome:?}");
    assert!(outcome.stderr.contains("warning: column `y` has the same value in every row"), "{}", outcome.stderr);
    let document = Document::of(&outcome);
    assert_eq!((&document.equations()[1]["state"], &document.equations()[1]["rhs"]), (&"y".into(), &"0".into()));
}

#[test]
fn a_constant_column_has_the_equation_0() {
    let folder = Folder::new();
    folder.write("data.csv", changed(100, |_, [t, x, _]| [t, x, 5.0]));
    let outcome = folder.mechnn(&["discover", "data.csv", "--format", "json"]);
    assert_eq!(outcome.code, Some(0), "{outcome:?}");
    assert!(outcome.stderr.contains("warning: column `y` has the same value in every row"), "{}", outcome.stderr);
    Document::of(&outcome);
}
