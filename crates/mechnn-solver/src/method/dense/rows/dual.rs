//! Forward-mode derivatives with respect to the steps of one element.

/// A number with its derivatives in a few variables.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Dual {
    pub(super) value: f64,
    pub(super) slopes: Vec<f64>,
}

impl Dual {
    pub(super) fn constant(value: f64, variables: usize) -> Self {
        Self { value, slopes: vec![0.0; variables] }
    }

    pub(super) fn variable(value: f64, index: usize, variables: usize) -> Self {
        let mut dual = Self::constant(value, variables);
        dual.slopes[index] = 1.0;
        dual
    }

    pub(super) fn plus(&self, other: &Self) -> Self {
        self.combine(other, self.value + other.value, 1.0, 1.0)
    }

    pub(super) fn minus(&self, other: &Self) -> Self {
        self.combine(other, self.value - other.value, 1.0, -1.0)
    }

    pub(super) fn times(&self, other: &Self) -> Self {
        self.combine(other, self.value * other.value, other.value, self.value)
    }

    pub(super) fn over(&self, other: &Self) -> Self {
        let quotient = self.value / other.value;
        self.combine(other, quotient, 1.0 / other.value, -quotient / other.value)
    }

    fn combine(&self, other: &Self, value: f64, own: f64, others: f64) -> Self {
        let slopes = self.slopes.iter().zip(&other.slopes).map(|(a, b)| own * a + others * b).collect();
        Self { value, slopes }
    }
}

#[cfg(test)]
mod tests {
    use super::Dual;

    #[test]
    fn slopes_follow_the_rules_of_differentiation() {
        let (x, y) = (Dual::variable(3.0, 0, 2), Dual::variable(4.0, 1, 2));
        // f = x y / (x - y) + x, df/dx = -y² / (x - y)² + 1, df/dy = x² / (x - y)²
        let f = x.times(&y).over(&x.minus(&y)).plus(&x);
        assert_eq!(f, Dual { value: -9.0, slopes: vec![-15.0, 9.0] });
    }
}
