//! Every reader meets 10 000 damaged texts: what it cannot read is refused by an error, and nothing panics.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

use std::fmt::Display;
use std::fs;
use std::path::PathBuf;

use mechnn::data::{CsvOptions, Missing, read_csv};
use mechnn::discovery::ModelConstraints;
use mechnn::equation::{Expression, SparseModel, parse_terms};
use mechnn::inference::Model;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

const COUNT: u64 = 10_000;

/// Pieces that mean something to one of the readers.
const PIECES: [&str; 48] = [
    "\n",
    "\r\n",
    ",",
    ";",
    "\t",
    "\"",
    "\"\"",
    "'",
    "#",
    "=",
    "[",
    "]",
    "[[",
    "{",
    "}",
    "(",
    ")",
    "**",
    "^",
    "*",
    "/",
    "-",
    "+",
    ".",
    "..",
    "0",
    "9999999999999999999999",
    "1e999",
    "-1e-999",
    "NaN",
    "inf",
    "NA",
    "1,234.5",
    "1.234,5",
    "2020-13-45",
    "12:61",
    "x",
    "x''",
    "sum(i, ",
    "i != j",
    "é",
    "\u{2212}",
    "\u{FEFF}",
    "\0",
    "\u{FFFD}",
    "\u{202E}",
    " ",
    "true",
];

/// The text with some bytes changed, left out, doubled, moved, or pieces put in.
fn damaged(text: &[u8], random: &mut ChaCha8Rng) -> Vec<u8> {
    let mut bytes = text.to_vec();
    for _ in 0..random.random_range(1..=6) {
        let at = random.random_range(0..=bytes.len());
        let end = (at + random.random_range(0..40)).min(bytes.len());
        match random.random_range(0..6) {
            0 if at < bytes.len() => bytes[at] = random.random(),
            1 => drop(bytes.drain(at..end)),
            2 => {
                let part = bytes[at..end].to_vec();
                bytes.splice(at..at, part);
            }
            3 => {
                let part: Vec<u8> = bytes.drain(at..end).collect();
                let to = random.random_range(0..=bytes.len());
                bytes.splice(to..to, part);
            }
            4 => bytes.truncate(at),
            _ => {
                let piece = PIECES[random.random_range(0..PIECES.len())].bytes();
                bytes.splice(at..at, piece);
            }
        }
    }
    bytes
}

/// Reads damaged versions of the texts; how many were read all the same, of [`COUNT`].
fn survive<T, E: Display>(texts: &[&str], seed: u64, read: impl Fn(&str) -> Result<T, E>) -> u64 {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let attempt = |case: u64| {
        let text = texts[case as usize % texts.len()];
        let text = String::from_utf8_lossy(&damaged(text.as_bytes(), &mut random)).into_owned();
        // A message is a part of the answer: to write it must not panic either.
        u64::from(read(&text).inspect_err(|error| assert!(!error.to_string().is_empty())).is_ok())
    };
    (0..COUNT).map(attempt).sum()
}

/// A reader that refuses everything, or nothing, was not tested.
#[track_caller]
fn expect_some_of_each(read: u64) {
    println!("{read} of {COUNT} were read all the same");
    assert!((COUNT / 100..COUNT - COUNT / 100).contains(&read), "{read} of {COUNT} were read");
}

fn names(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

#[test]
fn damaged_tables() {
    let tables: [&[u8]; 6] = [
        b"t,x,y\n0,1,2\n0.1,1.5,2.5\n0.2,,3\n0.3,NA,4\n",
        b"date;flow [m3/s];\"height, m\"\r\n2020-01-01;1,5;2\r\n2020-01-02;1,6;-9999\r\n2020-01-03;1,7;3\r\n",
        b"# made by a device\n\ntime\tvalue\ns\tV\n0\t1e-3\n1\t2e-3\n2\t1 000.5\n",
        b"run,t,x\na,0,1\na,1,2\nb,0,3\nb,1,4\n",
        b"\xFF\xFEt\0,\0x\0\n\x000\0,\x001\0\n\x001\0,\x002\0\n\0",
        b"t,gr\xF6\xDFe\n0,1\n1,2\n2,3\n",
    ];
    let folder = tempfile::tempdir().unwrap();
    let path: PathBuf = folder.path().join("data.csv");
    let mut random = ChaCha8Rng::seed_from_u64(1);
    let options = CsvOptions { missing: Missing::AsMissing, ..CsvOptions::default() };
    let mut read = 0;
    for case in 0..COUNT {
        fs::write(&path, damaged(tables[case as usize % tables.len()], &mut random)).unwrap();
        match read_csv(std::slice::from_ref(&path), &options) {
            Ok((data, warnings)) => {
                read += 1;
                warnings.iter().for_each(|warning| assert!(!warning.to_string().is_empty()));
                let increase = |times: &[f64]| times.windows(2).all(|pair| pair[0] < pair[1]);
                assert!(data.trajectories.iter().all(|one| increase(&one.times)), "case {case}");
            }
            Err(error) => assert!(!error.to_string().is_empty() && error.hint().is_none_or(|hint| !hint.is_empty())),
        }
    }
    expect_some_of_each(read);
}

#[test]
fn damaged_models() {
    let texts = [
        include_str!("../../../examples/influenza.toml"),
        include_str!("../../../examples/solar_system.toml"),
        include_str!("../../../examples/chandler.toml"),
    ];
    expect_some_of_each(survive(&texts, 2, Model::from_toml));
}

#[test]
fn damaged_constraints() {
    let text = r#"
        [model]
        controls = ["u"]
        ties = [{ S = "-S*I", I = "S*I" }]
        shared = ["x*s/(1 + s)"]
        conserved = ["S + I + R"]
        terms = { I = ["S*I", "I"] }
        known = { S = "-0.5*S" }
        signs = { I = { I = "negative" } }
    "#;
    expect_some_of_each(survive(&[text], 3, ModelConstraints::from_toml));
}

#[test]
fn damaged_expressions() {
    let texts = [
        "2.5e-3*x^2/(1 + x**2) - sin(pi*t)*exp(-a*y)",
        "-x^-y^2 + min(x, max(y, 3)) - atan2(x, y)/sqrt(abs(a))",
        "x*y*(x - y)^3 - (2*x + 3*y)*(x - 1)",
    ];
    let (variables, constants) = (names(&["x", "y", "t"]), names(&["a"]));
    expect_some_of_each(survive(&texts, 4, |text| Expression::parse(text, &variables, &constants)));
    let all = names(&["x", "y", "t", "a"]);
    expect_some_of_each(survive(&texts, 5, |text| parse_terms(text, &all)));
}

#[test]
fn damaged_results() {
    let equations = [("x", "1.5*x - x*y/(2 + x)"), ("y", "sin(3*x) - y^2")];
    let model = SparseModel::from_text("t", &equations).unwrap();
    let text = serde_json::to_string_pretty(&model).unwrap();
    expect_some_of_each(survive(&[&text], 6, |text| serde_json::from_str::<SparseModel>(text)));
}
