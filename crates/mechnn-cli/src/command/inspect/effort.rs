//! About how long a search takes.

use mechnn::data::Dataset;

/// Points to which the grid of a shorter trajectory is refined.
const FEWEST_POINTS: usize = 200;

/// Seconds that `discover` takes with so many candidates, to a factor of three:
///
/// $$ 1.3 (N / 200)^{0.7} (C / 364)^{0.5} $$
///
/// for N points of the grid and C candidates. A fit by eye to the times on one core of the four data sets of the
/// repository and three demonstrations, 0.6 to 38 s, with which it agrees within a factor of two.
pub(super) fn seconds(data: &Dataset, candidates: usize) -> f64 {
    let points: usize = data.trajectories.iter().map(|trajectory| trajectory.points().max(FEWEST_POINTS)).sum();
    1.3 * (points as f64 / FEWEST_POINTS as f64).powf(0.7) * (candidates as f64 / 364.0).sqrt()
}

/// In words, with one digit.
pub(super) fn in_words(seconds: f64) -> String {
    match seconds {
        ..1.5 => "about a second".to_owned(),
        ..50.0 => format!("about {:.0} seconds", round(seconds)),
        ..90.0 => "about a minute".to_owned(),
        ..3000.0 => format!("about {:.0} minutes", round(seconds / 60.0)),
        _ => format!("about {:.0} hours", round(seconds / 3600.0).max(1.0)),
    }
}

/// To one digit above ten.
fn round(number: f64) -> f64 {
    if number < 10.0 { number.round() } else { 10.0 * (number / 10.0).round() }
}

#[cfg(test)]
mod tests {
    use super::in_words;

    #[test]
    fn times_have_one_digit() {
        for (seconds, words) in [
            (0.1, "about a second"),
            (3.4, "about 3 seconds"),
            (24.0, "about 20 seconds"),
            (70.0, "about a minute"),
            (130.0, "about 2 minutes"),
            (7300.0, "about 2 hours"),
        ] {
            assert_eq!(in_words(seconds), words);
        }
    }
}
