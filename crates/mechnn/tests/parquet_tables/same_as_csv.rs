//! A table is the same in a Parquet file and in a CSV file.

use mechnn::data::{CsvOptions, DataError, Dataset, TableForm};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

use super::column::{Cells, Column};
use super::made_table::MadeTable;
use super::read;

const CASES: u64 = 300;

/// What differs, if anything.
fn difference(found: &Dataset, expected: &Dataset) -> Option<String> {
    if (&found.states, &found.units) != (&expected.states, &expected.units) {
        let text = format!("{:?} {:?}, {:?} {:?}", found.states, found.units, expected.states, expected.units);
        return Some(text);
    }
    for (found, expected) in found.trajectories.iter().zip(&expected.trajectories) {
        if found.times != expected.times {
            return Some(format!("times {:?}, expected {:?}", found.times, expected.times));
        }
        for ((place, found), expected) in found.values.indexed_iter().zip(&expected.values) {
            if found != expected && !(found.is_nan() && expected.is_nan()) {
                return Some(format!("{place:?}: {found}, expected {expected}"));
            }
        }
    }
    (found.trajectories.len() != expected.trajectories.len()).then(|| "another number of trajectories".to_owned())
}

#[test]
fn parquet_files_are_read_as_csv_files() {
    for seed in 0..CASES {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let table = MadeTable::random(&mut rng);
        let options = CsvOptions::default();
        let csv = read("a.csv", table.csv(), &options).unwrap_or_else(|error| panic!("case {seed}: {error}"));
        let reading = read("a.parquet", table.parquet(&mut rng), &options)
            .unwrap_or_else(|error| panic!("case {seed}: {error}\n{:?}", table.columns));
        assert_eq!(difference(&reading.data, &csv.data), None, "case {seed}");
        assert_eq!((&reading.files[0].form, reading.files[0].rows), (&TableForm::Parquet, table.rows), "case {seed}");
        // Except for the names of the files, the same is said of both.
        let words = |reading: &mechnn::data::TableReading| {
            let texts = reading.warnings.iter().map(|warning| warning.to_string().replace("a.parquet", "a.csv"));
            texts.collect::<Vec<_>>()
        };
        assert_eq!(words(&reading), words(&csv), "case {seed}");
    }
    println!("Parquet: {CASES} of {CASES} tables read as their CSV files");
}

/// In a CSV file such names would be taken for the first row.
#[test]
fn names_that_are_numbers_are_names() {
    let cells = |first: f64| Cells::Double((0..5).map(|row| Some(first + f64::from(row))).collect());
    let columns = [("0", 0.0), ("1", 2.5)].map(|(header, first)| Column {
        header: header.to_owned(),
        required: true,
        cells: cells(first),
    });
    let table = MadeTable { rows: 5, columns: columns.to_vec() };
    let bytes = table.parquet(&mut ChaCha8Rng::seed_from_u64(0));
    let data = read("a.parquet", bytes, &CsvOptions::default()).unwrap().data;
    assert_eq!((data.states.as_slice(), data.points()), (["1".to_owned()].as_slice(), 5));
}

#[test]
fn numbers_that_stand_as_text_have_the_mark_that_they_show() {
    let with_text = |texts: [&str; 2]| {
        let number = |first: f64| Cells::Double(vec![Some(first), Some(first + 1.0)]);
        let text = Cells::Text(texts.map(|text| Some(text.to_owned())).to_vec());
        let columns = [("t", number(0.5)), ("x", number(1.25)), ("y", text)];
        let columns = columns.map(|(header, cells)| Column { header: header.to_owned(), required: true, cells });
        let table = MadeTable { rows: 2, columns: columns.to_vec() };
        read("a.parquet", table.parquet(&mut ChaCha8Rng::seed_from_u64(0)), &CsvOptions::default())
    };
    let values = |texts| with_text(texts).unwrap().data.trajectories[0].values.clone();
    assert_eq!(values(["1,5", "2,5"]), ndarray::array![[1.25, 1.5], [2.25, 2.5]]);
    assert_eq!(values(["1.5", "1,234.5"]), ndarray::array![[1.25, 1.5], [2.25, 1234.5]]);
    let error = with_text(["1,234", "5,678"]).unwrap_err();
    assert!(matches!(&error, DataError::AmbiguousNumber { line: 1, column, .. } if column == "y"), "{error}");
}
