//! A right-hand side that is linear in its coefficients.

use burn::module::{Module, Param};
use burn::tensor::Tensor;
use ndarray::{Array3, ArrayView2, ArrayView3};

use super::{RightHandSide, Source};
use crate::array::{from_array, from_slice, shaped, to_vec};
use crate::basis::Basis;
use crate::error::{RefusedInput, expect_axis};
use crate::network::InitialWeights;

/// $$ f_d(x, t) = \sum_p \xi_{d,p}\, \phi_p(x, t), \qquad \xi_d = \xi_d^0 + T_d\, (\eta_d - \eta_d^0) $$
///
/// η is what is trained or comes from features; T, ξ⁰ and η⁰ are constants (identity and zeros until
/// [`LibraryRightHandSide::precondition`]): with T from the data's Gram matrix, steps of the optimiser are equally
/// large in every direction. A row of zeros in T and ξ⁰ removes a term.
#[derive(Module, Debug)]
pub struct LibraryRightHandSide<B: Basis> {
    basis: B,
    /// η, `[1, D P]`.
    shared: Option<Param<Tensor<2>>>,
    dims: usize,
    /// T transposed, `[1, D, P, P]`: a constant of the graph.
    #[module(skip)]
    transform: Option<Tensor<4>>,
    /// η⁰, `[1, D P]`, and ξ⁰, `[1, D, P]`.
    #[module(skip)]
    origin: Option<(Tensor<2>, Tensor<3>)>,
}

impl<B: Basis> LibraryRightHandSide<B> {
    /// All terms in all D equations, coefficients starting at 0 if they are shared.
    pub fn new(basis: B, dims: usize, source: Source, weights: &InitialWeights) -> Self {
        let count = dims * basis.terms(dims);
        let shared = match source {
            Source::Shared => Some(weights.given(&vec![0.0; count], [1, count])),
            Source::Features => None,
        };
        Self { basis, shared, dims, transform: None, origin: None }
    }

    /// The basis.
    pub fn basis(&self) -> &B {
        &self.basis
    }

    /// Sets T, `[D, P, P]`, such that the η of `features` now give ξ⁰ = `start`, `[D, P]`.
    ///
    /// # Errors
    /// [`RefusedInput::Shape`].
    pub fn precondition(
        mut self,
        transform: ArrayView3<'_, f64>,
        start: ArrayView2<'_, f64>,
        features: Tensor<2>,
    ) -> Result<Self, RefusedInput> {
        let terms = self.basis.terms(self.dims);
        let expected = [("equations", self.dims), ("terms", terms), ("terms", terms)];
        for (axis, (meaning, expected)) in expected.into_iter().enumerate() {
            expect_axis("transform", axis, meaning, expected, transform.shape()[axis])?;
        }
        for (axis, (meaning, expected)) in expected.into_iter().take(2).enumerate() {
            expect_axis("start", axis, meaning, expected, start.shape()[axis])?;
        }
        let device = features.device();
        let raw = self.raw(features);
        expect_axis("features", 0, "one set of coefficients", 1, raw.dims()[0])?;
        let transposed = transform.permuted_axes([0, 2, 1]);
        self.transform = Some(from_array::<3, _, _>(&transposed, &device).unsqueeze_dim(0));
        let start = from_array::<2, _, _>(&start, &device).unsqueeze_dim(0);
        // Constants: the numbers, without their history.
        let raw = from_slice(&to_vec(raw), [1, self.dims * terms], &device);
        self.origin = Some((raw, start));
        Ok(self)
    }

    fn raw(&self, features: Tensor<2>) -> Tensor<2> {
        match &self.shared {
            Some(shared) => shared.val(),
            None => features,
        }
    }

    /// ξ, `[B | 1, D, P]`, of features `[B | 1, D P]`.
    pub fn coefficients(&self, features: Tensor<2>) -> Tensor<3> {
        let terms = self.basis.terms(self.dims);
        let raw = self.raw(features);
        let batch = raw.dims()[0];
        match (&self.transform, &self.origin) {
            (Some(transform), Some((origin, start))) => {
                let moved = (raw - origin.clone()).reshape([batch, self.dims, 1, terms]);
                let size = [batch, self.dims, terms, terms];
                moved.matmul(transform.clone().expand(size)).reshape([batch, self.dims, terms]) + start.clone()
            }
            _ => raw.reshape([batch, self.dims, terms]),
        }
    }

    /// ξ as numbers, `[B | 1, D, P]`.
    pub fn coefficient_values(&self, features: Tensor<2>) -> Array3<f64> {
        let coefficients = self.coefficients(features);
        shaped(coefficients.dims(), to_vec(coefficients))
    }
}

impl<B: Basis> RightHandSide for LibraryRightHandSide<B> {
    fn features(&self) -> usize {
        match self.shared {
            Some(_) => 0,
            None => self.dims * self.basis.terms(self.dims),
        }
    }

    fn evaluate(&self, features: Tensor<2>, states: Tensor<3>, times: Tensor<3>) -> Result<Tensor<3>, RefusedInput> {
        let values = self.basis.evaluate(states, times);
        let [batch, points, terms] = values.dims();
        let coefficients = self.coefficients(features).swap_dims(1, 2);
        if coefficients.dims()[0] == 1 {
            // One product for the whole batch.
            let rates = values.reshape([batch * points, terms]).matmul(coefficients.squeeze_dim(0));
            return Ok(rates.reshape([batch, points, self.dims]));
        }
        Ok(values.matmul(coefficients))
    }
}
