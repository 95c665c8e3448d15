//! Coefficients of a window by least squares, which a network corrects.

use burn::module::Module;
use burn::tensor::Tensor;

use super::Encoder;
use crate::array::from_slice;
use crate::basis::Basis;
use crate::error::{RefusedInput, expect_axis};

/// Added to the diagonal of the normalised Gram matrix, for terms that are combinations of others on a window.
const RIDGE: f64 = 1e-10;

/// The coefficients ξ of an equation that is linear in them and the start c, from the integrals of its terms along the window:
///
/// $$ \xi = \xi_{LS} + s\, L^{-T} g(x, e), \qquad c = \bar x - \bar F^T \xi + s\, h(x, e), \qquad
/// (\xi_{LS}, \cdot) = \arg\min_{\xi, c} \sum_n \Big| x(t_n) - c - \sum_p \xi_p F_p(t_n) \Big|^2, \qquad
/// F_p(t) = \int_{t_0}^{t} \phi_p(x(s))\, ds $$
///
/// L Lᵀ is the Gram matrix of the F_p of this window, centred and divided by N, s the root mean square of the residual e
/// of the regression, and (g, h) a network that sees the window and e/s. In the coordinates (g, h) the fit has equal curvature in
/// all directions for every window, and a step of size one changes the solution by as much as the regression leaves: a
/// network that says the coefficients themselves has to be right to the smallest eigenvalue of L Lᵀ.
///
/// Features: ξ, D P, then c, D: those of a [`LibraryRightHandSide`](crate::head::LibraryRightHandSide) and of
/// [`Initial::Features`](crate::head::Initial::Features) with one derivative.
///
/// Integrals are those of three-point collocation, exact for cubics at every second point; N is odd.
#[derive(Module, Debug)]
pub struct IntegralRegression<B: Basis, E: Encoder> {
    basis: B,
    network: Option<E>,
    dims: usize,
    points: usize,
    step: f64,
    passes: usize,
}

impl<B: Basis, E: Encoder> IntegralRegression<B, E> {
    /// For windows of `points` points, an odd number, `step` apart, with D = `dims` states. The network, if there is one,
    /// sees 2 D channels and makes D (P + 1) features.
    ///
    /// # Errors
    /// [`RefusedInput::Shape`] for an even number of points.
    pub fn new(basis: B, network: Option<E>, dims: usize, points: usize, step: f64) -> Result<Self, RefusedInput> {
        expect_axis("window", 1, "an odd number of points", points | 1, points)?;
        Ok(Self { basis, network, dims, points, step, passes: 1 })
    }

    /// Repeats the regression, each time with the terms along the curve that the one before has found instead of the data:
    /// squares of noisy data are too large by the variance of the noise. It is the fixed point that the consistency loss
    /// leads to.
    pub fn with_passes(mut self, passes: usize) -> Self {
        self.passes = passes.max(1);
        self
    }

    /// `[N, N]`: integrals from the first point to each.
    fn integration(&self) -> Vec<f64> {
        let points = self.points;
        let mut matrix = vec![0.0; points * points];
        let mut until = vec![0.0; points];
        for first in (0..points.saturating_sub(2)).step_by(2) {
            for (row, weights) in [(1, [5.0, 8.0, -1.0]), (2, [4.0, 16.0, 4.0])] {
                let mut sum = until.clone();
                for (m, weight) in weights.into_iter().enumerate() {
                    sum[first + m] += self.step * weight / 12.0;
                }
                matrix[(first + row) * points..(first + row + 1) * points].copy_from_slice(&sum);
                if row == 2 {
                    until = sum;
                }
            }
        }
        matrix
    }
}

impl<B: Basis, E: Encoder> Encoder for IntegralRegression<B, E> {
    fn encode(&self, window: Tensor<3>) -> Result<Tensor<2>, RefusedInput> {
        let Fit { factor, size, mean, scaled, residual } = self.fit(window.clone())?;
        let [batch, terms, dims] = scaled.dims();
        let (mut scaled, mut level) = (scaled, window.clone().mean_dim(1));
        if let Some(network) = &self.network {
            let left = root_mean_square(residual.clone());
            let seen = Tensor::cat(vec![window, residual / left.clone()], 2);
            let said = network.encode(seen)?;
            expect_axis("features", 1, "terms and starts of the regression", dims * (terms + 1), said.dims()[1])?;
            let of_terms = said.clone().slice([0..batch, 0..dims * terms]).reshape([batch, dims, terms]);
            let of_levels = said.slice([0..batch, dims * terms..dims * (terms + 1)]).reshape([batch, 1, dims]);
            scaled = scaled + factor.solve_transposed(of_terms.swap_dims(1, 2)) * left.clone();
            level = level + of_levels * left;
        }
        let coefficients = scaled / size;
        // x(t0) = c: the level of the data less that of the integrals.
        let start = level - mean.matmul(coefficients.clone());
        let coefficients = coefficients.swap_dims(1, 2).reshape([batch, dims * terms]);
        Ok(Tensor::cat(vec![coefficients, start.reshape([batch, dims])], 1))
    }

    /// The curve of the regression, which holds less of the noise than the data.
    fn states(&self, window: Tensor<3>) -> Result<Tensor<3>, RefusedInput> {
        Ok(window.clone() - self.fit(window)?.residual)
    }
}

/// The regression of every window.
struct Fit {
    /// Of the Gram matrix of the integrals in units of their sizes.
    factor: Cholesky,
    /// Root mean square of the centred integrals, `[B, P, 1]`.
    size: Tensor<3>,
    /// Means of the integrals, `[B, 1, P]`.
    mean: Tensor<3>,
    /// Coefficients times `size`, `[B, P, D]`.
    scaled: Tensor<3>,
    /// `[B, N, D]`
    residual: Tensor<3>,
}

impl<B: Basis, E: Encoder> IntegralRegression<B, E> {
    /// Root mean square of what the regression leaves of each state of each window, `[B, 1, D]`: about the noise.
    ///
    /// # Errors
    /// [`RefusedInput::Shape`] for windows of another size.
    pub fn residual_size(&self, window: Tensor<3>) -> Result<Tensor<3>, RefusedInput> {
        Ok(root_mean_square(self.fit(window)?.residual))
    }

    fn fit(&self, window: Tensor<3>) -> Result<Fit, RefusedInput> {
        let mut fit = self.pass(window.clone(), window.clone())?;
        for _ in 1..self.passes {
            fit = self.pass(window.clone(), window.clone() - fit.residual)?;
        }
        Ok(fit)
    }

    /// The regression of `window` with its terms along `curve`.
    fn pass(&self, window: Tensor<3>, curve: Tensor<3>) -> Result<Fit, RefusedInput> {
        let [batch, points, dims] = window.dims();
        expect_axis("window", 1, "points of the encoder", self.points, points)?;
        expect_axis("window", 2, "states of the encoder", self.dims, dims)?;
        let device = window.device();
        let times: Vec<f64> = (0..points).map(|n| self.step * n as f64).collect();
        let times = from_slice(&times, [1, points, 1], &device);
        let integration = from_slice(&self.integration(), [1, points, points], &device);
        let integrals = integration.expand([batch, points, points]).matmul(self.basis.evaluate(curve, times));
        let terms = integrals.dims()[2];
        // Centring is the same as fitting c.
        let centred = |x: Tensor<3>| x.clone() - x.mean_dim(1);
        let mean = integrals.clone().mean_dim(1);
        let (integrals, states) = (centred(integrals), centred(window));
        let size = root_mean_square(integrals.clone());
        let unit = integrals / size.clone();
        let gram = unit.clone().swap_dims(1, 2).matmul(unit.clone()) / points as f64;
        let right = unit.clone().swap_dims(1, 2).matmul(states.clone()) / points as f64;
        let factor = Cholesky::new(gram, terms);
        let scaled = factor.solve_transposed(factor.solve(right));
        let residual = states - unit.matmul(scaled.clone());
        Ok(Fit { factor, size: size.swap_dims(1, 2), mean, scaled, residual })
    }
}

/// Over the points, above 0, `[B, 1, _]` for `[B, N, _]`.
fn root_mean_square(x: Tensor<3>) -> Tensor<3> {
    ((x.clone() * x).mean_dim(1) + f64::MIN_POSITIVE).sqrt()
}

/// L of every batch element, by entries `[B, 1, 1]`.
struct Cholesky(Vec<Vec<Tensor<3>>>);

impl Cholesky {
    /// Of `[B, P, P]` with a unit diagonal.
    fn new(matrix: Tensor<3>, size: usize) -> Self {
        let batch = matrix.dims()[0];
        let entry = |i: usize, j: usize| matrix.clone().slice([0..batch, i..i + 1, j..j + 1]);
        let mut lower: Vec<Vec<Tensor<3>>> = vec![];
        for i in 0..size {
            let mut row: Vec<Tensor<3>> = vec![];
            for j in 0..=i {
                let other = if j < i { &lower[j] } else { &row };
                let sum = (0..j).fold(entry(i, j), |sum, k| sum - row[k].clone() * other[k].clone());
                row.push(match i == j {
                    true => (sum + RIDGE).clamp_min(RIDGE).sqrt(),
                    false => sum / lower[j][j].clone(),
                });
            }
            lower.push(row);
        }
        Self(lower)
    }

    /// L⁻¹ y for `[B, P, D]`.
    fn solve(&self, y: Tensor<3>) -> Tensor<3> {
        let [batch, size, dims] = y.dims();
        let mut x: Vec<Tensor<3>> = vec![];
        for i in 0..size {
            let start = y.clone().slice([0..batch, i..i + 1, 0..dims]);
            let sum = (0..i).fold(start, |sum, k| sum - self.0[i][k].clone() * x[k].clone());
            x.push(sum / self.0[i][i].clone());
        }
        Tensor::cat(x, 1)
    }

    /// L⁻ᵀ y for `[B, P, D]`.
    fn solve_transposed(&self, y: Tensor<3>) -> Tensor<3> {
        let [batch, size, dims] = y.dims();
        let mut x: Vec<Tensor<3>> = vec![];
        for i in (0..size).rev() {
            let start = y.clone().slice([0..batch, i..i + 1, 0..dims]);
            // x[k] belongs to row size - 1 - k.
            let sum = (i + 1..size).fold(start, |sum, k| sum - self.0[k][i].clone() * x[size - 1 - k].clone());
            x.push(sum / self.0[i][i].clone());
        }
        x.reverse();
        Tensor::cat(x, 1)
    }
}
