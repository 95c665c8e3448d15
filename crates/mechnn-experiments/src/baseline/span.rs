//! Least squares by orthogonalisation: coefficients, and how much of a vector lies outside a span.

/// An orthonormal basis of the span of some columns, each `[N]`.
pub(crate) struct Span {
    /// Orthonormal vectors, each `[N]`.
    basis: Vec<Vec<f64>>,
    /// Column of each basis vector.
    columns: Vec<usize>,
    /// `upper[k][i]`: coefficient of basis vector i <= k in the column of basis vector k.
    upper: Vec<Vec<f64>>,
    /// Number of columns given.
    count: usize,
}

impl Span {
    /// Orthogonalises by Gram and Schmidt, every column twice, which is as stable as reflections ("twice is enough").
    ///
    /// Columns of which less than the part `dependent` is left after projection on those before them, and columns that
    /// are zero, are left out.
    pub(crate) fn new(columns: &[&[f64]], dependent: f64) -> Self {
        let mut span = Self { basis: Vec::new(), columns: Vec::new(), upper: Vec::new(), count: columns.len() };
        for (index, column) in columns.iter().enumerate() {
            let length = norm(column);
            let (rest, mut coefficients) = span.project(column);
            let left = norm(&rest);
            // Written so that NaN is left out.
            if !(left > dependent * length && left > 0.0) {
                continue;
            }
            coefficients.push(left);
            span.basis.push(rest.iter().map(|x| x / left).collect());
            span.columns.push(index);
            span.upper.push(coefficients);
        }
        span
    }

    /// What is left of `y` outside the span, and its coefficients in the basis.
    fn project(&self, y: &[f64]) -> (Vec<f64>, Vec<f64>) {
        let mut rest = y.to_vec();
        let mut coefficients = vec![0.0; self.basis.len()];
        for _ in 0..2 {
            for (vector, sum) in self.basis.iter().zip(&mut coefficients) {
                let along: f64 = vector.iter().zip(&rest).map(|(q, r)| q * r).sum();
                *sum += along;
                rest.iter_mut().zip(vector).for_each(|(r, q)| *r -= along * q);
            }
        }
        (rest, coefficients)
    }

    /// Coefficients of the columns, `[P]`, that minimise the distance to `y`; 0 for columns that were left out.
    pub(crate) fn coefficients(&self, y: &[f64]) -> Vec<f64> {
        let (_, mut right) = self.project(y);
        let mut result = vec![0.0; self.count];
        // R θ = Qᵀ y, backwards.
        for k in (0..self.basis.len()).rev() {
            let value = right[k] / self.upper[k][k];
            result[self.columns[k]] = value;
            for (i, right) in right[..k].iter_mut().enumerate() {
                *right -= self.upper[k][i] * value;
            }
        }
        result
    }

    /// Part of the length of `y` that is outside the span, 0 to 1; 0 for a zero vector.
    pub(crate) fn outside(&self, y: &[f64]) -> f64 {
        let length = norm(y);
        if length == 0.0 { 0.0 } else { norm(&self.project(y).0) / length }
    }
}

fn norm(x: &[f64]) -> f64 {
    x.iter().map(|x| x * x).sum::<f64>().sqrt()
}

#[cfg(test)]
mod tests {
    use super::Span;

    #[test]
    fn coefficients_are_those_of_the_combination_and_dependent_columns_get_none() {
        let t: Vec<f64> = (0..50).map(|i| 0.1 * f64::from(i)).collect();
        let one = vec![1.0; 50];
        let line: Vec<f64> = t.iter().map(|t| 3.0 - 2.0 * t).collect();
        let cube: Vec<f64> = t.iter().map(|t| t.powi(3)).collect();
        let span = Span::new(&[&one, &t, &line, &cube], 1e-10);
        let y: Vec<f64> = t.iter().map(|t| 0.5 - t + 0.25 * t.powi(3)).collect();
        for (found, expected) in span.coefficients(&y).iter().zip([0.5, -1.0, 0.0, 0.25]) {
            assert!((found - expected).abs() < 1e-12, "{found} for {expected}");
        }
        assert!(span.outside(&y) < 1e-14);
        let square: Vec<f64> = t.iter().map(|t| t * t).collect();
        assert!(span.outside(&square) > 1e-3);
        assert_eq!(Span::new(&[], 1e-10).outside(&y), 1.0);
        assert_eq!(span.outside(&[0.0; 50]), 0.0);
    }
}
