//! Values far from what their neighbours say.

use serde::Serialize;

/// A value far from what its neighbours say.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Outlier {
    /// The trajectory.
    pub trajectory: String,
    /// Line of the file, from 1; the index of the point, from 0, where the data were not read from one.
    pub row: usize,
    /// When.
    pub time: f64,
    /// The value.
    pub value: f64,
    /// What its neighbours say.
    pub expected: f64,
}

/// Distances from what the neighbours say, in those that are usual around it.
const FAR: f64 = 8.0;

/// Neighbours on each side whose distances tell what is usual.
const AROUND: usize = 10;

/// Fewer points tell nothing.
const FEWEST: usize = 8;

/// Where times are so uneven that errors of the neighbours would count more than this, as a sum of squares, the line
/// between the next ones is taken.
const MOST_AMPLIFIED: f64 = 2.0;

/// Indices of points that stand out from a series, and the values that their neighbours say.
///
/// The neighbours of a point, two on each side, say what is on the cubic through them: $\hat y_i = \sum_j w_{ij} y_j$.
/// Its distance is $r_i = (y_i - \hat y_i) / \sqrt{1 + \sum_j w_{ij}^2}$, of the size of the noise everywhere. A point
/// stands out if $|r_i|$ is more than eight times the usual distance: 1.48 times the median of $|r|$ over the ten
/// points on each side, and over all points if that is more. Noise, bends and peaks do not: they are around a point as
/// well as at it. And a wrong value moves what is said of its neighbours, in the proportion that the times give; a
/// true peak does not.
pub(super) fn outliers(times: &[f64], values: &[f64]) -> Vec<(usize, f64)> {
    let points = times.len();
    if points < FEWEST {
        return Vec::new();
    }
    let neighbours: Vec<Neighbours> = (0..points).map(|i| Neighbours::of(times, i)).collect();
    let distances: Vec<f64> = neighbours.iter().enumerate().map(|(i, near)| near.distance(values, i)).collect();
    let usual = |from: usize, to: usize, without: Option<usize>| {
        let is_apart = |i: &usize| without.is_none_or(|without| i.abs_diff(without) > 2);
        let known = (from..to).filter(is_apart).map(|i| distances[i].abs()).filter(|size| !size.is_nan());
        let mut sizes: Vec<f64> = known.collect();
        if sizes.is_empty() {
            return 0.0;
        }
        let middle = sizes.len() / 2;
        1.4826 * *sizes.select_nth_unstable_by(middle, f64::total_cmp).1
    };
    let everywhere = usual(0, points, None);
    let stands_out = |&i: &usize| {
        let distance = distances[i].abs();
        if distance <= FAR * everywhere {
            return false;
        }
        let around = usual(i.saturating_sub(AROUND), (i + AROUND + 1).min(points), Some(i));
        // Where everything lies on curves, rounding would stand out.
        let rounding = 1e-6 * values[i].abs().max(neighbours[i].say(values).abs());
        if distance <= (FAR * around).max(rounding) {
            return false;
        }
        let off = values[i] - neighbours[i].say(values);
        [i - 1, i + 1].into_iter().all(|j| {
            let moved = -neighbours[j].weight(i) * off;
            let found = values[j] - neighbours[j].say(values);
            neighbours[j].is_empty() || (0.5..1.5).contains(&(found / moved))
        })
    };
    (1..points - 1).filter(stands_out).map(|i| (i, neighbours[i].say(values))).collect()
}

/// The neighbours of a point, each with its weight in what they say of it.
struct Neighbours(Vec<(usize, f64)>);

impl Neighbours {
    /// Two on each side, or one where there are no more; none at the ends.
    fn of(times: &[f64], i: usize) -> Self {
        let last = times.len() - 1;
        if i == 0 || i == last {
            return Self(Vec::new());
        }
        let two = (i >= 2 && i + 2 <= last).then(|| Self::lagrange(times, i, &[i - 2, i - 1, i + 1, i + 2]));
        let two = two.filter(|two| two.amplification() <= MOST_AMPLIFIED);
        two.unwrap_or_else(|| Self::lagrange(times, i, &[i - 1, i + 1]))
    }

    /// On the polynomial through all of them.
    fn lagrange(times: &[f64], i: usize, nodes: &[usize]) -> Self {
        let weight = |&j: &usize| {
            let others = nodes.iter().filter(|&&k| k != j);
            (j, others.map(|&k| (times[i] - times[k]) / (times[j] - times[k])).product())
        };
        Self(nodes.iter().map(weight).collect())
    }

    fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn amplification(&self) -> f64 {
        self.0.iter().map(|(_, weight)| weight * weight).sum()
    }

    fn weight(&self, j: usize) -> f64 {
        self.0.iter().find(|(node, _)| *node == j).map_or(0.0, |(_, weight)| *weight)
    }

    /// NaN without neighbours.
    fn say(&self, values: &[f64]) -> f64 {
        if self.is_empty() { f64::NAN } else { self.0.iter().map(|&(j, weight)| weight * values[j]).sum() }
    }

    fn distance(&self, values: &[f64], i: usize) -> f64 {
        (values[i] - self.say(values)) / (1.0 + self.amplification()).sqrt()
    }
}

#[cfg(test)]
// The rates are what a test is for.
#[allow(clippy::print_stdout)]
mod tests {
    use rand::{RngExt, SeedableRng};
    use rand_chacha::ChaCha8Rng;

    use super::outliers;

    /// A wave at uneven times with noise of the given size, and one value that is off by so much.
    fn case(seed: u64, noise: f64, off: f64) -> (Vec<f64>, Vec<f64>, usize) {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let points = random.random_range(20..200);
        let mut time = 0.0;
        let times: Vec<f64> = (0..points)
            .map(|_| {
                time += random.random_range(0.05..0.15);
                time
            })
            .collect();
        // Uniform numbers twelve at a time are nearly normal.
        let mut normal = || (0..12).map(|_| random.random_range(0.0..1.0)).sum::<f64>() - 6.0;
        let mut values: Vec<f64> = times.iter().map(|t| t.sin() + (2.3 * t).cos() + noise * normal()).collect();
        let at = 3 + (seed as usize * 7) % (points - 6);
        values[at] += off;
        (times, values, at)
    }

    #[test]
    fn wrong_values_are_found_and_right_ones_are_not() {
        let (mut found, mut alarms, cases) = (0, 0, 300);
        for seed in 0..cases {
            let noise = [0.0, 0.01, 0.1][seed as usize % 3];
            let (times, values, _) = case(seed, noise, 0.0);
            alarms += outliers(&times, &values).len();
            let (times, values, at) = case(seed, noise, 20.0 * noise.max(0.01));
            found += usize::from(outliers(&times, &values).iter().any(|(index, _)| *index == at));
        }
        println!("{alarms} false alarms, {found} of {cases} found");
        assert!(alarms <= cases as usize / 50, "{alarms} false alarms in {cases}");
        assert!(found * 100 >= 85 * cases as usize, "{found} of {cases}");
    }

    #[test]
    fn short_and_straight_series_have_none() {
        assert_eq!(outliers(&[0.0, 1.0, 2.0], &[0.0, 9.0, 0.0]), []);
        let times: Vec<f64> = (0..50).map(f64::from).collect();
        let line: Vec<f64> = times.iter().map(|t| 0.1 * t + 0.3).collect();
        assert_eq!(outliers(&times, &line), []);
        let mut wrong = line;
        wrong[20] = 0.0;
        assert_eq!(outliers(&times, &wrong).iter().map(|(index, _)| *index).collect::<Vec<_>>(), [20]);
    }
}
