//! `mechnn train` and `discover --method neural`, with the feature and without.

use crate::support::process::Folder;

#[cfg(not(feature = "neural"))]
#[test]
fn without_the_feature_both_name_it() {
    let folder = Folder::new();
    folder.write("x.toml", "experiment = \"lorenz\"\n");
    folder.write("x.csv", "t,x,y\n0,1,2\n1,2,3\n2,4,5\n3,4,7\n");
    folder.mechnn(&["train", "x.toml"]).fails(2, &["feature `neural`", "--features neural"]);
    folder.mechnn(&["discover", "x.csv", "--method", "neural"]).fails(2, &["feature `neural`"]);
    let only_direct = ["discover", "x.csv", "--method", "neural", "--set", "tuning.beam=20"];
    folder.mechnn(&only_direct).fails(2, &["--set cannot be used"]);
}

#[cfg(feature = "neural")]
#[test]
fn unknown_keys_and_experiments_are_refused_with_a_suggestion() {
    let folder = Folder::new();
    folder.write("x.toml", "experiment = \"lorenz\"\n[discovery]\ncycle = 3\n");
    folder.mechnn(&["train", "x.toml"]).fails(2, &["x.toml", "unknown key `cycle`", "did you mean `cycles`?"]);
    folder.write("y.toml", "experiment = \"lorentz\"\n");
    folder.mechnn(&["train", "y.toml"]).fails(2, &["\"lorentz\"", "damped-sine, lorenz, logistic, constants"]);
    folder.write("z.toml", "experiment = \"lorenz\"\n");
    folder.mechnn(&["train", "z.toml", "--set", "seeds"]).fails(2, &["key=value"]);
    folder.mechnn(&["train", "z.toml", "--set", "discovery.cycles=0"]).fails(2, &["cycles", "at least 1"]);
    folder.mechnn(&["train", "none.toml"]).fails(5, &["none.toml"]);
}

#[cfg(feature = "neural")]
#[test]
fn a_small_training_writes_its_folder() {
    let folder = Folder::new();
    folder.write("x.toml", "experiment = \"damped-sine\"\nseeds = [1]\npoints = 60\nduration = 6\nepochs = 3\n");
    let arguments = ["train", "x.toml", "--set", "smoothing=[0.0]", "--set", "smoothing_epochs=2", "-o", "run"];
    let outcome = folder.mechnn(&arguments);
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    assert!(outcome.stdout.contains("| SSE / noise energy"), "{}", outcome.stdout);
    for file in ["config.toml", "metrics.jsonl", "table.md", "damped_sine.svg", "result.json"] {
        assert!(folder.path(&format!("run/{file}")).is_file(), "{file}");
    }
}

/// Nine fits of one curve, small enough to be repeated.
#[cfg(feature = "neural")]
const SMALL: [&str; 12] = [
    "train",
    "x.toml",
    "--set",
    "points=60",
    "--set",
    "duration=6",
    "--set",
    "smoothing=[0.0]",
    "--set",
    "epochs=80",
    "--set",
    "smoothing_epochs=20",
];

#[cfg(feature = "neural")]
fn small(folder: &Folder, more: &[&str], threads: &str) -> std::process::Command {
    let mut command = folder.command(&[&SMALL[..], more].concat());
    command.env("RAYON_NUM_THREADS", threads);
    command
}

/// Every file of a run, checkpoints included, by its path.
#[cfg(feature = "neural")]
fn files(root: &std::path::Path) -> std::collections::BTreeMap<std::path::PathBuf, Vec<u8>> {
    let (mut found, mut folders) = (std::collections::BTreeMap::new(), vec![root.to_owned()]);
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).expect("readable") {
            let path = entry.expect("readable").path();
            match path.is_dir() {
                true => folders.push(path),
                false => {
                    let contents = std::fs::read(&path).expect("readable");
                    found.insert(path.strip_prefix(root).expect("below it").to_owned(), contents);
                }
            }
        }
    }
    found
}

#[cfg(feature = "neural")]
#[test]
fn a_killed_run_resumes_to_the_bits_of_an_uninterrupted_one() {
    use std::time::{Duration, Instant};
    let folder = Folder::new();
    folder.write("x.toml", "experiment = \"damped-sine\"\nseeds = [1]\n");
    let whole = small(&folder, &["-o", "whole", "--checkpoint-every", "0"], "1").output().expect("runs");
    assert!(whole.status.success(), "{}", String::from_utf8_lossy(&whole.stderr));
    // The first training has 80 epochs; it is killed after its first, the others have not begun.
    let mut child = small(&folder, &["-o", "killed", "--checkpoint-every", "0"], "1").spawn().expect("starts");
    let first = folder.path("killed/checkpoints/seed-1--all-points--learned-steps/last.checkpoint");
    let started = Instant::now();
    while !first.exists() {
        assert!(started.elapsed() < Duration::from_secs(60), "no checkpoint within a minute");
        std::thread::sleep(Duration::from_millis(1));
    }
    child.kill().expect("kills");
    child.wait().expect("ends");
    let killed = files(&folder.path("killed"));
    assert!(!folder.path("killed/result.json").exists(), "finished before it was killed: {:?}", killed.keys());

    folder.mechnn(&[&SMALL[..], &["-o", "killed"]].concat()).fails(2, &["was stopped", "--resume"]);
    let other = [&SMALL[..], &["--set", "epochs=81", "-o", "killed", "--resume"]].concat();
    folder.mechnn(&other).fails(2, &["other settings"]);
    let resumed =
        small(&folder, &["-o", "killed", "--resume", "--checkpoint-every", "0"], "1").output().expect("runs");
    assert!(resumed.status.success(), "{}", String::from_utf8_lossy(&resumed.stderr));
    let (whole, resumed) = (files(&folder.path("whole")), files(&folder.path("killed")));
    assert!(whole.keys().eq(resumed.keys()), "{:?} against {:?}", whole.keys(), resumed.keys());
    // Metrics, table, result and every checkpoint: weights, moments, history.
    for (name, contents) in &whole {
        assert!(contents == &resumed[name], "{} differs", name.display());
    }

    // Across thread counts.
    let two = small(&folder, &["-o", "two", "--checkpoint-every", "0"], "2").output().expect("runs");
    assert!(two.status.success(), "{}", String::from_utf8_lossy(&two.stderr));
    assert!(whole == files(&folder.path("two")), "two threads give other bits");
}

#[cfg(all(unix, feature = "neural"))]
#[test]
fn a_run_stopped_by_ctrl_c_leaves_a_checkpoint_and_resumes_to_the_same_result() {
    use std::time::{Duration, Instant};
    let folder = Folder::new();
    folder.write("x.toml", "experiment = \"damped-sine\"\nseeds = [1]\n");
    let whole = small(&folder, &["-o", "whole"], "1").output().expect("runs");
    assert!(whole.status.success(), "{}", String::from_utf8_lossy(&whole.stderr));
    // No checkpoint falls due by itself: the one that is left is due to Ctrl-C.
    let mut stopped = small(&folder, &["-o", "stopped", "--checkpoint-every", "1000"], "1");
    let stopped = stopped.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped());
    let child = stopped.spawn().expect("starts");
    // The first training has 80 epochs; it is stopped after its first.
    let metrics = folder.path("stopped/metrics.jsonl");
    let started = Instant::now();
    while std::fs::metadata(&metrics).map_or(0, |metadata| metadata.len()) == 0 {
        assert!(started.elapsed() < Duration::from_secs(60), "no epoch within a minute");
        std::thread::sleep(Duration::from_millis(1));
    }
    let kill = std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status();
    assert!(kill.expect("kill runs").success());
    let interrupted = Instant::now();
    let outcome = child.wait_with_output().expect("ends");
    let stderr = String::from_utf8_lossy(&outcome.stderr).into_owned();
    assert_eq!(outcome.status.code(), Some(130), "{stderr}");
    assert!(interrupted.elapsed() < Duration::from_secs(2), "{:?}", interrupted.elapsed());
    assert!(outcome.stdout.is_empty() && !stderr.contains("error"), "{stderr}");
    assert!(folder.path("stopped/checkpoints/seed-1--all-points--learned-steps/last.checkpoint").is_file());
    assert!(!folder.path("stopped/result.json").exists(), "a result would mean that the run is complete");

    let resumed = small(&folder, &["-o", "stopped", "--resume"], "1").output().expect("runs");
    assert!(resumed.status.success(), "{}", String::from_utf8_lossy(&resumed.stderr));
    assert!(whole.stdout == resumed.stdout, "another table");
    let (whole, resumed) = (files(&folder.path("whole")), files(&folder.path("stopped")));
    assert!(whole.keys().eq(resumed.keys()), "{:?} against {:?}", whole.keys(), resumed.keys());
    // `best.checkpoint` holds the state when it was written, which was up to the clock; all else is equal to the bit.
    for (name, contents) in whole.iter().filter(|(name, _)| !name.ends_with("best.checkpoint")) {
        assert!(contents == &resumed[name], "{} differs", name.display());
    }
}
