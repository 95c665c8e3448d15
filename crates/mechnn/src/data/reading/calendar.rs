//! Civil dates as decimal years.

/// Seconds of a day; leap seconds are not counted.
const DAY: f64 = 86_400.0;

/// A date and time of the proleptic Gregorian calendar.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Civil {
    year: i64,
    month: usize,
    day: i64,
    /// Seconds since midnight; outside of a day after a shift to universal time.
    seconds: f64,
}

/// The decimal year of an ISO 8601 date such as `2020-01`, `2020-01-31`, `2020-01-31T12:30` or
/// `2020-01-31 12:30:15.5+01:00`; `None` if the text is no such date.
///
/// The decimal year is the year plus the fraction of it that has passed, of 365 or 366 days: 2020-07-01 is
/// 2020 + 182/366. A month without a day means its first day. Times with an offset are brought to universal time,
/// times without one are taken as such. In f64 a decimal year of today resolves 7 microseconds.
pub(super) fn iso_decimal_year(text: &str) -> Option<f64> {
    let (date, time) = match text.split_once(['T', 't', ' ']) {
        Some((date, time)) => (date, Some(time)),
        None => (text, None),
    };
    let mut parts = date.split('-');
    let year = digits(parts.next()?, 4)?;
    let month = digits(parts.next()?, 2)?;
    let day = parts.next().map_or(Some(1), |day| digits(day, 2))?;
    if parts.next().is_some() {
        return None;
    }
    let seconds = time.map_or(Some(0.0), seconds_of_day)?;
    Civil::new(year, month, day, seconds).map(Civil::decimal_year)
}

/// The decimal year of a date written as eight digits, `yyyymmdd`, between the years 1500 and 2200; other numbers of
/// eight digits are more likely counts than dates.
pub(super) fn compact_decimal_year(number: u32) -> Option<f64> {
    let (year, month, day) = (number / 10_000, number / 100 % 100, number % 100);
    let plausible = (1500..=2200).contains(&year);
    plausible.then(|| Civil::new(year.into(), month.into(), day.into(), 0.0))?.map(Civil::decimal_year)
}

/// Exactly `length` digits.
fn digits(text: &str, length: usize) -> Option<i64> {
    (text.len() == length && text.bytes().all(|byte| byte.is_ascii_digit())).then(|| text.parse().ok())?
}

/// Seconds since midnight, universal time, of `hh:mm[:ss[.f]][Z|+hh:mm|-hh:mm]`.
fn seconds_of_day(text: &str) -> Option<f64> {
    let (clock, offset) = match text.find(['Z', 'z', '+', '-']) {
        Some(at) => text.split_at(at),
        None => (text, ""),
    };
    let mut parts = clock.trim_end().split(':');
    let hours = digits(parts.next()?, 2).filter(|&hours| hours < 24)?;
    let minutes = digits(parts.next()?, 2).filter(|&minutes| minutes < 60)?;
    let seconds = match parts.next() {
        Some(text) => {
            let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
            digits(whole, 2)?;
            digits(fraction, fraction.len())?;
            text.parse().ok().filter(|&seconds: &f64| seconds < 61.0)?
        }
        None => 0.0,
    };
    if parts.next().is_some() {
        return None;
    }
    Some((hours * 3600 + minutes * 60 - offset_seconds(offset)?) as f64 + seconds)
}

fn offset_seconds(text: &str) -> Option<i64> {
    let sign = match text.chars().next() {
        None => return Some(0),
        Some('Z' | 'z') => return (text.len() == 1).then_some(0),
        Some('-') => -1,
        Some(_) => 1,
    };
    let digits_only = text[1..].replace(':', "");
    let (hours, minutes) = match digits_only.len() {
        2 => (digits(&digits_only, 2)?, 0),
        4 => (digits(digits_only.get(..2)?, 2)?, digits(digits_only.get(2..)?, 2)?),
        _ => return None,
    };
    (hours < 24 && minutes < 60).then_some(sign * (hours * 3600 + minutes * 60))
}

impl Civil {
    fn new(year: i64, month: i64, day: i64, seconds: f64) -> Option<Self> {
        let month = usize::try_from(month).ok().filter(|month| (1..=12).contains(month))?;
        let length = days_before(year, month + 1) - days_before(year, month);
        (1..=length).contains(&day).then_some(Self { year, month, day, seconds })
    }

    fn decimal_year(self) -> f64 {
        let mut year = self.year;
        let mut passed = (days_before(year, self.month) + self.day - 1) as f64 + self.seconds / DAY;
        // An offset moves at most one day, so at most one year.
        if passed < 0.0 {
            year -= 1;
            passed += year_length(year);
        } else if passed >= year_length(year) {
            passed -= year_length(year);
            year += 1;
        }
        year as f64 + passed / year_length(year)
    }
}

fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

fn year_length(year: i64) -> f64 {
    days_before(year, 13) as f64
}

/// Days of the year before `month`; 13 stands for the next January.
fn days_before(year: i64, month: usize) -> i64 {
    const BEFORE: [i64; 13] = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365];
    BEFORE[month - 1] + i64::from(month > 2 && is_leap(year))
}

#[cfg(test)]
mod tests {
    use super::{compact_decimal_year, iso_decimal_year};

    #[test]
    fn dates_become_decimal_years() {
        assert_eq!(iso_decimal_year("2020-01-01"), Some(2020.0));
        assert_eq!(iso_decimal_year("2020-07-01"), Some(2020.0 + 182.0 / 366.0));
        assert_eq!(iso_decimal_year("2019-12-31"), Some(2019.0 + 364.0 / 365.0));
        assert_eq!(iso_decimal_year("1900-03-01"), Some(1900.0 + 59.0 / 365.0));
        assert_eq!(iso_decimal_year("2000-03-01"), Some(2000.0 + 60.0 / 366.0));
        assert_eq!(iso_decimal_year("1749-02"), Some(1749.0 + 31.0 / 365.0));
        assert_eq!(compact_decimal_year(20_200_701), iso_decimal_year("2020-07-01"));
    }

    #[test]
    fn times_of_day_and_offsets_count() {
        assert_eq!(iso_decimal_year("2021-01-01T12:00"), Some(2021.0 + 0.5 / 365.0));
        assert_eq!(iso_decimal_year("2021-01-01 12:00:00Z"), iso_decimal_year("2021-01-01T12:00"));
        assert_eq!(iso_decimal_year("2021-01-01T13:30:00+01:30"), iso_decimal_year("2021-01-01T12:00"));
        assert_eq!(iso_decimal_year("2021-01-01T00:00:00+0100"), iso_decimal_year("2020-12-31T23:00"));
        assert_eq!(iso_decimal_year("2020-12-31T23:00-02"), iso_decimal_year("2021-01-01T01:00"));
        assert_eq!(iso_decimal_year("2021-01-01T00:00:00.25"), Some(2021.0 + 0.25 / 86_400.0 / 365.0));
    }

    #[test]
    fn days_follow_each_other_through_leap_years() {
        let mut last = 0.0;
        for year in [1899, 1900, 1999, 2000, 2003, 2004] {
            for month in 1..=12 {
                for day in 1..=31 {
                    if let Some(time) = compact_decimal_year(year * 10_000 + month * 100 + day) {
                        let step = time - last;
                        assert!(last.floor() < f64::from(year) - 1.0 || (step * 365.5 - 1.0).abs() < 0.01, "{time}");
                        last = time;
                    }
                }
            }
        }
    }

    #[test]
    fn other_texts_are_not_dates() {
        for text in [
            "",
            "2020",
            "2020-13-01",
            "2021-02-29",
            "2020-00-10",
            "2020-01-32",
            "20-01-01",
            "2020-1-1",
            "2020-01-01x",
            "2020-01-01T",
            "2020-01-01T24:00",
            "2020-01-01T12",
            "2020-01-01T12:00+1",
            "2020-01-01-01",
            "-2020-01-01",
            "2020-01-01T12:00:0é",
            "2020-01-01T12:00+é1",
        ] {
            assert_eq!(iso_decimal_year(text), None, "{text}");
        }
        for number in [0, 10_000_000, 20_201_301, 20_200_230, 99_999_999, 20_200_100, u32::MAX] {
            assert_eq!(compact_decimal_year(number), None, "{number}");
        }
    }
}
