//! The files in `examples/`, solved and compared with what is known.

use crate::support::process::{Folder, workspace};

fn solve(name: &str) -> serde_json::Value {
    let path = workspace().join("examples").join(name);
    let outcome = Folder::new().mechnn(&["solve", path.to_str().expect("UTF-8"), "--format", "json"]);
    assert_eq!(outcome.code, Some(0), "{name}: {}", outcome.stderr);
    serde_json::from_str(&outcome.stdout).expect("JSON")
}

/// Largest error over all unknowns.
fn largest_error(document: &serde_json::Value) -> f64 {
    let errors = document["largest_errors"].as_array().expect("a list");
    assert!(!errors.is_empty(), "the example gives its exact solution");
    errors.iter().map(|entry| entry["error"].as_f64().expect("a number")).fold(0.0, f64::max)
}

#[test]
fn damped() {
    let error = largest_error(&solve("damped.toml"));
    assert!(error < 1e-6, "{error:e}");
}

#[test]
fn coupled() {
    let error = largest_error(&solve("coupled.toml"));
    assert!(error < 5e-5, "{error:e}");
}

#[test]
fn airy() {
    let document = solve("airy.toml");
    let rows = document["rows"].as_array().expect("rows");
    for row in rows {
        let (t, u) = (row[0].as_f64().expect("t"), row[1].as_f64().expect("u"));
        // Both series lose up to exp(2/3 t^1.5), 7 of 16 digits at t = 8.
        assert!((u - airy_at_minus(t)).abs() < 1e-5, "at {t}: {u}, expected {}", airy_at_minus(t));
    }
}

/// Ai(-t) = Ai(0) f(-t) + Ai'(0) g(-t), the two power series of u'' = x u.
fn airy_at_minus(t: f64) -> f64 {
    let x = -t;
    let (mut f, mut g) = (1.0, x);
    let (mut term_f, mut term_g) = (1.0, x);
    for n in 1..60 {
        let n = f64::from(n);
        term_f *= x.powi(3) / ((3.0 * n - 1.0) * (3.0 * n));
        term_g *= x.powi(3) / ((3.0 * n) * (3.0 * n + 1.0));
        f += term_f;
        g += term_g;
    }
    0.355_028_053_887_817_2 * f - 0.258_819_403_792_806_8 * g
}
