//! What is no table of columns, or says that it holds more than it can, is refused before it is unpacked.

use std::sync::Arc;

use mechnn::data::{CsvOptions, DataError};
use parquet::basic::{Compression, GzipLevel};
use parquet::data_type::{DoubleType, Int32Type};
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;

use super::read;

fn refusal(bytes: Vec<u8>) -> DataError {
    read("a.parquet", bytes, &CsvOptions::default()).unwrap_err()
}

/// A file with this schema and no rows.
fn empty(schema: &str) -> Vec<u8> {
    let schema = Arc::new(parse_message_type(schema).unwrap());
    let writer = SerializedFileWriter::new(Vec::new(), schema, Arc::default()).unwrap();
    writer.into_inner().unwrap()
}

#[test]
fn columns_of_columns_are_refused_with_their_names() {
    let list = "optional group series (LIST) { repeated group list { optional double element; } }";
    for (schema, column) in [
        (format!("message schema {{ required double t; {list} }}"), "series"),
        ("message schema { optional group place { required double x; required double y; } }".to_owned(), "place"),
        ("message schema { required double t; repeated double many; }".to_owned(), "many"),
    ] {
        let error = refusal(empty(&schema));
        assert_eq!(
            error.to_string(),
            format!("`a.parquet`: column `{column}` holds lists or columns of its own, not one value in each row")
        );
        assert!(error.hint().is_some_and(|hint| hint.contains("without this column")));
    }
}

#[test]
fn files_without_rows_hold_no_data() {
    let error = refusal(empty("message schema { required double t; required double x; }"));
    assert!(matches!(error, DataError::NoData { .. }), "{error}");
}

/// Times and values that are all the same, so that their page is much shorter in the file.
fn constant(rows: usize, compression: Compression) -> Vec<u8> {
    let schema = Arc::new(parse_message_type("message schema { required int32 t; required double x; }").unwrap());
    let properties = WriterProperties::builder().set_compression(compression).set_dictionary_enabled(false);
    let mut writer = SerializedFileWriter::new(Vec::new(), schema, Arc::new(properties.build())).unwrap();
    let mut group = writer.next_row_group().unwrap();
    let mut column = group.next_column().unwrap().unwrap();
    let times: Vec<i32> = (0..rows as i32).collect();
    column.typed::<Int32Type>().write_batch(&times, None, None).unwrap();
    column.close().unwrap();
    let mut column = group.next_column().unwrap().unwrap();
    column.typed::<DoubleType>().write_batch(&vec![1.5; rows], None, None).unwrap();
    column.close().unwrap();
    group.close().unwrap();
    writer.into_inner().unwrap()
}

/// A number as the header of a page has it.
fn written(size: usize) -> Vec<u8> {
    let mut number = 2 * size as u64;
    let mut bytes = Vec::new();
    while number > 0x7F {
        bytes.push(number as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
    bytes
}

/// The same bytes with another size in the header of the page of so many bytes.
fn with_size(bytes: &[u8], size: usize, said: usize) -> Vec<u8> {
    // Field 1 is the kind of the page, 0; field 2 its size.
    let header = |size| [&[0x15, 0, 0x15][..], &written(size)].concat();
    let (old, new) = (header(size), header(said));
    assert_eq!(old.len(), new.len());
    let at = bytes.windows(old.len()).position(|window| window == old).unwrap();
    [&bytes[..at], &new, &bytes[at + old.len()..]].concat()
}

#[test]
fn pages_that_say_what_they_cannot_hold_are_refused() {
    let gzip = Compression::GZIP(GzipLevel::default());
    for (compression, said, message) in [
        (Compression::SNAPPY, 1_000_000, "a page is said to hold more than its bytes can"),
        (gzip, 1_000_000, "a page is said to hold more than its bytes can"),
        (gzip, 8799, "a page holds more than it says"),
        (Compression::BROTLI(parquet::basic::BrotliLevel::default()), 8799, "a page holds more than it says"),
    ] {
        // 8 bytes for each of 1100 values.
        let bytes = constant(1100, compression);
        assert!(read("a.parquet", bytes.clone(), &CsvOptions::default()).is_ok());
        let error = refusal(with_size(&bytes, 8800, said));
        assert_eq!(error.to_string(), format!("`a.parquet` cannot be read as a Parquet file: {message}"));
    }
}

/// The number of rows that the file says it has is not believed, either.
#[test]
fn more_cells_than_are_read_are_refused() {
    let bytes = constant(10, Compression::UNCOMPRESSED);
    let end = bytes.len() - 8;
    let footer = end - u32::from_le_bytes(bytes[end..end + 4].try_into().unwrap()) as usize;
    // The rows of the file are field 3 of the footer and those of the group field 3 of that: both 10, now 2^60.
    let mut said = bytes[..footer].to_vec();
    for (at, &byte) in bytes.iter().enumerate().take(end).skip(footer) {
        match bytes[at - 1..=at] {
            [0x16, 20] => said.extend(written(1 << 60)),
            _ => said.push(byte),
        }
    }
    let length = (said.len() - footer) as u32;
    said.extend(length.to_le_bytes());
    said.extend(b"PAR1");
    let error = refusal(said);
    assert!(matches!(error, DataError::TooLarge { .. }), "{error}");
}
