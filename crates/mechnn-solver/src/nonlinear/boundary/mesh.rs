//! Meshes: where the error is large, steps are short.

/// Every step in two.
pub(super) fn halved(mesh: &[f64]) -> Vec<f64> {
    let mut fine = Vec::with_capacity(2 * mesh.len() - 1);
    for ends in mesh.windows(2) {
        fine.extend([ends[0], 0.5 * (ends[0] + ends[1])]);
    }
    fine.extend(mesh.last());
    fine
}

/// Equal parts between requested times, at least `steps` in all.
pub(super) fn initial(times: &[f64], steps: usize) -> Vec<f64> {
    let total = times[times.len() - 1] - times[0];
    let density = |t0: f64, t1: f64| (t1 - t0) / total * steps as f64;
    divided(times, density, |t0, t1, fraction| t0 + fraction * (t1 - t0))
}

/// A mesh of about `steps` steps over which the density of an old mesh is spread evenly; requested times stay.
///
/// `errors` `[M]` are the errors of the old steps, which fall with the power `order` of their lengths. No step's
/// density is below a tenth of the mean: what looks easy now may not stay so.
pub(super) fn equidistributed(times: &[f64], old: &[f64], errors: &[f64], order: f64, steps: usize) -> Vec<f64> {
    let parts: Vec<f64> = errors.iter().map(|error| error.powf(1.0 / order)).collect();
    let total = old[old.len() - 1] - old[0];
    let mean = parts.iter().sum::<f64>() / total;
    let mut sums = vec![0.0];
    let mut sum = 0.0;
    for (part, ends) in parts.iter().zip(old.windows(2)) {
        sum += part.max(0.1 * mean * (ends[1] - ends[0]));
        sums.push(sum);
    }
    let at_time = |t: f64| {
        let e = old.partition_point(|&end| end <= t).clamp(1, old.len() - 1) - 1;
        sums[e] + (sums[e + 1] - sums[e]) * (t - old[e]) / (old[e + 1] - old[e])
    };
    let at_sum = |value: f64| {
        let e = sums.partition_point(|&s| s <= value).clamp(1, sums.len() - 1) - 1;
        old[e] + (old[e + 1] - old[e]) * (value - sums[e]) / (sums[e + 1] - sums[e])
    };
    let density = |t0: f64, t1: f64| (at_time(t1) - at_time(t0)) / sum * steps as f64;
    divided(times, density, |t0, t1, fraction| at_sum(at_time(t0) + fraction * (at_time(t1) - at_time(t0))))
}

/// Cuts every interval of `times` into as many steps as `density` says, at the times that `at` gives for fractions of
/// it.
fn divided(times: &[f64], density: impl Fn(f64, f64) -> f64, at: impl Fn(f64, f64, f64) -> f64) -> Vec<f64> {
    let mut mesh = vec![times[0]];
    for ends in times.windows(2) {
        let count = (density(ends[0], ends[1]).ceil() as usize).max(1);
        for k in 1..count {
            let time = at(ends[0], ends[1], k as f64 / count as f64);
            // Beyond the resolution of the times nothing is gained.
            if time > mesh[mesh.len() - 1] && time < ends[1] {
                mesh.push(time);
            }
        }
        mesh.push(ends[1]);
    }
    mesh
}

#[cfg(test)]
mod tests {
    use super::{equidistributed, halved, initial};

    #[test]
    fn requested_times_are_on_every_mesh() {
        let times = [0.0, 0.3, 2.0];
        let first = initial(&times, 10);
        assert_eq!(first.len(), 12);
        // All error in the last step of the old mesh.
        let mut errors = vec![1e-6; first.len() - 1];
        errors[first.len() - 2] = 1.0;
        let next = equidistributed(&times, &first, &errors, 4.0, 40);
        for mesh in [&first, &next, &halved(&next)] {
            assert!(times.iter().all(|t| mesh.contains(t)));
            assert!(mesh.windows(2).all(|ends| ends[0] < ends[1]));
        }
        let (shortest, longest) = (next[next.len() - 1] - next[next.len() - 2], next[1] - next[0]);
        assert!(longest > 3.0 * shortest, "{shortest} {longest}");
    }
}
