//! One candidate function of the states.

/// A candidate function of the D states, without its coefficient.
///
/// # Shapes
/// - `x`: `[D]`, in every method that takes one
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Term {
    /// A product of powers of the states; the exponents are `[D]`.
    ///
    /// $$ \prod_d x_d^{n_d} $$
    Monomial(Vec<u8>),
}

impl Term {
    /// The term 1 over `dims` states.
    pub fn constant(dims: usize) -> Self {
        Self::Monomial(vec![0; dims])
    }

    /// D, the number of states the term is a function of.
    pub fn dims(&self) -> usize {
        match self {
            Self::Monomial(exponents) => exponents.len(),
        }
    }

    /// Whether the term is 1.
    pub fn is_constant(&self) -> bool {
        self.degree() == 0
    }

    /// Value at `x`.
    pub fn evaluate(&self, x: &[f64]) -> f64 {
        match self {
            Self::Monomial(exponents) => {
                // Repeated products: exponents are small, and powi would not be inlined.
                let mut value = 1.0;
                for (&exponent, &state) in exponents.iter().zip(x) {
                    for _ in 0..exponent {
                        value *= state;
                    }
                }
                value
            }
        }
    }

    /// Writes the derivatives with respect to the states at `x` into `gradient`, `[D]`.
    pub fn gradient_into(&self, x: &[f64], gradient: &mut [f64]) {
        match self {
            Self::Monomial(exponents) => {
                for (d, slope) in gradient.iter_mut().enumerate() {
                    let own = exponents[d];
                    if own == 0 {
                        *slope = 0.0;
                        continue;
                    }
                    // n_d x_d^(n_d - 1) · product of the other powers, which stays right at x_d = 0.
                    let mut value = f64::from(own);
                    for (e, (&exponent, &state)) in exponents.iter().zip(x).enumerate() {
                        let power = if e == d { exponent - 1 } else { exponent };
                        for _ in 0..power {
                            value *= state;
                        }
                    }
                    *slope = value;
                }
            }
        }
    }

    /// Total degree as a polynomial: the sum of the exponents.
    pub fn degree(&self) -> usize {
        match self {
            Self::Monomial(exponents) => exponents.iter().map(|&exponent| usize::from(exponent)).sum(),
        }
    }

    /// Number of nodes of the expression tree, written with products only: 1 for `1` and `x`, 3 for `x*y` and `x**2`.
    pub fn complexity(&self) -> usize {
        (2 * self.degree()).saturating_sub(1).max(1)
    }
}

#[cfg(test)]
mod tests {
    use super::Term;

    #[test]
    fn values_and_gradients_of_a_monomial() {
        // f = x² z at (3, 5, -2): f = -18, df/dx = 2 x z = -12, df/dz = x² = 9
        let term = Term::Monomial(vec![2, 0, 1]);
        let mut gradient = [f64::NAN; 3];
        assert_eq!(term.evaluate(&[3.0, 5.0, -2.0]), -18.0);
        term.gradient_into(&[3.0, 5.0, -2.0], &mut gradient);
        assert_eq!(gradient, [-12.0, 0.0, 9.0]);
        // At x = 0 nothing is divided by x.
        term.gradient_into(&[0.0, 5.0, -2.0], &mut gradient);
        assert_eq!(gradient, [0.0, 0.0, 0.0]);
    }

    #[test]
    fn degree_and_complexity() {
        for (exponents, degree, complexity) in
            [([0, 0], 0, 1), ([1, 0], 1, 1), ([1, 1], 2, 3), ([0, 2], 2, 3), ([2, 1], 3, 5)]
        {
            let term = Term::Monomial(exponents.to_vec());
            assert_eq!((term.degree(), term.complexity()), (degree, complexity), "{exponents:?}");
            assert_eq!(term.is_constant(), degree == 0);
        }
        assert!(Term::constant(3).is_constant());
    }
}
