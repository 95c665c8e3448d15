//! On a narrow terminal everything that is printed for people is broken to its width, tables too.

use crate::support::process::{Folder, Outcome, workspace};
use crate::support::table::{csv, lotka_volterra};

/// What is printed where lines have so many characters.
fn printed(folder: &Folder, width: usize, arguments: &[&str]) -> Outcome {
    let columns = width.to_string();
    let outcome = folder.command(arguments).env("COLUMNS", columns).output().expect("the binary runs");
    let outcome = Outcome::from(outcome);
    assert_eq!(outcome.code, Some(0), "{outcome:?}");
    outcome
}

#[track_caller]
fn fits(outcome: &Outcome, width: usize) {
    for line in outcome.stdout.lines().chain(outcome.stderr.lines()) {
        assert!(line.chars().count() <= width, "{} characters of {width}: {line}", line.chars().count());
    }
}

/// The words, without what was broken between them.
fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn discoveries_fit_narrow_terminals() {
    let folder = Folder::new();
    folder.write("data.csv", csv("time,hare population,lynx", &lotka_volterra(120)));
    let arguments = ["discover", "data.csv", "--library", "poly:2"];
    for width in [60, 40] {
        let outcome = printed(&folder, width, &arguments);
        fits(&outcome, width);
        let said = words(&outcome.stderr);
        for phrase in ["How well each state is described", "R2", "found", "what is left"] {
            assert!(said.contains(phrase), "`{phrase}` is missing in {}", outcome.stderr);
        }
    }
}

#[test]
fn inferences_fit_narrow_terminals() {
    let folder = Folder::new();
    let path = |name: &str| workspace().join(name).display().to_string();
    let (model, data) = (path("examples/influenza.toml"), path("data/influenza_boarding_school_1978.csv"));
    for width in [60, 40] {
        let outcome = printed(&folder, width, &["infer", &model, &data, "--profile"]);
        fits(&outcome, width);
        for (text, phrase) in
            [(&outcome.stdout, "beta"), (&outcome.stdout, "95 % interval"), (&outcome.stderr, "misfit")]
        {
            assert!(words(text).contains(phrase), "`{phrase}` is missing in {text}");
        }
    }
}

#[test]
fn inspections_fit_narrow_terminals() {
    let folder = Folder::new();
    folder.write("data.csv", csv("time [day],hare [thousand],lynx [thousand]", &lotka_volterra(120)));
    for width in [60, 40] {
        let outcome = printed(&folder, width, &["inspect", "data.csv"]);
        fits(&outcome, width);
        let said = words(&outcome.stdout);
        for phrase in ["smallest", "thousand", "candidate terms"] {
            assert!(said.contains(phrase), "`{phrase}` is missing in {}", outcome.stdout);
        }
    }
}
