//! Conditions at the two ends.

use ndarray::{Array1, Array2};

use crate::nonlinear::error::{NonlinearError, check_finite, check_vector};

/// D linear conditions `B_0 x(t_0) + B_1 x(t_{N-1}) = β`.
///
/// Separated conditions have rows that are zero in one of the matrices; periodic ones are `B_0 = I, B_1 = -I, β = 0`.
#[derive(Debug, Clone, PartialEq)]
pub struct LinearConditions {
    /// B_0, `[D, D]`.
    pub at_first: Array2<f64>,
    /// B_1, `[D, D]`.
    pub at_last: Array2<f64>,
    /// β, `[D]`.
    pub values: Array1<f64>,
}

impl LinearConditions {
    /// Prescribes single states: `(dimension, value)` at the first and at the last time, D in all.
    ///
    /// # Errors
    /// [`NonlinearError`] if these are not D, or a dimension is not below D.
    pub fn separated(dims: usize, first: &[(usize, f64)], last: &[(usize, f64)]) -> Result<Self, NonlinearError> {
        let count = first.len() + last.len();
        if count != dims {
            return Err(NonlinearError::shape("conditions", 0, "conditions", dims.to_string(), count));
        }
        let mut all = Self {
            at_first: Array2::zeros((dims, dims)),
            at_last: Array2::zeros((dims, dims)),
            values: Array1::zeros(dims),
        };
        for (row, &(dim, value)) in first.iter().chain(last).enumerate() {
            if dim >= dims {
                return Err(NonlinearError::shape("conditions", 1, "dimension", format!("below {dims}"), dim));
            }
            let matrix = if row < first.len() { &mut all.at_first } else { &mut all.at_last };
            matrix[[row, dim]] = 1.0;
            all.values[row] = value;
        }
        Ok(all)
    }

    pub(super) fn check(&self, dims: usize) -> Result<(), NonlinearError> {
        for (input, matrix) in [("conditions.at_first", &self.at_first), ("conditions.at_last", &self.at_last)] {
            for axis in 0..2 {
                let found = matrix.shape()[axis];
                if found != dims {
                    return Err(NonlinearError::shape(input, axis, "dimensions", dims.to_string(), found));
                }
            }
            check_finite(input, &matrix.iter().copied().collect::<Vec<_>>())?;
        }
        check_vector("conditions.values", "dimensions", &self.values.to_vec(), dims)
    }

    /// `β - B_0 x_0 - B_1 x_1`, `[D]`.
    pub(super) fn residual(&self, first: &[f64], last: &[f64]) -> Vec<f64> {
        let row = |d: usize| {
            let terms = (0..first.len()).map(|e| self.at_first[[d, e]] * first[e] + self.at_last[[d, e]] * last[e]);
            self.values[d] - terms.sum::<f64>()
        };
        (0..first.len()).map(row).collect()
    }

    /// Rows `[B_0, B_1]`, `[D, 2 D]`.
    pub(super) fn rows(&self) -> Vec<f64> {
        let dims = self.values.len();
        (0..dims).flat_map(|d| self.at_first.row(d).into_iter().chain(self.at_last.row(d)).copied()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::LinearConditions;

    #[test]
    fn separated_conditions_hold_at_their_ends() {
        let conditions = LinearConditions::separated(2, &[(0, 3.0)], &[(1, 4.0)]).expect("two conditions");
        assert_eq!(conditions.residual(&[1.0, 10.0], &[20.0, 2.0]), [2.0, 2.0]);
        assert_eq!(conditions.rows(), [1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0]);
        assert!(LinearConditions::separated(2, &[(0, 3.0)], &[]).is_err());
        assert!(LinearConditions::separated(1, &[(1, 3.0)], &[]).is_err());
    }
}
