//! One column, as Parquet has it and as CSV has it.

use std::sync::Arc;

use chrono::{DateTime, Days, NaiveDate};
use parquet::basic::{ConvertedType, LogicalType, Repetition, TimeUnit, Type as Stored};
use parquet::data_type::{
    BoolType, ByteArray, ByteArrayType, DoubleType, FixedLenByteArray, FixedLenByteArrayType, FloatType, Int32Type,
    Int64Type, Int96, Int96Type,
};
use parquet::file::writer::SerializedColumnWriter;
use parquet::schema::types::{Type, TypePtr};
use rand::seq::IndexedRandom;
use rand::{Rng, RngExt};

/// Cells of one column; `None` is a gap.
#[derive(Debug, Clone)]
pub(crate) enum Cells {
    Double(Vec<Option<f64>>),
    Float(Vec<Option<f32>>),
    Int(Vec<Option<i32>>),
    Long(Vec<Option<i64>>),
    Unsigned(Vec<Option<u32>>),
    Truth(Vec<Option<bool>>),
    Text(Vec<Option<String>>),
    /// Hundredths.
    Decimal(Vec<Option<i64>>),
    /// The same in twelve bytes.
    LongDecimal(Vec<Option<i64>>),
    /// Quarters, in 16 bits.
    Half(Vec<Option<i8>>),
    /// Days since 1970.
    Date(Vec<Option<i32>>),
    /// Seconds since 1970, stored in this unit.
    Instant(Vec<Option<i64>>, TimeUnit),
    /// Seconds since 1970 in the older form.
    OldInstant(Vec<Option<i64>>),
}

#[derive(Debug, Clone)]
pub(crate) struct Column {
    pub(crate) header: String,
    pub(crate) required: bool,
    pub(crate) cells: Cells,
}

fn made<T>(
    rows: usize,
    required: bool,
    rng: &mut impl Rng,
    mut cell: impl FnMut(&mut dyn Rng) -> T,
) -> Vec<Option<T>> {
    // The first row is complete, so that no column is missing altogether.
    let mut cell = |row: usize, rng: &mut dyn Rng| (required || row == 0 || rng.random_bool(0.85)).then(|| cell(rng));
    (0..rows).map(|row| cell(row, rng)).collect()
}

impl Cells {
    /// Numbers of any kind.
    pub(crate) fn numbers(rows: usize, required: bool, rng: &mut impl Rng) -> Self {
        match rng.random_range(0..8) {
            0 => Self::Double(made(rows, required, rng, |rng| rng.random_range(-50.0..50.0))),
            1 => Self::Float(made(rows, required, rng, |rng| rng.random_range(-1e-3_f32..1e-3))),
            2 => Self::Int(made(rows, required, rng, |rng| rng.random_range(-500..500))),
            3 => Self::Long(made(rows, required, rng, |rng| rng.random_range(-(1 << 50)..1 << 50))),
            4 => Self::Unsigned(made(rows, required, rng, |rng| rng.random_range(0..=u32::MAX))),
            5 => Self::Decimal(made(rows, required, rng, |rng| rng.random_range(-999_999..999_999))),
            6 => Self::LongDecimal(made(rows, required, rng, |rng| rng.random_range(-(1 << 50)..1 << 50))),
            _ => Self::Half(made(rows, required, rng, |rng| rng.random())),
        }
    }

    /// Texts or truth values: no numbers.
    pub(crate) fn words(rows: usize, required: bool, rng: &mut impl Rng) -> Self {
        let words = ["clear", "rain, then sun", "snow", "\"fog\""];
        match rng.random() {
            true => Self::Text(made(rows, required, rng, |rng| (*words.choose(rng).unwrap()).to_owned())),
            false => Self::Truth(made(rows, required, rng, |rng| rng.random())),
        }
    }

    /// Times that increase.
    pub(crate) fn times(rows: usize, rng: &mut impl Rng) -> Self {
        let mut sum = 0;
        let mut next = || {
            sum += rng.random_range(1..4);
            Some(sum)
        };
        let steps: Vec<Option<i64>> = (0..rows).map(|_| next()).collect();
        let scaled = |first: i64, step: i64| steps.iter().map(|n| n.map(|n| first + step * n)).collect();
        let march = 1_614_936_600;
        match rng.random_range(0..8) {
            0 => Self::Double(steps.iter().map(|n| n.map(|n| n as f64 / 8.0)).collect()),
            1 => Self::Long(steps),
            2 => Self::Int(steps.iter().map(|n| n.map(|n| n as i32)).collect()),
            3 => Self::Date(steps.iter().map(|n| n.map(|n| 18_691 + n as i32)).collect()),
            4 => Self::Instant(scaled(march, 900), TimeUnit::MILLIS),
            5 => Self::Instant(scaled(march, 7), TimeUnit::MICROS),
            6 => Self::Instant(scaled(-march, 86_400), TimeUnit::NANOS),
            _ => Self::OldInstant(scaled(march, 3600)),
        }
    }

    /// As a spreadsheet program would save it.
    pub(crate) fn csv(&self, row: usize) -> String {
        let hundredths = |n: i64| format!("{}{}.{:02}", if n < 0 { "-" } else { "" }, n.abs() / 100, n.abs() % 100);
        let instant = |seconds| DateTime::from_timestamp(seconds, 0).unwrap().format("%Y-%m-%d %H:%M:%S").to_string();
        let quoted = |text: &String| format!("\"{}\"", text.replace('"', "\"\""));
        let text = match self {
            Self::Double(cells) => cells[row].map(|cell| cell.to_string()),
            Self::Float(cells) => cells[row].map(|cell| f64::from(cell).to_string()),
            Self::Int(cells) => cells[row].map(|cell| cell.to_string()),
            Self::Long(cells) => cells[row].map(|cell| cell.to_string()),
            Self::Unsigned(cells) => cells[row].map(|cell| cell.to_string()),
            Self::Truth(cells) => cells[row].map(|cell| if cell { "TRUE" } else { "FALSE" }.to_owned()),
            Self::Text(cells) => cells[row].as_ref().map(quoted),
            Self::Decimal(cells) | Self::LongDecimal(cells) => cells[row].map(hundredths),
            Self::Half(cells) => cells[row].map(|cell| (f64::from(cell) / 4.0).to_string()),
            Self::Date(cells) => cells[row].map(|days| {
                let first = NaiveDate::from_ymd_opt(1970, 1, 1).unwrap();
                (first + Days::new(days as u64)).to_string()
            }),
            Self::Instant(cells, _) | Self::OldInstant(cells) => cells[row].map(instant),
        };
        text.unwrap_or_default()
    }
}

/// The bits of a number of quarters, with a sign, an exponent and a fraction.
fn half_bits(quarters: i8) -> [u8; 2] {
    let size = f64::from(quarters).abs() / 4.0;
    if quarters == 0 {
        return [0, 0];
    }
    let exponent = size.log2().floor();
    let fraction = (size / exponent.exp2() - 1.0) * 1024.0;
    let bits = ((exponent + 15.0) as u16) << 10 | fraction as u16 | if quarters < 0 { 0x8000 } else { 0 };
    bits.to_le_bytes()
}

impl Column {
    /// Its place in the schema.
    pub(crate) fn schema(&self) -> TypePtr {
        let (stored, logical, length) = match &self.cells {
            Cells::Double(_) => (Stored::DOUBLE, None, 0),
            Cells::Float(_) => (Stored::FLOAT, None, 0),
            Cells::Int(_) => (Stored::INT32, None, 0),
            Cells::Long(_) => (Stored::INT64, None, 0),
            Cells::Unsigned(_) => (Stored::INT32, Some(LogicalType::integer(32, false)), 0),
            Cells::Truth(_) => (Stored::BOOLEAN, None, 0),
            Cells::Text(_) => (Stored::BYTE_ARRAY, Some(LogicalType::String), 0),
            Cells::Decimal(_) => (Stored::INT64, Some(LogicalType::decimal(2, 18)), 0),
            Cells::LongDecimal(_) => (Stored::FIXED_LEN_BYTE_ARRAY, Some(LogicalType::decimal(2, 26)), 12),
            Cells::Half(_) => (Stored::FIXED_LEN_BYTE_ARRAY, Some(LogicalType::Float16), 2),
            Cells::Date(_) => (Stored::INT32, Some(LogicalType::Date), 0),
            Cells::Instant(_, unit) => (Stored::INT64, Some(LogicalType::timestamp(false, *unit)), 0),
            Cells::OldInstant(_) => (Stored::INT96, None, 0),
        };
        let (scale, precision) = match &self.cells {
            Cells::Decimal(_) => (2, 18),
            Cells::LongDecimal(_) => (2, 26),
            _ => (-1, -1),
        };
        let repetition = if self.required { Repetition::REQUIRED } else { Repetition::OPTIONAL };
        let column = Type::primitive_type_builder(&self.header, stored)
            .with_repetition(repetition)
            .with_converted_type(ConvertedType::NONE)
            .with_logical_type(logical)
            .with_length(length)
            .with_scale(scale)
            .with_precision(precision);
        Arc::new(column.build().unwrap())
    }

    /// Writes some of its rows.
    pub(crate) fn write(&self, writer: &mut SerializedColumnWriter<'_>, rows: std::ops::Range<usize>) {
        macro_rules! write {
            ($kind:ty, $cells:expr, $value:expr) => {{
                let cells = &$cells[rows];
                let levels: Vec<i16> = cells.iter().map(|cell| i16::from(cell.is_some())).collect();
                let values: Vec<_> = cells.iter().flatten().map($value).collect();
                let levels = (!self.required).then_some(levels.as_slice());
                writer.typed::<$kind>().write_batch(&values, levels, None).unwrap();
            }};
        }
        let fixed = |bytes: Vec<u8>| FixedLenByteArray::from(ByteArray::from(bytes));
        match &self.cells {
            Cells::Double(cells) => write!(DoubleType, cells, |cell| *cell),
            Cells::Float(cells) => write!(FloatType, cells, |cell| *cell),
            Cells::Int(cells) | Cells::Date(cells) => write!(Int32Type, cells, |cell| *cell),
            Cells::Long(cells) | Cells::Decimal(cells) => write!(Int64Type, cells, |cell| *cell),
            Cells::Unsigned(cells) => write!(Int32Type, cells, |cell| cell.cast_signed()),
            Cells::Truth(cells) => write!(BoolType, cells, |cell| *cell),
            Cells::Text(cells) => write!(ByteArrayType, cells, |cell| ByteArray::from(cell.as_str())),
            Cells::LongDecimal(cells) => {
                write!(FixedLenByteArrayType, cells, |cell| fixed(i128::from(*cell).to_be_bytes()[4..].to_vec()))
            }
            Cells::Half(cells) => write!(FixedLenByteArrayType, cells, |cell| fixed(half_bits(*cell).to_vec())),
            Cells::Instant(cells, unit) => {
                let count = match unit {
                    TimeUnit::MILLIS => 1000,
                    TimeUnit::MICROS => 1_000_000,
                    TimeUnit::NANOS => 1_000_000_000,
                };
                write!(Int64Type, cells, |cell| cell * count)
            }
            Cells::OldInstant(cells) => write!(Int96Type, cells, |cell| {
                let nanoseconds = (cell.rem_euclid(86_400) as u64) * 1_000_000_000;
                let mut time = Int96::new();
                let day = 2_440_588 + cell.div_euclid(86_400) as u32;
                time.set_data(nanoseconds as u32, (nanoseconds >> 32) as u32, day);
                time
            }),
        }
    }
}
