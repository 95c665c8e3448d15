//! One Gauss-Newton iteration of the smoother: point by point as the formulas have it, and as it is done.
//!
//! `cargo bench -p mechnn-solver --bench smoother` prints nanoseconds per point of one linearisation, elimination and
//! step, with the objective before and after, for the Lorenz system on 10 000 points and for sparse and full
//! polynomials of degree 2 on shapes that are typical of discovery. `by points` asks the model for one point after the
//! other, `along points` for each of its terms at many. Each time is the smallest of several repetitions; the rows are
//! measured in turn, so that all see the same machine.
#![allow(clippy::print_stdout, clippy::expect_used)]

use std::time::Instant;

use mechnn_solver::smoother::{
    Dynamics, Estimate, GaussNewton, Linearization, Linearizations, Points, RelativeNoise, Segment, SmootherProblem,
};

#[path = "../tests/support/plain_smoother.rs"]
mod plain_smoother;

fn main() {
    println!(
        "{:>7} {:>3} {:>4} {:>12} {:>12} {:>13} {:>7} {:>7}",
        "points", "D", "P", "plain", "by points", "along points", "ratio", "ratio"
    );
    for (points, dims, terms) in [(10_000, 3, 7), (10_000, 3, 30), (400, 1, 3), (400, 2, 6), (400, 3, 9), (400, 4, 12)]
    {
        let along = Polynomial::new(dims, terms);
        let by_points = ByPoints(&along);
        let (segments, estimate) = data(&along, points);
        let problem = |dynamics| SmootherProblem {
            dynamics,
            segments: &segments,
            noise: &[0.1; 4][..dims],
            model_error: &[0.01; 4][..dims],
            reference_step: 0.01,
            prior_precision: &[1e-6; 30][..terms],
        };
        let (by_points, along) = (problem(&by_points), problem(&along));
        let method = GaussNewton { max_iterations: 1, tolerance: 0.0, corrects: false };
        let iterate = |problem: &SmootherProblem<'_>| {
            let mut estimate = estimate.clone();
            method.minimize(problem, &mut estimate).expect("finite");
        };
        let mut best = [f64::INFINITY; 3];
        for _ in 0..(300_000 / points).clamp(20, 200) {
            let plain = seconds(|| {
                let before = plain_smoother::objective(&by_points, &estimate);
                let end = plain_smoother::step(&by_points, &estimate);
                assert!(plain_smoother::objective(&by_points, &end) < before);
            });
            let times = [plain, seconds(|| iterate(&by_points)), seconds(|| iterate(&along))];
            best.iter_mut().zip(times).for_each(|(best, time)| *best = best.min(time));
        }
        let [plain, by_points, along] = best.map(|seconds| seconds * 1e9 / points as f64);
        println!(
            "{points:>7} {dims:>3} {terms:>4} {plain:>9.0} ns {by_points:>9.0} ns {along:>10.0} ns {:>6.1}x {:>6.1}x",
            plain / by_points,
            plain / along
        );
    }
}

fn seconds(work: impl FnOnce()) -> f64 {
    let start = Instant::now();
    work();
    start.elapsed().as_secs_f64()
}

/// Sums of monomials of degree 2 and less: parameter p is the coefficient of monomial `monomials[p]`, of the variables
/// of that number or of 1, in equation p modulo D.
struct Polynomial {
    dims: usize,
    monomials: Vec<[Option<usize>; 2]>,
}

impl Polynomial {
    fn new(dims: usize, terms: usize) -> Self {
        let all: Vec<[Option<usize>; 2]> = (0..dims)
            .map(|a| [Some(a), None])
            .chain((0..dims).flat_map(|a| (0..=a).map(move |b| [Some(a), Some(b)])))
            .chain([[None, None]])
            .collect();
        Self { dims, monomials: (0..terms).map(|p| all[(p / dims + p % dims) % all.len()]).collect() }
    }
}

impl Dynamics for Polynomial {
    fn dims(&self) -> usize {
        self.dims
    }

    fn parameters(&self) -> usize {
        self.monomials.len()
    }

    fn rate(&self, _t: f64, x: &[f64], theta: &[f64], rate: &mut [f64]) {
        rate.fill(0.0);
        for (p, [a, b]) in self.monomials.iter().enumerate() {
            rate[p % self.dims] += theta[p] * a.map_or(1.0, |a| x[a]) * b.map_or(1.0, |b| x[b]);
        }
    }

    fn linearize(&self, _t: f64, x: &[f64], theta: &[f64], out: &mut Linearization) {
        out.rate.fill(0.0);
        out.by_state.fill(0.0);
        out.by_parameter.fill(0.0);
        for (p, [a, b]) in self.monomials.iter().enumerate() {
            let i = p % self.dims;
            let (first, second) = (a.map_or(1.0, |a| x[a]), b.map_or(1.0, |b| x[b]));
            out.rate[i] += theta[p] * first * second;
            out.by_parameter[i * self.monomials.len() + p] = first * second;
            if let Some(a) = a {
                out.by_state[i * self.dims + a] += theta[p] * second;
            }
            if let Some(b) = b {
                out.by_state[i * self.dims + b] += theta[p] * first;
            }
        }
    }

    fn rate_many(&self, points: Points<'_>, theta: &[f64], rates: &mut [f64], _work: &mut Vec<f64>) {
        let n = points.count();
        rates.fill(0.0);
        let ones = [1.0; 256];
        let along = |v: Option<usize>| v.map_or(&ones[..n], |v| &points.states[v * n..][..n]);
        for (p, [a, b]) in self.monomials.iter().enumerate() {
            let rate = rates[p % self.dims * n..][..n].iter_mut();
            rate.zip(along(*a).iter().zip(along(*b))).for_each(|(rate, (x, y))| *rate += theta[p] * x * y);
        }
    }

    fn linearize_many(&self, points: Points<'_>, theta: &[f64], out: Linearizations<'_>, work: &mut Vec<f64>) {
        let (n, dims, parameters) = (points.count(), self.dims, self.monomials.len());
        self.rate_many(points, theta, out.rate, work);
        out.by_state.fill(0.0);
        out.by_parameter.fill(0.0);
        let ones = [1.0; 256];
        let along = |v: Option<usize>| v.map_or(&ones[..n], |v| &points.states[v * n..][..n]);
        for (p, [a, b]) in self.monomials.iter().enumerate() {
            let i = p % dims;
            let row = out.by_parameter[(i * parameters + p) * n..][..n].iter_mut();
            row.zip(along(*a).iter().zip(along(*b))).for_each(|(entry, (x, y))| *entry = x * y);
            for (one, other) in [(a, b), (b, a)] {
                if let Some(one) = one {
                    let row = out.by_state[(i * dims + one) * n..][..n].iter_mut();
                    row.zip(along(*other)).for_each(|(entry, x)| *entry += theta[p] * x);
                }
            }
        }
    }
}

/// The same, one point after the other.
struct ByPoints<'a>(&'a Polynomial);

impl Dynamics for ByPoints<'_> {
    fn dims(&self) -> usize {
        self.0.dims
    }

    fn parameters(&self) -> usize {
        self.0.monomials.len()
    }

    fn rate(&self, t: f64, x: &[f64], theta: &[f64], rate: &mut [f64]) {
        self.0.rate(t, x, theta, rate);
    }

    fn linearize(&self, t: f64, x: &[f64], theta: &[f64], out: &mut Linearization) {
        self.0.linearize(t, x, theta, out);
    }
}

/// Smooth data, and an estimate near them with small coefficients.
fn data(dynamics: &Polynomial, points: usize) -> (Vec<Segment>, Estimate) {
    let dims = dynamics.dims;
    let value = |at: usize| (0.01 * (at / dims) as f64 + (at % dims) as f64).sin();
    let rough = |at: usize| value(at) + 0.1 * (77.0 * at as f64).sin();
    let segment = Segment {
        times: (0..points).map(|t| 0.01 * t as f64).collect(),
        observations: (0..points * dims).map(rough).collect(),
        relative_noise: RelativeNoise::Uniform,
    };
    let estimate = Estimate {
        states: (0..points * dims).map(value).collect(),
        parameters: (0..dynamics.monomials.len()).map(|p| 0.1 * (p as f64).cos()).collect(),
    };
    (vec![segment], estimate)
}
