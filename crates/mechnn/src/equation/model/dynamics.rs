//! A model as dynamics for the solvers: its coefficients, and its inner constants if wanted, are the parameters.

use mechnn_solver::smoother::{Dynamics, Linearization};

use super::{ModelError, SparseModel};
use crate::data::InputSignal;
use crate::equation::terms::with_scratch;

/// Which numbers of a model are parameters θ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Parameters {
    /// The coefficients, equation after equation in the order of their terms; inner constants are as in the model.
    Coefficients,
    /// All coefficients, then all inner constants, equation after equation in the order of their terms.
    All,
}

/// A model with its known inputs, as dynamics with parameters.
#[derive(Debug, Clone)]
pub struct ModelDynamics<'a> {
    model: &'a SparseModel,
    inputs: &'a [InputSignal],
    parameters: Parameters,
    coefficients: usize,
}

impl<'a> ModelDynamics<'a> {
    /// `inputs` are `[C]`, one for each control of the model. The right-hand side is NaN outside their span.
    ///
    /// # Errors
    /// [`ModelError::Inputs`] for another number of them.
    pub fn new(model: &'a SparseModel, inputs: &'a [InputSignal], parameters: Parameters) -> Result<Self, ModelError> {
        let (expected, found) = (model.controls.len(), inputs.len());
        match expected == found {
            true => Ok(Self::unchecked(model, inputs, parameters)),
            false => Err(ModelError::Inputs { expected, found }),
        }
    }

    /// Controls without an input are NaN.
    fn unchecked(model: &'a SparseModel, inputs: &'a [InputSignal], parameters: Parameters) -> Self {
        let coefficients = model.equations.iter().map(|equation| equation.terms.len()).sum();
        Self { model, inputs, parameters, coefficients }
    }
}

impl Dynamics for ModelDynamics<'_> {
    fn dims(&self) -> usize {
        self.model.dims()
    }

    fn parameters(&self) -> usize {
        match self.parameters {
            Parameters::Coefficients => self.coefficients,
            Parameters::All => {
                self.coefficients + self.model.terms().map(|(_, f)| f.term.constants().len()).sum::<usize>()
            }
        }
    }

    fn rate(&self, t: f64, x: &[f64], theta: &[f64], rate: &mut [f64]) {
        let (coefficients, mut constants) = theta.split_at(self.coefficients);
        self.model.with_variables(self.inputs, t, x, |variables| {
            rate.fill(0.0);
            for ((d, fitted), coefficient) in self.model.terms().zip(coefficients) {
                let value = match self.parameters {
                    Parameters::Coefficients => fitted.term.evaluate(variables),
                    Parameters::All => {
                        let (own, rest) = constants.split_at(fitted.term.constants().len());
                        constants = rest;
                        fitted.term.evaluate_at(variables, own)
                    }
                };
                rate[d] += coefficient * value;
            }
        });
    }

    fn linearize(&self, t: f64, x: &[f64], theta: &[f64], out: &mut Linearization) {
        let (dims, parameters) = (self.model.dims(), self.parameters());
        out.rate.fill(0.0);
        out.by_state.fill(0.0);
        out.by_parameter.fill(0.0);
        let coefficients = &theta[..self.coefficients];
        self.model.with_variables(self.inputs, t, x, |variables| {
            with_scratch(variables.len(), |by_variable| {
                // The parameter that is the first inner constant of the next term.
                let mut next = self.coefficients;
                for (j, ((d, fitted), coefficient)) in self.model.terms().zip(coefficients).enumerate() {
                    let count = fitted.term.constants().len();
                    let value = with_scratch(count, |by_constant| {
                        let constants = match self.parameters {
                            Parameters::Coefficients => fitted.term.constants(),
                            Parameters::All => &theta[next..next + count],
                        };
                        let value = fitted.term.gradient_at(variables, constants, by_variable, by_constant);
                        if self.parameters == Parameters::All {
                            let row = &mut out.by_parameter[d * parameters + next..][..count];
                            row.iter_mut().zip(by_constant).for_each(|(entry, slope)| *entry = coefficient * *slope);
                            next += count;
                        }
                        value
                    });
                    out.rate[d] += coefficient * value;
                    out.by_parameter[d * parameters + j] = value;
                    let row = &mut out.by_state[d * dims..][..dims];
                    row.iter_mut().zip(&*by_variable).for_each(|(entry, slope)| *entry += coefficient * slope);
                }
            });
        });
    }
}

/// The coefficients of the model are the parameters ([`Parameters::Coefficients`]); the values stored in the model are
/// [`SparseModel::coefficients`]. Controls are NaN: models that have some need [`ModelDynamics`].
impl Dynamics for SparseModel {
    fn dims(&self) -> usize {
        self.states.len()
    }

    fn parameters(&self) -> usize {
        ModelDynamics::unchecked(self, &[], Parameters::Coefficients).parameters()
    }

    fn rate(&self, t: f64, x: &[f64], theta: &[f64], rate: &mut [f64]) {
        ModelDynamics::unchecked(self, &[], Parameters::Coefficients).rate(t, x, theta, rate);
    }

    fn linearize(&self, t: f64, x: &[f64], theta: &[f64], out: &mut Linearization) {
        ModelDynamics::unchecked(self, &[], Parameters::Coefficients).linearize(t, x, theta, out);
    }
}

impl SparseModel {
    /// All coefficients, equation after equation: the parameters of the model as [`Dynamics`].
    pub fn coefficients(&self) -> Vec<f64> {
        self.terms().map(|(_, fitted)| fitted.coefficient).collect()
    }

    /// All coefficients, then all inner constants, equation after equation: [`Parameters::All`].
    pub fn parameters_and_constants(&self) -> Vec<f64> {
        let constants = self.terms().flat_map(|(_, fitted)| fitted.term.constants().iter().copied());
        self.coefficients().into_iter().chain(constants).collect()
    }

    /// The same model with other numbers, in the order of `parameters`; their standard errors are not known.
    ///
    /// # Errors
    /// [`ModelError::Parameters`] if there are more or fewer, [`ModelError`] if one is not finite.
    pub fn with_parameters(&self, parameters: Parameters, theta: &[f64]) -> Result<Self, ModelError> {
        let (expected, found) = (ModelDynamics::unchecked(self, &[], parameters).parameters(), theta.len());
        if expected != found {
            return Err(ModelError::Parameters { expected, found });
        }
        let mut model = self.clone();
        let (coefficients, constants) = theta.split_at(self.terms().count());
        let mut constants = constants.iter();
        let terms = model.equations.iter_mut().flat_map(|equation| &mut equation.terms);
        for (fitted, &coefficient) in terms.zip(coefficients) {
            fitted.coefficient = coefficient;
            fitted.standard_error = f64::NAN;
            fitted.constant_errors.clear();
            fitted.term.constants_mut().iter_mut().zip(&mut constants).for_each(|(own, &value)| *own = value);
        }
        model.checked()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use mechnn_solver::nonlinear::check_jacobians;
    use rand::{RngExt, SeedableRng};
    use rand_chacha::ChaCha8Rng;

    use super::*;

    #[test]
    fn jacobians_are_those_of_the_text() {
        let model =
            SparseModel::from_text("t", &[("x", "10*y - 10*x"), ("y", "28*x - y - x*z"), ("z", "x*y - 2.5*z**2")]);
        let model = model.unwrap();
        let worst = check_jacobians(&model, 0.3, &[1.1, -0.4, 2.0], &model.coefficients());
        assert!(worst.unwrap() < 1e-6);
    }

    /// Terms that are smooth around positive values of everything.
    const TERMS: [&str; 12] = [
        "x",
        "1.5",
        "x**2*y",
        "x/(2.5 + x)",
        "x*y/(1.5 + x**2 + y)",
        "sin(1.3*x + 0.4*t)",
        "exp(-0.7*y)*u",
        "sigmoid(2.1*(x - 0.6))",
        "x**0.75",
        "log(1.2 + x*y)",
        "u*t",
        "tanh(x - y)*cos(2*pi*t)",
    ];

    #[test]
    fn jacobians_of_random_models_are_those_of_differences() {
        let mut random = ChaCha8Rng::seed_from_u64(3);
        let input = [InputSignal::new(vec![0.0, 1.0, 2.0], vec![0.5, 1.5, 0.7]).unwrap()];
        for case in 0..200 {
            let mut side = || {
                let terms = (0..random.random_range(1..5)).map(|_| {
                    let coefficient: f64 = random.random_range(-2.0..2.0);
                    format!("{coefficient}*{}", TERMS[random.random_range(0..TERMS.len())])
                });
                terms.collect::<Vec<_>>().join(" + ")
            };
            let sides = [side(), side()];
            let equations = [("x", sides[0].as_str()), ("y", sides[1].as_str())];
            let model = SparseModel::from_text_with_controls("t", &["u"], &equations).unwrap();
            let (t, x) =
                (random.random_range(0.1..0.9), [random.random_range(0.5..2.0), random.random_range(0.5..2.0)]);
            for (parameters, theta) in
                [(Parameters::Coefficients, model.coefficients()), (Parameters::All, model.parameters_and_constants())]
            {
                let dynamics = ModelDynamics::new(&model, &input, parameters).unwrap();
                let worst = check_jacobians(&dynamics, t, &x, &theta).unwrap();
                // Differences are good for 1e-9 of the rate, which cancellation can make 1e-6 of a Jacobian.
                assert!(worst < 1e-6, "case {case}, {parameters:?}: {worst:e}\n{model}");
            }
        }
    }

    #[test]
    fn parameters_are_all_coefficients_then_all_constants() {
        let model = SparseModel::from_text("t", &[("x", "3*x/(2 + x) - y"), ("y", "5*exp(-0.5*x)")]).unwrap();
        assert_eq!(model.parameters_and_constants(), [3.0, -1.0, 5.0, 2.0, -0.5]);
        let changed = model.with_parameters(Parameters::All, &[1.0, 2.0, 3.0, 4.0, 6.0]).unwrap();
        assert_eq!(changed.rhs_python(), ["1.0*x/(4.0 + x) + 2.0*y", "3.0*exp(6.0*x)"]);
        assert_eq!(
            changed.with_parameters(Parameters::Coefficients, &[3.0, -1.0, 5.0]).unwrap().rhs_python(),
            ["3.0*x/(4.0 + x) - 1.0*y", "5.0*exp(6.0*x)"]
        );
        let refused = |theta: &[f64]| model.with_parameters(Parameters::All, theta).unwrap_err();
        assert_eq!(refused(&[1.0]), ModelError::Parameters { expected: 5, found: 1 });
        let error = refused(&[1.0, 2.0, 3.0, f64::NAN, 6.0]).to_string();
        assert_eq!(error, "equation of x: the inner constant c1 of term 0 is NaN");
        let input = InputSignal::new(vec![0.0], vec![0.0]).unwrap();
        let error = ModelDynamics::new(&model, &[input], Parameters::All).unwrap_err();
        assert_eq!(error, ModelError::Inputs { expected: 0, found: 1 });
    }
}
