//! Factors of small matrices as tensors, differentiable.

use burn::tensor::Tensor;

/// Added to the diagonal of the normalised Gram matrix, for terms that are combinations of others on a window.
const RIDGE: f64 = 1e-10;

/// L of every batch element, by entries `[B, 1, 1]`.
pub(super) struct BatchedCholesky(Vec<Vec<Tensor<3>>>);

impl BatchedCholesky {
    /// Of `[B, P, P]` with a unit diagonal.
    pub(super) fn new(matrix: Tensor<3>, size: usize) -> Self {
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
    pub(super) fn solve(&self, y: Tensor<3>) -> Tensor<3> {
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
    pub(super) fn solve_transposed(&self, y: Tensor<3>) -> Tensor<3> {
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
