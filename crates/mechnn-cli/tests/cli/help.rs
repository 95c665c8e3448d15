//! Help, version, and mistakes of the command line itself.

use std::process::Stdio;

use crate::support::process::{Folder, workspace};

#[test]
fn without_arguments_help_with_four_real_examples_goes_to_stdout() {
    let outcome = Folder::new().mechnn(&[]);
    assert_eq!((outcome.code, outcome.stderr.as_str()), (Some(0), ""));
    assert!(outcome.stdout.starts_with("Equations from measured time series\n\nUsage: mechnn"), "{}", outcome.stdout);
    for example in [
        "mechnn inspect data/lynx_hare_1900_1920.csv",
        "mechnn discover data/lynx_hare_1900_1920.csv",
        "mechnn demo lorenz --noise 0.1 --seed 1",
        "mechnn solve examples/damped.toml",
    ] {
        assert!(outcome.stdout.contains(example), "{}", outcome.stdout);
    }
    assert!(!outcome.stdout.contains('\u{1b}'), "no colours in a pipe");
}

#[test]
fn help_and_version_are_results() {
    let folder = Folder::new();
    for arguments in [&["--help"][..], &["-h"], &["help", "solve"], &["solve", "--help"], &["--version"]] {
        let outcome = folder.mechnn(arguments);
        assert_eq!((outcome.code, outcome.stderr.as_str()), (Some(0), ""), "{arguments:?}");
        assert!(outcome.stdout.contains("mechnn"), "{arguments:?}");
    }
    assert!(folder.mechnn(&["solve", "--help"]).stdout.contains("coefficients (.., N|1, E, D, K)"));
}

#[test]
fn an_unknown_command_is_a_usage_error_with_a_suggestion() {
    Folder::new().mechnn(&["slove", "x.toml"]).fails(2, &["slove", "solve"]);
}

#[test]
fn usage_errors_exit_with_2_and_write_to_stderr_only() {
    let folder = Folder::new();
    folder.mechnn(&["solve"]).fails(2, &["<PROBLEM>"]);
    folder.mechnn(&["solve", "p.npz", "--shceme", "taylor"]).fails(2, &["--scheme"]);
    folder.mechnn(&["solve", "p.npz", "--scheme", "euler"]).fails(2, &["euler", "taylor-central", "relaxed-lp"]);
    folder.mechnn(&["-q", "-v", "solve", "p.npz"]).fails(2, &["--verbose"]);
    folder.mechnn(&["--threads", "0", "solve", "p.npz"]).fails(2, &["1 to 1024"]);
    folder.mechnn(&["solve", "p.npz", "--max-memory", "-1"]).fails(2, &["GiB"]);
    for weights in ["1,2", "1,2,3,4", "1,-1,1", "1,x,1", "1,nan,1", "0,1,1", "inf,1,1", ""] {
        folder.mechnn(&["solve", "p.npz", "--weights", weights]).fails(2, &["three positive numbers"]);
    }
}

#[test]
fn colours_can_be_forced_and_forbidden() {
    let folder = Folder::new();
    let always = folder.mechnn(&["--color", "always", "solve", "missing.toml"]);
    assert!(always.stderr.contains("\u{1b}["), "{:?}", always.stderr);
    let refusal = folder.mechnn(&["--color=always", "slove"]);
    assert!(refusal.stderr.contains("\u{1b}["), "{:?}", refusal.stderr);
    let never = folder.mechnn(&["--color", "never", "solve", "missing.toml"]);
    assert!(!never.stderr.contains('\u{1b}'), "{:?}", never.stderr);
}

#[test]
fn a_closed_stdout_is_success() {
    let example = workspace().join("examples/damped.toml");
    let folder = Folder::new();
    let mut child = folder
        .command(&["-q", "solve", example.to_str().expect("UTF-8")])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary runs");
    drop(child.stdout.take());
    let output = child.wait_with_output().expect("it ends");
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_stdout_is_an_input_output_error() {
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").expect("a Linux device");
    let example = workspace().join("examples/damped.toml");
    let output = Folder::new()
        .command(&["solve", example.to_str().expect("UTF-8")])
        .stdout(full)
        .output()
        .expect("the binary runs");
    assert_eq!(output.status.code(), Some(5));
    assert!(String::from_utf8_lossy(&output.stderr).contains("cannot write `stdout`: no space left"));
}

#[cfg(unix)]
#[test]
fn ctrl_c_exits_with_130() {
    let folder = Folder::new();
    let made = std::process::Command::new("mkfifo").arg(folder.path("ode.toml")).status();
    assert!(made.expect("mkfifo runs").success());
    let child = folder.command(&["solve", "ode.toml", "-o", "t.csv"]).spawn().expect("the binary runs");
    // Opening a pipe for writing waits for its reader: from here on the command waits for its input.
    let _writer = std::fs::OpenOptions::new().write(true).open(folder.path("ode.toml")).expect("a reader");
    let kill = std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status();
    assert!(kill.expect("kill runs").success());
    let output = child.wait_with_output().expect("it ends");
    assert_eq!(output.status.code(), Some(130));
    assert_eq!(folder.names(), ["ode.toml"]);
}
