//! `-o DIR`: one run, one folder, whole or not there.

use crate::support::process::Folder;
use crate::support::table::{changed, csv};

const FILES: [&str; 6] =
    ["config.toml", "equations.json", "equations.tex", "metrics.jsonl", "plots/rollout.svg", "result.json"];

fn folder_with_data() -> Folder {
    let folder = Folder::new();
    folder.write("data.csv", changed(120, |_, row| row));
    folder
}

fn read(folder: &Folder, name: &str) -> String {
    std::fs::read_to_string(folder.path(name)).expect("written")
}

#[test]
fn a_run_leaves_its_files_and_no_others() {
    let folder = folder_with_data();
    let outcome = folder.mechnn(&["discover", "data.csv", "-o", "deep/run", "--format", "json"]);
    assert_eq!(outcome.code, Some(0), "{outcome:?}");
    assert!(outcome.stderr.contains("deep/run"), "{outcome:?}");
    let mut found: Vec<String> = Vec::new();
    for (prefix, path) in [("", "deep/run"), ("plots/", "deep/run/plots")] {
        for entry in std::fs::read_dir(folder.path(path)).expect("a folder") {
            let entry = entry.expect("readable");
            if entry.path().is_file() {
                found.push(format!("{prefix}{}", entry.file_name().to_string_lossy()));
            }
        }
    }
    found.sort();
    assert_eq!(found, FILES);
    assert_eq!(read(&folder, "deep/run/result.json"), outcome.stdout, "result.json is the document");
    let json = |name: &str| serde_json::from_str::<serde_json::Value>(&read(&folder, name)).expect("JSON");
    assert_eq!(json("deep/run/equations.json")["equations"], json("deep/run/result.json")["equations"]);
    for line in read(&folder, "deep/run/metrics.jsonl").lines() {
        serde_json::from_str::<serde_json::Value>(line).expect("JSON in every line");
    }
    // What was left to the data stays open; what was chosen is written.
    let config = read(&folder, "deep/run/config.toml");
    assert!(config.contains("simplify = true") && !config.contains("library"), "{config}");
    let chosen = folder.mechnn(&["discover", "data.csv", "-o", "chosen", "--library", "poly:2"]);
    assert_eq!(chosen.code, Some(0), "{chosen:?}");
    assert!(read(&folder, "chosen/config.toml").contains("library = \"poly:2\""));
    assert!(read(&folder, "deep/run/equations.tex").contains("\\dot{x} &= "));
    assert!(read(&folder, "deep/run/plots/rollout.svg").trim_end().ends_with("</svg>"));
}

#[test]
fn the_same_run_gives_the_same_bytes() {
    let folder = folder_with_data();
    for run in ["a", "b", "a"] {
        assert_eq!(folder.mechnn(&["discover", "data.csv", "-o", run]).code, Some(0));
    }
    for name in FILES.iter().filter(|name| **name != "result.json") {
        assert_eq!(read(&folder, &format!("a/{name}")), read(&folder, &format!("b/{name}")), "{name}");
    }
}

#[test]
fn another_run_is_replaced_only_if_asked() {
    let folder = folder_with_data();
    assert_eq!(folder.mechnn(&["discover", "data.csv", "-o", "run"]).code, Some(0));
    let before = read(&folder, "run/result.json");
    let other = ["discover", "data.csv", "-o", "run", "--library", "poly:1"];
    folder.mechnn(&other).fails(2, &["`run`", "another run", "hint: ", "--overwrite"]);
    assert_eq!(read(&folder, "run/result.json"), before);
    assert_eq!(folder.mechnn(&[&other[..], &["--overwrite"]].concat()).code, Some(0));
    assert_ne!(read(&folder, "run/result.json"), before);
    // Other data under the same name are another run, too.
    folder.write("data.csv", changed(130, |_, row| row));
    folder.mechnn(&other).fails(2, &["--overwrite"]);
}

#[test]
fn bad_data_create_nothing() {
    let folder = Folder::new();
    folder.write("data.csv", csv("t,x", &[[0.0, 1.0], [1.0, 2.0]]));
    folder.mechnn(&["discover", "data.csv", "-o", "run"]).fails(3, &["at least"]);
    folder.write("text.csv", "t,x\n0,1\n1,one\n");
    folder.mechnn(&["discover", "text.csv", "-o", "run"]).fails(3, &["line 3"]);
    folder.mechnn(&["discover", "data.csv", "--overwrite"]).fails(2, &["--output"]);
    assert_eq!(folder.names(), ["data.csv", "text.csv"]);
}
