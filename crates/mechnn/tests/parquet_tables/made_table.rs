//! Random tables, written as Parquet and as CSV.

use std::sync::Arc;

use parquet::basic::{BrotliLevel, Compression, Encoding, GzipLevel, ZstdLevel};
use parquet::file::properties::{WriterProperties, WriterVersion};
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::{ColumnPath, Type};
use rand::seq::{IndexedRandom, SliceRandom};
use rand::{Rng, RngExt};

use super::column::{Cells, Column};

#[derive(Debug)]
pub(crate) struct MadeTable {
    pub(crate) rows: usize,
    pub(crate) columns: Vec<Column>,
}

const HEADERS: [&str; 7] = ["OD600 [a.u.]", "glucose / mmol", "T (°C)", "pH", "cells", "CO2 (Mauna Loa)", "7"];

fn compressions() -> [Compression; 7] {
    [
        Compression::UNCOMPRESSED,
        Compression::SNAPPY,
        Compression::GZIP(GzipLevel::default()),
        Compression::BROTLI(BrotliLevel::default()),
        Compression::LZ4,
        Compression::LZ4_RAW,
        Compression::ZSTD(ZstdLevel::default()),
    ]
}

impl MadeTable {
    pub(crate) fn random(rng: &mut impl Rng) -> Self {
        let rows = *[4, 20, 300, 2500].choose(rng).unwrap();
        let mut columns: Vec<Column> = Vec::new();
        let dims = rng.random_range(1..4);
        for header in HEADERS.sample(rng, dims) {
            let required = rng.random();
            columns.push(Column {
                header: (*header).to_owned(),
                required,
                cells: Cells::numbers(rows, required, rng),
            });
        }
        if rng.random() {
            let required = rng.random();
            columns.push(Column { header: "weather".to_owned(), required, cells: Cells::words(rows, required, rng) });
        }
        let time = Cells::times(rows, rng);
        columns.push(Column { header: "time".to_owned(), required: rng.random(), cells: time });
        columns.shuffle(rng);
        Self { rows, columns }
    }

    pub(crate) fn csv(&self) -> Vec<u8> {
        let header: Vec<&str> = self.columns.iter().map(|column| column.header.as_str()).collect();
        let mut text = header.join(",") + "\n";
        for row in 0..self.rows {
            let cells: Vec<String> = self.columns.iter().map(|column| column.cells.csv(row)).collect();
            text += &(cells.join(",") + "\n");
        }
        text.into_bytes()
    }

    /// In groups of rows, pages, encodings and a compression of any kind.
    pub(crate) fn parquet(&self, rng: &mut impl Rng) -> Vec<u8> {
        let version = *[WriterVersion::PARQUET_1_0, WriterVersion::PARQUET_2_0].choose(rng).unwrap();
        let mut properties = WriterProperties::builder()
            .set_writer_version(version)
            .set_compression(*compressions().choose(rng).unwrap())
            .set_dictionary_enabled(rng.random())
            .set_data_page_row_count_limit(*[7, 100, 100_000].choose(rng).unwrap())
            .set_write_batch_size(*[5, 1024].choose(rng).unwrap());
        for column in self.columns.iter().filter(|column| matches!(column.cells, Cells::Text(_))) {
            // The writer's own choice for the second version is the one encoding that is not read.
            let encoding = *[Encoding::PLAIN, Encoding::DELTA_LENGTH_BYTE_ARRAY].choose(rng).unwrap();
            properties = properties.set_column_encoding(ColumnPath::from(column.header.as_str()), encoding);
        }
        for column in self.columns.iter().filter(|column| matches!(column.cells, Cells::LongDecimal(_))) {
            properties = properties.set_column_encoding(ColumnPath::from(column.header.as_str()), Encoding::PLAIN);
        }
        for column in self.columns.iter().filter(|column| matches!(column.cells, Cells::Half(_))) {
            let encoding = *[Encoding::PLAIN, Encoding::BYTE_STREAM_SPLIT].choose(rng).unwrap();
            properties = properties.set_column_encoding(ColumnPath::from(column.header.as_str()), encoding);
        }
        let schema = Type::group_type_builder("schema").with_fields(self.columns.iter().map(Column::schema).collect());
        let schema = Arc::new(schema.build().unwrap());
        let mut writer = SerializedFileWriter::new(Vec::new(), schema, Arc::new(properties.build())).unwrap();
        let in_group = rng.random_range(1..=self.rows);
        for start in (0..self.rows).step_by(in_group) {
            let mut group = writer.next_row_group().unwrap();
            for column in &self.columns {
                let mut cells = group.next_column().unwrap().unwrap();
                column.write(&mut cells, start..self.rows.min(start + in_group));
                cells.close().unwrap();
            }
            group.close().unwrap();
        }
        writer.into_inner().unwrap()
    }
}
