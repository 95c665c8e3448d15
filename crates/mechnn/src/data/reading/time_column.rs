//! The column of times: its usual names, and numbers or dates in it.

use super::calendar::{compact_decimal_year, iso_decimal_year};
use super::cell::Cell;

/// Usual names, best first.
const NAMES: [&str; 38] = [
    "t",
    "time",
    "times",
    "timestamp",
    "datetime",
    "date",
    "dates",
    "yyyymmdd",
    "yyyy_mm_dd",
    "decimal_date",
    "decimal_year",
    "year",
    "years",
    "yr",
    "yrs",
    "month",
    "months",
    "week",
    "weeks",
    "day",
    "days",
    "hour",
    "hours",
    "hr",
    "hrs",
    "minute",
    "minutes",
    "min",
    "mins",
    "second",
    "seconds",
    "sec",
    "secs",
    "ms",
    "mjd",
    "jd",
    "tau",
    "epoch",
];

/// Units that may follow `t` or `time`, as in `time_s`.
const UNITS: [&str; 24] = [
    "s", "sec", "secs", "second", "seconds", "ms", "us", "ns", "min", "mins", "minutes", "h", "hr", "hrs", "hours",
    "d", "day", "days", "weeks", "months", "yr", "year", "years", "utc",
];

/// How usual the name is for a time, 0 the most; `None` if it is none. Capitals do not matter, a unit may follow:
/// `Time (s)`, `t [ms]`, `time_s`.
pub(super) fn time_rank(name: &str) -> Option<usize> {
    let lower = name.to_lowercase();
    let without_unit = lower.split_once(['(', '[']).map_or(lower.as_str(), |(before, _)| before);
    let base = without_unit.trim().replace([' ', '-'], "_");
    if let Some(rank) = NAMES.iter().position(|&usual| usual == base) {
        // A capital T is more often a temperature, or T cells, and only a time if nothing else is.
        return Some(if name.starts_with('T') && base == "t" { NAMES.len() } else { rank });
    }
    let unit = base.strip_prefix("time_").or_else(|| base.strip_prefix("t_"))?;
    UNITS.contains(&unit).then_some(1)
}

/// Whether a column that is not the time after all should not become a state either.
pub(super) fn is_surely_a_time(name: &str) -> bool {
    time_rank(name).is_some_and(|rank| rank < NAMES.len())
}

/// Reads the cells of a time column and remembers what kinds there are: dates of eight digits look like numbers,
/// and only the last cell tells whether all of them are dates.
#[derive(Debug, Clone, Default)]
pub(super) struct TimeColumn {
    named_as_date: bool,
    numbers: bool,
    compact_dates: bool,
    iso_dates: bool,
    /// A number of eight digits that is no date.
    compact_number: bool,
}

/// Why a cell is no time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TimeFault {
    Missing,
    NotFinite,
    NotANumber,
    NotADate,
}

impl TimeColumn {
    pub(super) fn new(name: &str) -> Self {
        let name = name.to_lowercase();
        Self { named_as_date: name.contains("date") || name.contains("yyyymmdd"), ..Self::default() }
    }

    /// The time in the cell, in an order that [`TimeColumn::years`] keeps.
    pub(super) fn read(&mut self, text: &str) -> Result<f64, TimeFault> {
        match Cell::read(text) {
            Cell::Missing => Err(TimeFault::Missing),
            Cell::Infinite => Err(TimeFault::NotFinite),
            Cell::Number(_) if self.iso_dates => Err(TimeFault::NotADate),
            Cell::Number(number) => self.read_number(text, number),
            Cell::Text => match iso_decimal_year(text) {
                Some(_) if self.numbers || self.compact_dates || self.compact_number => Err(TimeFault::NotANumber),
                Some(year) => {
                    self.iso_dates = true;
                    Ok(year)
                }
                None if self.iso_dates => Err(TimeFault::NotADate),
                None => Err(TimeFault::NotANumber),
            },
        }
    }

    fn read_number(&mut self, text: &str, number: f64) -> Result<f64, TimeFault> {
        let compact = text.len() == 8 && text.bytes().all(|byte| byte.is_ascii_digit());
        match text.parse().ok().filter(|_| compact).map(compact_decimal_year) {
            Some(Some(_)) if self.named_as_date && self.numbers => return Err(TimeFault::NotANumber),
            Some(Some(_)) => self.compact_dates = true,
            Some(None) if self.named_as_date => return Err(TimeFault::NotADate),
            Some(None) => self.compact_number = true,
            None if self.named_as_date && self.compact_dates => return Err(TimeFault::NotADate),
            None => self.numbers = true,
        }
        Ok(number)
    }

    /// Whether the times are decimal years made of dates.
    pub(super) fn holds_dates(&self) -> bool {
        self.iso_dates || self.holds_compact_dates()
    }

    fn holds_compact_dates(&self) -> bool {
        self.compact_dates && !self.numbers && !self.compact_number
    }

    /// Turns the times read into decimal years where they are dates of eight digits.
    pub(super) fn finish(&self, times: &mut [f64]) {
        if self.holds_compact_dates() {
            for time in times {
                *time = compact_decimal_year(*time as u32)
                    .unwrap_or_else(|| unreachable!("{time} was read as a date of eight digits"));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{TimeColumn, TimeFault, is_surely_a_time, time_rank};

    #[test]
    fn usual_names_are_recognised() {
        for name in
            ["t", "Time", "YEAR", "day", "Date", "yyyymmdd", "Time (s)", "t [ms]", "time_s", "T", "Decimal Date"]
        {
            assert!(time_rank(name).is_some(), "{name}");
        }
        for name in ["x", "theta", "t1", "T_cells", "lifetime", "time_constant", "temperature", "date_of_birth", ""] {
            assert_eq!(time_rank(name), None, "{name}");
        }
        assert!(time_rank("t") < time_rank("time") && time_rank("time") < time_rank("year"));
        assert!(time_rank("year") < time_rank("T") && !is_surely_a_time("T"));
    }

    fn read(name: &str, cells: &[&str]) -> Result<(Vec<f64>, bool), TimeFault> {
        let mut column = TimeColumn::new(name);
        let mut times = cells.iter().map(|cell| column.read(cell)).collect::<Result<Vec<f64>, _>>()?;
        column.finish(&mut times);
        Ok((times, column.holds_dates()))
    }

    #[test]
    fn dates_of_eight_digits_need_the_name_or_all_values() {
        assert_eq!(read("t", &["20200101", "20210101"]), Ok((vec![2020.0, 2021.0], true)));
        assert_eq!(read("t", &["20200101", "20210101.0"]), Ok((vec![20_200_101.0, 20_210_101.0], false)));
        assert_eq!(read("t", &["20200101", "20209999"]), Ok((vec![20_200_101.0, 20_209_999.0], false)));
        assert_eq!(read("yyyymmdd", &["20200101", "20209999"]), Err(TimeFault::NotADate));
        assert_eq!(read("date", &["20200101", "2021.5"]), Err(TimeFault::NotADate));
        assert_eq!(read("date", &["2020.5", "2021.5"]), Ok((vec![2020.5, 2021.5], false)));
    }

    #[test]
    fn dates_and_numbers_do_not_mix() {
        assert_eq!(read("t", &["2020-01-01", "2021-01-01"]), Ok((vec![2020.0, 2021.0], true)));
        assert_eq!(read("t", &["2020-01-01", "2021"]), Err(TimeFault::NotADate));
        assert_eq!(read("t", &["2020-01-01", "soon"]), Err(TimeFault::NotADate));
        assert_eq!(read("t", &["2020", "2021-01-01"]), Err(TimeFault::NotANumber));
        assert_eq!(read("t", &["31.01.2020"]), Err(TimeFault::NotANumber));
        assert_eq!(read("t", &[""]), Err(TimeFault::Missing));
        assert_eq!(read("t", &["inf"]), Err(TimeFault::NotFinite));
    }
}
