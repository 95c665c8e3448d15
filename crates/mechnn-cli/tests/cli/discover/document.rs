//! `mechnn discover --format json`: the document, also as Python reads it.

use std::io::Write;
use std::process::{Command, Stdio};

use crate::support::document::Document;
use crate::support::process::Folder;
use crate::support::table::{Noise, changed, csv, lotka_volterra};

/// Evaluates every right-hand side with Python, over the columns and the time, beside the sum of its terms.
const CHECK: &str = r#"
import ast, json, sys
document = json.load(sys.stdin, parse_constant=lambda name: sys.exit(name))
for seed, values in enumerate(({"t": 0.5, "x": 1.7, "y": -0.3}, {"t": 2.0, "x": 1e3, "y": 3.0})):
    for equation in document["equations"]:
        tree = ast.parse(equation["rhs"], mode="eval")
        names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
        assert names <= set(values), names
        assert not any(isinstance(node, (ast.Call, ast.BitXor)) for node in ast.walk(tree))
        total = sum(term["coefficient"] * eval(term["expression"], {}, values) for term in equation["terms"])
        found = eval(equation["rhs"], {}, values)
        assert abs(found - total) <= 1e-12 * (1 + abs(total)), (found, total)
"#;

#[test]
fn python_reads_the_right_hand_sides() {
    let folder = Folder::new();
    folder.write("data.csv", changed(200, |_, row| row));
    for library in ["poly:2", "poly:3"] {
        let outcome = folder.mechnn(&["discover", "data.csv", "--library", library, "--format", "json", "-q"]);
        assert_eq!((outcome.code, outcome.stderr.as_str()), (Some(0), ""));
        let python = Command::new("python3").args(["-c", CHECK]).stdin(Stdio::piped()).stderr(Stdio::piped()).spawn();
        // The checks in `Document` hold without it.
        let Ok(mut python) = python else { return };
        python.stdin.take().expect("piped").write_all(outcome.stdout.as_bytes()).expect("it reads");
        let output = python.wait_with_output().expect("it ends");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
}

#[test]
fn the_equations_are_those_of_the_system() {
    let folder = Folder::new();
    folder.write("data.csv", changed(200, |_, row| row));
    let document = Document::discover(&folder, &["data.csv"]);
    let terms = |list: [&str; 2]| list.map(str::to_owned).to_vec();
    let expected = [("x".to_owned(), terms(["x", "x*y"])), ("y".to_owned(), terms(["y", "x*y"]))];
    assert_eq!(document.support(), expected);
    for (state, expression, truth) in [("x", "x", 1.0), ("x", "x*y", -1.0), ("y", "y", -1.0), ("y", "x*y", 1.0)] {
        let found = document.coefficient(state, expression);
        assert!((found - truth).abs() < 0.02, "{expression} in {state}': {found}");
    }
    assert_eq!((&document.0["stable"], &document.0["interrupted"]), (&true.into(), &false.into()));
    // One percent of values that average 1.
    for state in ["x", "y"] {
        let noise = document.0["noise"][state].as_f64().expect("a number");
        assert!((0.008..0.015).contains(&noise), "noise of {state}: {noise}");
    }
}

#[test]
fn fields_come_in_the_order_they_are_read() {
    let folder = Folder::new();
    folder.write("data.csv", changed(100, |_, row| row));
    let text = folder.mechnn(&["discover", "data.csv", "--format", "json"]).stdout;
    let places: Vec<_> =
        ["\"schema\"", "\"equations\"", "\"state\"", "\"rhs\"", "\"terms\"", "\"expression\"", "\"stable\""]
            .map(|field| text.find(field).expect(field))
            .to_vec();
    assert!(places.is_sorted(), "{text}");
}

#[test]
fn a_constant_rate_is_the_expression_1() {
    let folder = Folder::new();
    let rows: Vec<[f64; 2]> =
        lotka_volterra(100).iter().map(|row| [row[0], 5.0 - 3.0 * row[0] + 0.05 * row[1]]).collect();
    folder.write("data.csv", csv("t,x", &rows));
    let document = Document::discover(&folder, &["data.csv", "--library", "poly:0"]);
    assert_eq!(document.support(), [("x".to_owned(), vec!["1".to_owned()])]);
    assert!((document.coefficient("x", "1") + 3.0).abs() < 0.05);
}

#[test]
fn a_state_without_terms_has_the_right_hand_side_0() {
    let folder = Folder::new();
    let mut noise = Noise(7);
    let rows: Vec<[f64; 2]> = (0..100).map(|i| [f64::from(i), noise.draw()]).collect();
    folder.write("data.csv", csv("t,x", &rows));
    let document = Document::discover(&folder, &["data.csv"]);
    assert_eq!(document.support(), [("x".to_owned(), vec![])]);
    assert_eq!(document.equations()[0]["rhs"], "0");
    assert!(document.0["verdict"].as_str().expect("text").starts_with("No finding"), "{document:?}");
}

#[test]
fn equations_that_blow_up_are_not_stable() {
    // x' = x^2 up to a two-thousandth before its pole, which is known to a thousandth: with some noise the pole found
    // comes before the data end.
    let folder = Folder::new();
    let discover = |seed: u64| {
        let mut noise = Noise(seed);
        let times = (0..100).map(|i| 0.9995 * f64::from(i) / 99.0);
        let rows: Vec<[f64; 2]> = times.map(|t| [t, (1.0 + 0.01 * noise.draw()) / (1.0 - t)]).collect();
        folder.write("data.csv", csv("t,x", &rows));
        // With the simple coefficient 1 the pole would be where it is.
        let options = ["--format", "json", "--no-simplify", "--library", "poly:2"];
        let outcome = folder.mechnn(&[&["discover", "data.csv"], &options[..]].concat());
        (Document::of(&outcome), outcome)
    };
    let unstable = (1..=8).map(discover).find(|(document, _)| document.0["stable"] == false);
    let (document, outcome) = unstable.expect("one of eight");
    // JSON has no NaN: what is not finite is null.
    assert!(document.0["trajectories"][0]["rollout_r2"].is_null(), "{outcome:?}");
    assert!(outcome.stderr.contains("The equations are unstable"), "{outcome:?}");
}
