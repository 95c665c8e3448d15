//! Inference on systems whose parameters are known: recovery within errors, bounds, unseen states, open directions.
#![allow(clippy::unwrap_used)]

use mechnn::data::{Dataset, Trajectory};
use mechnn::inference::{Inference, InferenceError, InferenceOptions, InferredNumber, Model, ModelFileError, infer};
use ndarray::Array2;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};

/// Classical Runge-Kutta with steps far finer than any error here.
fn integrate<const D: usize>(
    rate: impl Fn(f64, [f64; D]) -> [f64; D],
    start: [f64; D],
    times: &[f64],
) -> Vec<[f64; D]> {
    let mut states = vec![start];
    for ends in times.windows(2) {
        let h = (ends[1] - ends[0]) / 50.0;
        let mut x = states[states.len() - 1];
        for k in 0..50 {
            let t = ends[0] + f64::from(k) * h;
            let moved = |k: [f64; D], part: f64| std::array::from_fn(|d| x[d] + part * h * k[d]);
            let k1 = rate(t, x);
            let k2 = rate(t + 0.5 * h, moved(k1, 0.5));
            let k3 = rate(t + 0.5 * h, moved(k2, 0.5));
            let k4 = rate(t + h, moved(k3, 1.0));
            x = std::array::from_fn(|d| x[d] + h / 6.0 * (k1[d] + 2.0 * k2[d] + 2.0 * k3[d] + k4[d]));
        }
        states.push(x);
    }
    states
}

fn times(points: usize, step: f64) -> Vec<f64> {
    (0..points).map(|n| n as f64 * step).collect()
}

/// Columns with Gaussian noise of the given standard deviations.
fn table(name: &str, times: &[f64], columns: &[Vec<f64>], noise: f64, random: &mut ChaCha8Rng) -> Trajectory {
    let values = Array2::from_shape_fn((times.len(), columns.len()), |(n, d)| {
        let z: f64 = StandardNormal.sample(random);
        columns[d][n] + noise * z
    });
    Trajectory::new(name, times.to_vec(), values).unwrap()
}

fn run(model: &str, names: &[&str], trajectories: Vec<Trajectory>) -> Result<Inference, InferenceError> {
    let names = names.iter().map(|name| (*name).to_owned()).collect();
    let data = Dataset::new("t", names, trajectories).unwrap();
    infer(&Model::from_toml(model).unwrap(), &data, &InferenceOptions::default(), &mut ())
}

fn number<'a>(result: &'a Inference, name: &str) -> &'a InferredNumber {
    result.parameters.iter().chain(&result.derived).find(|number| number.name == name).unwrap()
}

/// A tank that is heated for three rows of ten, and cools towards 20 degrees.
#[test]
fn inputs_may_be_held_until_the_next_row() {
    let (rate, heating) = (0.4, 6.0);
    let times = times(41, 0.5);
    let heater: Vec<f64> = (0..times.len()).map(|row| f64::from(u8::from(row % 10 < 3))).collect();
    let mut tank = vec![20.0];
    for (row, ends) in times.windows(2).enumerate() {
        // From one row to the next the heater is as it was in the first, and the solution is exact.
        let rest = 20.0 + heating * heater[row] / rate;
        tank.push(rest + (tank[row] - rest) * f64::exp(-rate * (ends[1] - ends[0])));
    }
    let model = |input: &str| {
        format!(
            r#"
            [model.equations]
            x = "-k*(x - 20) + b*u"
            [model.parameters]
            k = {{ start = 1, min = 0 }}
            b = {{ start = 1, min = 0 }}
            [model.observations]
            tank = {{ value = "x", noise = 0.02 }}
            [model.inputs]
            u = {input}
            "#
        )
    };
    let run = |input: &str| {
        let mut random = ChaCha8Rng::seed_from_u64(1);
        let mut one = table("a", &times, &[tank.clone(), heater.clone()], 0.02, &mut random);
        one.values.column_mut(1).assign(&ndarray::aview1(&heater));
        run(&model(input), &["tank", "heater"], vec![one]).unwrap()
    };
    let held = run("{ column = \"heater\", hold = true }");
    for (name, truth) in [("k", rate), ("b", heating)] {
        let found = number(&held, name);
        assert!((found.value - truth).abs() < 3.0 * found.standard_error, "{name}: {found:?}");
        assert!(found.standard_error < 0.01 * truth, "{name}: {found:?}");
    }
    // What is returned has the rows of the table and no others.
    assert_eq!(held.trajectories[0].times, times);
    assert_eq!(held.trajectories[0].states.nrows(), times.len());
    let linear = run("\"heater\"");
    assert!(linear.noise[0].misfit > 10.0 * held.noise[0].misfit, "{:?}", linear.noise);
}

const LOTKA_VOLTERRA: &str = r#"
    [model.equations]
    x = "a*x - b*x*y"
    y = "c*x*y - d*y"
    [model.parameters]
    a = { start = 1, min = 0 }
    b = { start = 1, min = 0 }
    c = { start = 1, min = 0 }
    d = { start = 1, min = 0 }
    [model.observations]
    prey = "x"
    predator = "y"
"#;

#[test]
fn parameters_are_within_their_errors() {
    let truth = [("a", 1.3), ("b", 0.9), ("c", 0.8), ("d", 1.6), ("x(0)", 1.0), ("y(0)", 0.5)];
    let times = times(60, 0.25);
    let states = integrate(|_, [x, y]| [1.3 * x - 0.9 * x * y, 0.8 * x * y - 1.6 * y], [1.0, 0.5], &times);
    let columns = [0, 1].map(|d| states.iter().map(|x| x[d]).collect::<Vec<_>>());
    let mut scores = Vec::new();
    for seed in 0..8 {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let data = vec![table("a", &times, &columns, 0.1, &mut random)];
        let result = run(LOTKA_VOLTERRA, &["prey", "predator"], data).unwrap();
        for (name, truth) in truth {
            let found = number(&result, name);
            let score = (found.value - truth) / found.standard_error;
            assert!(score.abs() < 4.0, "seed {seed}: {name} = {} +- {}", found.value, found.standard_error);
            scores.push(score);
        }
        assert_eq!(result.open, Vec::<String>::new());
        for noise in &result.noise {
            assert!((noise.level - 0.1).abs() < 0.04, "seed {seed}: {noise:?}");
        }
    }
    // 48 scores, six of each run correlated: their mean square is 1 within about 3 sqrt(2/8).
    let mean_square = scores.iter().map(|z| z * z).sum::<f64>() / scores.len() as f64;
    assert!((0.3..2.5).contains(&mean_square), "{mean_square}");
}

#[test]
fn without_noise_the_mesh_is_refined_until_the_truth_is_found() {
    let times = times(30, 0.5);
    let states = integrate(|_, [x, y]| [1.3 * x - 0.9 * x * y, 0.8 * x * y - 1.6 * y], [1.0, 0.5], &times);
    let columns = [0, 1].map(|d| states.iter().map(|x| x[d]).collect::<Vec<_>>());
    let mut random = ChaCha8Rng::seed_from_u64(0);
    let result =
        run(LOTKA_VOLTERRA, &["prey", "predator"], vec![table("a", &times, &columns, 0.0, &mut random)]).unwrap();
    for (name, truth) in [("a", 1.3), ("b", 0.9), ("c", 0.8), ("d", 1.6)] {
        let found = number(&result, name).value;
        assert!((found - truth).abs() < 1e-7, "{name} = {found}, with {} steps", result.substeps);
    }
}

#[test]
fn bounds_hold_and_starts_are_found_between_them() {
    let times = times(40, 0.25);
    let states = integrate(|_, [x, y]| [1.3 * x - 0.9 * x * y, 0.8 * x * y - 1.6 * y], [1.0, 0.5], &times);
    let columns = [0, 1].map(|d| states.iter().map(|x| x[d]).collect::<Vec<_>>());
    let mut random = ChaCha8Rng::seed_from_u64(5);
    let data = vec![table("a", &times, &columns, 0.05, &mut random)];
    let between = LOTKA_VOLTERRA.replace("{ start = 1, min = 0 }", "{ min = 0.05, max = 20 }");
    let result = run(&between, &["prey", "predator"], data.clone()).unwrap();
    assert_eq!(result.starts, 12);
    for (name, truth) in [("a", 1.3), ("b", 0.9), ("c", 0.8), ("d", 1.6)] {
        let found = number(&result, name);
        assert!((found.value - truth).abs() < 4.0 * found.standard_error, "{name} = {}", found.value);
    }
    // The truth is outside: the estimate ends at the bound and stays inside.
    let low = LOTKA_VOLTERRA.replace("a = { start = 1, min = 0 }", "a = { start = 0.8, min = 0.5, max = 1.1 }");
    let result = run(&low, &["prey", "predator"], data).unwrap();
    let a = number(&result, "a");
    assert!(a.value <= 1.1 && a.value > 1.09, "{}", a.value);
    assert!(a.interval.0 >= 0.5 && a.interval.1 <= 1.1, "{:?}", a.interval);
}

const DECAY_CHAIN: &str = r#"
    [model.equations]
    A = "-k*A"
    B = "k*A - m*B"
    [model.parameters]
    k = { start = 1, min = 0, per_trajectory = true }
    m = { start = 1, min = 0 }
    [model.initial]
    A = { start = 5, min = 0 }
    B = 0
    [model.observations]
    b = "B"
    [model.derived]
    life = "1/k"
"#;

#[test]
fn trajectories_have_parameters_of_their_own_and_a_state_is_never_seen() {
    let mut random = ChaCha8Rng::seed_from_u64(11);
    let truth = [0.7, 2.0];
    let one = |(n, k): (usize, &f64)| {
        // Ragged: other times and another length for each.
        let times = times(30 + 10 * n, 0.2 + 0.1 * n as f64);
        let states = integrate(|_, [a, b]| [-k * a, k * a - 0.4 * b], [3.0, 0.0], &times);
        let b: Vec<f64> = states.iter().map(|x| x[1]).collect();
        table(["slow", "fast"][n], &times, &[b], 0.01, &mut random)
    };
    let trajectories = truth.iter().enumerate().map(one).collect();
    let result = run(DECAY_CHAIN, &["b"], trajectories).unwrap();
    let own: Vec<&InferredNumber> = result.parameters.iter().filter(|number| number.name == "k").collect();
    assert_eq!(own.iter().map(|k| k.trajectory.as_deref()).collect::<Vec<_>>(), [Some("slow"), Some("fast")]);
    for (k, truth) in own.iter().zip(truth) {
        assert!((k.value - truth).abs() < 4.0 * k.standard_error, "{k:?}");
    }
    for number in result.parameters.iter().filter(|number| number.name == "A(0)") {
        assert!((number.value - 3.0).abs() < 4.0 * number.standard_error, "{number:?}");
    }
    let life: Vec<f64> = result.derived.iter().map(|life| life.value).collect();
    assert!((life[0] * own[0].value - 1.0).abs() < 1e-12 && (life[1] * own[1].value - 1.0).abs() < 1e-12);
    // The unseen state follows from the rest.
    let unseen = result.trajectories[0].states.column(0).to_vec();
    let step = result.trajectories[0].times[10];
    assert!((unseen[10] - 3.0 * (-0.7 * step).exp()).abs() < 0.1, "{}", unseen[10]);
}

#[test]
fn what_the_data_leave_open_is_named() {
    let model = r#"
        [model.equations]
        A = "-k*m*A"
        [model.parameters]
        k = { start = 2, min = 0 }
        m = { start = 0.5, min = 0 }
        [model.observations]
        a = "A"
    "#;
    let times = times(20, 0.2);
    let a: Vec<f64> = times.iter().map(|t| 3.0 * (-0.7 * t).exp()).collect();
    let mut random = ChaCha8Rng::seed_from_u64(1);
    let result = run(model, &["a"], vec![table("a", &times, &[a], 0.01, &mut random)]).unwrap();
    assert_eq!(result.open.len(), 1, "{:?}", result.open);
    assert!(result.open[0].contains("log k") && result.open[0].contains("log m"), "{:?}", result.open);
    assert!(!result.open[0].contains("A(0)"), "{:?}", result.open);
    let (k, m) = (number(&result, "k"), number(&result, "m"));
    assert!(k.standard_error.is_infinite() && m.standard_error.is_infinite());
    assert!((k.value * m.value - 0.7).abs() < 0.02, "the product is determined: {}", k.value * m.value);
    assert!(number(&result, "A(0)").standard_error < 0.02);
}

#[test]
fn second_order_with_an_input_and_proportional_errors() {
    let model = r#"
        [model.equations]
        "x''" = "-k*x - c*dx_dt + g*u"
        [model.parameters]
        k = { start = 1, min = 0 }
        c = { start = 0.1, min = 0 }
        g = { start = 0.5 }
        [model.inputs]
        u = "force"
        [model.observations]
        x = "x"
    "#;
    let times = times(80, 0.1);
    let u = |t: f64| if t < 3.0 { t } else { 3.0 };
    let states = integrate(|t, [x, v]| [v, -4.0 * x - 0.3 * v + 1.5 * u(t)], [1.0, 0.0], &times);
    let mut random = ChaCha8Rng::seed_from_u64(2);
    let x: Vec<f64> = states.iter().map(|x| x[0]).collect();
    let noisy = table("a", &times, &[x], 0.02, &mut random);
    let values = Array2::from_shape_fn((80, 2), |(n, d)| if d == 0 { noisy.values[[n, 0]] } else { u(times[n]) });
    let result = run(model, &["x", "force"], vec![Trajectory::new("a", times, values).unwrap()]).unwrap();
    for (name, truth) in [("k", 4.0), ("c", 0.3), ("g", 1.5), ("x(0)", 1.0), ("dx_dt(0)", 0.0)] {
        let found = number(&result, name);
        assert!((found.value - truth).abs() < 4.0 * found.standard_error, "{name}: {found:?}");
    }
}

#[test]
fn profiles_agree_with_the_curvature_where_it_is_well_determined() {
    let times = times(40, 0.2);
    let mut random = ChaCha8Rng::seed_from_u64(3);
    let a: Vec<f64> = times.iter().map(|t| 3.0 * (-0.7 * t).exp()).collect();
    let data = vec![table("a", &times, &[a], 0.01, &mut random)];
    let model = r#"
        [model.equations]
        A = "-k*A"
        [model.parameters]
        k = { start = 2, min = 0 }
        [model.observations]
        a = "A"
    "#;
    let data = Dataset::new("t", vec!["a".to_owned()], data).unwrap();
    let options = InferenceOptions { profile: true, ..InferenceOptions::default() };
    let result = infer(&Model::from_toml(model).unwrap(), &data, &options, &mut ()).unwrap();
    for number in &result.parameters {
        let profile = number.profile.as_ref().unwrap();
        let (low, high) = (profile.interval.0.unwrap(), profile.interval.1.unwrap());
        let width = number.interval.1 - number.interval.0;
        assert!((low - number.interval.0).abs() < 0.05 * width && (high - number.interval.1).abs() < 0.05 * width);
        assert!(profile.points.windows(2).all(|pair| pair[0].0 <= pair[1].0));
    }
}

#[test]
fn an_autoregression_is_found_with_its_random_part() {
    // x' = -k x + noise with q = 0.5, observed with small errors.
    let model = r#"
        [model.equations]
        x = "-k*x"
        [model.parameters]
        k = { start = 1 }
        [model.observations]
        x = { value = "x", noise = 0.01 }
        [model.process_noise]
        x = "estimate"
    "#;
    let (k, q, h) = (0.8f64, 0.5f64, 0.1f64);
    let factor = (-k * h).exp();
    // The stationary variance is q²/(2 k).
    let step = q * ((1.0 - factor * factor) / (2.0 * k)).sqrt();
    let mut scores = 0.0;
    for seed in 0..5 {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let mut x = 1.0;
        let mut next = || {
            let z: f64 = StandardNormal.sample(&mut random);
            x = factor * x + step * z;
            x
        };
        let column: Vec<f64> = (0..600).map(|_| next()).collect();
        let result = run(model, &["x"], vec![table("a", &times(600, h), &[column], 0.01, &mut random)]).unwrap();
        let found = number(&result, "k");
        assert!((found.value - k).abs() < 3.0 * found.standard_error, "seed {seed}: {found:?}");
        scores += (found.value - k) / found.standard_error;
        let level = result.process_noise[0].unwrap();
        // 600 increments give q within 3 %.
        assert!((level / q - 1.0).abs() < 0.12, "seed {seed}: {level}");
    }
    // Without the determinants of the steps k would be near 0 every time, five standard errors below.
    assert!((scores / 5.0f64.sqrt()).abs() < 3.0, "{scores}");
}

#[test]
fn too_little_data_is_refused() {
    let times = times(2, 1.0);
    let mut random = ChaCha8Rng::seed_from_u64(0);
    let data = vec![table("a", &times, &[vec![1.0, 0.5], vec![1.0, 2.0]], 0.0, &mut random)];
    let error = run(LOTKA_VOLTERRA, &["prey", "predator"], data).unwrap_err();
    assert_eq!(error, InferenceError::TooFew { observations: 4, parameters: 6 });
}

#[test]
fn every_mistake_in_a_file_is_named() {
    let base =
        "[model.equations]\nx = \"-k*x\"\n[model.parameters]\nk = { start = 1 }\n[model.observations]\na = \"x\"\n";
    let with = |from: &str, to: &str| base.replace(from, to);
    for (text, message, hint) in [
        ("[model.equations\n".to_owned(), "line 1: ", None),
        ("[modle]\n".to_owned(), "unknown key `modle` in the file", Some("did you mean `model`?")),
        (with("[model.parameters]", "[model.parametres]"), "unknown key `parametres` in [model]", Some("parameters")),
        (with("start = 1", "strat = 1"), "unknown key `strat` in [model.parameters] k", Some("did you mean `start`?")),
        (with("{ start = 1 }", "true"), "[model.parameters] k: expected a number, or a table", None),
        (with("start = 1", "start = \"1\""), "[model.parameters] k.start: expected a finite number", None),
        (with("start = 1", "min = 0"), "[model.parameters] k: where there is no start, both min and max", None),
        (with("start = 1", "min = 2, max = 1"), "min = 2 is not below the upper bound max = 1", None),
        (with("start = 1", "start = 0, min = 0"), "start = 0 is not inside the bounds min 0", Some("never reach")),
        (
            base.to_owned() + "[model.inputs]\nu = { column = \"u\", held = true }\n",
            "unknown key `held` in [model.inputs] u",
            Some("did you mean `hold`?"),
        ),
        (
            base.to_owned() + "[model.inputs]\nu = { hold = true }\n",
            "u: the key `column` is missing",
            Some("column = "),
        ),
        (base.to_owned() + "[model.inputs]\nu = 1\n", "[model.inputs] u: expected the name of a column", None),
        (with("-k*x", "-kk*x"), "[model.equations] x: column 2: ", Some("did you mean `k`?")),
        (with("a = \"x\"", ""), "[model.observations] is missing", Some("in_bed")),
        (with("x = \"-k*x\"", ""), "[model.equations] is missing", Some("one line for each state")),
        (with("a = \"x\"", "a = \"2*x\""), "the state `x` needs an initial value, because", Some("[model.initial]")),
        (
            with("k = {", "x = 1\nk = {"),
            "the name `x` is used twice: as a state and as a parameter",
            Some("another name"),
        ),
        (base.to_owned() + "[model.initial]\ny = 1\n", "[model.initial]: there is no equation for `y`", None),
        (
            with("a = \"x\"", "a = { value = \"x\", noise = \"gauss\" }"),
            "expected \"additive\", \"proportional\"",
            None,
        ),
        (base.to_owned() + "[model.process_noise]\nx = -1\n", "expected a positive number or \"estimate\"", None),
        (with("[model.equations]", "[model]\nevery = 0\n[model.equations]"), "a whole number from 1", None),
        (base.to_owned() + "[model.derived]\nr = \"x/k\"\n", "[model.derived] r: column 1: ", None),
    ] {
        let error: ModelFileError = Model::from_toml(&text).expect_err(&text);
        assert!(error.to_string().contains(message), "`{error}` lacks `{message}`");
        if let Some(hint) = hint {
            assert!(error.hint().is_some_and(|found| found.contains(hint)), "{error}: {:?}", error.hint());
        }
    }
}
