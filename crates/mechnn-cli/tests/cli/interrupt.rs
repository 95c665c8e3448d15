//! Ctrl-C in the middle of a search: the best so far, within two seconds.
#![cfg(unix)]

use std::io::{BufRead, BufReader, Read};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::support::process::Folder;

/// A search of many seconds, stopped once it has found something.
fn interrupted(format: &str) -> (Option<i32>, String, String, Duration) {
    let folder = Folder::new();
    let mut child = folder
        .command(&["demo", "--points", "100000", "--library", "poly:3", "--format", format, "-o", "run"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary runs");
    let mut stderr = BufReader::new(child.stderr.take().expect("piped"));
    let mut said = String::new();
    // The first line of progress tells that there are first equations.
    while !said.contains(" % ") {
        assert!(stderr.read_line(&mut said).expect("UTF-8") > 0, "it ended by itself: {said}");
    }
    let start = Instant::now();
    let kill = Command::new("kill").args(["-INT", &child.id().to_string()]).status();
    assert!(kill.expect("kill runs").success());
    let (mut rest, mut stdout) = (String::new(), String::new());
    stderr.read_to_string(&mut rest).expect("UTF-8");
    child.stdout.take().expect("piped").read_to_string(&mut stdout).expect("UTF-8");
    let status = child.wait().expect("it ends");
    // Between two steps the folder is written and says so; in the middle of one there is none.
    match folder.names().iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["lorenz.csv"] => {}
        ["lorenz.csv", "run"] => assert_eq!(result(&folder)["interrupted"], true),
        ref names => panic!("{names:?}"),
    }
    (status.code(), stdout, rest, start.elapsed())
}

fn result(folder: &Folder) -> serde_json::Value {
    let text = std::fs::read_to_string(folder.path("run/result.json")).expect("written");
    serde_json::from_str(&text).expect("JSON")
}

#[test]
fn ctrl_c_prints_the_best_so_far_within_two_seconds() {
    let (code, stdout, stderr, elapsed) = interrupted("text");
    assert_eq!(code, Some(130), "{stderr}");
    assert!(elapsed < Duration::from_secs(2), "{elapsed:?}");
    let starts: Vec<&str> = stdout.lines().map(|line| line.split(" = ").next().unwrap_or_default()).collect();
    assert_eq!(starts, ["x'", "y'", "z'"], "{stdout}");
    assert!(!stderr.contains("error"), "{stderr}");
}

#[test]
fn ctrl_c_leaves_a_whole_document() {
    let (code, stdout, stderr, _) = interrupted("json");
    assert_eq!(code, Some(130), "{stderr}");
    let document: serde_json::Value = serde_json::from_str(&stdout).expect("JSON");
    assert_eq!(document["interrupted"], true);
    assert_eq!(document["equations"].as_array().map(Vec::len), Some(3));
}
