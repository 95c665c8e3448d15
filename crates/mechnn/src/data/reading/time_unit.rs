//! Units of times that are dates.

use std::fmt;
use std::str::FromStr;

/// The unit in which times are counted where the time column holds dates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TimeUnit {
    /// From the first row.
    Seconds,
    /// Of 60 seconds, from the first row.
    Minutes,
    /// From the first row.
    Hours,
    /// Of 24 hours, from the first row.
    Days,
    /// Of 7 days, from the first row.
    Weeks,
    /// Calendar years: 2020-07-01 is 2020 + 182/366.
    Years,
}

const SECOND: i128 = 1_000_000_000;

impl TimeUnit {
    const ALL: [Self; 6] = [Self::Seconds, Self::Minutes, Self::Hours, Self::Days, Self::Weeks, Self::Years];

    /// Nanoseconds of one; of the mean year of the calendar.
    pub(super) fn nanoseconds(self) -> i128 {
        match self {
            Self::Seconds => SECOND,
            Self::Minutes => 60 * SECOND,
            Self::Hours => 3600 * SECOND,
            Self::Days => 86_400 * SECOND,
            Self::Weeks => 7 * 86_400 * SECOND,
            Self::Years => 31_556_952 * SECOND,
        }
    }

    /// The largest unit of which there are at least two in the span, but never weeks: two years are years, less are
    /// days, less than two days are hours.
    pub(super) fn fitting(span: i128) -> Self {
        // Two calendar years without a leap day are a little less than two mean years.
        let shortest = |unit: Self| if unit == Self::Years { 730 * 86_400 * SECOND } else { 2 * unit.nanoseconds() };
        let usual = Self::ALL.into_iter().rev().filter(|&unit| unit != Self::Weeks);
        usual.into_iter().find(|&unit| span >= shortest(unit)).unwrap_or(Self::Seconds)
    }

    /// As it stands in units of coefficients: `1/day`.
    pub(super) fn symbol(self) -> &'static str {
        match self {
            Self::Seconds => "s",
            Self::Minutes => "min",
            Self::Hours => "h",
            Self::Days => "day",
            Self::Weeks => "week",
            Self::Years => "year",
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Seconds => "seconds",
            Self::Minutes => "minutes",
            Self::Hours => "hours",
            Self::Days => "days",
            Self::Weeks => "weeks",
            Self::Years => "years",
        }
    }
}

impl fmt::Display for TimeUnit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for TimeUnit {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let is = |unit: &Self| text == unit.name() || text == unit.symbol() || format!("{text}s") == unit.name();
        Self::ALL
            .into_iter()
            .find(is)
            .ok_or_else(|| format!("the units are {}", Self::ALL.map(|unit| unit.to_string()).join(", ")))
    }
}

#[cfg(test)]
mod tests {
    use super::{SECOND, TimeUnit};

    #[test]
    fn units_fit_the_span() {
        for (seconds, unit) in [
            (0, TimeUnit::Seconds),
            (119, TimeUnit::Seconds),
            (120, TimeUnit::Minutes),
            (7200, TimeUnit::Hours),
            (172_799, TimeUnit::Hours),
            (172_800, TimeUnit::Days),
            (700 * 86_400, TimeUnit::Days),
            (730 * 86_400, TimeUnit::Years),
        ] {
            assert_eq!(TimeUnit::fitting(seconds * SECOND), unit, "{seconds}");
        }
    }

    #[test]
    fn units_are_written_in_usual_ways() {
        for (text, unit) in [("s", TimeUnit::Seconds), ("day", TimeUnit::Days), ("hours", TimeUnit::Hours)] {
            assert_eq!(text.parse(), Ok(unit));
        }
        assert!("fortnights".parse::<TimeUnit>().is_err());
    }
}
