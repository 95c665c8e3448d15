//! What the cells of a time column are: numbers, or dates in one of many forms. All of them decide.

use super::cell::{Cell, DAY, Instant, Written, compact_date, fraction, number};
use super::options::{DateOrder, DecimalMark};

/// How the times of a column are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TimeForm {
    Number,
    /// `yyyymmdd` without exception: dates, unless other files have numbers in their place.
    Compact,
    Date(DateOrder),
    /// A time of day without a date, or a time since the beginning.
    Clock,
    /// Days since the end of 1899, as Excel counts them.
    ExcelSerial,
    /// Since the beginning of 1970, so many nanoseconds each.
    Unix {
        nanoseconds: i128,
    },
}

/// What is written over a time column.
#[derive(Debug, Clone, Copy)]
pub(super) struct TimeHeader<'a> {
    pub(super) name: &'a str,
    pub(super) unit: Option<&'a str>,
}

impl TimeHeader<'_> {
    /// Whether the times may be counted in the unit: it is the one written, or none is.
    fn allows(self, unit: &str) -> bool {
        self.unit.is_none_or(|written| written == unit || (written == "µs" && unit == "us"))
    }

    /// Whether the name suits a time since 1970.
    fn is_named_as_clock(self) -> bool {
        let name = self.name.to_lowercase();
        is_named_as_date(&name) || ["time", "zeit", "epoch", "unix"].iter().any(|part| name.contains(part))
    }
}

/// How the times of one file are to be read.
#[derive(Debug, Clone, Copy)]
pub(super) struct FileTimes {
    pub(super) form: TimeForm,
    pub(super) mark: DecimalMark,
}

impl FileTimes {
    pub(super) fn number(self, text: &str) -> Option<f64> {
        number(text, self.mark)
    }

    pub(super) fn instant(self, text: &str) -> Option<Instant> {
        self.form.instant(text, self.mark)
    }
}

/// Why a column holds no times.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum TimeFault {
    NotANumber(usize),
    NotADate(usize),
    /// Dates that are other dates in another order; the cell and both readings.
    Undecided {
        cell: usize,
        readings: [Instant; 2],
    },
}

impl TimeForm {
    /// Decides from all cells that are not missing; the numbers in faults are indices into them.
    pub(super) fn of<'c>(
        header: TimeHeader<'_>,
        cells: impl Iterator<Item = &'c str> + Clone,
        mark: DecimalMark,
        order: Option<DateOrder>,
    ) -> Result<Self, TimeFault> {
        let is_number = |cell: &str| number(cell, mark).is_some() || Cell::read(cell, mark) == Cell::Infinite;
        let mut all = cells.clone();
        let Some(first_text) = all.position(|cell| !is_number(cell)) else {
            return Self::of_numbers(header, cells, mark);
        };
        let orders = order.map_or(DateOrder::ALL.to_vec(), |order| vec![order]);
        let is_date = |cell: &str| orders.iter().any(|&order| Written::read(cell, order).is_some());
        match cells.clone().position(is_date) {
            // No dates, or dates after something else: numbers, or text.
            None | Some(1..) => return Err(TimeFault::NotANumber(first_text)),
            Some(0) => {}
        }
        if let Some(at) = cells.clone().position(|cell| !is_date(cell)) {
            return Err(TimeFault::NotADate(at));
        }
        of_dates(cells, orders)
    }

    fn of_numbers<'c>(
        header: TimeHeader<'_>,
        cells: impl Iterator<Item = &'c str> + Clone,
        mark: DecimalMark,
    ) -> Result<Self, TimeFault> {
        let all = |is: &dyn Fn(&str) -> bool| {
            let mut cells = cells.clone().peekable();
            cells.peek().is_some() && cells.all(is)
        };
        let named_as_date = is_named_as_date(header.name);
        let is_compact = |cell: &str| compact_date(cell).is_some();
        let has_eight_digits = |cell: &str| cell.len() == 8 && cell.bytes().all(|byte| byte.is_ascii_digit());
        if all(&is_compact) {
            return Ok(Self::Compact);
        }
        if named_as_date
            && cells.clone().any(|cell| is_compact(cell) || has_eight_digits(cell))
            && let Some(at) = cells.clone().position(|cell| !is_compact(cell))
        {
            return Err(TimeFault::NotADate(at));
        }
        // The four counts of today are a factor of a thousand apart, so they cannot be taken for each other.
        for (nanoseconds, unit) in [(1_000_000_000, "s"), (1_000_000, "ms"), (1_000, "us"), (1, "ns")] {
            let form = Self::Unix { nanoseconds };
            // Seconds have numbers that years may have as well, of stars and rocks; to leave them is right, too.
            if !header.allows(unit) || (unit == "s" && !header.is_named_as_clock()) {
                continue;
            }
            let is_recent = |instant: Instant| (FIRST_UNIX..LAST_UNIX).contains(&instant);
            if all(&|cell| form.instant(cell, mark).is_some_and(is_recent)) {
                return Ok(form);
            }
        }
        let is_serial = |cell: &str| number(cell, mark).is_some_and(|days| (20_000.0..80_000.0).contains(&days));
        if named_as_date && header.allows("d") && all(&is_serial) {
            return Ok(Self::ExcelSerial);
        }
        Ok(Self::Number)
    }

    /// The instant in a cell; `None` for numbers.
    pub(super) fn instant(self, text: &str, mark: DecimalMark) -> Option<Instant> {
        match self {
            Self::Number => None,
            Self::Compact => compact_date(text),
            Self::Date(order) => Written::read(text, order).map(|written| written.instant),
            Self::Clock => Written::read(text, DateOrder::DayFirst).map(|written| written.instant),
            Self::ExcelSerial => {
                // Excel knows no time finer than milliseconds.
                let milliseconds = (number(text, mark)? * 86_400_000.0).round() as i128;
                Some(milliseconds * 1_000_000 - EXCEL_DAYS * DAY)
            }
            // Not by way of f64, which has no room for nanoseconds since 1970.
            Self::Unix { nanoseconds } => {
                let (whole, decimals) = text.split_once(['.', ',']).unwrap_or((text, "0"));
                let is_count = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
                let whole: i128 = Some(whole).filter(|text| is_count(text) && text.len() <= 20)?.parse().ok()?;
                Some(whole * nanoseconds + fraction(decimals)? * nanoseconds / 1_000_000_000)
            }
        }
    }
}

/// Whether the name says that a column holds dates.
pub(super) fn is_named_as_date(name: &str) -> bool {
    let name = name.to_lowercase();
    ["date", "datum", "yyyymmdd", "timestamp"].iter().any(|part| name.contains(part))
}

/// Days from the beginning of Excel's count to that of 1970.
const EXCEL_DAYS: i128 = 25_569;
/// 1980 to 2100.
const FIRST_UNIX: Instant = 3652 * DAY;
const LAST_UNIX: Instant = 47_482 * DAY;

fn of_dates<'c>(
    cells: impl Iterator<Item = &'c str> + Clone,
    mut orders: Vec<DateOrder>,
) -> Result<TimeForm, TimeFault> {
    let mut written: Option<Written> = None;
    let mut difference = None;
    let mut dots = true;
    for (at, cell) in cells.clone().enumerate() {
        let readings = || orders.iter().filter_map(|&order| Some((order, Written::read(cell, order)?)));
        let Some((_, here)) = readings().next() else { return Err(TimeFault::NotADate(at)) };
        let first = *written.get_or_insert(here);
        if (here.has_date, here.has_zone) != (first.has_date, first.has_zone) {
            return Err(TimeFault::NotADate(at));
        }
        dots &= here.has_dots;
        if difference.is_none() && readings().any(|(_, other)| other.instant != here.instant) {
            difference = Some(at);
        }
        let left: Vec<DateOrder> = readings().map(|(order, _)| order).collect();
        orders = left;
    }
    if written.is_some_and(|written| !written.has_date) {
        return Ok(TimeForm::Clock);
    }
    // Which orders are left is known now; what they make of the first cells is not.
    let differs = |cell: &str| {
        let mut instants = orders.iter().filter_map(|&order| Some(Written::read(cell, order)?.instant));
        let first = instants.next();
        instants.find(|&other| Some(other) != first).and_then(|other| Some([first?, other]))
    };
    let undecided = difference.and_then(|_| cells.enumerate().find_map(|(at, cell)| Some((at, differs(cell)?))));
    match undecided {
        None => Ok(TimeForm::Date(orders[0])),
        // With dots the day comes first, everywhere.
        Some(_) if dots && orders.contains(&DateOrder::DayFirst) => Ok(TimeForm::Date(DateOrder::DayFirst)),
        Some((cell, readings)) => Err(TimeFault::Undecided { cell, readings }),
    }
}

#[cfg(test)]
mod tests {
    use super::super::cell::instant_text;
    use super::{DateOrder, DecimalMark, TimeFault, TimeForm, TimeHeader};

    fn form(name: &str, cells: &[&str]) -> Result<TimeForm, TimeFault> {
        TimeForm::of(TimeHeader { name, unit: None }, cells.iter().copied(), DecimalMark::Point, None)
    }

    #[test]
    fn dates_of_eight_digits_need_the_name_or_all_values() {
        assert_eq!(form("t", &["20200101", "20210101"]), Ok(TimeForm::Compact));
        assert_eq!(form("t", &["20200101", "20210101.0"]), Ok(TimeForm::Number));
        assert_eq!(form("t", &["20200101", "20209999"]), Ok(TimeForm::Number));
        assert_eq!(form("yyyymmdd", &["20200101", "20209999"]), Err(TimeFault::NotADate(1)));
        assert_eq!(form("date", &["20200101", "2021.5"]), Err(TimeFault::NotADate(1)));
        assert_eq!(form("date", &["2020.5", "2021.5"]), Ok(TimeForm::Number));
    }

    #[test]
    fn dates_and_numbers_do_not_mix() {
        assert_eq!(form("t", &["2020-01-01", "2021"]), Err(TimeFault::NotADate(1)));
        assert_eq!(form("t", &["2020-01-01", "soon"]), Err(TimeFault::NotADate(1)));
        assert_eq!(form("t", &["2020", "2021-01-01"]), Err(TimeFault::NotANumber(1)));
        assert_eq!(form("t", &["soon"]), Err(TimeFault::NotANumber(0)));
        assert_eq!(form("t", &["2020-01-01 00:00Z", "2020-01-01 01:00"]), Err(TimeFault::NotADate(1)));
        assert_eq!(form("t", &["2020-01-01", "01:00"]), Err(TimeFault::NotADate(1)));
    }

    #[test]
    fn the_whole_column_decides_the_order() {
        use DateOrder::{DayFirst, MonthFirst, YearFirst};
        for (cells, order) in [
            (&["03/05/2021", "28/05/2021"][..], DayFirst),
            (&["03/05/2021", "05/28/2021"], MonthFirst),
            (&["05.03.2021", "06.03.2021"], DayFirst),
            (&["05.13.2021", "05.03.2021"], MonthFirst),
            (&["21-03-05", "21-03-31", "45-01-01"], YearFirst),
            (&["05/05/2021", "06/06/2021"], DayFirst),
        ] {
            assert_eq!(form("t", cells), Ok(TimeForm::Date(order)), "{cells:?}");
        }
        let Err(TimeFault::Undecided { cell, readings }) = form("t", &["05/05/2021", "03/05/2021"]) else {
            unreachable!("two orders fit");
        };
        assert_eq!((cell, readings.map(instant_text)), (1, ["2021-05-03", "2021-03-05"].map(String::from)));
        assert_eq!(form("t", &["03/28/2021", "28/03/2021"]), Err(TimeFault::NotADate(1)));
        let header = TimeHeader { name: "t", unit: None };
        let asked = TimeForm::of(header, ["03/05/2021"].into_iter(), DecimalMark::Point, Some(MonthFirst));
        assert_eq!(asked, Ok(TimeForm::Date(MonthFirst)));
    }

    #[test]
    fn counts_of_days_and_seconds_are_dates() {
        for (name, cell, expected) in [
            ("date", "44260.5", "2021-03-05 12:00"),
            ("time", "1614936600", "2021-03-05 09:30"),
            ("epoch", "1614936600.5", "2021-03-05 09:30"),
            ("t", "1614936600000", "2021-03-05 09:30"),
            ("t", "1614936600000000000", "2021-03-05 09:30"),
        ] {
            let Ok(form) = form(name, &[cell]) else { unreachable!("{cell} is a number") };
            let instant = form.instant(cell, DecimalMark::Point);
            assert_eq!(instant.map(instant_text).as_deref(), Some(expected), "{cell}");
        }
        assert_eq!(form("t", &["44260.5"]), Ok(TimeForm::Number));
        assert_eq!(form("t", &["1614936600"]), Ok(TimeForm::Number));
        let with_unit = |unit| {
            let header = TimeHeader { name: "time", unit: Some(unit) };
            TimeForm::of(header, ["1614936600"].into_iter(), DecimalMark::Point, None)
        };
        assert_eq!(with_unit("yr"), Ok(TimeForm::Number));
        assert_eq!(with_unit("s"), Ok(TimeForm::Unix { nanoseconds: 1_000_000_000 }));
        assert_eq!(form("time", &["1614936600", "5"]), Ok(TimeForm::Number));
        assert_eq!(form("timestamp", &["1", "2"]), Ok(TimeForm::Number));
    }
}
