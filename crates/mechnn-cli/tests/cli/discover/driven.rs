//! Systems that are driven: known inputs, explicit time, equations of second order.

use crate::support::document::Document;
use crate::support::process::Folder;
use crate::support::table::{Noise, csv};

/// x' = 0.8 u - 0.5 x with u on and off, a tenth of a second apart; `gaps`: rows in which u is not given.
fn tank(seed: u64, gaps: &[usize]) -> String {
    let mut noise = Noise(seed);
    // 0 in each run of 20 rows, or a level.
    let levels: Vec<f64> = (0..11).map(|_| (1.0 + noise.draw()).max(0.0)).collect();
    let input = |row: usize| levels[row / 20];
    let mut x = 1.0;
    let mut rows = Vec::new();
    for row in 0..=200 {
        let u = if gaps.contains(&row) { f64::NAN } else { input(row) };
        rows.push([0.1 * row as f64, x + 0.01 * noise.draw(), u]);
        for k in 0..100 {
            let part = (f64::from(k) + 0.5) / 100.0;
            let u = (1.0 - part) * input(row) + part * input((row + 1).min(200));
            x += 0.001 * (0.8 * u - 0.5 * x);
        }
    }
    csv("t,x,u", &rows)
}

/// x'' = -x - 0.2 x' + 1.5 cos(1.3 t), only x measured.
fn driven_oscillator() -> String {
    let (mut x, mut v, mut noise) = (0.5, 0.0, Noise(3));
    let mut rows = Vec::new();
    for row in 0..300 {
        let t = 0.1 * f64::from(row);
        rows.push([t, x + 0.01 * noise.draw()]);
        for k in 0..1000 {
            let t = t + 1e-4 * (f64::from(k) + 0.5);
            v += 1e-4 * (-x - 0.2 * v + 1.5 * (1.3 * t).cos());
            x += 1e-4 * v;
        }
    }
    csv("t,x", &rows)
}

#[test]
fn known_inputs_drive_the_equations() {
    let folder = Folder::new();
    folder.write("a.csv", tank(1, &[]));
    // An input that is missing within is taken to be linear, and every trajectory has its own.
    folder.write("b.csv", tank(2, &[45, 46, 47]));
    let document = Document::discover(&folder, &["a.csv", "b.csv", "--controls", "u", "--library", "poly:2"]);
    assert_eq!(document.support(), [("x".to_owned(), vec!["x".to_owned(), "u".to_owned()])]);
    for (term, value) in [("x", -0.5), ("u", 0.8)] {
        let found = document.coefficient("x", term);
        assert!((found - value).abs() < 0.01, "{term}: {found}");
    }
    assert_eq!(document.0["controls"], serde_json::json!(["u"]));
    for trajectory in document.0["trajectories"].as_array().expect("a list") {
        assert!(trajectory["rollout_r2"].as_f64().expect("simulated") > 0.99, "{trajectory}");
        assert!(trajectory["held_out"]["r2"].as_f64().expect("predicted") > 0.9, "{trajectory}");
    }
    let outcome = folder.mechnn(&["discover", "a.csv", "--controls", "u", "--library", "poly:1", "-o", "run"]);
    assert_eq!(outcome.code, Some(0), "{outcome:?}");
    let config = std::fs::read_to_string(folder.path("run/config.toml")).expect("written");
    assert!(config.contains("controls = [\"u\"]"), "{config}");
}

#[test]
fn inputs_that_cannot_be_used_are_refused() {
    let folder = Folder::new();
    folder.write("a.csv", tank(1, &[200]));
    for (controls, parts) in [
        ("w", ["there is no column `w` that could be a known input", "the states are `x`, `u`"]),
        ("x,u", ["no equation would be left to find", ""]),
        ("u", ["the input `u` has no value at time 20", "fill in the value"]),
    ] {
        let outcome = folder.mechnn(&["discover", "a.csv", "--controls", controls]);
        assert_eq!(outcome.code, Some(3), "{outcome:?}");
        assert!(parts.iter().all(|part| outcome.stderr.contains(part)), "{}", outcome.stderr);
    }
}

#[test]
fn velocities_nobody_measured_and_a_forcing_are_found() {
    let folder = Folder::new();
    folder.write("data.csv", driven_oscillator());
    let arguments = ["data.csv", "--order", "2", "--explicit-time", "--library", "poly:2,trig"];
    let document = Document::discover(&folder, &arguments);
    let support = document.support();
    assert_eq!((support.len(), &support[0].1[..]), (2, &["x_dot".to_owned()][..]));
    let forcing = support[1].1.iter().find(|term| term.starts_with("sin(")).expect("a forcing");
    let frequency: f64 = forcing["sin(".len()..].split('*').next().and_then(|f| f.parse().ok()).expect(forcing);
    assert!((frequency - 1.3).abs() < 0.01 && support[1].1.len() == 3, "{support:?}");
    for (term, value) in [("x", -1.0), ("x_dot", -0.2), (forcing, 1.5)] {
        let found = document.coefficient("x_dot", term);
        assert!((found.abs() - f64::abs(value)).abs() < 0.02, "{term}: {found}");
    }
    assert!(document.0["trajectories"][0]["rollout_r2"].as_f64().expect("simulated") > 0.999);
    // A term of the user may depend on the time without anything else doing so.
    let arguments = ["data.csv", "--order", "2", "--library", "poly:1", "--term", "cos(1.3*t)", "-q"];
    let outcome = folder.mechnn(&[&["discover"], &arguments[..]].concat());
    assert!(outcome.stdout.starts_with("x' = x_dot\nx_dot' = -"), "{}", outcome.stdout);
    assert!(outcome.stdout.contains("cos(1.3"), "{}", outcome.stdout);
    let units = [&arguments[..], &["--units", "x=m,t=s", "--format", "json"]].concat();
    let outcome = folder.mechnn(&[&["discover"], &units[..]].concat());
    let document = Document::of(&outcome);
    let unit = |index: usize| document.equations()[1]["terms"][index]["unit"].as_str().expect("text").to_owned();
    assert_eq!([unit(0), unit(1)], ["1/s**2", "1/s"]);
}

#[test]
fn a_second_order_needs_a_free_name() {
    let folder = Folder::new();
    folder.write("data.csv", driven_oscillator().replacen("t,x", "x_dot,x", 1));
    folder.mechnn(&["discover", "data.csv", "--order", "2", "--time", "x_dot"]).fails(3, &["x_dot"]);
    folder.mechnn(&["discover", "data.csv", "--order", "3"]).fails(2, &["--order"]);
}
