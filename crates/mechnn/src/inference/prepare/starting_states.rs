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
