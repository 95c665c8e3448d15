//! Where results go: the place is tested before anything is computed, links and permissions are respected, and nothing
//! is left of a file that was not finished.

use std::time::Duration;

use crate::support::arrays::{POINTS, problem, varied};
use crate::support::process::{Folder, Outcome};
use crate::support::table::changed;

fn folder_with_data() -> Folder {
    let folder = Folder::new();
    folder.write("data.csv", changed(120, |_, row| row));
    folder
}

#[test]
fn a_place_that_cannot_be_written_is_refused_before_the_search() {
    let folder = folder_with_data();
    // A file is in its place, the name is too long, the folder is the system's.
    let long = format!("runs/{}", "n".repeat(300));
    for output in ["data.csv", "data.csv/run", &long, "/proc/run"] {
        let outcome = folder.mechnn(&["discover", "data.csv", "-o", output]);
        assert!(!outcome.stderr.contains("observations"), "it has searched: {outcome:?}");
        outcome.fails(5, &["cannot create the folder `"]);
    }
    assert_eq!(folder.names(), ["data.csv"], "nothing is left of the trial");
}

#[test]
fn a_folder_with_something_else_in_it_is_refused() {
    let folder = folder_with_data();
    std::fs::create_dir(folder.path("thesis")).expect("writable");
    folder.write("thesis/chapter.tex", "years of work");
    // Neither is the file of another program a configuration of ours.
    for config in [None, Some("[package]\nname = \"x\"\n"), Some("no TOML")] {
        config.inspect(|text| folder.write("thesis/config.toml", text));
        for arguments in [&["-o", "thesis"][..], &["-o", "thesis", "--overwrite"]] {
            let arguments = [&["discover", "data.csv"], arguments].concat();
            folder.mechnn(&arguments).fails(2, &["`thesis` holds files, and no run of mechnn", "hint: choose a new"]);
        }
    }
    std::fs::create_dir(folder.path("empty")).expect("writable");
    folder.write("empty/.hidden", "of the system");
    assert_eq!(folder.mechnn(&["-q", "discover", "data.csv", "-o", "empty"]).code, Some(0));
    // A run that was not finished is one of ours.
    std::fs::remove_file(folder.path("empty/result.json")).expect("there");
    assert_eq!(folder.mechnn(&["-q", "discover", "data.csv", "-o", "empty"]).code, Some(0));
}

#[cfg(unix)]
#[test]
fn links_and_permissions_stay() {
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    let folder = folder_with_data();
    std::fs::create_dir(folder.path("disk")).expect("writable");
    symlink("disk", folder.path("run")).expect("a link");
    assert_eq!(folder.mechnn(&["-q", "discover", "data.csv", "-o", "run"]).code, Some(0));
    assert!(folder.path("run").is_symlink() && folder.path("disk/result.json").exists());

    folder.write("p.npz", problem(&[], &[], &[], &[]).bytes());
    folder.write("disk/u.npz", "old");
    let mode = |mode| {
        let permissions = std::fs::Permissions::from_mode(mode);
        std::fs::set_permissions(folder.path("disk/u.npz"), permissions).expect("our file");
    };
    symlink("disk/u.npz", folder.path("u.npz")).expect("a link");
    mode(0o444);
    folder.mechnn(&["solve", "p.npz", "-o", "u.npz"]).fails(5, &["cannot write `u.npz`: permission denied"]);
    mode(0o640);
    folder.mechnn(&["-q", "solve", "p.npz", "-o", "u.npz"]).silent_success();
    let written = std::fs::metadata(folder.path("disk/u.npz")).expect("written");
    assert!(folder.path("u.npz").is_symlink() && written.len() > 3);
    assert_eq!(written.permissions().mode() & 0o777, 0o640);
}

/// Runs the command in a shell with a limit on the size of files; SIGXFSZ, which it sends, must not end the process.
#[cfg(unix)]
fn with_small_files(folder: &Folder, arguments: &str) -> Outcome {
    let script = format!("ulimit -f 1; exec \"$0\" {arguments}");
    let mut shell = std::process::Command::new("sh");
    shell.args(["-c", &script, env!("CARGO_BIN_EXE_mechnn")]).current_dir(folder.path(""));
    shell.output().expect("sh runs").into()
}

#[cfg(unix)]
#[test]
fn a_file_that_grows_too_large_is_an_error_and_leaves_the_old_one() {
    let folder = folder_with_data();
    folder.write("p.npz", problem(&[50], &[], &[], &[]).with("cotangent", varied(&[POINTS, 1, 3], 1.0)).bytes());
    folder.write("u.npz", "old");
    let limit = "it would be larger than files may be here";
    with_small_files(&folder, "solve p.npz -o u.npz").fails(5, &["cannot write `u.npz`", limit]);
    assert_eq!(folder.names(), ["data.csv", "p.npz", "u.npz"]);
    assert_eq!(std::fs::read(folder.path("u.npz")).expect("readable"), b"old");

    let outcome = with_small_files(&folder, "discover data.csv -o run");
    assert_eq!(outcome.code, Some(5), "{outcome:?}");
    assert!(outcome.stdout.contains("x' = "), "what was found is not lost: {outcome:?}");
    assert!(outcome.stderr.contains(limit), "{outcome:?}");
    assert!(!folder.path("run/result.json").exists());
}

#[cfg(unix)]
#[test]
fn a_signal_leaves_no_temporary_file() {
    let folder = Folder::new();
    folder.write("p.npz", problem(&[20_000], &[], &[], &[]).bytes());
    for delay in (0..100).step_by(10) {
        let mut child = folder.command(&["solve", "p.npz", "-o", "u.npz"]).spawn().expect("the binary runs");
        std::thread::sleep(Duration::from_millis(delay));
        for signal in ["-INT", "-TERM"] {
            // It may have ended by itself.
            let _ = std::process::Command::new("kill").args([signal, &child.id().to_string()]).output();
        }
        let code = child.wait().expect("it ends").code();
        assert!(matches!(code, Some(0 | 130) | None), "{code:?} after {delay} ms");
        let names = folder.names();
        assert!(names.iter().all(|name| ["p.npz", "u.npz"].contains(&name.as_str())), "{names:?} after {delay} ms");
    }
}

#[cfg(unix)]
#[test]
fn what_a_killed_process_left_is_gone_after_the_next_run() {
    let folder = Folder::new();
    folder.write("p.npz", problem(&[], &[], &[], &[]).bytes());
    folder.write(".u.npz.4711.0.tmp", "half");
    folder.mechnn(&["-q", "solve", "p.npz", "-o", "u.npz"]).silent_success();
    assert_eq!(folder.names(), ["p.npz", "u.npz"]);
}
