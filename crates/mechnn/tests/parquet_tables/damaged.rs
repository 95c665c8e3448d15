//! Damaged files are refused, or read as what is left of them; none ends the program or takes much memory.

use mechnn::data::CsvOptions;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::made_table::MadeTable;
use super::read;

const CASES: u64 = 2000;

#[test]
fn damaged_files_are_refused_or_read() {
    let (mut refused, mut contradicting) = (0, 0);
    for seed in 0..CASES {
        let mut rng = ChaCha8Rng::seed_from_u64(10_000 + seed);
        let mut table = MadeTable::random(&mut rng);
        while table.rows > 300 {
            table = MadeTable::random(&mut rng);
        }
        let mut bytes = table.parquet(&mut rng);
        let length = bytes.len();
        for _ in 0..rng.random_range(1..4) {
            // Half of the damage is where the file says what is in it: there it does most harm.
            let from = if rng.random() { 4 } else { length.saturating_sub(length / 3).max(4) };
            let at = rng.random_range(from..length);
            bytes[at] = rng.random();
        }
        bytes.truncate(rng.random_range(length / 2..2 * length));
        if let Err(error) = read("a.parquet", bytes, &CsvOptions::default()) {
            refused += 1;
            contradicting += usize::from(error.to_string().contains("contradict"));
        }
    }
    println!(
        "damaged Parquet files: {refused} of {CASES} refused, {contradicting} of these late; none ends the program"
    );
}

#[test]
fn files_that_are_cut_are_refused() {
    let mut rng = ChaCha8Rng::seed_from_u64(7);
    let bytes = MadeTable::random(&mut rng).parquet(&mut rng);
    for length in [4, 5, 12, bytes.len() / 2, bytes.len() - 8, bytes.len() - 1] {
        // With the letters at the end that every such file has.
        for end in [&b""[..], b"PAR1", b"\0\0\0\0PAR1", b"\xFF\xFF\xFF\xFFPAR1"] {
            // The first bytes may be text, too, as long as nothing else follows.
            let cut = [&bytes[..length], b"\x15", end].concat();
            let error = read("a.parquet", cut, &CsvOptions::default()).unwrap_err();
            assert!(error.to_string().starts_with("`a.parquet` cannot be read as a Parquet file: "), "{error}");
            assert!(error.hint().is_some_and(|hint| hint.starts_with("was the file cut short")));
        }
    }
}
