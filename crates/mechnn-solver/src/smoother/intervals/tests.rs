//! Intervals on every kind of lanes. That they are those of single points is tested in `tests/normal_equations.rs`.

use super::grams::SetGrams;
use super::rows::SetRows;
use super::{Intervals, MOST_INTERVALS, Piece};
use crate::dynamics::{Dynamics, Linearization};
use crate::engine::arrow::on_one_kind;
use crate::lanes::{LaneKernel, Real, on_every_lanes};
use crate::smoother::SmootherProblem;

/// x_i' = sum over p of theta_p sin((p + 1) x_i + x_0 + t)
struct Sines {
    dims: usize,
    parameters: usize,
}

impl Dynamics for Sines {
    fn dims(&self) -> usize {
        self.dims
    }

    fn parameters(&self) -> usize {
        self.parameters
    }

    fn rate(&self, t: f64, x: &[f64], theta: &[f64], rate: &mut [f64]) {
        for (rate, own) in rate.iter_mut().zip(x) {
            let angle = |p: usize| (p + 1) as f64 * own + x[0] + t;
            *rate = theta.iter().enumerate().map(|(p, theta)| theta * angle(p).sin()).sum();
        }
    }

    fn linearize(&self, t: f64, x: &[f64], theta: &[f64], out: &mut Linearization) {
        self.rate(t, x, theta, &mut out.rate);
        out.by_state.fill(0.0);
        for (i, own) in x.iter().enumerate() {
            for (p, theta) in theta.iter().enumerate() {
                let factor = (p + 1) as f64;
                let angle = factor * own + x[0] + t;
                out.by_state[i * self.dims + i] += theta * factor * angle.cos();
                out.by_state[i * self.dims] += theta * angle.cos();
                out.by_parameter[i * self.parameters + p] = angle.sin();
            }
        }
    }
}

struct SameIntervals;

impl LaneKernel for SameIntervals {
    type Output = ();

    fn run<V: Real>(self) {
        for (count, dims, parameters) in [(1, 1, 1), (7, 2, 8), (9, 3, 7), (MOST_INTERVALS, 4, 17), (13, 6, 3)] {
            let dynamics = Sines { dims, parameters };
            let theta: Vec<f64> = (0..parameters).map(|p| (p as f64).cos()).collect();
            let times: Vec<f64> = (0..=count).map(|t| 0.1 * t as f64 + 0.03 * (t as f64).sin()).collect();
            let states: Vec<f64> = (0..(count + 1) * dims).map(|at| (0.7 * at as f64).sin()).collect();
            let problem = SmootherProblem {
                dynamics: &dynamics,
                segments: &[],
                noise: &vec![1.0; dims],
                model_error: &vec![0.3; dims],
                reference_step: 0.1,
                prior_precision: &vec![0.0; parameters],
            };
            let mut own = Intervals::default();
            let mut below = vec![f64::NAN; count * dims * dims];
            own.set(&problem, Piece { dynamics: &dynamics, theta: &theta, times: &times, states: &states });
            own.ends.linearize(&dynamics, &theta, &mut Vec::new());
            own.set_middles();
            own.middles.linearize(&dynamics, &theta, &mut Vec::new());
            own.set_rows();
            own.set_grams(&mut below);
            let expected = results(&own, &below);
            let ((), is_fused) = on_one_kind::<V, _>(SetRows(&mut own));
            on_one_kind::<V, _>(SetGrams { intervals: &mut own, below: &mut below });
            for (i, (found, expected)) in results(&own, &below).iter().zip(expected).enumerate() {
                // Without a fused multiply-add sums of some ten products round differently.
                let allowed = if is_fused { 0.0 } else { 1e-13 * (1.0 + expected.abs()) };
                let case = format!("number {i} of {count} intervals, D {dims}, P {parameters}");
                assert!((found - expected).abs() <= allowed, "{case}: {found}, not {expected}");
            }
        }
    }
}

fn results(own: &Intervals, below: &[f64]) -> Vec<f64> {
    let border: Vec<f64> = own.border.iter().flat_map(|columns| columns.0).collect();
    [&own.left_blocks[..], &own.right_blocks, &own.left_gram, &own.right_gram, below, &border].concat()
}

#[test]
fn intervals_are_the_same_on_all_lanes() {
    on_every_lanes(|| SameIntervals);
}
