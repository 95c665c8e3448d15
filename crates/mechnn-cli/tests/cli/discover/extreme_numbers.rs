//! Numbers at the edge: never a panic, never NaN in a document, never nonsense without a word.

use crate::support::document::Document;
use crate::support::process::Folder;
use crate::support::table::{changed, csv};

/// Asserts success with a sound document, or an error with one of the documented codes.
#[track_caller]
fn survives(name: &str, contents: &str) {
    let folder = Folder::new();
    folder.write("data.csv", contents);
    let outcome = folder.mechnn(&["discover", "data.csv", "--format", "json", "-o", "run"]);
    match outcome.code {
        Some(0) => {
            Document::of(&outcome);
        }
        Some(3 | 4) => {
            assert_eq!(outcome.stdout, "", "{name}: {outcome:?}");
            assert!(outcome.stderr.contains("error: ") && outcome.stderr.contains("hint: "), "{name}: {outcome:?}");
            assert_eq!(folder.names(), ["data.csv"], "{name}");
        }
        _ => panic!("{name}: {outcome:?}"),
    }
}

#[test]
fn noise_without_a_square_is_refused() {
    let folder = Folder::new();
    folder.write("data.csv", changed(60, |_, row| row));
    for noise in ["1e300", "1e-300", "x=1,y=1e300"] {
        folder.mechnn(&["discover", "data.csv", "--noise", noise]).fails(2, &["the noise is", "from 1e-150 to 1e150"]);
    }
}

#[test]
fn values_without_products_are_refused() {
    for factor in [1e300, 1e-300, 1e-310] {
        let folder = Folder::new();
        folder.write("data.csv", changed(60, |_, [t, x, y]| [t, factor * x, y]));
        folder.mechnn(&["discover", "data.csv"]).fails(3, &["column `x`", "hint: "]);
        folder.write("data.csv", changed(60, |_, [t, x, y]| [factor * t, x, y]));
        let outcome = folder.mechnn(&["discover", "data.csv"]);
        // Times that are rounded to one another do not increase.
        assert_eq!(outcome.code, Some(3), "{outcome:?}");
        assert!(outcome.stderr.contains("column `t`"), "{outcome:?}");
    }
    let folder = Folder::new();
    folder.write("data.csv", changed(60, |i, [t, x, y]| [t, if i == 30 { 1e300 } else { x }, y]));
    folder.mechnn(&["discover", "data.csv"]).fails(3, &["column `x` holds 1.000e300", "outliers"]);
}

#[test]
fn units_far_from_one_are_no_problem() {
    for factor in [1e60, 1e-60] {
        let folder = Folder::new();
        folder.write("data.csv", changed(200, |_, [t, x, y]| [t, factor * x, y]));
        let document = Document::discover(&folder, &["data.csv"]);
        assert!((document.coefficient("y", "x*y") * factor - 1.0).abs() < 0.05);
    }
}

#[test]
fn nothing_panics() {
    survives("all zeros", &changed(60, |_, [t, _, _]| [t, 0.0, 0.0]));
    survives("a constant", &changed(60, |_, [t, x, _]| [t, x, 5.0]));
    survives("constants", &changed(60, |_, [t, _, _]| [t, 3.0, 5.0]));
    survives("twins", &changed(60, |_, [t, x, _]| [t, x, x]));
    survives("straight lines", &changed(60, |_, [t, _, _]| [t, t, 2.0 * t]));
    survives("exact powers", &changed(60, |_, [t, _, _]| [t, t * t, t]));
    survives("a step", &changed(60, |i, [t, _, y]| [t, if i < 30 { 0.0 } else { 1.0 }, y]));
    survives("alternation", &changed(60, |i, [t, _, _]| [t, if i % 2 == 0 { 1.0 } else { -1.0 }, t.sin()]));
    survives("an outlier", &changed(60, |i, [t, x, y]| [t, if i == 30 { 1e20 } else { x }, y]));
    survives("a wide gap", &changed(60, |i, [t, x, y]| [if i < 30 { t } else { t + 1e12 }, x, y]));
    survives("late times", &changed(60, |_, [t, x, y]| [t + 1e15, x, y]));
    survives("barely enough", &changed(8, |_, row| row));
    survives("few", &changed(10, |_, row| row));
    survives("a blow-up", &changed(60, |i, [t, _, _]| [t, 1.0 / (6.01 - 0.1 * i as f64), 1.0 / (1.0 + t)]));
    let growth: Vec<[f64; 2]> = (0..100).map(|i| [f64::from(i), f64::from(i).exp()]).collect();
    survives("44 orders of magnitude", &csv("t,x", &growth));
}
