//! Dates and times of day as they are written.

use chrono::{Datelike, Days, NaiveDate};

use super::super::options::DateOrder;

/// Nanoseconds since the beginning of 1970; leap seconds are not counted. Of a time of day alone since midnight.
pub(in super::super) type Instant = i128;

const SECOND: i128 = 1_000_000_000;
pub(in super::super) const DAY: i128 = 86_400 * SECOND;

/// A cell with a date, a time of day or both.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) struct Written {
    pub(in super::super) instant: Instant,
    /// Whether there is a date, and not a time of day alone.
    pub(in super::super) has_date: bool,
    /// Whether there is an offset from universal time; without one, times are taken as such.
    pub(in super::super) has_zone: bool,
    /// Whether it would be another date in another order, were it not for dots: `05.03.2021` has its day first.
    pub(in super::super) has_dots: bool,
}

impl Written {
    /// Reads a cell such as `2020-01-31T12:30:15.5+01:00`, `31.1.2020 12:30`, `1/31/20 2:30 PM`, `Mar 5, 2021`,
    /// `5-Mar-21`, `2020-01` or `09:30`; `None` if it is none, or not in that order.
    pub(in super::super) fn read(text: &str, order: DateOrder) -> Option<Self> {
        if !text.bytes().any(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let (date, clock) = parts(text);
        let (time, zone) = match clock {
            Some(clock) => seconds_and_offset(clock, !date.is_empty())?,
            None => (0, None),
        };
        let days = if date.is_empty() { 0 } else { days_since_1970(civil(date, order)?) };
        let instant = days * DAY + time - zone.unwrap_or(0);
        let has_dots = date.contains('.');
        Some(Self { instant, has_date: !date.is_empty(), has_zone: zone.is_some(), has_dots })
    }
}

/// Whether the text is a date or a time of day in any order.
pub(in super::super) fn is_date(text: &str) -> bool {
    DateOrder::ALL.iter().any(|&order| Written::read(text, order).is_some())
}

impl DateOrder {
    pub(in super::super) const ALL: [Self; 3] = [Self::DayFirst, Self::MonthFirst, Self::YearFirst];
}

/// The beginning of the day written as eight digits, `yyyymmdd`, between the years 1500 and 2200; other numbers of
/// eight digits are more likely counts than dates.
pub(in super::super) fn compact_date(text: &str) -> Option<Instant> {
    let number: u32 = if text.len() == 8 { digits(text)? } else { return None };
    let (year, month, day) = (number / 10_000, number / 100 % 100, number % 100);
    let plausible = (1500..=2200).contains(&year);
    let date = plausible.then(|| NaiveDate::from_ymd_opt(year as i32, month, day))??;
    Some(days_since_1970(date) * DAY)
}

/// The calendar year plus the fraction of it that has passed, of 365 or 366 days: 2020-07-01 is 2020 + 182/366.
/// In f64 a decimal year of today resolves 7 microseconds.
pub(in super::super) fn decimal_year(instant: Instant) -> f64 {
    let date = date_of(instant);
    let passed = f64::from(date.ordinal0()) + instant.rem_euclid(DAY) as f64 / DAY as f64;
    let length = if date.leap_year() { 366.0 } else { 365.0 };
    f64::from(date.year()) + passed / length
}

/// `2021-03-05` or `2021-03-05 09:30`, as messages have it.
pub(in super::super) fn instant_text(instant: Instant) -> String {
    let date = date_of(instant);
    let seconds = instant.rem_euclid(DAY) / SECOND;
    match (seconds / 3600, seconds / 60 % 60, seconds % 60) {
        (0, 0, 0) => date.to_string(),
        (hours, minutes, 0) => format!("{date} {hours:02}:{minutes:02}"),
        (hours, minutes, seconds) => format!("{date} {hours:02}:{minutes:02}:{seconds:02}"),
    }
}

fn date_of(instant: Instant) -> NaiveDate {
    let days = instant.div_euclid(DAY);
    let count = Days::new(u64::try_from(days.unsigned_abs()).unwrap_or(u64::MAX));
    if days < 0 { NaiveDate::default() - count } else { NaiveDate::default() + count }
}

fn days_since_1970(date: NaiveDate) -> i128 {
    date.signed_duration_since(NaiveDate::default()).num_days().into()
}

/// The date and the time of day in a text, which a blank or a `T` parts. The date may be empty.
fn parts(text: &str) -> (&str, Option<&str>) {
    let Some(colon) = text.find(':') else { return (text, None) };
    let before = &text[..colon];
    let begin = before.rfind(|c: char| !c.is_ascii_digit()).map_or(0, |at| {
        let length = before[at..].chars().next().map_or(1, char::len_utf8);
        at + length
    });
    let (date, clock) = text.split_at(begin);
    let date = date.strip_suffix(['T', 't']).unwrap_or(date);
    (date.trim_end().trim_end_matches(','), Some(clock))
}

/// Exactly digits, as a number.
fn digits<T: std::str::FromStr>(text: &str) -> Option<T> {
    (!text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())).then(|| text.parse().ok())?
}

/// Nanoseconds since midnight of `hh:mm[:ss[.f]] [AM|PM][Z|+hh:mm|-hh:mm]`, and of the offset. Without a date the
/// hours may be more than a day has.
fn seconds_and_offset(text: &str, has_date: bool) -> Option<(i128, Option<i128>)> {
    let end = text.find(|c: char| !(c.is_ascii_digit() || ":.,".contains(c))).unwrap_or(text.len());
    let (clock, rest) = text.split_at(end);
    let mut rest = rest.trim();
    let mut half = None;
    for (name, hours) in [("AM", 0), ("PM", 12)] {
        if rest.get(..2).is_some_and(|start| start.eq_ignore_ascii_case(name)) {
            (half, rest) = (Some(hours), rest[2..].trim());
        }
    }
    let mut parts = clock.split(':');
    let hours: i128 = parts.next().filter(|text| text.len() <= 4).and_then(digits)?;
    let hours = match half {
        Some(half) => (1..=12).contains(&hours).then_some(hours % 12 + half)?,
        None => Some(hours).filter(|&hours| hours < 24 || !has_date)?,
    };
    let minutes: i128 = parts.next().filter(|text| text.len() == 2).and_then(digits).filter(|&m| m < 60)?;
    let seconds = parts.next().map_or(Some(0), nanoseconds)?;
    if parts.next().is_some() {
        return None;
    }
    let offset = if rest.is_empty() { None } else { Some(offset(rest)?) };
    Some(((hours * 3600 + minutes * 60) * SECOND + seconds, offset))
}

/// Of seconds with decimals, below 61: a leap second is the first of the next minute.
pub(in super::super) fn nanoseconds(text: &str) -> Option<i128> {
    let (whole, decimals) = text.split_once(['.', ',']).unwrap_or((text, "0"));
    let whole: i128 = Some(whole).filter(|text| text.len() == 2).and_then(digits).filter(|&seconds| seconds < 61)?;
    Some(whole * SECOND + fraction(decimals)?)
}

/// Nanoseconds of the decimals of a second.
pub(in super::super) fn fraction(decimals: &str) -> Option<i128> {
    digits::<u128>(decimals.get(..decimals.len().min(30))?)?;
    let padded = format!("{:0<9}", decimals.get(..decimals.len().min(9))?);
    digits(&padded)
}

fn offset(text: &str) -> Option<i128> {
    if ["Z", "UTC", "GMT"].iter().any(|zone| text.eq_ignore_ascii_case(zone)) {
        return Some(0);
    }
    let sign = match text.chars().next()? {
        '+' => 1,
        '-' => -1,
        _ => return None,
    };
    let numbers = text[1..].replace(':', "");
    let (hours, minutes): (i128, i128) = match numbers.len() {
        2 => (digits(&numbers)?, 0),
        4 => (digits(numbers.get(..2)?)?, digits(numbers.get(2..)?)?),
        _ => return None,
    };
    (hours < 24 && minutes < 60).then_some(sign * (hours * 3600 + minutes * 60) * SECOND)
}

fn civil(text: &str, order: DateOrder) -> Option<NaiveDate> {
    let mark = text.chars().find(|c| !c.is_ascii_digit())?;
    if ['-', '/', '.'].contains(&mark) {
        let fields: Vec<&str> = text.split(mark).map(str::trim).collect();
        if fields.iter().all(|field| digits::<u64>(field).is_some()) {
            return of_numbers(&fields, mark, order);
        }
    }
    of_words(text)
}

fn of_numbers(fields: &[&str], mark: char, order: DateOrder) -> Option<NaiveDate> {
    let (year, month, day) = match *fields {
        [year, month] if year.len() == 4 && month.len() == 2 && mark != '.' => (year, month, "1"),
        [year, month, day] if year.len() == 4 => (year, month, day),
        [a, b, year] if year.len() == 4 || (year.len() == 2 && order != DateOrder::YearFirst) => match order {
            DateOrder::DayFirst => (year, b, a),
            DateOrder::MonthFirst => (year, a, b),
            DateOrder::YearFirst => return None,
        },
        [year, month, day] if year.len() == 2 && order == DateOrder::YearFirst => (year, month, day),
        _ => return None,
    };
    ymd(year, digits(month).filter(|_| month.len() <= 2)?, day)
}

fn ymd(year: &str, month: u32, day: &str) -> Option<NaiveDate> {
    let number: i32 = digits(year)?;
    let year = match (year.len(), number) {
        (4, year) => year,
        // The rule of POSIX for years of two digits.
        (2, 0..69) => 2000 + number,
        (2, _) => 1900 + number,
        _ => return None,
    };
    NaiveDate::from_ymd_opt(year, month, digits(day).filter(|_| day.len() <= 2)?)
}

/// A date with the name of its month, which tells the order.
fn of_words(text: &str) -> Option<NaiveDate> {
    let all = text.split([' ', '-', '/', '.', ',']).filter(|word| !word.is_empty());
    let words: Vec<&str> = all.skip_while(|word| is_weekday(word)).collect();
    match *words.as_slice() {
        [a, year] if year.len() == 4 => ymd(year, month(a)?, "1"),
        [a, b, c] => match (month(a), month(b)) {
            (Some(month), _) if c.len() == 4 => ymd(c, month, day(b)),
            (_, Some(month)) if a.len() == 4 => ymd(a, month, day(c)),
            (_, Some(month)) => ymd(c, month, day(a)),
            _ => None,
        },
        _ => None,
    }
}

/// Without the end of `5th`.
fn day(text: &str) -> &str {
    ["st", "nd", "rd", "th"].iter().find_map(|end| text.strip_suffix(end)).unwrap_or(text)
}

fn month(text: &str) -> Option<u32> {
    text.parse::<chrono::Month>().ok().map(|month| month.number_from_month())
}

fn is_weekday(text: &str) -> bool {
    text.parse::<chrono::Weekday>().is_ok()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::{DAY, DateOrder, SECOND, Written, compact_date, decimal_year, instant_text, is_date};

    fn text(written: &str, order: DateOrder) -> Option<String> {
        Written::read(written, order).filter(|written| written.has_date).map(|written| instant_text(written.instant))
    }

    #[test]
    fn dates_are_read_in_their_order() {
        for (written, day_first, month_first, year_first) in [
            ("05/03/2021", Some("2021-03-05"), Some("2021-05-03"), None),
            ("25.3.2021", Some("2021-03-25"), None, None),
            ("1/3/21", Some("2021-03-01"), Some("2021-01-03"), None),
            ("21-03-05", Some("2005-03-21"), None, Some("2021-03-05")),
            ("31/12/99", Some("1999-12-31"), None, None),
        ] {
            let found = DateOrder::ALL.map(|order| text(written, order));
            assert_eq!(found.each_ref().map(Option::as_deref), [day_first, month_first, year_first], "{written}");
        }
    }

    #[test]
    fn dates_that_need_no_order_are_read_in_all() {
        for (written, expected) in [
            ("2021-03-05", "2021-03-05"),
            ("2021-3-5", "2021-03-05"),
            ("2021/03/05 9:30", "2021-03-05 09:30"),
            ("2021-03", "2021-03-01"),
            ("Mar 5 2021", "2021-03-05"),
            ("Mar 5, 2021, 2:30 PM", "2021-03-05 14:30"),
            ("5 March 2021 12:00:01 am", "2021-03-05 00:00:01"),
            ("Fri, 5th Mar 2021", "2021-03-05"),
            ("05-Mar-21", "2021-03-05"),
            ("2021 mar 5", "2021-03-05"),
            ("September 2021", "2021-09-01"),
            ("2021-03-05T09:30:00+01:00", "2021-03-05 08:30"),
            ("2021-03-05T00:00:00+0100", "2021-03-04 23:00"),
            ("2021-03-05T09:30Z", "2021-03-05 09:30"),
            ("2021-03-05 09:30:15.25 UTC", "2021-03-05 09:30:15"),
            ("1749-02-03", "1749-02-03"),
        ] {
            for order in DateOrder::ALL {
                assert_eq!(text(written, order).as_deref(), Some(expected), "{written}");
            }
        }
    }

    #[test]
    fn times_of_day_count_from_midnight() {
        for (written, seconds) in [("09:30", 34_200), ("9:30:15", 34_215), ("12:05 AM", 300), ("100:00", 360_000)] {
            let read = Written::read(written, DateOrder::DayFirst).unwrap();
            assert_eq!((read.instant, read.has_date), (seconds * SECOND, false), "{written}");
        }
        let read = Written::read("00:00:01,123456789", DateOrder::DayFirst).unwrap();
        assert_eq!(read.instant, 1_123_456_789);
    }

    #[test]
    fn other_texts_are_not_dates() {
        for text in [
            "",
            "2020",
            "2020.01",
            "2020-13-01",
            "2021-02-29",
            "2020-00-10",
            "2020-01-32",
            "2020-01-01x",
            "2020-01-01T",
            "2020-01-01T24:00",
            "2020-01-01T12",
            "2020-01-01T12:00+1",
            "2020-01-01-01",
            "-2020-01-01",
            "2020-01-01T12:00:0é",
            "2020-01-01T12:00+é1",
            "é12:00",
            "1.5",
            "1-2",
            "13:5",
            "09:61",
            "14:30 PM",
            "Mar 5",
            "Mar-21",
            "123/4/2021",
            "12:00:61",
            "x 5 2021",
        ] {
            assert!(!is_date(text), "{text}");
        }
        for number in ["0", "10000000", "20201301", "20200230", "99999999", "20200100", "2020010", "4294967295"] {
            assert_eq!(compact_date(number), None, "{number}");
        }
    }

    #[test]
    fn decimal_years_pass_evenly() {
        let year = |text: &str| decimal_year(Written::read(text, DateOrder::DayFirst).unwrap().instant);
        assert_eq!(year("2020-01-01"), 2020.0);
        assert_eq!(year("2020-07-01"), 2020.0 + 182.0 / 366.0);
        assert_eq!(year("2019-12-31"), 2019.0 + 364.0 / 365.0);
        assert_eq!(year("1900-03-01"), 1900.0 + 59.0 / 365.0);
        assert_eq!(year("2021-01-01T12:00"), 2021.0 + 0.5 / 365.0);
        assert_eq!(decimal_year(compact_date("20200701").unwrap()), year("2020-07-01"));
        assert_eq!(compact_date("19700102"), Some(DAY));
    }
}
