//! `--per-trajectory`: one structure, coefficients of each trajectory its own.

use serde_json::Value;

use crate::support::document::Document;
use crate::support::process::Folder;
use crate::support::table::{Noise, csv};

/// x' = a x - x y, y' = b x y - y, one file for each (a, b), with one percent of noise.
fn predators(folder: &Folder, parameters: &[(f64, f64)]) -> Vec<String> {
    let write = |(index, &(a, b)): (usize, &(f64, f64))| {
        let (mut x, mut y, mut noise) = (1.5, 0.6, Noise(index as u64));
        let mut rows = Vec::new();
        for row in 0..80 {
            rows.push([0.1 * f64::from(row), x * (1.0 + 0.01 * noise.draw()), y * (1.0 + 0.01 * noise.draw())]);
            for _ in 0..200 {
                x += 5e-4 * (a * x - x * y);
                y += 5e-4 * (b * x * y - y);
            }
        }
        let name = format!("run{index}.csv");
        folder.write(&name, csv("t,x,y", &rows));
        name
    };
    parameters.iter().enumerate().map(write).collect()
}

#[test]
fn trajectories_share_terms_and_have_numbers_of_their_own() {
    let folder = Folder::new();
    let parameters = [(1.3, 0.7), (0.8, 1.4), (2.1, 0.9)];
    let files = predators(&folder, &parameters);
    let names: Vec<&str> = files.iter().map(String::as_str).collect();
    let arguments = [&["discover", "--per-trajectory", "--library", "poly:2", "-o", "runs"], &names[..]].concat();
    let outcome = folder.mechnn(&[&arguments[..], &["--format", "json"]].concat());
    assert_eq!(outcome.code, Some(0), "{outcome:?}");
    let shared: Value = serde_json::from_str(&outcome.stdout).expect("one JSON document");
    assert_eq!(shared["schema"], "mechnn.discovery-per-trajectory/1");
    let results = shared["results"].as_array().expect("a list");
    assert_eq!(results.len(), 3);
    // All of them say how sure the common terms are.
    let weight = |result: &Value| result["structures"][0]["weight"].as_f64().expect("a number");
    let first = weight(&results[0]);
    assert!(first > 0.5 && results.iter().all(|result| weight(result) == first), "{first}");
    for (result, (index, (a, b))) in results.iter().zip(parameters.iter().enumerate()) {
        let document = Document(result.clone());
        let terms = |names: [&str; 2]| names.map(ToOwned::to_owned).to_vec();
        assert_eq!(document.support(), [("x".to_owned(), terms(["x", "x*y"])), ("y".to_owned(), terms(["y", "x*y"]))]);
        for (state, term, value) in [("x", "x", *a), ("x", "x*y", -1.0), ("y", "x*y", *b), ("y", "y", -1.0)] {
            let found = document.coefficient(state, term);
            assert!((found - value).abs() < 0.03, "run{index}: {state}' {term} {found}, expected {value}");
        }
        assert_eq!(result["trajectories"][0]["name"], format!("run{index}"));
        assert!(folder.path(&format!("runs/run{index}/result.json")).exists());
    }
    let text = folder.mechnn(&[&arguments[..], &["--overwrite"]].concat());
    assert!(text.stdout.starts_with("# run0\nx' = "), "{}", text.stdout);
    // Together they would be one system, which they are not.
    let together = Document::discover(&folder, &[&["--library", "poly:2"], &names[..]].concat());
    assert!(together.0["trajectories"][0]["rollout_r2"].as_f64().is_none_or(|r2| r2 < 0.99));
}

#[test]
fn one_trajectory_has_nothing_to_share_with() {
    let folder = Folder::new();
    predators(&folder, &[(1.0, 1.0)]);
    let run = folder.mechnn(&["discover", "--per-trajectory", "run0.csv"]);
    run.fails(2, &["needs two or more trajectories", "--id"]);
}
