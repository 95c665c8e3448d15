//! `bench odebench` on a folder of two systems with exact solutions.

use serde_json::Value;

use crate::support::arrays::{archive_of, npy};
use crate::support::document::Document;
use crate::support::process::{Folder, Outcome};

const POINTS: usize = 60;

/// 4: `x_0' = x_0 (1 - x_0)`; 9: an oscillator of frequency 2.
const SYSTEMS: &str = r#"{"systems": [
  {"id": 4, "name": "growth", "dim": 1, "variables": ["x_0"], "klass": "polynomial", "rhs_numeric": ["x_0*(1 - x_0)"],
   "in_library": {"poly3": true}, "initial_conditions": {"a": [0.1], "b": [2.0]}},
  {"id": 9, "name": "oscillator", "dim": 2, "variables": ["x_0", "x_1"], "klass": "polynomial",
   "rhs_numeric": ["x_1", "-4*x_0"], "in_library": {"poly3": true},
   "initial_conditions": {"a": [1.0, 0.0], "b": [0.5, 0.0]}}
]}"#;

fn folder() -> Folder {
    let folder = Folder::new();
    std::fs::create_dir(folder.path("data")).expect("a new folder");
    folder.write("data/systems.json", SYSTEMS);
    let times: Vec<f64> = (0..POINTS).map(|i| 0.1 * i as f64).collect();
    let bytes = |values: &[f64]| values.iter().flat_map(|x| x.to_le_bytes()).collect::<Vec<u8>>();
    let mut entries = vec![("t.npy".to_owned(), npy("<f8", "(60,)", &bytes(&times)))];
    for (start, first, amplitude) in [("a", 0.1f64, 1.0), ("b", 2.0, 0.5)] {
        let growth: Vec<f64> = times.iter().map(|t| 1.0 / (1.0 + (1.0 / first - 1.0) * (-t).exp())).collect();
        let swing: Vec<f64> =
            times.iter().flat_map(|t| [amplitude * (2.0 * t).cos(), -2.0 * amplitude * (2.0 * t).sin()]).collect();
        for (id, dims, values) in [("04", 1, growth), ("09", 2, swing)] {
            let shape = format!("(60, {dims})");
            let noise: Vec<f64> = (0..POINTS * dims).map(|i| (12.9898 * i as f64).sin()).collect();
            let keep: Vec<u8> = (0..POINTS).map(|i| u8::from(i % 4 < 2)).collect();
            entries.push((format!("{id}_{start}.npy"), npy("<f8", &shape, &bytes(&values))));
            entries.push((format!("{id}_{start}_z0.npy"), npy("<f8", &shape, &bytes(&noise))));
            entries.push((format!("{id}_{start}_keep50_0.npy"), npy("|b1", "(60,)", &keep)));
        }
    }
    let entries: Vec<(&str, Vec<u8>)> = entries.iter().map(|(name, bytes)| (name.as_str(), bytes.clone())).collect();
    folder.write("data/trajectories.npz", archive_of(&entries));
    folder
}

fn bench(folder: &Folder, arguments: &[&str]) -> Outcome {
    folder.mechnn(&[&["bench", "odebench", "--data", "data"], arguments].concat())
}

#[track_caller]
fn document(outcome: &Outcome) -> Value {
    assert_eq!(outcome.code, Some(0), "{outcome:?}");
    serde_json::from_str(&outcome.stdout).expect("one JSON document")
}

/// The rows without the column of times, which no two runs share.
fn rows(folder: &Folder, name: &str) -> Vec<Vec<String>> {
    let text = std::fs::read_to_string(folder.path(name)).expect("readable");
    let mut lines = text.lines();
    assert_eq!(lines.next(), Some("# mechnn odebench rows 1"));
    let time = lines.next().expect("a header").split(',').position(|column| column == "core_seconds").expect("times");
    let cells = |line: &str| line.split(',').map(str::to_owned).collect::<Vec<_>>();
    lines
        .map(cells)
        .map(|mut cells| {
            cells.remove(time);
            cells
        })
        .collect()
}

#[test]
fn a_row_is_to_the_last_bit_what_discover_without_options_finds_in_the_exported_file() {
    let folder = folder();
    for condition in [&["--noise", "0.02"][..], &["--noise", "0.01", "--drop", "0.5"], &[]] {
        let arguments = [&["--export", "csv", "--format", "json"], condition].concat();
        let result = document(&bench(&folder, &arguments));
        assert_eq!((&result["schema"], &result["method"]), (&"mechnn.odebench/1".into(), &"direct".into()));
        let rows = result["rows"].as_array().expect("rows");
        assert_eq!(rows.len(), 4);
        for row in rows {
            let number = |name: &str| row[name].as_f64().expect("a number");
            let (noise, drop) = (number("noise"), number("drop"));
            let start = row["start"].as_str().expect("text");
            let file = format!("csv/{:02}_{start}_noise{noise}_drop{drop}_seed0.csv", number("system"));
            let found = Document::discover(&folder, &[&file]);
            let rhs: Vec<&str> = found.equations().iter().filter_map(|equation| equation["rhs"].as_str()).collect();
            assert_eq!(row["equations"], rhs.join("; "), "{file}");
            assert_eq!(row["outcome"], "finished", "{row}");
        }
    }
}

#[test]
fn clean_systems_are_found_and_the_table_says_so() {
    let folder = folder();
    let outcome = bench(&folder, &["-o", "out"]);
    assert_eq!(outcome.code, Some(0), "{outcome:?}");
    assert!(outcome.stdout.starts_with("0 % noise, 0 % dropped, seed 0\ngroup "), "{}", outcome.stdout);
    let all = outcome.stdout.lines().nth(2).expect("a first group");
    let cells: Vec<&str> = all.split_whitespace().collect();
    // runs, R, G, both, R > 0.99, G > 0.99, G > 0.999, exact / in the library
    let expected = ["all", "4", "100.0", "100.0", "100.0", "100.0", "100.0", "100.0", "4", "/", "4", "0"];
    assert_eq!(cells[..12], expected, "{}", outcome.stdout);
    assert_eq!(std::fs::read_to_string(folder.path("out/table.txt")).expect("written"), outcome.stdout);
    assert_eq!(rows(&folder, "out/rows.csv").len(), 4);
}

#[test]
fn the_quick_subset_has_both_conditions_and_the_first_start() {
    let result = document(&bench(&folder(), &["--quick", "--format", "json", "--method", "stlsq"]));
    let rows = result["rows"].as_array().expect("rows");
    let key = |row: &Value| format!("{} {} {} {}", row["system"], row["start"], row["noise"], row["drop"]);
    assert_eq!(
        rows.iter().map(key).collect::<Vec<_>>(),
        ["4 \"a\" 0.0 0.0", "9 \"a\" 0.0 0.0", "4 \"a\" 0.05 0.5", "9 \"a\" 0.05 0.5"]
    );
}

#[test]
fn a_run_that_was_stopped_is_gone_on_with_and_ends_the_same() {
    let folder = folder();
    let run = |output: &str, more: &[&str]| {
        bench(&folder, &[&["--noise", "0.02", "--no-progress", "-o", output], more].concat())
    };
    assert_eq!(run("whole", &["--threads", "1"]).code, Some(0));
    let text = std::fs::read_to_string(folder.path("whole/rows.csv")).expect("written");
    let lines: Vec<&str> = text.lines().collect();
    // Two rows are there, one of them out of order, and a third is cut short.
    std::fs::create_dir(folder.path("part")).expect("a new folder");
    folder
        .write("part/rows.csv", format!("{}\n{}\n{}\n{}\n{}", lines[0], lines[1], lines[5], lines[2], &lines[3][..9]));
    run("part", &[]).fails(2, &["`part/rows.csv` is there already", "hint: ", "--resume", "--overwrite"]);
    let outcome = run("part", &["--resume", "--threads", "2"]);
    assert!(outcome.stderr.contains("2 of 4 runs are done already"), "{outcome:?}");
    assert_eq!(rows(&folder, "part/rows.csv"), rows(&folder, "whole/rows.csv"));
    // Nothing is left to do: the times stay.
    let before = std::fs::read(folder.path("part/rows.csv")).expect("readable");
    assert_eq!(run("part", &["--resume"]).code, Some(0));
    assert_eq!(std::fs::read(folder.path("part/rows.csv")).expect("readable"), before);
    // Another condition is added; the table is that of the runs asked for.
    let other = bench(&folder, &["--systems", "9", "-o", "part", "--resume"]);
    assert_eq!(rows(&folder, "part/rows.csv").len(), 6);
    assert!(other.stdout.starts_with("0 % noise") && !other.stdout.contains("2 % noise"), "{}", other.stdout);
    assert_eq!(run("part", &["--overwrite"]).code, Some(0));
    assert_eq!(rows(&folder, "part/rows.csv"), rows(&folder, "whole/rows.csv"));
}

#[test]
fn halves_and_systems_choose_the_runs() {
    let folder = folder();
    let systems = |arguments: &[&str]| -> Vec<u64> {
        let result = document(&bench(&folder, &[&["--format", "json", "--method", "stlsq"], arguments].concat()));
        let rows = result["rows"].as_array().expect("rows").iter();
        let mut systems: Vec<u64> = rows.filter_map(|row| row["system"].as_u64()).collect();
        systems.dedup();
        systems
    };
    assert_eq!(systems(&["--systems", "9"]), [9]);
    let (first, second) = (systems(&["--half", "first"]), systems(&["--half", "second"]));
    let mut both = [first.clone(), second.clone()].concat();
    both.sort_unstable();
    assert_eq!((both, first.len()), (vec![4, 9], 1));
    let other = second[0].to_string();
    bench(&folder, &["--half", "first", "--systems", &other]).fails(2, &["no system is left"]);
}

#[test]
fn mistakes_and_damage_have_their_exit_codes() {
    let folder = folder();
    bench(&folder, &["--noise", "-1"]).fails(2, &["the noise is -1"]);
    bench(&folder, &["--drop", "0.3"]).fails(2, &["0, 0.25 or 0.5"]);
    bench(&folder, &["--noise", "0.1", "--seed", "5"]).fails(2, &["no noise of seed 5", "has 1"]);
    bench(&folder, &["--drop", "0.25"]).fails(2, &["no mask of seed 0", "has 0"]);
    bench(&folder, &["--systems", "4,5"]).fails(2, &["there is no system 5"]);
    bench(&folder, &["--quick", "--noise", "0.1"]).fails(2, &["--noise"]);
    bench(&folder, &["--max-time", "0"]).fails(2, &["positive number of seconds"]);
    bench(&folder, &["--method", "guess"]).fails(2, &["direct or stlsq"]);
    bench(&folder, &["--resume"]).fails(2, &["--output"]);
    folder.mechnn(&["bench", "odebench", "--data", "none"]).fails(5, &["none/systems.json", "no such file"]);
    folder.write("file", "");
    bench(&folder, &["-o", "file"]).fails(5, &["`file`"]);
    folder.write("data/trajectories.npz", "not an archive");
    bench(&folder, &[]).fails(3, &["data/trajectories.npz", "not an npz archive"]);
    folder.write("data/systems.json", "{");
    bench(&folder, &[]).fails(3, &["data/systems.json", "not a list of systems"]);
}

#[test]
fn an_option_of_the_method_is_changed_for_a_run() {
    let folder = folder();
    let found = |set: &[&str]| {
        let outcome = bench(&folder, &[&["--systems", "9", "--format", "json"], set].concat());
        document(&outcome)["rows"][0]["equations"].clone()
    };
    let default = found(&[]);
    assert_eq!(found(&["--set", "tuning.beam=40"]), default);
    // Only constants: nothing that swings.
    assert_ne!(found(&["--set", "library=poly:0"]), default);
    let in_folder = ["--systems", "9", "-o", "out", "--set", "library=poly:0"];
    assert_eq!(bench(&folder, &in_folder).code, Some(0));
    let config = std::fs::read_to_string(folder.path("out/config.toml")).expect("written");
    assert!(config.contains("library = \"poly:0\""), "{config}");
    assert_eq!(bench(&folder, &[&in_folder[..], &["--resume"]].concat()).code, Some(0));
    let outcome = bench(&folder, &["--systems", "9", "-o", "out", "--resume"]);
    assert!(outcome.code == Some(2) && outcome.stderr.contains("other options"), "{outcome:?}");
    bench(&folder, &["--set", "tuning.beem=1"]).fails(2, &["beem"]);
    bench(&folder, &["--set", "tuning.survivors=0"]).fails(2, &["survivors", "at least 1"]);
}
