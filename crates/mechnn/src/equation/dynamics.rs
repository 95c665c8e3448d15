//! A model as dynamics for the solvers: its coefficients are the parameters.

use mechnn_solver::smoother::{Dynamics, Linearization};

use super::{Equation, ExpressionError, FittedTerm, ModelError, SparseModel, parse_polynomial};

/// The coefficients of the model, equation after equation in the order of their terms, are the parameters θ; the values
/// stored in the model are [`SparseModel::coefficients`].
impl Dynamics for SparseModel {
    fn dims(&self) -> usize {
        self.states.len()
    }

    fn parameters(&self) -> usize {
        self.equations.iter().map(|equation| equation.terms.len()).sum()
    }

    fn rate(&self, _t: f64, x: &[f64], theta: &[f64], rate: &mut [f64]) {
        let mut coefficients = theta.iter();
        for (rate, equation) in rate.iter_mut().zip(&self.equations) {
            let terms = equation.terms.iter().zip(&mut coefficients);
            *rate = terms.map(|(fitted, coefficient)| coefficient * fitted.term.evaluate(x)).sum();
        }
    }

    fn linearize(&self, _t: f64, x: &[f64], theta: &[f64], out: &mut Linearization) {
        let (dims, parameters) = (self.states.len(), self.parameters());
        out.rate.fill(0.0);
        out.by_state.fill(0.0);
        out.by_parameter.fill(0.0);
        let mut slopes = vec![0.0; dims];
        let terms =
            self.equations.iter().enumerate().flat_map(|(d, equation)| equation.terms.iter().map(move |f| (d, f)));
        for (j, ((d, fitted), coefficient)) in terms.zip(theta).enumerate() {
            let value = fitted.term.evaluate(x);
            fitted.term.gradient_into(x, &mut slopes);
            out.rate[d] += coefficient * value;
            out.by_parameter[d * parameters + j] = value;
            let row = &mut out.by_state[d * dims..][..dims];
            row.iter_mut().zip(&slopes).for_each(|(entry, slope)| *entry += coefficient * slope);
        }
    }
}

/// Why text is no model.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ModelTextError {
    /// A right-hand side is no polynomial.
    #[error("the right-hand side of `{state}`: {source}")]
    Expression {
        /// The state.
        state: String,
        /// Where and why.
        source: ExpressionError,
    },
    /// The parts do not make a model.
    #[error(transparent)]
    Model(#[from] ModelError),
}

impl SparseModel {
    /// A model from right-hand sides as text, such as `("x", "10*y - 10*x")`.
    ///
    /// # Errors
    /// [`ModelTextError`], naming the state.
    ///
    /// # Example
    /// ```
    /// use mechnn::equation::SparseModel;
    /// use mechnn_solver::nonlinear::{NonlinearSolver, Status};
    ///
    /// let model = SparseModel::from_text("t", &[("x", "x - x*y"), ("y", "x*y - y")])?;
    /// let times = [0.0, 5.0, 10.0];
    /// let solution = NonlinearSolver::default().solve(&model, &model.coefficients(), &[1.5, 1.0], &times)?;
    /// assert_eq!(solution.status, Status::Converged);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn from_text(time: &str, equations: &[(&str, &str)]) -> Result<Self, ModelTextError> {
        let states: Vec<String> = equations.iter().map(|(state, _)| (*state).to_owned()).collect();
        let mut parsed = Vec::with_capacity(equations.len());
        for (state, text) in equations {
            let terms = parse_polynomial(text, &states)
                .map_err(|source| ModelTextError::Expression { state: (*state).to_owned(), source })?;
            let fitted = |(term, coefficient)| FittedTerm { term, coefficient, standard_error: f64::NAN };
            parsed.push(Equation { terms: terms.into_iter().map(fitted).collect() });
        }
        Ok(Self::new(time, states, parsed)?)
    }

    /// All coefficients, equation after equation: the parameters of the model as [`Dynamics`].
    pub fn coefficients(&self) -> Vec<f64> {
        self.equations.iter().flat_map(|equation| equation.terms.iter().map(|fitted| fitted.coefficient)).collect()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use mechnn_solver::nonlinear::check_jacobians;

    use super::*;

    #[test]
    fn jacobians_are_those_of_the_text() {
        let model =
            SparseModel::from_text("t", &[("x", "10*y - 10*x"), ("y", "28*x - y - x*z"), ("z", "x*y - 2.5*z**2")]);
        let model = model.unwrap();
        let worst = check_jacobians(&model, 0.3, &[1.1, -0.4, 2.0], &model.coefficients());
        assert!(worst.unwrap() < 1e-6);
    }

    #[test]
    fn text_that_is_no_polynomial_names_its_state() {
        let error = SparseModel::from_text("t", &[("x", "y"), ("y", "x +")]).unwrap_err();
        assert!(matches!(&error, ModelTextError::Expression { state, .. } if state == "y"), "{error}");
    }
}
