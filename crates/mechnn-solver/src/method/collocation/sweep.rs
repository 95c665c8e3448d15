//! Initial values: element by element forward, and its transpose backward.

use super::element::{Element, RightHandSide};
use super::first;
use super::inputs::{Inputs, Lengths};
use super::rules::Rules;
use crate::linear_algebra::lu::{self, SingularAt};

/// One batch element to be swept over.
#[derive(Clone, Copy)]
pub(super) struct Sweep<'a> {
    pub(super) lengths: Lengths,
    pub(super) inputs: Inputs<'a>,
    pub(super) rules: &'a Rules,
    /// Collocation elements.
    pub(super) elements: usize,
}

/// Where the factors of a batch element are: element after element, then the first point.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Storage {
    elements: usize,
    /// Unknowns of an element.
    unknowns: usize,
    dims: usize,
}

impl Storage {
    pub(super) fn new(lengths: Lengths, elements: usize) -> Self {
        Self { elements, unknowns: lengths.unknowns(), dims: lengths.dims }
    }

    /// Numbers and exchanged rows of a batch element.
    pub(super) fn lengths(self) -> (usize, usize) {
        let factors = self.elements * lu::length(self.unknowns) + lu::length(self.dims);
        (factors, self.elements * self.unknowns + self.dims)
    }
}

impl<'a> Sweep<'a> {
    #[inline(always)]
    pub(super) fn element(&self, index: usize) -> Element<'a> {
        Element { lengths: self.lengths, inputs: self.inputs, rules: self.rules, index }
    }

    /// Factors of element `index`.
    #[inline(always)]
    pub(super) fn of_element<'f>(
        &self,
        (factors, exchanged): (&'f [f64], &'f [u32]),
        index: usize,
    ) -> (&'f [f64], &'f [u32]) {
        let (n, length) = (self.lengths.unknowns(), lu::length(self.lengths.unknowns()));
        (&factors[index * length..][..length], &exchanged[index * n..][..n])
    }

    /// Factors of the first point.
    #[inline(always)]
    fn of_first<'f>(&self, (factors, exchanged): (&'f [f64], &'f [u32])) -> (&'f [f64], &'f [u32]) {
        let (n, length) = (self.lengths.unknowns(), lu::length(self.lengths.unknowns()));
        (&factors[self.elements * length..], &exchanged[self.elements * n..])
    }

    /// Factors all elements and the first point. Returns the smallest relative pivot; errors name the grid point.
    #[inline(always)]
    pub(super) fn factor(
        &self,
        factors: &mut [f64],
        exchanged: &mut [u32],
        has_first: bool,
    ) -> Result<f64, SingularAt> {
        let (n, m) = (self.lengths.unknowns(), self.lengths.intervals);
        let length = lu::length(n);
        let (in_elements, first) = factors.split_at_mut(self.elements * length);
        let (rows_in_elements, first_rows) = exchanged.split_at_mut(self.elements * n);
        let mut smallest = 1.0_f64;
        if has_first {
            smallest = first::factor(self.lengths, &self.inputs, first, first_rows)?;
        }
        for (index, (factors, exchanged)) in
            in_elements.chunks_exact_mut(length).zip(rows_in_elements.chunks_exact_mut(n)).enumerate()
        {
            let pivot = self.element(index).factor(factors, exchanged);
            let at_point = |error: SingularAt| SingularAt { index: index * m + 1 + error.index, ..error };
            smallest = smallest.min(pivot.map_err(at_point)?);
        }
        Ok(smallest)
    }

    /// Solves for `values` `[N, D, K]`; the lower derivatives of the first point are given.
    #[inline(always)]
    pub(super) fn forward(
        &self,
        factored: (&[f64], &[u32]),
        right: &impl RightHandSide,
        highest: &mut [f64],
        values: &mut [f64],
    ) {
        let (m, state) = (self.lengths.intervals, self.lengths.state());
        first::complete(self.lengths, &self.inputs, self.of_first(factored), right, highest, &mut values[..state]);
        for index in 0..self.elements {
            let (factors, exchanged) = self.of_element(factored, index);
            let nodes = &mut values[index * m * state..][..(m + 1) * state];
            self.element(index).advance(factors, exchanged, right, highest, nodes);
        }
    }

    /// The transpose, in place on `values` `[N, D, K]`: cotangents of the solution become multipliers of the rows;
    /// those of the initial values stand in the slots of the lower derivatives of the first point.
    #[inline(always)]
    pub(super) fn backward(&self, factored: (&[f64], &[u32]), highest: &mut [f64], values: &mut [f64]) {
        let (m, state) = (self.lengths.intervals, self.lengths.state());
        for index in (0..self.elements).rev() {
            let (factors, exchanged) = self.of_element(factored, index);
            let nodes = &mut values[index * m * state..][..(m + 1) * state];
            self.element(index).advance_transposed(factors, exchanged, highest, nodes);
        }
        let node = &mut values[..state];
        first::complete_transposed(self.lengths, &self.inputs, self.of_first(factored), highest, node);
    }
}
