//! The column of times: its usual names.

/// Usual names, best first.
const NAMES: [&str; 46] = [
    "t",
    "time",
    "times",
    "timestamp",
    "datetime",
    "date_time",
    "date",
    "dates",
    "zeit",
    "datum",
    "elapsed_time",
    "elapsed",
    "time_elapsed",
    "time_utc",
    "unix_time",
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
    let base = without_unit.trim().replace([' ', '-', '/'], "_");
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

#[cfg(test)]
mod tests {
    use super::{is_surely_a_time, time_rank};

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
}
