//! States to begin a fit with: the data where a state is measured, a simulation driven by them elsewhere.

use mechnn_solver::smoother::Dynamics;

use super::binding::Binding;
use super::bound_trajectory::BoundTrajectory;

/// A simulated state this many times larger than all data and starts is a runaway, and stays where it was.
const RUNAWAY: f64 = 1e3;

/// States on the meshes of all trajectories for θ, finite.
pub(crate) fn starting_states(binding: &Binding<'_>, theta: &[f64]) -> Vec<f64> {
    binding.trajectories.iter().flat_map(|trajectory| trajectory_states(trajectory, theta)).collect()
}

fn trajectory_states(trajectory: &BoundTrajectory<'_>, theta: &[f64]) -> Vec<f64> {
    let dims = trajectory.dims();
    let measured: Vec<Option<Vec<(f64, f64)>>> = (0..dims).map(|d| measured(trajectory, d)).collect();
    let (mut x, mut unused) = (vec![0.0; dims], vec![0.0; dims * theta.len()]);
    trajectory.start(theta, &mut x, &mut unused);
    let clamp = |t: f64, x: &mut [f64]| {
        for (x, points) in x.iter_mut().zip(&measured) {
            if let Some(points) = points {
                *x = interpolated(points, t);
            }
        }
    };
    // Only a guess, and it has to be finite: the first values of the parameters may not be ones that a start allows.
    x.iter_mut().filter(|x| !x.is_finite()).for_each(|x| *x = 0.0);
    let mesh = trajectory.mesh();
    clamp(mesh[0], &mut x);
    let data = trajectory.data.iter().flatten().map(|row| row.value);
    let limit = RUNAWAY * x.iter().copied().chain(data).fold(1e-300, |max: f64, x| max.max(x.abs()));
    let mut states = x.clone();
    let rate = |t: f64, x: &[f64]| {
        let (mut clamped, mut rate) = (x.to_vec(), vec![0.0; dims]);
        clamp(t, &mut clamped);
        trajectory.rate(t, &clamped, theta, &mut rate);
        rate
    };
    for ends in mesh.windows(2) {
        let (t, h) = (ends[0], ends[1] - ends[0]);
        let moved = |k: &[f64], part: f64| x.iter().zip(k).map(|(x, k)| x + part * h * k).collect::<Vec<_>>();
        // The classical Runge-Kutta step.
        let k1 = rate(t, &x);
        let k2 = rate(t + 0.5 * h, &moved(&k1, 0.5));
        let k3 = rate(t + 0.5 * h, &moved(&k2, 0.5));
        let k4 = rate(t + h, &moved(&k3, 1.0));
        for d in 0..dims {
            let next = x[d] + h / 6.0 * (k1[d] + 2.0 * k2[d] + 2.0 * k3[d] + k4[d]);
            // Written so that NaN stays too.
            if next.abs() <= limit {
                x[d] = next;
            }
        }
        clamp(ends[1], &mut x);
        states.extend_from_slice(&x);
    }
    states
}

/// What was measured of a state by itself; `None` if nothing.
fn measured(trajectory: &BoundTrajectory<'_>, d: usize) -> Option<Vec<(f64, f64)>> {
    let observes = |k: usize| trajectory.model.observations[k].state == Some(d);
    let rows = trajectory.data_times.iter().zip(&trajectory.data);
    let points: Vec<(f64, f64)> = rows
        .filter_map(|(&time, rows)| rows.iter().find(|row| observes(row.observation)).map(|row| (time, row.value)))
        .collect();
    (!points.is_empty()).then_some(points)
}

/// Linear between the points, constant outside.
fn interpolated(points: &[(f64, f64)], t: f64) -> f64 {
    let right = points.partition_point(|(time, _)| *time <= t);
    match (right.checked_sub(1).map(|left| points[left]), points.get(right)) {
        (Some((t0, y0)), Some((t1, y1))) => y0 + (t - t0) / (t1 - t0) * (y1 - y0),
        (Some((_, y)), None) | (None, Some(&(_, y))) => y,
        (None, None) => unreachable!("what was never measured has no points at all: `measured` gives none"),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::starting_states;
    use crate::inference::Model;
    use crate::inference::example::table;
    use crate::inference::prepare::Binding;

    #[test]
    fn measured_states_follow_the_data_and_others_the_equations_without_running_away() {
        let model = Model::from_toml(
            r#"
            [model.equations]
            x = "-k*x"
            z = "-2*x"
            w = "5*w^3"
            [model.parameters]
            k = { start = 1 }
            [model.initial]
            z = 1
            w = 1
            [model.observations]
            y = { value = "x", noise = 0.1 }
            "#,
        )
        .unwrap();
        let mut binding = Binding::new(&model, &table(&[&[4.0, f64::NAN, 2.0]])).unwrap();
        binding.set_substeps(2);
        let states = starting_states(&binding, &vec![0.0; binding.unknowns.len()]);
        let of = |d: usize| states.iter().skip(d).step_by(3).copied().collect::<Vec<f64>>();
        assert_eq!(of(0), [4.0, 3.5, 3.0, 2.5, 2.0], "linear between the data");
        // The integral of a line is exact by Runge-Kutta, up to rounding.
        for (found, expected) in of(1).iter().zip([1.0, -2.75, -6.0, -8.75, -11.0]) {
            assert!((found - expected).abs() < 1e-12, "{found} against {expected}");
        }
        assert!(of(2).iter().all(|w| w.is_finite()), "{:?}", of(2));
    }
}
