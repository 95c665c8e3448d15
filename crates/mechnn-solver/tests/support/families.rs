//! Families of linear ODEs with solutions in closed form, by parameters. All start at t = 0.
#![allow(dead_code)] // each test binary uses its part

use std::f64::consts::FRAC_PI_2;
use std::fmt;

use mechnn_solver::{EquationRows, InitialValues, LinearOde, OdeProblem, ProblemError, Scheme, TimeGrid};
use ndarray::{Array1, Array2, Array3, Array4, Array5};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

type Coefficient = Box<dyn Fn(f64, usize, usize, usize) -> f64 + Send + Sync>;
type Exact = Box<dyn Fn(f64, usize, usize) -> f64 + Send + Sync>;

/// One problem of a family, with as many equations as dimensions.
pub(crate) struct Member {
    pub(crate) family: &'static str,
    pub(crate) parameters: String,
    pub(crate) dims: usize,
    /// The highest derivative in the equations; so many are pinned at t = 0.
    pub(crate) ode_order: usize,
    pub(crate) horizon: f64,
    /// Intervals of the coarsest grid on which an order can be expected.
    pub(crate) coarsest: usize,
    /// c(t, e, d, k)
    coefficient: Coefficient,
    /// Forced so that the exact solution is one; otherwise the right-hand side is zero.
    is_forced: bool,
    /// u(t, d, k), the k-th derivative
    exact: Exact,
}

impl fmt::Display for Member {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.family, self.parameters)
    }
}

impl Member {
    /// The problem at the given times, keeping K = `orders` derivatives.
    pub(crate) fn problem(
        &self,
        times: &[f64],
        orders: usize,
        scheme: Scheme,
        rows: EquationRows,
    ) -> Result<OdeProblem, ProblemError> {
        let (points, dims) = (times.len(), self.dims);
        let coefficients = Array5::from_shape_fn((1, points, dims, dims, orders), |(_, t, e, d, k)| {
            if k > self.ode_order { 0.0 } else { (self.coefficient)(times[t], e, d, k) }
        });
        let forcing = Array3::from_shape_fn((1, points, dims), |(_, t, e)| self.forcing(times[t], e));
        let initial = Array4::from_shape_fn((1, 1, dims, self.ode_order), |(_, _, d, k)| self.exact(times[0], d, k));
        let ode = LinearOde::new(coefficients, forcing);
        let problem = OdeProblem::new(&ode, &TimeGrid::from_times(times)?, &InitialValues::new(initial))?;
        Ok(problem.with_scheme(scheme)?.with_equation_rows(rows))
    }

    /// Forced so that the exact solution is one; otherwise the right-hand side is zero.
    pub(crate) fn is_forced(&self) -> bool {
        self.is_forced
    }

    /// True if a step is long compared with the time the equation takes to relax.
    pub(crate) fn is_stiff(&self) -> bool {
        self.family == "stiff"
    }

    pub(crate) fn exact(&self, t: f64, dim: usize, derivative: usize) -> f64 {
        (self.exact)(t, dim, derivative)
    }

    /// Right-hand side of equation e.
    fn forcing(&self, t: f64, e: usize) -> f64 {
        if self.is_forced { self.applied(t, e).0 } else { 0.0 }
    }

    /// The left-hand side of equation e at the exact solution, and the sum of the sizes of its terms.
    pub(crate) fn applied(&self, t: f64, e: usize) -> (f64, f64) {
        let unknowns = (0..self.dims).flat_map(|d| (0..=self.ode_order).map(move |k| (d, k)));
        let terms = unknowns.map(|(d, k)| (self.coefficient)(t, e, d, k) * self.exact(t, d, k));
        terms.fold((0.0, 0.0), |(sum, size), term| (sum + term, size + term.abs()))
    }
}

/// Every member of every family: orders 1 to 4, 1 to 8 dimensions.
pub(crate) fn members() -> Vec<Member> {
    let real = |r: f64| (r, 0.0);
    let scalar: Vec<Vec<Root>> = vec![
        vec![real(-1.0)],
        vec![real(-0.4)],
        vec![real(0.5)],
        vec![real(-1.5)],
        vec![(0.0, 1.0)],
        vec![(-0.5, 2.0)],
        vec![real(-1.0), real(-2.0)],
        vec![(-0.3, 1.2)],
        vec![real(-1.0), (0.0, 1.0)],
        vec![real(-0.5), (-1.0, 2.0)],
        vec![real(-1.0), real(-2.0), real(-3.0)],
        vec![real(0.5), (-0.2, 1.5)],
        vec![(0.0, 1.0), (0.0, 2.0)],
        vec![(-1.0, 1.0), (-0.5, 2.0)],
        vec![real(-1.0), real(1.0), (0.0, 1.0)],
        vec![real(-1.0), real(-0.5), (0.0, 2.0)],
    ];
    let mut all: Vec<Member> =
        scalar.into_iter().map(|roots| constant("constant coefficients", vec![roots])).collect();
    all.extend(
        [(3.0, 16), (5.0, 32), (8.0, 64), (12.0, 128)]
            .map(|(w, coarsest)| Member { coarsest, ..constant("oscillatory", vec![vec![(0.0, w)]]) }),
    );
    all.extend([1e4, 3e4, 1e5, 2e5].map(stiff));
    let cosine = |p: f64| varying(format!("u' = {p} cos(t) u"), move |t| p * t.sin(), move |t| p * t.cos());
    let power = |p: f64| varying(format!("u' = {p} u / (1+t)"), move |t| p * t.ln_1p(), move |t| p / (1.0 + t));
    let gaussian = |p: f64| varying(format!("u' = -2 {p} t u"), move |t| -p * t * t, move |t| -2.0 * p * t);
    all.extend([-1.0, -0.6, 0.5, 1.2].map(cosine));
    all.extend([-2.0, -0.5, 0.5].map(power));
    all.extend([0.3, 0.45, 0.6].map(gaussian));
    all.extend([(-1.0, -2.0), (0.5, -0.5), (2.5, -1.0)].map(|(a, b)| euler(a, b)));
    for order in 1..=4 {
        all.extend([1.5, 3.0].map(|w| forced(1 + order % 3, order, w)));
    }
    all.extend((2..=8).map(rotation));
    all.extend([2, 3, 5, 8].map(coupled_varying));
    all.extend(
        [2, 3, 4, 8].map(|dims| constant("springs", (0..dims).map(|d| vec![(0.0, 1.0 + 0.25 * d as f64)]).collect())),
    );
    let third = |d: usize| vec![real(-1.0 - 0.2 * d as f64), (-0.3, 1.0 + 0.3 * d as f64)];
    let fourth = |d: usize| vec![(-0.4, 1.0 + 0.2 * d as f64), (0.0, 1.5 - 0.2 * d as f64)];
    all.extend([2, 3].map(|dims| constant("coupled, order 3 and 4", (0..dims).map(third).collect())));
    all.extend([2, 3].map(|dims| constant("coupled, order 3 and 4", (0..dims).map(fourth).collect())));
    all
}

/// `count` members with random parameters, from a seed: constant coefficients of order 1 to 4 in 1 to 4 dimensions,
/// varying ones, forced ones and rotations in turn.
pub(crate) fn random_members(count: usize, seed: u64) -> Vec<Member> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut real = |low: f64, high: f64| rng.random_range(low..high);
    let mut root = |imaginary: bool| match imaginary {
        true => (real(-0.8, 0.1), real(0.7, 2.5)),
        false => (real(-2.0, 0.6), 0.0),
    };
    (0..count)
        .map(|index| match index % 6 {
            0..=2 => {
                // Real roots, pairs, or one of each: order 1 to 4.
                let kinds: &[bool] =
                    [&[false][..], &[true], &[false, false], &[false, true], &[true, true]][index / 6 % 5];
                let dims = 1 + index / 30 % 4;
                constant(
                    "random, constant",
                    (0..dims).map(|_| kinds.iter().map(|&kind| root(kind)).collect()).collect(),
                )
            }
            3 => {
                let (p, _) = root(false);
                let name = format!("u' = {p} cos(t) u");
                Member { family: "random, varying", ..varying(name, move |t| p * t.sin(), move |t| p * t.cos()) }
            }
            4 => {
                let (_, w) = root(true);
                Member { family: "random, forced", ..forced(1 + index % 3, 1 + index / 6 % 4, w) }
            }
            _ => {
                let ((a, _), (b, _)) = (root(false), root(false));
                Member { family: "random, Euler", ..euler(a, b + 0.1) }
            }
        })
        .collect()
}

/// Real and imaginary part; a root that is not real stands for itself and its conjugate.
type Root = (f64, f64);

/// `prod over roots of (d/dt - r) y = 0` for every mode y, and u = Q y with an orthogonal Q that couples the
/// dimensions.
fn constant(family: &'static str, roots: Vec<Vec<Root>>) -> Member {
    let dims = roots.len();
    let polynomials: Vec<Vec<f64>> = roots.iter().map(|roots| polynomial(roots)).collect();
    let ode_order = polynomials[0].len() - 1;
    let parameters = format!("D = {dims}, order {ode_order}, roots {:?}", roots[0]);
    let q = orthogonal(dims);
    let diagonal = |k: usize| (0..dims).map(|m| polynomials[m][k]).collect::<Vec<_>>();
    let matrices: Vec<Array2<f64>> =
        (0..=ode_order).map(|k| q.dot(&Array2::from_diag(&Array1::from(diagonal(k)))).dot(&q.t())).collect();
    Member {
        family,
        parameters,
        dims,
        ode_order,
        horizon: 2.0,
        coarsest: 16,
        coefficient: Box::new(move |_, e, d, k| matrices[k][[e, d]]),
        is_forced: false,
        exact: Box::new(move |t, d, k| {
            let mode = |m: usize| roots[m].iter().map(|&root| exponential(root, t, k)).sum::<f64>();
            (0..dims).map(|m| q[[d, m]] * mode(m)).sum()
        }),
    }
}

/// `u' = -stiffness (u - cos t) - sin t` from u(0) = 1 (Prothero and Robinson): `u = cos t`.
fn stiff(stiffness: f64) -> Member {
    Member {
        family: "stiff",
        parameters: format!("stiffness {stiffness:e}"),
        dims: 1,
        ode_order: 1,
        horizon: 2.0,
        coarsest: 16,
        coefficient: Box::new(move |_, _, _, k| [stiffness, 1.0][k]),
        is_forced: true,
        exact: Box::new(|t, _, k| wave(t, k)),
    }
}

/// `u' = s'(t) u`, `u = exp(s(t))`.
fn varying(
    parameters: String,
    s: impl Fn(f64) -> f64 + Send + Sync + 'static,
    slope: impl Fn(f64) -> f64 + Send + Sync + Copy + 'static,
) -> Member {
    Member {
        family: "varying coefficients",
        parameters,
        dims: 1,
        ode_order: 1,
        horizon: 2.0,
        coarsest: 16,
        coefficient: Box::new(move |t, _, _, k| [-slope(t), 1.0][k]),
        is_forced: false,
        exact: Box::new(move |t, _, k| s(t).exp() * if k == 0 { 1.0 } else { slope(t) }),
    }
}

/// Euler's equation `x^2 u'' + (1 - a - b) x u' + a b u = 0` with x = 1 + t: `u = x^a + x^b`.
fn euler(a: f64, b: f64) -> Member {
    Member {
        family: "Euler's equation",
        parameters: format!("exponents {a}, {b}"),
        dims: 1,
        ode_order: 2,
        horizon: 2.0,
        coarsest: 16,
        coefficient: Box::new(move |t, _, _, k| [a * b, (1.0 - a - b) * (1.0 + t), (1.0 + t).powi(2)][k]),
        is_forced: false,
        exact: Box::new(move |t, _, k| {
            let power = |a: f64| (0..k).map(|i| a - i as f64).product::<f64>() * (1.0 + t).powf(a - k as f64);
            power(a) + power(b)
        }),
    }
}

/// `(d/dt + 1)^order u + coupling to the other dimensions = f`, with f such that `u_d = cos(w t + d)`.
fn forced(dims: usize, order: usize, w: f64) -> Member {
    let operator = polynomial(&vec![(-1.0, 0.0); order]);
    Member {
        family: "forced",
        parameters: format!("D = {dims}, order {order}, frequency {w}"),
        dims,
        ode_order: order,
        horizon: 2.0,
        coarsest: 16,
        coefficient: Box::new(move |_, e, d, k| match (e == d, k) {
            (true, _) => operator[k],
            (false, 0) => 0.3,
            (false, _) => 0.0,
        }),
        is_forced: true,
        exact: Box::new(move |t, d, k| w.powi(k as i32) * wave(w * t + d as f64, k)),
    }
}

/// `u' = Q B Q^T u`: B has blocks that rotate pairs of dimensions inwards, and one that decays if D is odd.
fn rotation(dims: usize) -> Member {
    let speed = |m: usize| 1.0 + 0.25 * (m / 2) as f64;
    let decay = -0.2;
    let block = Array2::from_shape_fn((dims, dims), |(m, n)| match (m, n) {
        _ if m == n => decay,
        _ if m / 2 != n / 2 => 0.0,
        _ if m < n => -speed(m),
        _ => speed(m),
    });
    let q = orthogonal(dims);
    let matrices = [-q.dot(&block).dot(&q.t()), Array2::eye(dims)];
    let mode = move |t: f64, m: usize, k: usize| match m {
        m if m + 1 == dims && m % 2 == 0 => exponential((decay, 0.0), t, k),
        // cos and sin: the second is a quarter period behind
        m => shifted_exponential((decay, speed(m)), t, k, 0.4 - (m % 2) as f64 * FRAC_PI_2),
    };
    Member {
        family: "coupled rotations",
        parameters: format!("D = {dims}"),
        dims,
        ode_order: 1,
        horizon: 2.0,
        coarsest: 16,
        coefficient: Box::new(move |_, e, d, k| matrices[k][[e, d]]),
        is_forced: false,
        exact: Box::new(move |t, d, k| (0..dims).map(|m| q[[d, m]] * mode(t, m, k)).sum()),
    }
}

/// `u' = cos(t) Q diag(r) Q^T u`: `u = Q exp(r sin t)`.
fn coupled_varying(dims: usize) -> Member {
    let rate = |m: usize| 0.6 - 0.25 * m as f64;
    let q = orthogonal(dims);
    let rates = Array2::from_diag(&Array1::from_shape_fn(dims, rate));
    let matrices = [-q.dot(&rates).dot(&q.t()), Array2::eye(dims)];
    Member {
        family: "coupled, varying",
        parameters: format!("D = {dims}"),
        dims,
        ode_order: 1,
        horizon: 2.0,
        coarsest: 16,
        coefficient: Box::new(move |t, e, d, k| matrices[k][[e, d]] * if k == 0 { t.cos() } else { 1.0 }),
        is_forced: false,
        exact: Box::new(move |t, d, k| {
            let mode = |m: usize| (rate(m) * t.sin()).exp() * if k == 0 { 1.0 } else { rate(m) * t.cos() };
            (0..dims).map(|m| q[[d, m]] * mode(m)).sum()
        }),
    }
}

/// The k-th derivative of `cos(x)`.
fn wave(x: f64, k: usize) -> f64 {
    (x + k as f64 * FRAC_PI_2).cos()
}

/// The k-th derivative of `exp(a t)`, or of `exp(a t) cos(b t + 0.3)` for a root `a + i b`.
fn exponential(root: Root, t: f64, k: usize) -> f64 {
    let phase = if root.1 == 0.0 { 0.0 } else { 0.3 };
    shifted_exponential(root, t, k, phase)
}

/// The k-th derivative of `exp(a t) cos(b t + phase)`.
fn shifted_exponential((a, b): Root, t: f64, k: usize, phase: f64) -> f64 {
    a.hypot(b).powi(k as i32) * (a * t).exp() * (b * t + phase + k as f64 * b.atan2(a)).cos()
}

/// Coefficients of `prod (x - r)`, the lowest first; a complex root counts with its conjugate.
fn polynomial(roots: &[Root]) -> Vec<f64> {
    let mut product = vec![1.0];
    for &(a, b) in roots {
        let factor = if b == 0.0 { vec![-a, 1.0] } else { vec![a * a + b * b, -2.0 * a, 1.0] };
        let mut next = vec![0.0; product.len() + factor.len() - 1];
        for (i, x) in product.iter().enumerate() {
            factor.iter().enumerate().for_each(|(j, y)| next[i + j] += x * y);
        }
        product = next;
    }
    product
}

/// An orthogonal matrix without zeros: the reflection `I - 2 v v^T / |v|^2` with v_i = 1 + i / 2; 1 for one dimension.
fn orthogonal(dims: usize) -> Array2<f64> {
    if dims == 1 {
        return Array2::eye(1);
    }
    let v = Array2::from_shape_fn((dims, 1), |(i, _)| 1.0 + 0.5 * i as f64);
    Array2::eye(dims) - v.dot(&v.t()) * (2.0 / (&v * &v).sum())
}
