//! What is known of the equations before the search: `--model`.

use serde_json::{Value, json};

use crate::support::document::Document;
use crate::support::process::Folder;
use crate::support::table::{Noise, csv};

/// Rows `[t, x..]` of x' = f(x) with noise.
fn simulated<const D: usize>(
    start: [f64; D],
    (points, step): (usize, f64),
    noise: impl Fn(f64, f64) -> f64,
    rate: impl Fn(&[f64; D]) -> [f64; D],
) -> Vec<Vec<f64>> {
    const SUBSTEPS: usize = 100;
    let (mut x, mut draws) = (start, Noise(4));
    let h = step / SUBSTEPS as f64;
    let mut rows = Vec::new();
    for point in 0..points {
        let mut row = vec![point as f64 * step];
        row.extend(x.iter().map(|&x| noise(x, draws.draw())));
        rows.push(row);
        for _ in 0..SUBSTEPS {
            let slope = rate(&x);
            let middle = std::array::from_fn(|d| x[d] + 0.5 * h * slope[d]);
            let slope = rate(&middle);
            (0..D).for_each(|d| x[d] += h * slope[d]);
        }
    }
    rows
}

fn table<const W: usize>(header: &str, rows: &[Vec<f64>]) -> String {
    let rows: Vec<[f64; W]> = rows.iter().map(|row| row[..].try_into().expect("as many columns")).collect();
    csv(header, &rows)
}

/// Susceptible, infected and recovered parts of a population: S' = -0.6 S I, I' = 0.6 S I - 0.2 I, R' = 0.2 I.
fn epidemic() -> String {
    let rate = |x: &[f64; 3]| [-0.6 * x[0] * x[1], 0.6 * x[0] * x[1] - 0.2 * x[1], 0.2 * x[1]];
    table::<4>("t,S,I,R", &simulated([0.95, 0.05, 0.0], (121, 0.5), |x, noise| x + 0.01 * noise, rate))
}

/// Cells X that live on a substrate s: X' = m - 0.05 X, s' = -2 m with m = 0.8 X s / (0.4 + s).
fn culture() -> String {
    let rate = |x: &[f64; 2]| {
        let growth = 0.8 * x[0] * x[1] / (0.4 + x[1]);
        [growth - 0.05 * x[0], -2.0 * growth]
    };
    table::<3>("t,X,s", &simulated([0.05, 1.0], (101, 0.1), |x, noise| x * (1.0 + 0.02 * noise), rate))
}

fn discover(folder: &Folder, model: &str, arguments: &[&str], known: &[f64]) -> Document {
    folder.write("model.toml", model);
    let outcome = folder.mechnn(&[&["discover", "data.csv", "--model", "model.toml"], arguments].concat());
    assert_eq!(outcome.code, Some(0), "{outcome:?}");
    Document::with_known(&outcome, known)
}

fn terms(document: &Document, equation: usize) -> Vec<Value> {
    document.equations()[equation]["terms"].as_array().expect("terms").clone()
}

fn support(document: &Document) -> Vec<Vec<String>> {
    document.support().into_iter().map(|(_, terms)| terms).collect()
}

#[test]
fn what_is_conserved_stays_and_what_flows_has_one_coefficient() {
    let folder = Folder::new();
    folder.write("data.csv", epidemic());
    let model = "[model]\nconserved = [\"S + I + R\"]\nties = [{ S = \"-S*I\", I = \"S*I\" }]\n";
    let document = discover(&folder, model, &["--format", "json", "--no-simplify"], &[]);
    assert_eq!(support(&document), [vec!["S*I"], vec!["I", "S*I"], vec!["I"]]);
    let value = |state: &str, term: &str| document.coefficient(state, term);
    assert_eq!((value("S", "S*I"), value("R", "I")), (-value("I", "S*I"), -value("I", "I")));
    assert!((value("I", "S*I") - 0.6).abs() < 0.02 && (value("R", "I") - 0.2).abs() < 0.006, "{:?}", document.0);
    let error = |equation: usize, term: usize| terms(&document, equation)[term]["standard_error"].clone();
    assert_eq!((error(0, 0), error(2, 0)), (error(1, 1), error(1, 0)));
    assert_eq!(document.0["constraints"]["conserved"], json!(["S + I + R"]));
    // What is known of the equations is known better than without it.
    let free = Document::discover(&folder, &["data.csv", "--no-simplify", "--library", "poly:2"]);
    let tied = error(1, 0).as_f64();
    let free = (free.0.get("constraints"), terms(&free, 1)[0]["standard_error"].as_f64());
    assert!(tied < free.1, "{tied:?} {free:?}");
    assert_eq!(free.0, None, "nothing was known");

    // The sum alone: the third equation is minus the others, whatever these are.
    let model = "[model]\nconserved = [\"2*S + 2*I + 2*R\"]\n";
    let document = discover(&folder, model, &["--format", "json", "--no-simplify", "--library", "poly:2"], &[]);
    let sum = |term: &str| -> f64 {
        let has = |(state, own): &(String, Vec<String>)| own.iter().any(|t| t == term).then(|| state.clone());
        document.support().iter().filter_map(has).map(|state| document.coefficient(&state, term)).sum()
    };
    assert!(sum("S*I").abs() < 1e-12 && sum("I").abs() < 1e-12, "{:?}", document.0);
}

#[test]
fn known_parts_have_no_error_and_are_not_searched() {
    let folder = Folder::new();
    folder.write("data.csv", culture());
    let model = "[model]\nties = [{ s = \"-2*X*s/(1 + s)\", X = \"X*s/(1 + s)\" }]\nknown = { X = \"-0.05*X\" }\n";
    let document = discover(&folder, model, &["--format", "json"], &[-0.05]);
    let own = terms(&document, 0);
    let is_known = |term: &Value| term["expression"] == "X" && term["standard_error"] == 0.0;
    assert!(own.len() == 2 && is_known(&own[0]) && own[0]["coefficient"] == -0.05, "{own:?}");
    let (growth, uptake) = (&own[1], &terms(&document, 1)[0]);
    // The same function, the yield between them.
    assert_eq!(growth["expression"], uptake["expression"]);
    let value = |term: &Value| term["coefficient"].as_f64().expect("a number");
    assert!((value(uptake) + 2.0 * value(growth)).abs() < 1e-12 && (value(growth) - 0.8).abs() < 0.03, "{own:?}");
    // And in text without brackets.
    let text = folder.mechnn(&["discover", "data.csv", "--model", "model.toml", "-o", "run"]);
    assert!(text.stdout.starts_with("X' = -0.05 X + 0."), "{}", text.stdout);
    assert!(text.stderr.contains("\nAssumed, because --model says so: 1 known part, 1 tie.\n"), "{}", text.stderr);
    let config = std::fs::read_to_string(folder.path("run/config.toml")).expect("written");
    assert!(config.contains("[discovery.constraints.known]\nX = \"-0.05*X\""), "{config}");
}

#[test]
fn lists_shared_constants_and_signs_hold() {
    let folder = Folder::new();
    folder.write("data.csv", culture());
    let model = r#"
        [model]
        shared = ["X*s/(1 + s)"]
        [model.terms]
        X = ["X*s/(1 + s)", "X", "1"]
        s = ["X*s/(1 + s)", "X*s", "s"]
    "#;
    let document = discover(&folder, model, &["--format", "json", "--no-simplify"], &[]);
    assert_eq!(document.0["candidates"], 6);
    let [cells, substrate] = [terms(&document, 0), terms(&document, 1)];
    let growth = |terms: &[Value]| -> String {
        let function = terms.iter().find(|term| term["expression"].as_str().is_some_and(|text| text.contains('/')));
        function.expect("growth").to_string()
    };
    let expression = |text: String| text.split("\"expression\":").nth(1).map(|rest| rest[..30].to_owned());
    assert_eq!(expression(growth(&cells)), expression(growth(&substrate)));
    assert!(cells.len() == 2 && substrate.len() == 1, "{document:?}");

    // The first equation loses its death where that may only be a birth.
    let wrong = format!("{model}\n[model.signs.X]\nX = \"positive\"\n");
    let document = discover(&folder, &wrong, &["--format", "json", "--no-simplify"], &[]);
    let death =
        terms(&document, 0).iter().any(|term| term["expression"] == "X" && term["coefficient"].as_f64() < Some(0.0));
    assert!(!death, "{document:?}");
}

#[test]
fn constraints_go_with_explicit_time() {
    let folder = Folder::new();
    folder.write("data.csv", epidemic());
    let model = "[model]\nties = [{ S = \"-S*I\", I = \"S*I\" }]\nsigns = { I = { I = \"negative\" } }\n";
    for time in [&["--explicit-time"][..], &["--term", "t*S"][..]] {
        let arguments = [&["--format", "json", "--library", "poly:2"], time].concat();
        let document = discover(&folder, model, &arguments, &[]);
        assert_eq!(support(&document), [vec!["S*I"], vec!["I", "S*I"], vec!["I"]], "{time:?}");
    }
}

#[test]
fn inputs_of_the_file_are_those_of_the_option() {
    let folder = Folder::new();
    let rows: Vec<[f64; 3]> = (0..120).map(|row| [0.1 * f64::from(row), f64::from(row % 7), 1.0]).collect();
    folder.write("data.csv", csv("t,u,x", &rows));
    folder.write("model.toml", "[model]\ncontrols = [\"u\"]\n");
    let config = |arguments: &[&str]| {
        folder.mechnn(
            &[&["discover", "data.csv", "-o", "run", "--overwrite", "--library", "poly:1"], arguments].concat(),
        );
        std::fs::read_to_string(folder.path("run/config.toml")).expect("written")
    };
    assert_eq!(config(&["--model", "model.toml"]), config(&["--controls", "u"]));
}

#[test]
fn what_makes_no_sense_is_refused() {
    let folder = Folder::new();
    folder.write("data.csv", culture());
    for (model, parts) in [
        ("ties = [{ q = \"X\", X = \"X\" }]", ["ties, entry 1: `q` is not a state", "the states are X, s"]),
        ("ties = [{ s = \"X + s\", X = \"X\" }]", ["expected one term", "X + s"]),
        ("ties = [{ s = \"X\", X = \"X\" }, { s = \"X\", X = \"s\" }]", ["tied only once", ""]),
        ("conserved = [\"X*s\"]", ["\"X*s\": expected a sum of states", ""]),
        ("conserved = [\"X + s\"]\nterms = { X = [\"X\"], s = [\"s\"] }", ["must have no other entry", ""]),
        ("terms = { X = [\"Y\"] }", ["[model.terms] X: \"Y\"", "`Y` is not a variable"]),
        ("known = { X = \"0*X\" }", ["[model.known] X", "is nothing"]),
        ("equations = { X = \"a*X\" }", ["unknown field `equations`", ""]),
        ("[model.equations]\nX = \"a*X\"", ["line 1", "`mechnn infer`"]),
    ] {
        folder.write("model.toml", format!("[model]\n{model}\n").replace("[model]\n[model.", "[model."));
        let outcome = folder.mechnn(&["discover", "data.csv", "--model", "model.toml"]);
        outcome.fails(2, &parts);
    }
    folder.write("model.toml", "[model]\nknown = { X = \"-0.05*X\" }\n");
    folder.mechnn(&["discover", "data.csv", "--model", "model.toml", "--order", "2"]).fails(2, &["its velocity"]);
    folder.mechnn(&["discover", "data.csv", "--model", "model.toml", "--per-trajectory"]).fails(2, &["--model"]);
    folder
        .mechnn(&["discover", "data.csv", "--model", "none.toml"])
        .fails(5, &["cannot read `none.toml`: no such file"]);
}

#[test]
fn some_numbers_are_of_each_trajectory_and_others_of_all() {
    // Prey that grows at a rate of its own in every run; what is eaten, and the predators, are the same in all.
    let folder = Folder::new();
    let rates = [1.3, 0.8, 2.1];
    for (run, growth) in rates.into_iter().enumerate() {
        let rate = |x: &[f64; 2]| [growth * x[0] - x[0] * x[1], 0.7 * x[0] * x[1] - 0.85 * x[1]];
        let rows = simulated([1.0, 0.8 + 0.2 * run as f64], (60, 0.2), |x, noise| x * (1.0 + 0.02 * noise), rate);
        let marked: Vec<Vec<f64>> = rows
            .into_iter()
            .map(|row| row.into_iter().chain((0..3).map(|other| f64::from(u8::from(other == run)))).collect())
            .collect();
        folder.write(&format!("run{run}.csv"), table::<6>("t,x,y,run0,run1,run2", &marked));
    }
    folder.write(
        "model.toml",
        r#"
[model]
controls = ["run0", "run1", "run2"]

[model.terms]
x = ["run0*x", "run1*x", "run2*x", "y", "x**2", "x*y"]
y = ["x", "y", "x*y", "y**2"]
"#,
    );
    let files = ["run0.csv", "run1.csv", "run2.csv"];
    let document = Document::discover(&folder, &[&files[..], &["--model", "model.toml", "--no-simplify"]].concat());
    assert_eq!(support(&document), [vec!["x*run0", "x*run1", "x*run2", "x*y"], vec!["y", "x*y"]], "{document:?}");
    for (run, growth) in rates.into_iter().enumerate() {
        let found = document.coefficient("x", &format!("x*run{run}"));
        assert!((found / growth - 1.0).abs() < 0.03, "{found}, truth {growth}");
    }
    assert!((document.coefficient("x", "x*y") + 1.0).abs() < 0.03, "{document:?}");
}
