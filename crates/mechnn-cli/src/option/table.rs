//! How tables are read: times, numbers and dates.

use clap::ValueEnum;
use mechnn::data::{CsvOptions, DateOrder, DecimalMark, LongColumns, TimeUnit};

use super::TimeArgs;

/// How the cells of a table are to be understood where they may be read in two ways.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct TableArgs {
    #[command(flatten)]
    time: TimeArgs,

    /// The column that tells subjects or runs apart: each is a trajectory of its own
    #[arg(long, value_name = "COLUMN", alias = "trajectory")]
    id: Option<String>,

    /// The column that names what was measured, where the table has one row for each measurement
    #[arg(long, value_name = "COLUMN")]
    variable: Option<String>,

    /// The column with what was measured, where the table has one row for each measurement
    #[arg(long, value_name = "COLUMN", requires = "variable", default_value = "value", hide_default_value = false)]
    value: String,

    /// The sheet of a workbook [default: the first one with numbers]
    #[arg(long, value_name = "NAME")]
    sheet: Option<String>,

    /// The unit of times that are dates: seconds, minutes, hours, days, weeks or years [default: one that fits]
    #[arg(long, value_name = "UNIT")]
    time_unit: Option<TimeUnit>,

    /// The order of day, month and year in dates of numbers, as in 03/05/2021 [default: all dates of the column tell]
    #[arg(long, value_enum, value_name = "ORDER")]
    date_order: Option<DateOrderArg>,

    /// The mark before decimals [default: all numbers of the table tell]
    #[arg(long, value_enum, value_name = "MARK")]
    decimal: Option<DecimalArg>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum DateOrderArg {
    /// 31/01/2020
    #[value(name = "day-first")]
    Day,
    /// 01/31/2020
    #[value(name = "month-first")]
    Month,
    /// 20/01/31
    #[value(name = "year-first")]
    Year,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum DecimalArg {
    /// 1.5
    Point,
    /// 1,5
    Comma,
}

impl TableArgs {
    /// What was asked for; which columns are states is left to the command.
    pub(crate) fn options(self) -> CsvOptions {
        let date_order = |order| match order {
            DateOrderArg::Day => DateOrder::DayFirst,
            DateOrderArg::Month => DateOrder::MonthFirst,
            DateOrderArg::Year => DateOrder::YearFirst,
        };
        let decimal = |mark| match mark {
            DecimalArg::Point => DecimalMark::Point,
            DecimalArg::Comma => DecimalMark::Comma,
        };
        let value = self.value;
        CsvOptions {
            trajectory: self.id,
            long: self.variable.map(|variable| LongColumns { variable, value }),
            sheet: self.sheet,
            time: self.time.source(),
            time_unit: self.time_unit,
            date_order: self.date_order.map(date_order),
            decimal: self.decimal.map(decimal),
            ..CsvOptions::default()
        }
    }
}
