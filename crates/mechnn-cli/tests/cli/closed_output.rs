//! Output that nobody takes: a reader that has gone is success, a full disk is not.
#![cfg(unix)]

use std::fs::File;
use std::process::Stdio;

use crate::support::process::{Folder, workspace};

/// Commands that print each kind of result.
fn printing() -> [Vec<&'static str>; 5] {
    ["--help", "--version", "solve --help", "", "solve ode.toml"].map(|line| line.split_whitespace().collect())
}

fn folder() -> Folder {
    let folder = Folder::new();
    let example = std::fs::read(workspace().join("examples/damped.toml")).expect("the example");
    folder.write("ode.toml", example);
    folder
}

#[test]
fn a_reader_that_has_gone_is_success() {
    let folder = folder();
    for arguments in printing() {
        let (reader, writer) = std::io::pipe().expect("a pipe");
        drop(reader);
        let output = folder.command(&arguments).stdout(writer).stderr(Stdio::piped()).output().expect("it runs");
        assert_eq!(output.status.code(), Some(0), "{arguments:?}");
        let said = String::from_utf8(output.stderr).expect("UTF-8");
        assert!(!said.contains("error"), "{arguments:?}: {said}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_exits_with_5() {
    let folder = folder();
    for arguments in printing() {
        let full = File::options().write(true).open("/dev/full").expect("Linux has it");
        let output = folder.command(&arguments).stdout(full).stderr(Stdio::piped()).output().expect("it runs");
        assert_eq!(output.status.code(), Some(5), "{arguments:?}");
        let said = String::from_utf8(output.stderr).expect("UTF-8");
        assert!(said.contains("error: cannot write `stdout`: no space left on the device"), "{arguments:?}: {said}");
    }
}

/// Nobody is told, but the result and the code are the same.
#[test]
fn stderr_may_be_closed() {
    let folder = folder();
    let expected = folder.mechnn(&["solve", "ode.toml"]).stdout;
    let (reader, writer) = std::io::pipe().expect("a pipe");
    drop(reader);
    let output = folder.command(&["solve", "ode.toml"]).stderr(writer).output().expect("it runs");
    assert_eq!((output.status.code(), output.stdout), (Some(0), expected.into_bytes()));
    let (reader, writer) = std::io::pipe().expect("a pipe");
    drop(reader);
    let output = folder.command(&["slove"]).stderr(writer).output().expect("it runs");
    assert_eq!(output.status.code(), Some(2));
}
