//! Coefficients of a window by least squares, which a network corrects.

use burn::module::Module;
use burn::tensor::Tensor;

use super::Encoder;
use super::batched_cholesky::BatchedCholesky;
use crate::array::from_slice;
use crate::basis::Basis;
use crate::error::{RefusedInput, expect_axis};

/// The coefficients ξ of an equation that is linear in them and the start c, from the integrals of its terms along the
/// window:
///
/// $$ \xi = \xi_{LS} + s\, L^{-T} g(x, e), \qquad c = \bar x - \bar F^T \xi + s\, h(x, e), \qquad
/// (\xi_{LS}, \cdot) = \arg\min_{\xi, c} \sum_n \Big| x(t_n) - c - \sum_p \xi_p F_p(t_n) \Big|^2, \qquad
/// F_p(t) = \int_{t_0}^{t} \phi_p(x(s))\, ds $$
///
/// L Lᵀ is the Gram matrix of the F_p of this window, centred and divided by N, s the root mean square of the residual
/// e of the regression, and (g, h) a network that sees the window and e/s. In the coordinates (g, h) the fit has equal
/// curvature in all directions for every window, and a step of size one changes the solution by as much as the
/// regression leaves: a network that says the coefficients themselves has to be right to the smallest eigenvalue of L
/// Lᵀ.
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
    /// For windows of `points` points, an odd number, `step` apart, with D = `dims` states. The network, if there is
    /// one, sees 2 D channels and makes D (P + 1) features.
    ///
    /// # Errors
    /// [`RefusedInput::Shape`] for an even number of points.
    pub fn new(basis: B, network: Option<E>, dims: usize, points: usize, step: f64) -> Result<Self, RefusedInput> {
        expect_axis("window", 1, "an odd number of points", points | 1, points)?;
        Ok(Self { basis, network, dims, points, step, passes: 1 })
    }

    /// Repeats the regression, each time with the terms along the curve that the one before has found instead of the
    /// data: squares of noisy data are too large by the variance of the noise. It is the fixed point that the
    /// consistency loss leads to.
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
        Ok(self.encode_with_states(window)?.0)
    }

    /// The states are the curve of the regression, which holds less of the noise than the data.
    fn encode_with_states(&self, window: Tensor<3>) -> Result<(Tensor<2>, Tensor<3>), RefusedInput> {
        let Fit { factor, size, mean, scaled, residual } = self.fit(window.clone())?;
        let curve = window.clone() - residual.clone();
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
        Ok((Tensor::cat(vec![coefficients, start.reshape([batch, dims])], 1), curve))
    }
}

/// The regression of every window.
struct Fit {
    /// Of the Gram matrix of the integrals in units of their sizes.
    factor: BatchedCholesky,
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
        let factor = BatchedCholesky::new(gram, terms);
        let scaled = factor.solve_transposed(factor.solve(right));
        let residual = states - unit.matmul(scaled.clone());
        Ok(Fit { factor, size: size.swap_dims(1, 2), mean, scaled, residual })
    }
}

/// Over the points, above 0, `[B, 1, _]` for `[B, N, _]`.
fn root_mean_square(x: Tensor<3>) -> Tensor<3> {
    ((x.clone() * x).mean_dim(1) + f64::MIN_POSITIVE).sqrt()
}
