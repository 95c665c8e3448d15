//! Functions by name, with their derivatives.

use std::f64::consts::{LN_2, LN_10};

/// A function of one or two numbers.
///
/// `log` is the natural logarithm and can also be written `ln`; `sigmoid(z)` is 1/(1 + exp(-z)); `sign(0)` is 0;
/// `step(z)` is 0 below 0 and 1 from there; `min` and `max` are NaN if an argument is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
#[allow(missing_docs)]
pub enum Function {
    Sin,
    Cos,
    Tan,
    Cot,
    Asin,
    Acos,
    Atan,
    Atan2,
    Sinh,
    Cosh,
    Tanh,
    Exp,
    Log,
    Log2,
    Log10,
    Sqrt,
    Cbrt,
    Abs,
    Sign,
    Sigmoid,
    Step,
    Floor,
    Ceil,
    Min,
    Max,
}

use Function::{
    Abs, Acos, Asin, Atan, Atan2, Cbrt, Ceil, Cos, Cosh, Cot, Exp, Floor, Log, Log2, Log10, Max, Min, Sigmoid, Sign,
    Sin, Sinh, Sqrt, Step, Tan, Tanh,
};

impl Function {
    /// Every function.
    pub const ALL: [Self; 25] = [
        Sin, Cos, Tan, Cot, Asin, Acos, Atan, Atan2, Sinh, Cosh, Tanh, Exp, Log, Log2, Log10, Sqrt, Cbrt, Abs, Sign,
        Sigmoid, Step, Floor, Ceil, Min, Max,
    ];

    /// The function that `name` calls.
    pub fn named(name: &str) -> Option<Self> {
        match name {
            "ln" => Some(Log),
            _ => Self::ALL.into_iter().find(|function| function.name() == name),
        }
    }

    /// How it is called.
    pub fn name(self) -> &'static str {
        match self {
            Sin => "sin",
            Cos => "cos",
            Tan => "tan",
            Cot => "cot",
            Asin => "asin",
            Acos => "acos",
            Atan => "atan",
            Atan2 => "atan2",
            Sinh => "sinh",
            Cosh => "cosh",
            Tanh => "tanh",
            Exp => "exp",
            Log => "log",
            Log2 => "log2",
            Log10 => "log10",
            Sqrt => "sqrt",
            Cbrt => "cbrt",
            Abs => "abs",
            Sign => "sign",
            Sigmoid => "sigmoid",
            Step => "step",
            Floor => "floor",
            Ceil => "ceil",
            Min => "min",
            Max => "max",
        }
    }

    /// Number of arguments, 1 or 2.
    pub fn arguments(self) -> usize {
        match self {
            Atan2 | Min | Max => 2,
            _ => 1,
        }
    }

    /// The value; `y` counts only for functions of two arguments.
    pub fn value(self, x: f64, y: f64) -> f64 {
        match self {
            Sin => x.sin(),
            Cos => x.cos(),
            Tan => x.tan(),
            Cot => x.tan().recip(),
            Asin => x.asin(),
            Acos => x.acos(),
            Atan => x.atan(),
            Atan2 => x.atan2(y),
            Sinh => x.sinh(),
            Cosh => x.cosh(),
            Tanh => x.tanh(),
            Exp => x.exp(),
            Log => x.ln(),
            Log2 => x.log2(),
            Log10 => x.log10(),
            Sqrt => x.sqrt(),
            Cbrt => x.cbrt(),
            Abs => x.abs(),
            // Unlike f64::signum, 0 at 0.
            Sign => {
                if x == 0.0 {
                    0.0
                } else {
                    x.signum()
                }
            }
            // The exponential of a negative number only: nothing overflows.
            Sigmoid if x < 0.0 => x.exp() / (1.0 + x.exp()),
            Sigmoid => 1.0 / (1.0 + (-x).exp()),
            Step if x.is_nan() => x,
            Step => {
                if x < 0.0 {
                    0.0
                } else {
                    1.0
                }
            }
            Floor => x.floor(),
            Ceil => x.ceil(),
            // Not f64::min, which hides a NaN.
            Min => {
                if y < x || y.is_nan() {
                    y
                } else {
                    x
                }
            }
            Max => {
                if y > x || y.is_nan() {
                    y
                } else {
                    x
                }
            }
        }
    }

    /// The derivatives with respect to both arguments where the value is `value`; the second is 0 for functions of
    /// one.
    ///
    /// Where there is none, the limit or 0: `abs` and `sign` have 0 at 0, `step`, `floor` and `ceil` have 0
    /// everywhere, `min` and `max` of equal arguments that of the first. Outside the domain of the function NaN.
    pub fn derivatives(self, x: f64, y: f64, value: f64) -> (f64, f64) {
        let slope = match self {
            Sin => x.cos(),
            Cos => -x.sin(),
            Tan => 1.0 + value * value,
            Cot => -(1.0 + value * value),
            Asin => ((1.0 - x) * (1.0 + x)).sqrt().recip(),
            Acos => -((1.0 - x) * (1.0 + x)).sqrt().recip(),
            Atan => (1.0 + x * x).recip(),
            Atan2 => {
                let square = x * x + y * y;
                return (y / square, -x / square);
            }
            Sinh => x.cosh(),
            Cosh => x.sinh(),
            Tanh => 1.0 - value * value,
            Exp => value,
            Log | Log2 | Log10 if x < 0.0 => f64::NAN,
            Log => x.recip(),
            Log2 => (x * LN_2).recip(),
            Log10 => (x * LN_10).recip(),
            Sqrt => 0.5 / value,
            Cbrt => (3.0 * value * value).recip(),
            Abs => Sign.value(x, y),
            Sigmoid => value * (1.0 - value),
            Sign | Step | Floor | Ceil => 0.0,
            Min if y < x || y.is_nan() => return (0.0, 1.0),
            Max if y > x || y.is_nan() => return (0.0, 1.0),
            Min | Max => 1.0,
        };
        (slope, 0.0)
    }
}

/// Whole powers by repeated multiplication, which is exact for small ones; real powers of negative numbers are NaN.
pub(super) fn power(base: f64, exponent: f64) -> f64 {
    match exponent.fract() == 0.0 && exponent.abs() <= 64.0 {
        true => base.powi(exponent as i32),
        false => base.powf(exponent),
    }
}

#[cfg(test)]
mod tests {
    use super::Function;

    #[test]
    fn names_are_read_back() {
        for function in Function::ALL {
            assert_eq!(Function::named(function.name()), Some(function));
        }
        assert_eq!(Function::named("ln"), Some(Function::Log));
        assert_eq!(Function::named("sine"), None);
    }

    #[test]
    fn derivatives_are_limits_of_differences() {
        // 0.3 and 0.7 lie in the domain of all; the third derivatives there are below 100.
        let h = 1e-5;
        for function in Function::ALL {
            for (x, y) in [(0.3, 0.7), (0.7, 0.3), (0.45, -0.8)] {
                let (by_x, by_y) = function.derivatives(x, y, function.value(x, y));
                let differences = [
                    (function.value(x + h, y) - function.value(x - h, y)) / (2.0 * h),
                    (function.value(x, y + h) - function.value(x, y - h)) / (2.0 * h),
                ];
                for (slope, difference) in [by_x, by_y].into_iter().zip(differences) {
                    let name = function.name();
                    assert!((slope - difference).abs() < 1e-7, "{name}({x}, {y}): {slope}, differences {difference}");
                }
            }
        }
    }

    #[test]
    fn corners_have_the_documented_values() {
        use Function::{Abs, Log, Max, Min, Sigmoid, Sign, Sqrt, Step};
        assert_eq!(Abs.derivatives(0.0, 0.0, 0.0).0, 0.0);
        assert_eq!((Sign.value(0.0, 0.0), Step.value(0.0, 0.0)), (0.0, 1.0));
        assert_eq!((Sigmoid.value(-1000.0, 0.0), Sigmoid.value(1000.0, 0.0)), (0.0, 1.0));
        assert!(Min.value(f64::NAN, 1.0).is_nan() && Min.value(1.0, f64::NAN).is_nan());
        assert!(Max.value(f64::NAN, 1.0).is_nan() && Max.value(1.0, f64::NAN).is_nan());
        for function in [Log, Sqrt] {
            let value = function.value(-1.0, 0.0);
            assert!(value.is_nan() && function.derivatives(-1.0, 0.0, value).0.is_nan());
        }
    }
}
