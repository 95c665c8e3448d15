//! Input that is too much: files without end, small files that stand for large problems, names of 40 KB.

use std::time::{Duration, Instant};

use ndarray::{ArrayD, IxDyn};

use crate::support::arrays::{archive_of, npy, problem};
use crate::support::process::Folder;
use crate::support::table::changed;

/// The most that is said about any input, in bytes: a message and a hint of at most 1500 characters each.
const MOST_SAID: usize = 4000;

#[track_caller]
fn refused(folder: &Folder, arguments: &[&str], code: i32, fragments: &[&str]) {
    let start = Instant::now();
    let outcome = folder.mechnn(arguments);
    // Most of a second is the start of the process on a busy machine.
    assert!(start.elapsed() < Duration::from_secs(3), "{:?}", start.elapsed());
    assert!(outcome.stderr.len() < MOST_SAID, "{} bytes: {}", outcome.stderr.len(), outcome.stderr);
    outcome.fails(code, fragments);
}

#[test]
fn small_models_that_are_large_are_refused_at_once() {
    let folder = Folder::new();
    let rows: String = (0..2000).map(|n| format!("{n},{}\n", (-0.01 * f64::from(n)).exp())).collect();
    folder.write("data.csv", format!("t,x\n{rows}"));
    let doubled: String = (1..30).map(|k| format!("d{k} = \"d{0} + d{0}\"\n", k - 1)).collect();
    let members: Vec<String> = (0..60).map(|number| format!("\"m{number}\"")).collect();
    let indices = format!("[model.indices]\n\"i, j, k, l, m\" = [{}]\n", members.join(", "));
    let sums = "sum(i, sum(j, sum(k, sum(l, sum(m, x)))))";
    let tables =
        "[model.equations]\nx = \"-a*x\"\n[model.parameters]\na = { start = 1 }\n[model.observations]\nx = \"x\"\n";
    for (name, text, code, fragment) in [
        ("doubled", format!("[model.definitions]\nd0 = \"x\"\n{doubled}{tables}"), 2, "more than 1000000 characters"),
        ("indexed", indices.clone() + &tables.replace("a = {", "\"a[i, j, k, l]\" = {"), 2, "more than 10000 names"),
        ("nested", format!("{indices}{}", tables.replace("-a*x", sums)), 2, "more than 1000000 characters"),
        ("steps", format!("[model]\nsubsteps = 100000\n{tables}"), 6, "GiB of memory"),
    ] {
        let file = format!("{name}.toml");
        folder.write(&file, text);
        refused(&folder, &["infer", &file, "data.csv"], code, &[fragment, "hint: "]);
    }
}

#[cfg(target_os = "linux")]
#[test]
fn files_without_end_are_refused() {
    let folder = Folder::new();
    folder.write("data.csv", changed(120, |_, row| row));
    std::os::unix::fs::symlink("/dev/zero", folder.path("zero.toml")).expect("a link");
    std::os::unix::fs::symlink("/dev/zero", folder.path("zero.npz")).expect("a link");
    refused(&folder, &["discover", "/dev/zero"], 3, &["`/dev/zero` line 1 is not text"]);
    refused(&folder, &["infer", "/dev/zero", "data.csv"], 6, &["`/dev/zero` is larger than 4 MiB", "hint: "]);
    refused(&folder, &["discover", "data.csv", "--model", "/dev/zero"], 6, &["larger than 4 MiB"]);
    refused(&folder, &["solve", "zero.toml"], 6, &["larger than 4 MiB"]);
    refused(&folder, &["solve", "zero.npz", "-o", "u.npz"], 3, &["not an npz file"]);
    // A table that says how large it is, is not read at all.
    let large = std::fs::File::create(folder.path("large.csv")).expect("writable");
    std::io::Write::write_all(&mut &large, b"t,x\n0,1\n").expect("writable");
    large.set_len((1 << 30) + 1).expect("a sparse file");
    // Its first 64 KiB hold a byte 0.
    refused(&folder, &["discover", "large.csv"], 3, &["is not text"]);
}

#[test]
fn batches_that_multiply_are_limited() {
    let folder = Folder::new();
    let jump = |batch: usize| problem(&[], &[], &[], &[]).with("periodic_jump", ArrayD::zeros(IxDyn(&[batch, 1, 2])));
    folder.write("p.npz", jump(100_000).without("init_vars").bytes());
    refused(&folder, &["solve", "p.npz", "-o", "u.npz", "--max-memory", "0.01"], 6, &["GiB", "--max-memory"]);
    // No problems, on axes that no array can have.
    let mut arrays: Vec<(String, Vec<u8>)> = Vec::new();
    for (name, shape, count) in [
        ("coefficients", "(1, 1, 1, 2)", 2),
        ("rhs_equation", "(1, 1)", 1),
        ("steps", "(1,)", 1),
        ("periodic_jump", "(576460752303423488, 0, 1, 1)", 0),
    ] {
        let data: Vec<u8> = (0..count).flat_map(|_| 1_f64.to_le_bytes()).collect();
        arrays.push((format!("{name}.npy"), npy("<f8", shape, &data)));
    }
    let arrays: Vec<(&str, Vec<u8>)> = arrays.iter().map(|(name, bytes)| (name.as_str(), bytes.clone())).collect();
    folder.write("none.npz", archive_of(&arrays));
    refused(&folder, &["solve", "none.npz", "-o", "u.npz"], 6, &["more problems than can be counted"]);
}

#[test]
fn messages_do_not_repeat_long_input() {
    let folder = Folder::new();
    let long = "n".repeat(40_000);
    let table = changed(120, |_, row| row);
    folder.write("data.csv", &table);
    folder.write("cell.csv", table.replacen("\n0.5,", &format!("\n0.5,{long},1\n0.55,"), 1));
    folder.write("header.csv", table.replacen("t,x,y", &format!("t,{long},{long}"), 1));
    folder.write("key.toml", format!("[model]\n{long} = 1\n"));
    folder.write("name.toml", format!("[model.equations]\nx = \"{long}\"\n[model.observations]\nx = \"x\"\n"));
    folder.write("ode.toml", format!("{long} = 1\nequation = \"u' = 0\"\n"));
    for (arguments, code) in [
        (&["discover", "cell.csv"][..], 3),
        (&["discover", "header.csv"], 3),
        (&["discover", "data.csv", "--vars", &long], 3),
        (&["discover", "data.csv", "--term", &long], 2),
        (&["discover", "data.csv", "--model", "key.toml"], 2),
        (&["discover", "data.csv", "-o", &long], 5),
        (&["discover", &long], 5),
        (&["infer", "key.toml", "data.csv"], 2),
        (&["infer", "name.toml", "data.csv"], 2),
        (&["solve", "ode.toml"], 2),
        (&["solve", "ode.toml", "--weights", &long], 2),
        (&[&long], 2),
    ] {
        refused(&folder, arguments, code, &["… ("]);
    }
}
