//! `mechnn demo`: generated data, found again.

use crate::support::document::Document;
use crate::support::process::Folder;

const SYSTEMS: [&str; 5] = ["lorenz", "lotka-volterra", "van-der-pol", "damped-oscillator", "roessler"];

/// The table of truth and result below the equations, as words.
fn table(stdout: &str) -> Vec<Vec<&str>> {
    let (_, table) = stdout.split_once("\n\n").expect("a table below the equations");
    table.lines().map(|line| line.split_whitespace().collect()).collect()
}

#[test]
fn lorenz_is_found_at_ten_percent_noise() {
    let folder = Folder::new();
    let outcome = folder.mechnn(&["demo", "lorenz", "--noise", "0.1", "--seed", "1"]);
    assert_eq!(outcome.code, Some(0), "{outcome:?}");
    assert_eq!(folder.names(), ["lorenz.csv"]);
    let rows = table(&outcome.stdout);
    assert_eq!(rows[0][..4], ["equation", "term", "truth", "found"]);
    assert_eq!(rows.len(), 8, "the seven terms and no other: {}", outcome.stdout);
    for row in &rows[1..] {
        let [truth, found] = [row[2], row[3]].map(|cell| cell.parse::<f64>().expect("a number"));
        assert!((found / truth - 1.0).abs() < 0.02, "{row:?}");
    }
    // The file holds the same data to the last bit.
    let again = folder.mechnn(&["discover", "lorenz.csv", "--library", "poly:2"]);
    assert!(outcome.stdout.starts_with(&again.stdout), "{} and {}", outcome.stdout, again.stdout);
}

#[test]
fn every_system_is_found_and_its_file_gives_the_same() {
    for system in SYSTEMS {
        let folder = Folder::new();
        let arguments = ["demo", system, "--noise", "0.01", "--points", "1000", "--data", "data.csv"];
        let outcome = folder.mechnn(&arguments);
        assert_eq!(outcome.code, Some(0), "{system}: {outcome:?}");
        assert!(
            !outcome.stdout.contains("missing") && !outcome.stdout.contains("extra"),
            "{system}: {}",
            outcome.stdout
        );
        let (_, command) = outcome.stderr.lines().find_map(|line| line.split_once("  mechnn ")).expect("a command");
        let again = folder.mechnn(&command.split_whitespace().collect::<Vec<_>>());
        assert_eq!(again.code, Some(0), "{system}: {again:?}");
        assert!(outcome.stdout.starts_with(&again.stdout), "{system}: {} and {}", outcome.stdout, again.stdout);
        assert_eq!(folder.names(), ["data.csv"]);
    }
}

#[test]
fn a_seed_is_a_data_set() {
    let folder = Folder::new();
    let demo = |seed, file| folder.mechnn(&["demo", "-q", "--points", "300", "--seed", seed, "--data", file]);
    for (seed, file) in [("1", "a"), ("1", "b"), ("2", "c")] {
        assert_eq!(demo(seed, file).code, Some(0));
    }
    let read = |file| std::fs::read(folder.path(file)).expect("written");
    assert!(read("a") == read("b") && read("a") != read("c"));
}

#[test]
fn json_is_the_document_alone() {
    let outcome = Folder::new().mechnn(&["demo", "lotka-volterra", "--points", "300", "--format", "json", "-q"]);
    assert_eq!((outcome.code, outcome.stderr.as_str()), (Some(0), ""));
    assert_eq!(Document::of(&outcome).equations().len(), 2);
}

#[test]
fn mistakes_are_refused_before_anything_is_written() {
    let folder = Folder::new();
    folder.mechnn(&["demo", "lorentz"]).fails(2, &[&["`lorentz`", "hint: "], &SYSTEMS[..]].concat());
    folder.mechnn(&["demo", "--noise", "-1"]).fails(2, &["-1"]);
    folder.mechnn(&["demo", "--noise", "nan"]).fails(2, &["NaN"]);
    folder.mechnn(&["demo", "--points", "1"]).fails(2, &["1 point"]);
    folder.mechnn(&["demo", "--points", "50", "--data", "nowhere/x.csv"]).fails(5, &["`nowhere/x.csv`"]);
    assert!(folder.names().is_empty());
}
