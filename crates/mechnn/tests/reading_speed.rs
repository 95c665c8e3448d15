//! How fast a large table is read, and how much memory that takes. Slow on purpose:
//! `cargo test -p mechnn --test reading_speed -- --ignored --nocapture`.
#![allow(clippy::unwrap_used)]
// The numbers are what it is for.
#![allow(clippy::print_stdout)]

use std::fmt::Write as _;
use std::fs;
use std::time::Instant;

use mechnn::data::{CsvOptions, read_csv};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

const ROWS: usize = 1_000_000;
const COLUMNS: usize = 5;

/// The largest memory that this process has had, in bytes; where the system says it.
fn peak_memory() -> Option<f64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    Some(1024.0 * line.trim().trim_end_matches(" kB").parse::<f64>().ok()?)
}

/// Measured with the development profile on two shared cores: 3.5 to 4.5 times the time of a plain loop of the crate
/// `csv` that parses every cell (1.5 s, 310 ns a cell, when nothing else ran), and 3.9 times the size of the file in
/// memory.
#[test]
#[ignore = "a minute of writing and reading"]
fn a_million_rows_are_read_quickly() {
    let folder = tempfile::TempDir::new().unwrap();
    let path = folder.path().join("large.csv");
    let mut random = ChaCha8Rng::seed_from_u64(1);
    let mut text = String::from("t,a,b,c,d\n");
    for row in 0..ROWS {
        let value = |random: &mut ChaCha8Rng| random.random_range(-100.0..100.0);
        let [a, b, c, d] = [0; 4].map(|_: i32| value(&mut random));
        writeln!(text, "{:.3},{a:.6},{b:.5},{c:.3},{d:.4}", 0.001 * row as f64).unwrap();
    }
    fs::write(&path, &text).unwrap();
    let size = text.len() as f64;
    drop(text);

    let start = Instant::now();
    let mut reader = csv::Reader::from_path(&path).unwrap();
    let mut record = csv::StringRecord::new();
    let mut sum = 0.0;
    while reader.read_record(&mut record).unwrap() {
        sum += record.iter().map(|cell| cell.parse::<f64>().unwrap()).sum::<f64>();
    }
    let plain = start.elapsed().as_secs_f64();
    assert!(sum.is_finite());

    let before = peak_memory();
    let start = Instant::now();
    let (data, warnings) = read_csv(&[path], &CsvOptions::default()).unwrap();
    let seconds = start.elapsed().as_secs_f64();
    assert_eq!((data.points(), data.dims(), warnings.len()), (ROWS, COLUMNS - 1, 0));
    let memory = peak_memory().zip(before).map(|(after, before)| after.max(before) / size);
    println!(
        "{:.1} MB: {seconds:.2} s, {:.0} ns a cell, {:.2} times a plain loop; memory {memory:.2?} times the file",
        size / 1e6,
        1e9 * seconds / (ROWS * COLUMNS) as f64,
        seconds / plain,
    );
    assert!(seconds < 6.0 * plain, "{seconds} s against {plain} s");
    assert!(memory.is_none_or(|memory| memory < 4.5), "{memory:?}");
}
