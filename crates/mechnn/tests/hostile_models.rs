//! Small model files that stand for large models, or for none: every one of them is read or refused within a second.
#![allow(clippy::unwrap_used)]

use std::time::{Duration, Instant};

use mechnn::inference::{Model, ModelFileError};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// Files that are tried.
const COUNT: u64 = 2000;

const LETTERS: [&str; 6] = ["i", "j", "k", "l", "m", "n"];

/// One of the values.
fn one_of<T: Copy>(random: &mut ChaCha8Rng, values: &[T]) -> T {
    values[random.random_range(0..values.len())]
}

/// A name with up to `most` indices, such as `x[i, j]`.
fn indexed(name: &str, most: usize, random: &mut ChaCha8Rng) -> String {
    let letters: Vec<&str> = (0..random.random_range(0..=most)).map(|_| one_of(random, &LETTERS)).collect();
    if letters.is_empty() { name.to_owned() } else { format!("{name}[{}]", letters.join(", ")) }
}

/// An expression that is nested in one of the ways there are.
fn expression(random: &mut ChaCha8Rng) -> String {
    let depth = one_of(random, &[0, 1, 2, 5, 8, 99, 101, 5000]);
    let atom = one_of(random, &["a", "a", "x", "x[i]", "d0", "d3", "d29", "1e5", "sum(", "y[i, j]"]);
    let repeated = |open: &str, close: &str| format!("{}{atom}{}", open.repeat(depth), close.repeat(depth));
    match random.random_range(0..9) {
        0 => repeated("(", ")"),
        1 => repeated("sin(", ")"),
        2 => repeated("-", ""),
        3 => repeated("x^", ""),
        4 => repeated("sum(i, ", ")"),
        5 => repeated("sum(j != i, x[j]*", ")"),
        6 => {
            let letters = &LETTERS[..depth.min(6)];
            letters.iter().fold(atom.to_owned(), |body, letter| format!("sum({letter}, {body} + x[{letter}])"))
        }
        7 => repeated("x + ", ""),
        _ => atom.to_owned(),
    }
}

fn hostile(random: &mut ChaCha8Rng) -> String {
    let members = one_of(random, &[0, 1, 2, 3, 10, 60, 300, 3000]);
    let members: Vec<String> = (0..members).map(|number| format!("\"m{number}\"")).collect();
    let letters = LETTERS[..random.random_range(1..=6)].join(", ");
    let mut text = format!("[model]\nsubsteps = {}\n", one_of(random, &["1", "2", "100000", "-1"]));
    text += &format!("[model.indices]\n\"{letters}\" = [{}]\n[model.definitions]\n", members.join(", "));
    // Half of the models would be whole, were it not for their sizes.
    let is_whole = random.random_bool(0.5);
    let definitions = if is_whole { 0 } else { random.random_range(0..40) };
    for number in 0..definitions {
        let body = match number {
            0 => expression(random),
            _ => format!("d{0} + d{0}*{1}", number - 1, one_of(random, &["2", "a", "x", "d0"])),
        };
        text += &format!("d{number} = \"{body}\"\n");
    }
    let most = one_of(random, &[0, 1, 2, 5]);
    let state = indexed("x", most, random);
    let side = |random: &mut ChaCha8Rng| match is_whole && random.random_bool(0.7) {
        true => one_of(random, &["-a", "a*sum(i, a)", "sin(a)^2", "-(((a)))"]).to_owned(),
        false => expression(random),
    };
    let other = |random: &mut ChaCha8Rng| if is_whole { state.clone() } else { indexed("x", 5, random) };
    text += &format!("[model.equations]\n\"{state}\" = \"{}\"\n", side(random));
    text += &format!("[model.parameters]\na = {{ start = 1 }}\n\"{}\" = 2\n", indexed("b", most, random));
    text += &format!("[model.initial]\n\"{}\" = \"a\"\n", other(random));
    text += &format!("[model.observations]\n\"{}\" = \"{}\"\n", other(random), other(random));
    if random.random_bool(0.3) {
        let mut characters: Vec<char> = text.chars().collect();
        for _ in 0..random.random_range(1..20) {
            let at = random.random_range(0..characters.len());
            characters[at] = one_of(random, &['"', '[', ']', '(', ')', ',', '=', '\n', '#', 'é', '\0', '{', '^', '9']);
        }
        text = characters.into_iter().collect();
    }
    text
}

#[test]
fn every_hostile_file_is_read_or_refused_within_a_second() {
    let (mut read, mut too_large, mut slowest) = (0, 0, (Duration::ZERO, 0));
    for seed in 0..COUNT {
        let text = hostile(&mut ChaCha8Rng::seed_from_u64(seed));
        let start = Instant::now();
        let result = Model::from_toml(&text);
        slowest = slowest.max((start.elapsed(), seed));
        read += u64::from(result.is_ok());
        too_large += u64::from(matches!(result, Err(ModelFileError::TooLarge { .. })));
    }
    let (time, seed) = slowest;
    assert!(time < Duration::from_secs(1), "seed {seed} took {time:?}");
    // The generator tests what it should only if files of all kinds come up.
    assert!(read > COUNT / 50 && too_large > COUNT / 20, "{read} read, {too_large} too large of {COUNT}");
}

/// The three files that took all memory or hours.
#[test]
fn doubling_definitions_many_indices_and_nested_sums_are_too_large() {
    let tables = "[model.equations]\nx = \"-x\"\n[model.observations]\ny = \"x\"\n";
    let doubled: String = (1..30).map(|k| format!("d{k} = \"d{0} + d{0}\"\n", k - 1)).collect();
    let doubled = format!("[model.definitions]\nd0 = \"x\"\n{doubled}{tables}");
    let members: Vec<String> = (0..60).map(|number| format!("\"m{number}\"")).collect();
    let indices = format!("[model.indices]\n\"i, j, k, l, m\" = [{}]\n", members.join(", "));
    let indexed = format!("{indices}{tables}[model.parameters]\n\"a[i, j, k, l]\" = 1\n");
    let sums = "sum(i, sum(j, sum(k, sum(l, sum(m, x)))))";
    let nested = format!("{indices}[model.equations]\nx = \"{sums}\"\n[model.observations]\ny = \"x\"\n");
    for (text, place, what) in [
        (doubled, "[model.definitions] d1", "characters"),
        (indexed, "[model.parameters] a[i, j, k, l]", "names"),
        (nested, "[model.equations] x", "characters"),
    ] {
        let error = Model::from_toml(&text).unwrap_err();
        assert!(matches!(&error, ModelFileError::TooLarge { what: found, .. } if *found == what), "{error}");
        assert!(error.to_string().starts_with(place), "{error}");
        assert!(error.hint().is_some());
    }
}
