//! What the values of a column of a Parquet file stand for.

use parquet::basic::{ConvertedType, LogicalType, TimeUnit, Type};
use parquet::schema::types::ColumnDescriptor;

/// What the values of a column stand for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ValueKind {
    /// Numbers and truth values as they are stored.
    Plain,
    /// Whole numbers without a sign.
    Unsigned,
    /// Numbers of 16 bits with a point.
    Half,
    /// Whole numbers, of which so many digits are decimals.
    Decimal {
        decimals: usize,
    },
    Text,
    /// Bytes that are no text.
    Opaque,
    /// Days since 1970.
    Date,
    /// Time since 1970, in units of so many nanoseconds.
    Instant {
        unit: i128,
    },
    /// Time since midnight, in units of so many nanoseconds.
    Clock {
        unit: i128,
    },
}

impl ValueKind {
    pub(super) fn of(column: &ColumnDescriptor) -> Self {
        match column.logical_type_ref() {
            Some(logical) => Self::of_logical(logical, column),
            None => Self::of_converted(column.converted_type(), column),
        }
    }

    fn of_logical(logical: &LogicalType, column: &ColumnDescriptor) -> Self {
        match logical {
            LogicalType::String | LogicalType::Enum | LogicalType::Json => Self::Text,
            LogicalType::Decimal(decimal) => Self::Decimal { decimals: usize::try_from(decimal.scale).unwrap_or(0) },
            LogicalType::Date => Self::Date,
            LogicalType::Time(time) => Self::Clock { unit: nanoseconds(&time.unit) },
            LogicalType::Timestamp(time) => Self::Instant { unit: nanoseconds(&time.unit) },
            LogicalType::Integer(integer) if !integer.is_signed => Self::Unsigned,
            LogicalType::Float16 => Self::Half,
            LogicalType::Integer(_) | LogicalType::Unknown => Self::Plain,
            _ => Self::of_converted(ConvertedType::NONE, column),
        }
    }

    /// In the older way of saying it, which has no times of day or instants in nanoseconds.
    fn of_converted(converted: ConvertedType, column: &ColumnDescriptor) -> Self {
        let milliseconds = nanoseconds(&TimeUnit::MILLIS);
        let microseconds = nanoseconds(&TimeUnit::MICROS);
        match (converted, column.physical_type()) {
            (ConvertedType::UTF8 | ConvertedType::ENUM | ConvertedType::JSON, _) => Self::Text,
            (ConvertedType::DECIMAL, _) => {
                Self::Decimal { decimals: usize::try_from(column.type_scale()).unwrap_or(0) }
            }
            (ConvertedType::DATE, _) => Self::Date,
            (ConvertedType::TIME_MILLIS, _) => Self::Clock { unit: milliseconds },
            (ConvertedType::TIME_MICROS, _) => Self::Clock { unit: microseconds },
            (ConvertedType::TIMESTAMP_MILLIS, _) => Self::Instant { unit: milliseconds },
            (ConvertedType::TIMESTAMP_MICROS, _) => Self::Instant { unit: microseconds },
            (ConvertedType::UINT_8 | ConvertedType::UINT_16, _) => Self::Unsigned,
            (ConvertedType::UINT_32 | ConvertedType::UINT_64, _) => Self::Unsigned,
            // Dates of older versions of Spark and Impala.
            (_, Type::INT96) => Self::Instant { unit: 1 },
            // Some writers do not say that their texts are such.
            (ConvertedType::NONE, Type::BYTE_ARRAY) => Self::Text,
            (_, Type::BYTE_ARRAY | Type::FIXED_LEN_BYTE_ARRAY) => Self::Opaque,
            _ => Self::Plain,
        }
    }
}

fn nanoseconds(unit: &TimeUnit) -> i128 {
    match unit {
        TimeUnit::MILLIS => 1_000_000,
        TimeUnit::MICROS => 1000,
        TimeUnit::NANOS => 1,
    }
}
