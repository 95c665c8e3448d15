//! Frequencies at which the states move: where periodic forcing would show.

use std::f64::consts::PI;

use super::prepared::PreparedData;

/// Frequencies of each state, and of all.
const OF_ONE_STATE: usize = 3;
const OF_ALL: usize = 6;

/// Most frequencies that are looked at.
const MOST: usize = 400;

/// The frequencies at which the rates of the states have most power, strongest first, in radians per unit of the
/// data's time.
///
/// A linear response has the frequency of what drives it, and other systems have it among others. Power is
/// `|∫ x'(t) exp(-i ω t) dt|²`, at multiples of half a period in the longest trajectory; maxima count.
pub(crate) fn dominant_frequencies(prepared: &PreparedData) -> Vec<f64> {
    let dims = prepared.dims();
    let longest = prepared.segments.iter().map(|segment| segment.times[segment.times.len() - 1]).fold(0.0, f64::max);
    let observed = prepared.observed_at.iter().map(Vec::len).fold(0, usize::max);
    let count = observed.min(MOST);
    let step = PI / longest;
    let mut found: Vec<(f64, usize)> = Vec::new();
    for d in 0..dims {
        let power: Vec<f64> = (0..=count + 1).map(|k| power(prepared, d, k as f64 * step)).collect();
        let total: f64 = power.iter().sum();
        let is_peak = |k: &usize| power[*k] > power[k - 1] && power[*k] >= power[k + 1];
        let mut peaks: Vec<(f64, usize)> = (1..=count).filter(is_peak).map(|k| (power[k] / total, k)).collect();
        peaks.sort_by(|a, b| b.0.total_cmp(&a.0));
        peaks.truncate(OF_ONE_STATE);
        found.extend(peaks);
    }
    found.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    let mut distinct: Vec<usize> = Vec::new();
    for (_, k) in found {
        // Neighbours are the same peak seen in two states.
        if distinct.iter().all(|other| other.abs_diff(k) > 1) && distinct.len() < OF_ALL {
            distinct.push(k);
        }
    }
    distinct.into_iter().map(|k| k as f64 * step / prepared.scaling.time).collect()
}

/// The power of the rate of state d, about its mean, at a frequency in scaled time.
fn power(prepared: &PreparedData, d: usize, frequency: f64) -> f64 {
    let dims = prepared.dims();
    let mut rates = prepared.derivatives.iter().skip(d).step_by(dims);
    let mut total = 0.0;
    for segment in &prepared.segments {
        let own: Vec<f64> = rates.by_ref().take(segment.times.len()).copied().collect();
        let mean = own.iter().sum::<f64>() / own.len() as f64;
        let (mut cosine, mut sine) = (0.0, 0.0);
        for (times, rates) in segment.times.windows(2).zip(own.windows(2)) {
            // Midpoints: grids are refined until intervals are short.
            let (h, t, v) = (times[1] - times[0], 0.5 * (times[0] + times[1]), 0.5 * (rates[0] + rates[1]) - mean);
            let (s, c) = (frequency * t).sin_cos();
            cosine += h * v * c;
            sine += h * v * s;
        }
        total += cosine * cosine + sine * sine;
    }
    total
}

#[cfg(test)]
mod tests {
    use super::dominant_frequencies;
    use crate::discovery::test_problem::{Column, TestProblem, columns, polynomials, times};

    #[test]
    fn the_frequency_of_a_sine_is_found_in_the_units_of_the_data() {
        let data = columns(&[("x", |t| (2.5 * t).sin()), ("y", |t| 100.0 + t)], &times(151, 0.1));
        let found = dominant_frequencies(&TestProblem::new(data, &polynomials(1)).data);
        // Frequencies are multiples of half a period in 15 units of time, 0.21 apart.
        assert!((found[0] - 2.5).abs() <= 0.5 * std::f64::consts::PI / 15.0 + 1e-12, "{found:?}");
    }

    #[test]
    fn of_two_sines_the_one_with_faster_rates_comes_first_and_both_states_count() {
        let functions: [Column; 2] = [("x", |t| t.sin() + 0.9 * (4.0 * t).sin()), ("y", |t| (7.0 * t).sin())];
        let found =
            dominant_frequencies(&TestProblem::new(columns(&functions, &times(151, 0.1)), &polynomials(1)).data);
        let near = |frequency: f64| found.iter().position(|own| (own - frequency).abs() < 0.21);
        // The rate of x has an amplitude of 1 and of 3.6.
        let (four, seven, one) = (near(4.0), near(7.0), near(1.0));
        assert!([four, seven].iter().all(|own| own.is_some_and(|at| at < 2)) && one > Some(1), "{found:?}");
        assert!(found.len() <= 6);
        // Neighbours are one peak.
        let step = std::f64::consts::PI / 15.0;
        assert!(
            found.iter().enumerate().all(|(i, a)| found[..i].iter().all(|b| (a - b).abs() > 1.5 * step)),
            "{found:?}"
        );
    }
}
