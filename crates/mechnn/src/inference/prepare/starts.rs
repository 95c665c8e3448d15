//! Where to begin: the starts given, and points spread over the bounds where there are none.

use super::binding::Binding;
use super::unknown::Unknown;
use crate::halton::halton;
use crate::inference::description::Bounds;

/// Bases of the Halton sequence; more unknowns without a start than these share bases with a shift.
const PRIMES: [u32; 12] = [2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37];

/// The part of the logit range between two bounds that starts are spread over: 5 % to 95 % of the way.
const EDGE: f64 = 0.05;

/// Coordinates to begin at, the middle of all bounds first; one if every unknown has a start.
pub(crate) fn starts(binding: &Binding<'_>, count: usize) -> Vec<Vec<f64>> {
    let open = binding.unknowns.iter().any(|unknown| unknown.start.is_none() && is_between(unknown.bounds));
    let count = if open { count.max(1) } else { 1 };
    let start = |n: usize| {
        let mut free = 0;
        let coordinate = |unknown: &Unknown| match (unknown.start, unknown.bounds) {
            (Some(start), bounds) => bounds.coordinate(start),
            (None, bounds @ Bounds::Between(low, high)) => {
                free += 1;
                let base = PRIMES[(free - 1) % PRIMES.len()];
                let shift = ((free - 1) / PRIMES.len()) as f64 * 0.381_966;
                // The first point of base 2 is the middle, which is the start before it.
                let part = if n == 0 { 0.5 } else { (halton(n as u32 + 1, base) + shift).fract() };
                bounds.coordinate(between(low, high, EDGE + (1.0 - 2.0 * EDGE) * part))
            }
            (None, bounds) => bounds.coordinate(match bounds {
                Bounds::Above(low) => low + 1.0,
                Bounds::Below(high) => high - 1.0,
                _ => 0.0,
            }),
        };
        binding.unknowns.iter().map(coordinate).collect()
    };
    (0..count).map(start).collect()
}

/// `part` of the way, on a logarithmic scale if both bounds are positive and far apart.
fn between(low: f64, high: f64, part: f64) -> f64 {
    if low > 0.0 && high > 10.0 * low { low * (high / low).powf(part) } else { low + part * (high - low) }
}

fn is_between(bounds: Bounds) -> bool {
    matches!(bounds, Bounds::Between(..))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::{between, starts};
    use crate::inference::Model;
    use crate::inference::example::{DECAY, decay};
    use crate::inference::prepare::Binding;

    #[test]
    fn wide_positive_bounds_are_spread_by_ratio() {
        assert!((between(0.01, 100.0, 0.5) - 1.0).abs() < 1e-12);
        assert_eq!(between(-1.0, 3.0, 0.5), 1.0);
    }

    #[test]
    fn one_start_where_all_is_given_and_several_inside_the_bounds_where_not() {
        let given = Model::from_toml(DECAY).unwrap();
        assert_eq!(starts(&Binding::new(&given, &decay()).unwrap(), 5).len(), 1);

        let open = Model::from_toml(&DECAY.replace("start = 1, min = 0", "min = -1, max = 3")).unwrap();
        let binding = Binding::new(&open, &decay()).unwrap();
        let rates: Vec<f64> =
            starts(&binding, 5).iter().map(|start| binding.unknowns[0].bounds.value(start[0])).collect();
        // To the coordinate and back costs rounding.
        assert!(rates.len() == 5 && (rates[0] - 1.0).abs() < 1e-12, "the middle first: {rates:?}");
        // 5 % to 95 % of the way.
        assert!(rates.iter().all(|rate| (-0.8..=2.8).contains(rate)), "{rates:?}");
        assert!((1..5).all(|n| rates[..n].iter().all(|other| (other - rates[n]).abs() > 0.1)), "{rates:?}");
    }
}
