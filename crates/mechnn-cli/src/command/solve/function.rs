//! Functions by name.

/// A function of one or two numbers.
#[derive(Debug, Clone, Copy)]
pub(super) enum Function {
    One(&'static str, fn(f64) -> f64),
    Two(&'static str, fn(f64, f64) -> f64),
}

impl PartialEq for Function {
    fn eq(&self, other: &Self) -> bool {
        self.name() == other.name()
    }
}

impl Function {
    pub(super) fn name(self) -> &'static str {
        match self {
            Function::One(name, _) | Function::Two(name, _) => name,
        }
    }
}

/// The functions an expression may call.
pub(super) const FUNCTIONS: [Function; 23] = [
    Function::One("sin", f64::sin),
    Function::One("cos", f64::cos),
    Function::One("tan", f64::tan),
    Function::One("asin", f64::asin),
    Function::One("acos", f64::acos),
    Function::One("atan", f64::atan),
    Function::Two("atan2", f64::atan2),
    Function::One("sinh", f64::sinh),
    Function::One("cosh", f64::cosh),
    Function::One("tanh", f64::tanh),
    Function::One("exp", f64::exp),
    Function::One("ln", f64::ln),
    Function::One("log2", f64::log2),
    Function::One("log10", f64::log10),
    Function::One("sqrt", f64::sqrt),
    Function::One("cbrt", f64::cbrt),
    Function::One("abs", f64::abs),
    // Unlike f64::signum, 0 at 0.
    Function::One("sign", |x| if x == 0.0 { 0.0 } else { x.signum() }),
    Function::One("step", |x| if x < 0.0 { 0.0 } else { 1.0 }),
    Function::One("floor", f64::floor),
    Function::One("ceil", f64::ceil),
    Function::Two("min", f64::min),
    Function::Two("max", f64::max),
];
