//! Reading, writing, values and gradients.

#![allow(clippy::unwrap_used)]

use rand::RngExt;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

use super::Expression;
use crate::equation::syntax::{Factor, Function, Kind, Summand, Tree};

fn names(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

fn parse(text: &str) -> Expression {
    Expression::parse(text, &names(&["x", "y"]), &names(&["a", "b"])).unwrap_or_else(|error| panic!("{text}: {error}"))
}

#[test]
fn operators_bind_as_in_python() {
    for (text, expected) in [
        ("-2**2", -4.0),
        ("2**3**2", 512.0),
        ("2^-1", 0.5),
        ("8/4/2", 1.0),
        ("1-2-3", -4.0),
        ("2*-3**2", -18.0),
        ("-(1+2)*3", -9.0),
        ("--1", 1.0),
        ("+x - -y", 2.0 + 3.0),
        ("-x**2*y", -12.0),
        ("x**-2", 0.25),
        ("(-x)**2", 4.0),
        ("(-x)**3", -8.0),
        ("a*x + b", 12.0),
        ("min(x, y)*max(x, y) + abs(-1)", 7.0),
        ("cos(pi) + ln(1) + log(1)", -1.0),
        ("sigmoid(0)", 0.5),
        ("atan2(0, x)", 0.0),
    ] {
        let value = parse(text).evaluate(&[2.0, 3.0], &[5.0, 2.0]);
        assert!((value - expected).abs() < 1e-15, "{text}: {value}, expected {expected}");
    }
}

#[test]
fn domain_problems_are_values_and_no_panic() {
    for text in ["log(-x)", "sqrt(-x)", "(-x)**0.5", "(-x)**2.5", "asin(x)", "(-x)**a", "min(log(-x), 1)"] {
        assert!(parse(text).evaluate(&[2.0, 3.0], &[0.5, 0.5]).is_nan(), "{text}");
    }
    assert_eq!(parse("1/(x - 2)").evaluate(&[2.0, 0.0], &[0.0; 2]), f64::INFINITY);
    let (mut by_variable, mut by_constant) = ([f64::NAN; 2], [f64::NAN; 2]);
    let slopes_at_zero = |text: &str, by_variable: &mut [f64; 2], by_constant: &mut [f64; 2]| {
        parse(text).gradient_into(&[0.0, 0.0], &[1.5, 0.0], by_variable, by_constant)
    };
    for (text, value, slope) in [("abs(x)", 0.0, 0.0), ("x**2", 0.0, 0.0), ("x**1", 0.0, 1.0), ("x**0", 1.0, 0.0)] {
        assert_eq!(slopes_at_zero(text, &mut by_variable, &mut by_constant), value, "{text}");
        assert_eq!((by_variable, by_constant), ([slope, 0.0], [0.0; 2]), "{text}");
    }
    // The limits at x = 0 of 0*sqrt(x), and of x**a by a for a > 0.
    for text in ["0*sqrt(x)", "x**a"] {
        assert_eq!(slopes_at_zero(text, &mut by_variable, &mut by_constant), 0.0, "{text}");
        assert_eq!((by_variable, by_constant), ([0.0; 2], [0.0; 2]), "{text}");
    }
}

#[test]
fn mistakes_are_placed_and_explained() {
    for (text, problem, hint) in [
        ("x + z", "column 5: `z` is not a variable", "known are x, y, a, b"),
        ("2*sn(x)", "column 3: unknown function `sn`", "did you mean `sin`?"),
        ("sin x", "column 1: the function `sin` needs its argument in brackets", ""),
        ("x(y)", "column 2: `x` is not a function", "`*`"),
        ("2 x", "column 3: expected an operator, found `x`", "`*`"),
        ("x' + 1", "column 1: `x'` is a derivative", "variable of its own"),
        ("e**x", "column 1: `e` is not a variable", "exp(..)"),
        ("max(x)", "column 1: `max` takes 2 argument(s), found 1", ""),
        ("(x + 1", "column 7: expected `)` for the `(` of column 1", ""),
        ("x = 1", "column 3: a second `=`", ""),
        ("", "column 1: expected a number, a name or `(`, found the end", ""),
        ("1e999", "column 1: 1e999 is too large", ""),
    ] {
        let error = Expression::parse(text, &names(&["x", "y"]), &names(&["a", "b"])).unwrap_err();
        assert!(error.to_string().starts_with(problem), "{text}: {error}");
        assert!(error.hint.clone().unwrap_or_default().contains(hint), "{text}: {:?}", error.hint);
    }
}

#[test]
fn a_variable_may_have_the_name_of_a_function() {
    let expression = Expression::parse("step*step(step) + pi", &names(&["step", "pi"]), &[]).unwrap();
    assert_eq!(expression.evaluate(&[4.0, 2.0], &[]), 6.0);
}

#[test]
fn brackets_are_as_few_as_can_be() {
    for text in [
        "x",
        "x + y - a",
        "x - (y - a)",
        "x + (y + a)",
        "x*y/a",
        "x/(y/a)",
        "x/(a + x)",
        "x*(y*a)",
        "-x*y",
        "-(x*y)",
        "-x**2",
        "(-x)**2",
        "x**-2",
        "x**y**a",
        "(x**y)**a",
        "x**(a + 1.0)",
        "x**-a",
        "x*-y",
        "2.0**x",
        "(-2.0)**x",
        "x**2.0",
        "x**2.5",
        "1.0/(1.0 + x**2)",
        "sin(a*x + b)",
        "sqrt(abs(x))**3",
        "max(x, min(y, 1e-7))",
        "2.0*pi*x",
        "x - -3.0",
    ] {
        assert_eq!(parse(text).to_string(), text);
    }
    for (text, written) in
        [("ln(x)", "log(x)"), ("--x", "x"), ("((x))^2", "x**2"), ("+(2)*x", "2.0*x"), ("1*x", "1.0*x")]
    {
        assert_eq!(parse(text).to_string(), written);
    }
}

#[test]
fn latex_has_fractions_powers_and_functions() {
    for (text, latex) in [
        ("x/(a + x)", "\\frac{x}{a + x}"),
        ("x**2*y", "x^{2}\\, y"),
        ("(x/y)**2", "\\left(\\frac{x}{y}\\right)^{2}"),
        ("x**(a - 1)", "x^{a - 1}"),
        ("sin(a*x + b)", "\\sin\\left(a\\, x + b\\right)"),
        ("sin(x)**2", "\\left(\\sin\\left(x\\right)\\right)^{2}"),
        ("sqrt(x)*abs(y)", "\\sqrt{x}\\, \\left|y\\right|"),
        ("sigmoid(x) + log(y)", "\\sigma\\left(x\\right) + \\log\\left(y\\right)"),
        ("x*2", "x \\cdot 2"),
        ("x*-y", "x\\, \\left(-y\\right)"),
        ("2*pi*x", "2\\, \\pi\\, x"),
        ("1e-7*x", "1 \\times 10^{-7}\\, x"),
        ("x**1e-7", "x^{1 \\times 10^{-7}}"),
        ("sign(x)", "\\operatorname{sign}\\left(x\\right)"),
    ] {
        assert_eq!(parse(text).latex(), latex, "{text}");
    }
    assert_eq!(parse("x**2/(1 + 0.5*x)").text(), "x^2/(1 + 0.5*x)");
    assert_eq!(parse("sin(2*x + -3*y - -0.5)").text(), "sin(2*x - 3*y + 0.5)");
    assert_eq!(parse("tanh(x + -1.5*y)").latex(), "\\tanh\\left(x - 1.5\\, y\\right)");
    let hares = Expression::parse("hare_count*x0", &names(&["hare_count", "x0"]), &[]).unwrap();
    assert_eq!(hares.latex(), "\\mathrm{hare\\_count}\\, x_{0}");
}

#[test]
fn complexity_counts_nodes() {
    for (text, nodes) in [("x", 1), ("x + y", 3), ("-x", 2), ("x**2", 3), ("sin(a*x + b)", 6), ("max(x, 2)", 3)] {
        assert_eq!(parse(text).complexity(), nodes, "{text}");
    }
}

/// Text and length are unbounded, brackets are not; long expressions take the path with allocation.
#[test]
fn size_does_not_matter() {
    for summands in [4, 16, 120, 20_000] {
        let text = format!("x{}", " + a*x".repeat(summands - 1));
        let expression = parse(&text);
        let (mut by_variable, mut by_constant) = ([0.0; 2], [0.0; 2]);
        let value = expression.gradient_into(&[2.0, 0.0], &[1.0, 0.0], &mut by_variable, &mut by_constant);
        let n = summands as f64;
        assert_eq!((value, by_variable, by_constant), (2.0 * n, [n, 0.0], [2.0 * (n - 1.0), 0.0]));
        assert_eq!(parse(&expression.to_string()), expression);
        assert_eq!(expression.to_string(), text);
    }
}

/// A random tree of brackets up to `depth`, with numbers up to 10 to the power of `magnitude`.
fn random_tree(random: &mut ChaCha8Rng, depth: usize, magnitude: i32) -> Tree {
    let choice = if depth == 0 { 0 } else { random.random_range(0..8) };
    let kind = match choice {
        0 => random_leaf(random, magnitude),
        1 => Kind::Sum(vec![Summand { negative: true, value: random_tree(random, depth - 1, magnitude) }]),
        2 | 3 => {
            let count = random.random_range(2..4);
            let summand = |negative, value| Summand { negative, value };
            Kind::Sum(
                (0..count).map(|_| summand(random.random(), random_tree(random, depth - 1, magnitude))).collect(),
            )
        }
        4 | 5 => {
            let count = random.random_range(2..4);
            let factor = |i, random: &mut ChaCha8Rng| Factor {
                divides: i > 0 && random.random(),
                value: random_tree(random, depth - 1, magnitude),
            };
            Kind::Product((0..count).map(|i| factor(i, random)).collect())
        }
        6 => {
            let base = random_tree(random, depth - 1, magnitude);
            Kind::Power(Box::new(base), Box::new(random_tree(random, depth - 1, magnitude)))
        }
        _ => {
            let function = Function::ALL[random.random_range(0..Function::ALL.len())];
            Kind::Call(
                function,
                (0..function.arguments()).map(|_| random_tree(random, depth - 1, magnitude)).collect(),
            )
        }
    };
    Tree { kind, at: 0 }
}

fn random_leaf(random: &mut ChaCha8Rng, magnitude: i32) -> Kind {
    match random.random_range(0..8) {
        0 => Kind::Pi,
        1 | 2 => Kind::Number { value: f64::from(random.random_range(0..10)), whole: true },
        // All magnitudes, among them those that are written with an exponent.
        3 => Kind::number(random.random::<f64>() * 10f64.powi(random.random_range(-magnitude..=magnitude))),
        _ => Kind::Symbol { index: random.random_range(0..4), primes: 0 },
    }
}

#[test]
fn reading_undoes_writing() {
    let (variables, constants) = (names(&["x", "y"]), names(&["a", "b"]));
    let mut random = ChaCha8Rng::seed_from_u64(6);
    for case in 0..10_000 {
        let tree = random_tree(&mut random, 4, 300);
        let expression = Expression::from_tree(&tree, &variables[..], &constants[..]);
        let text = expression.to_string();
        let back = Expression::parse(&text, &variables, &constants).unwrap_or_else(|error| panic!("{text}: {error}"));
        assert_eq!(back, expression, "case {case}: {text}");
        let at: [f64; 4] = std::array::from_fn(|_| random.random_range(0.2..2.0));
        let [here, read] = [&expression, &back].map(|expression| expression.evaluate(&at[..2], &at[2..]));
        assert_eq!(here.to_bits(), read.to_bits(), "case {case}: {text}");
    }
}

#[test]
fn gradients_are_those_of_values() {
    let (variables, constants) = (names(&["x", "y"]), names(&["a", "b"]));
    let mut random = ChaCha8Rng::seed_from_u64(7);
    let mut compared = 0;
    for case in 0..10_000 {
        let tree = random_tree(&mut random, 3, 0);
        let expression = Expression::from_tree(&tree, &variables[..], &constants[..]);
        let at: [f64; 4] = std::array::from_fn(|_| random.random_range(0.2..2.0));
        let value = |at: &[f64; 4]| expression.evaluate(&at[..2], &at[2..]);
        let here = value(&at);
        let mut gradient = [f64::NAN; 4];
        let (by_variable, by_constant) = gradient.split_at_mut(2);
        let with_gradient = expression.gradient_into(&at[..2], &at[2..], by_variable, by_constant);
        assert_eq!(with_gradient.to_bits(), here.to_bits(), "case {case}: {expression}");
        // Differences lose their digits beside large values, and values beside a pole.
        if !(here.abs() < 1e2 && gradient.iter().all(|slope| slope.abs() < 1e2)) {
            continue;
        }
        for j in 0..4 {
            let difference = |h: f64| {
                let moved = |h: f64| std::array::from_fn(|i| if i == j { at[i] + h } else { at[i] });
                (value(&moved(h)) - value(&moved(-h))) / (2.0 * h)
            };
            // Where two increments disagree, a corner is near and differences say nothing.
            let (coarse, fine) = (difference(2e-5), difference(1e-5));
            if (coarse - fine).abs() > 1e-7 {
                continue;
            }
            compared += 1;
            let slope = gradient[j];
            assert!(
                (slope - fine).abs() < 1e-6,
                "case {case}, input {j} of {expression}: {slope}, differences {fine}"
            );
        }
    }
    assert!(compared > 20_000, "only {compared} derivatives were compared");
}

/// Bits, but that any NaN is any other.
fn bits(values: &[f64]) -> Vec<u64> {
    values.iter().map(|value| if value.is_nan() { f64::NAN.to_bits() } else { value.to_bits() }).collect()
}

#[test]
fn many_points_have_the_numbers_that_each_has_alone() {
    // Corners, poles and what is undefined are among them.
    let x = [0.0, -0.0, 1.0, -1.5, 2.0, 1e-200, f64::NAN, f64::INFINITY, 0.3, 700.0, -3.0];
    let y = [2.0, 0.0, -1.0, 0.5, 0.0, 1e200, 1.0, 0.0, -0.7, 3.0, f64::NEG_INFINITY];
    let variables = [x, y].concat();
    for text in [
        "a",
        "y",
        "-x",
        "x + a*y - 2",
        "x/(b + y)",
        "0*sqrt(x)",
        "x**a",
        "y**pi + x**2 - y**-3",
        "x**y",
        "sin(a*x + b)*cos(y)/exp(-x)",
        "atan2(x, y) + min(x, y)*max(a, y)",
        "abs(x) + sign(y) + log(x) + sigmoid(x) + tanh(y)",
        "((x + y)*(x - y) + a)/((x*y - b)*(x*x + y*y))",
    ] {
        let (expression, constants) = (parse(text), [1.5, -0.25]);
        let n = x.len();
        let mut work = vec![f64::NAN; n * expression.work_for_point()];
        let (mut values, mut value) = ([f64::NAN; 11], [f64::NAN; 11]);
        let (mut by_variable, mut by_constant) = ([f64::NAN; 22], [f64::NAN; 22]);
        expression.evaluate_many(&variables, &constants, &mut values, &mut work);
        expression.gradient_many(&variables, &constants, &mut value, &mut by_variable, &mut by_constant, &mut work);
        assert_eq!(bits(&values), bits(&value), "{text}");
        for i in 0..n {
            let (mut one_by_variable, mut one_by_constant) = ([f64::NAN; 2], [f64::NAN; 2]);
            let point = [x[i], y[i]];
            let one = expression.gradient_into(&point, &constants, &mut one_by_variable, &mut one_by_constant);
            let found = [value[i], by_variable[i], by_variable[n + i], by_constant[i], by_constant[n + i]];
            let [[x_slope, y_slope], [a_slope, b_slope]] = [one_by_variable, one_by_constant];
            assert_eq!(bits(&found), bits(&[one, x_slope, y_slope, a_slope, b_slope]), "{text} at {point:?}");
        }
    }
}
