//! Dot products as if computed in twice the working precision.

/// A running sum with the rounding errors of its products and additions carried along (Dot2).
///
/// Ogita, Rump, Oishi, SIAM J. Sci. Comput. 26 (2005), algorithm 5.3.
#[derive(Debug, Clone, Copy)]
pub(crate) struct AccurateSum {
    sum: f64,
    error: f64,
}

impl AccurateSum {
    pub(crate) fn new(start: f64) -> Self {
        Self { sum: start, error: 0.0 }
    }

    pub(crate) fn add(&mut self, term: f64) {
        let total = self.sum + term;
        let from_term = total - self.sum;
        self.error += (self.sum - (total - from_term)) + (term - from_term);
        self.sum = total;
    }

    pub(crate) fn add_product(&mut self, a: f64, b: f64) {
        let product = a * b;
        self.add(product);
        self.error += a.mul_add(b, -product);
    }

    /// The sum as a number and what its rounding leaves.
    pub(crate) fn parts(self) -> (f64, f64) {
        let value = self.value();
        (value, self.error - (value - self.sum))
    }

    pub(crate) fn value(self) -> f64 {
        self.sum + self.error
    }
}

#[cfg(test)]
mod tests {
    use super::AccurateSum;

    #[test]
    fn what_cancels_in_plain_arithmetic_survives() {
        let x = 1.0 + f64::EPSILON;
        let mut sum = AccurateSum::new(-1.0);
        sum.add_product(x, x);
        sum.add(-2.0 * f64::EPSILON);
        // x^2 = 1 + 2 eps + eps^2; the last term is below the rounding of the product.
        assert_eq!(sum.value(), f64::EPSILON * f64::EPSILON);
    }
}
