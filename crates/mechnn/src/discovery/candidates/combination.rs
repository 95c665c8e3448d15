//! Functions of linear combinations of the states, with values of their inner constants from which a fit can start.

use std::f64::consts::{FRAC_PI_2, PI};

use crate::discovery::prepare::Range;

/// A function of the states v and w, in some only of v, or of v times w.
pub(super) struct Combination {
    pub(super) text: &'static str,
    pub(super) partner: Partner,
    /// Starting values of the constants a, b and c, from where v and w live.
    pub(super) starts: fn(&Range, &Range) -> Vec<Vec<f64>>,
    /// Whether it makes sense there.
    domain: fn(&Range, &Range) -> bool,
}

impl Combination {
    /// The variables v and w that it can be of; without w it is v as well.
    pub(super) fn places(&self, ranges: &[Range]) -> Vec<(usize, usize)> {
        let count = ranges.len();
        let pairs = (0..count).flat_map(|v| (0..count).map(move |w| (v, w)));
        let fits = |&(v, w): &(usize, usize)| match self.partner {
            Partner::None => v == w,
            Partner::Other => v != w,
            Partner::Exchangeable => v < w,
        };
        pairs.filter(fits).filter(|&(v, w)| (self.domain)(&ranges[v], &ranges[w])).collect()
    }
}

/// What w is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Partner {
    /// It does not occur.
    None,
    /// Any other state.
    Other,
    /// Any other state; the function with both exchanged is the same.
    Exchangeable,
}

/// Half turns of a wave over the range of a state, 1/2 to 4 periods: a fit finds the frequencies between.
const HALF_TURNS: [f64; 8] = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0];

/// The same for both states of two, where there are many combinations.
const HALF_TURNS_OF_TWO: [f64; 3] = [1.0, 2.0, 3.0];

/// Slopes of a step in units of one over the spread: half of its height over the range, and nearly all.
const STEPS: [f64; 2] = [0.5, 2.0];

fn frequency(range: &Range, half_turns: f64) -> f64 {
    half_turns * PI / (range.largest - range.least)
}

fn none(_: &Range, _: &Range) -> Vec<Vec<f64>> {
    vec![Vec::new()]
}

fn frequencies(v: &Range, _: &Range) -> Vec<Vec<f64>> {
    HALF_TURNS.map(|half_turns| vec![frequency(v, half_turns)]).to_vec()
}

fn waves(v: &Range, _: &Range) -> Vec<Vec<f64>> {
    let phases = |half_turns| [0.0, FRAC_PI_2].map(|phase| vec![frequency(v, half_turns), phase]);
    HALF_TURNS.into_iter().flat_map(phases).collect()
}

/// Of the sum and the difference, too, as they are: angles, of which only these matter.
fn frequencies_of_two(v: &Range, w: &Range) -> Vec<Vec<f64>> {
    let of_v = HALF_TURNS_OF_TWO.map(|half_turns| frequency(v, half_turns));
    let of_w = HALF_TURNS_OF_TWO.map(|half_turns| frequency(w, half_turns));
    let mut pairs: Vec<(f64, f64)> = vec![(1.0, 1.0)];
    pairs.extend(of_v.iter().flat_map(|&a| of_w.map(|b| (a, b))));
    pairs.into_iter().flat_map(|(a, b)| [vec![a, b], vec![a, -b]]).collect()
}

fn waves_of_two(v: &Range, w: &Range) -> Vec<Vec<f64>> {
    let phases = |own: Vec<f64>| [0.0, FRAC_PI_2].map(|phase| vec![own[0], own[1], phase]);
    frequencies_of_two(v, w).into_iter().flat_map(phases).collect()
}

fn slope(range: &Range, factor: f64) -> f64 {
    factor / range.spread.max(0.1 * range.size)
}

/// Steps along the diagonals; odd ones, of which the opposite is the same but for the sign.
fn odd_steps(v: &Range, w: &Range) -> Vec<Vec<f64>> {
    let diagonals = |factor| [1.0, -1.0].map(|sign| vec![slope(v, factor), sign * slope(w, factor)]);
    STEPS.into_iter().flat_map(diagonals).collect()
}

/// Steps along the diagonals, in the middle of the data.
fn steps(v: &Range, w: &Range) -> Vec<Vec<f64>> {
    let centred = |own: Vec<f64>| vec![own[0], own[1], -own[0] * v.mean - own[1] * w.mean];
    odd_steps(v, w).into_iter().map(centred).collect()
}

fn rates(v: &Range, w: &Range) -> Vec<Vec<f64>> {
    let signs = [(1.0, 1.0), (1.0, -1.0), (-1.0, 1.0), (-1.0, -1.0)];
    let of_size = |factor: f64| signs.map(|(a, b)| vec![a * slope(v, factor), b * slope(w, factor)]);
    STEPS.into_iter().flat_map(of_size).collect()
}

fn offsets(v: &Range, _: &Range) -> Vec<Vec<f64>> {
    [0.1, 1.0].map(|factor| vec![factor * v.size]).to_vec()
}

fn ratios(v: &Range, w: &Range) -> Vec<Vec<f64>> {
    [0.3, 1.0, 3.0].map(|factor| vec![factor * v.size / w.size]).to_vec()
}

fn saturations(v: &Range, w: &Range) -> Vec<Vec<f64>> {
    let factors = [0.3, 1.0, 3.0];
    factors.into_iter().flat_map(|a| factors.map(|b| vec![a * v.size, b * w.size])).collect()
}

fn moves(v: &Range, w: &Range) -> bool {
    v.moves() && w.moves()
}

fn positive(v: &Range, w: &Range) -> bool {
    v.is_positive() && w.is_positive()
}

pub(super) const COMBINATIONS: [Combination; 16] = {
    use Partner::{Exchangeable, None, Other};
    const fn t(
        text: &'static str,
        partner: Partner,
        starts: fn(&Range, &Range) -> Vec<Vec<f64>>,
        domain: fn(&Range, &Range) -> bool,
    ) -> Combination {
        Combination { text, partner, starts, domain }
    }
    [
        // Without a phase, or with nothing to estimate, where that is enough: each number has its penalty.
        t("sin(v - w)", Exchangeable, none, moves),
        t("cos(v - w)", Exchangeable, none, moves),
        t("sin(a*v)", None, frequencies, moves),
        t("cos(a*v)", None, frequencies, moves),
        t("sin(a*v + b)", None, waves, moves),
        t("w*sin(a*v + b)", Other, waves, moves),
        t("sin(a*v + b*w)", Exchangeable, frequencies_of_two, moves),
        t("sin(a*v + b*w + c)", Exchangeable, waves_of_two, moves),
        t("tanh(a*v + b*w)", Exchangeable, odd_steps, moves),
        t("sigmoid(a*v + b*w + c)", Exchangeable, steps, moves),
        t("exp(a*v + b*w)", Exchangeable, rates, moves),
        t("log(v + a)", None, offsets, positive),
        t("log(v + a*w)", Exchangeable, ratios, positive),
        t("sqrt(v + a)", None, offsets, positive),
        t("sqrt(v + a*w)", Exchangeable, ratios, positive),
        t("v/(a + v)*w/(b + w)", Exchangeable, saturations, positive),
    ]
};

#[cfg(test)]
mod tests {
    use super::{COMBINATIONS, Partner, Range, frequencies};

    fn range(least: f64, largest: f64) -> Range {
        Range::of([least, 0.3 * least + 0.7 * largest, largest].into_iter())
    }

    #[test]
    fn places_are_all_pairs_once_where_both_can_be_exchanged() {
        let ranges = [range(1.0, 2.0), range(0.5, 3.0), range(2.0, 9.0)];
        for combination in &COMBINATIONS {
            let places = combination.places(&ranges);
            let expected: &[(usize, usize)] = match combination.partner {
                Partner::None => &[(0, 0), (1, 1), (2, 2)],
                Partner::Other => &[(0, 1), (0, 2), (1, 0), (1, 2), (2, 0), (2, 1)],
                Partner::Exchangeable => &[(0, 1), (0, 2), (1, 2)],
            };
            assert_eq!(places, expected, "{}", combination.text);
        }
    }

    #[test]
    fn logarithms_and_roots_are_only_of_what_is_positive() {
        let ranges = [range(1.0, 2.0), range(-0.5, 3.0)];
        for combination in COMBINATIONS.iter().filter(|own| own.text.contains("log") || own.text.contains("sqrt")) {
            assert!(combination.places(&ranges).iter().all(|&place| place == (0, 0)), "{}", combination.text);
        }
    }

    #[test]
    fn every_start_has_a_number_for_each_constant() {
        let (v, w) = (range(1.0, 2.0), range(0.5, 3.0));
        for combination in &COMBINATIONS {
            let constants = ['a', 'b', 'c'].into_iter().filter(|own| {
                let mut letters = combination.text.split(|letter: char| !letter.is_alphabetic());
                letters.any(|word| word == own.to_string())
            });
            let count = constants.count();
            let starts = (combination.starts)(&v, &w);
            assert!(!starts.is_empty());
            let fits = |start: &Vec<f64>| start.len() == count && start.iter().all(|number| number.is_finite());
            assert!(starts.iter().all(fits), "{}: {starts:?}", combination.text);
        }
    }

    #[test]
    fn waves_have_from_half_a_period_to_four_over_the_range() {
        let starts = frequencies(&range(1.0, 3.0), &range(0.0, 1.0));
        let periods: Vec<f64> = starts.iter().map(|start| start[0] * 2.0 / std::f64::consts::TAU).collect();
        assert_eq!((periods[0], periods[periods.len() - 1]), (0.5, 4.0));
    }
}
