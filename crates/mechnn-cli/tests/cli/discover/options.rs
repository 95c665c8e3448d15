//! What can be asked of `discover` beside the defaults.

use serde_json::Value;

use crate::support::document::Document;
use crate::support::process::Folder;
use crate::support::table::{Noise, changed, csv};

fn folder_with_data() -> Folder {
    let folder = Folder::new();
    folder.write("data.csv", changed(120, |_, row| row));
    folder
}

/// x' = -2 x/(0.5 + x) from 3, with a hundredth of noise.
fn saturation() -> String {
    let (mut x, mut noise) = (3.0, Noise(5));
    let mut rows = Vec::new();
    for i in 0..120 {
        rows.push([0.02 * f64::from(i), x + 0.01 * noise.draw()]);
        for _ in 0..200 {
            x -= 1e-4 * 2.0 * x / (0.5 + x);
        }
    }
    csv("t,x", &rows)
}

#[test]
fn units_of_coefficients_are_derived() {
    let folder = folder_with_data();
    let arguments = ["discover", "data.csv", "--library", "poly:2", "--units", "x=hare,y=lynx,t=year", "-o", "run"];
    let outcome = folder.mechnn(&arguments);
    assert_eq!(outcome.code, Some(0), "{outcome:?}");
    for part in ["[1/year] x", "[1/(lynx*year)] x y", "[1/year] y", "[1/(hare*year)] x y"] {
        assert!(outcome.stdout.contains(part), "{part}: {}", outcome.stdout);
    }
    let latex = std::fs::read_to_string(folder.path("run/equations.tex")).expect("written");
    assert!(latex.contains("\\,\\mathrm{year}^{-1}\\, x"), "{latex}");
    let document = Document::discover(&folder, &["data.csv", "--library", "poly:2", "--units", "x=m**2/kg,t=s"]);
    let units: Vec<&Value> =
        document.equations().iter().flat_map(|equation| equation["terms"].as_array().expect("terms")).collect();
    let unit = |expression: &str| {
        let own = units.iter().filter(|term| term["expression"] == expression);
        own.map(|term| term["unit"].as_str().expect("text").to_owned()).collect::<Vec<_>>()
    };
    assert_eq!((unit("x"), unit("y")), (vec!["1/s".to_owned()], vec!["1/s".to_owned()]));
    // A state without a unit keeps its name.
    assert_eq!(unit("x*y"), ["1/(<y>*s)", "kg/(m**2*s)"]);
}

#[test]
fn units_of_the_table_are_those_of_the_coefficients() {
    let folder = Folder::new();
    let table = |header: &str| changed(150, |_, row| row).replacen("t,x,y", header, 1);
    folder.write("all.csv", table("t [year],x [hare],y (thousand)"));
    folder.write("some.csv", table("t [year],x [hare],y"));
    let stdout = |file: &str| folder.mechnn(&["discover", file, "--library", "poly:2"]).stdout;
    let all = stdout("all.csv");
    for part in ["x' = ", "[1/year] x", "[1/(thousand*year)] x y"] {
        assert!(all.contains(part), "{part}: {all}");
    }
    // Units of some columns alone would say little of most coefficients.
    assert!(!stdout("some.csv").contains('['));
}

#[test]
fn units_that_contradict_a_term_are_named() {
    let folder = Folder::new();
    // A pendulum: x' = v, v' = -sin(x).
    let (mut x, mut v, mut noise) = (2.0f64, 0.0f64, Noise(3));
    let mut rows = Vec::new();
    for i in 0..150 {
        rows.push([0.1 * f64::from(i), x + 0.005 * noise.draw(), v + 0.005 * noise.draw()]);
        for _ in 0..100 {
            v -= 1e-3 * x.sin();
            x += 1e-3 * v;
        }
    }
    folder.write("data.csv", csv("t,x,v", &rows));
    let arguments = ["discover", "data.csv", "--library", "poly:1,trig", "--units", "x=m,v=m/s,t=s"];
    let outcome = folder.mechnn(&arguments);
    assert_eq!(outcome.code, Some(0), "{outcome:?}");
    let problem =
        "warning: the coefficient of sin(x) in v' has no unit: sin needs a pure number, and is given the unit m";
    assert!(outcome.stderr.contains(problem), "{outcome:?}");
    let angle = [&arguments[..5], &["x=rad,v=rad/s,t=s"]].concat();
    let outcome = folder.mechnn(&angle);
    assert!(outcome.stdout.contains("[1/s^2] sin(x)") && !outcome.stderr.contains("warning"), "{outcome:?}");
}

#[test]
fn units_that_cannot_be_are_refused() {
    let folder = folder_with_data();
    for (units, part) in [
        ("z=m", "no state, input or time `z`"),
        ("x=m,x=s", "`x` has two units"),
        ("x", "expected COLUMN=UNIT"),
        ("x=2*m", "the unit of `x`: column 1"),
    ] {
        folder.mechnn(&["discover", "data.csv", "--units", units]).fails(2, &[part]);
    }
}

#[test]
fn the_front_has_every_size_once_and_one_pick() {
    let folder = folder_with_data();
    let arguments = ["data.csv", "--library", "poly:2"];
    let document = Document::discover(&folder, &arguments);
    let front = document.0["front"].as_array().expect("a list");
    let number = |row: &Value, name: &str| row[name].as_f64().expect("a number");
    assert!(front.len() > 1, "{front:?}");
    for pair in front.windows(2) {
        assert!(number(&pair[0], "terms") < number(&pair[1], "terms"), "{pair:?}");
        assert!(number(&pair[0], "deviance") > number(&pair[1], "deviance"), "{pair:?}");
    }
    let chosen: Vec<&Value> = front.iter().filter(|row| row["chosen"] == true).collect();
    assert_eq!(chosen.len(), 1);
    assert_eq!(chosen[0]["terms"], document.0["terms"]);
    assert!(front.iter().all(|row| number(row, "criterion") >= number(chosen[0], "criterion")), "{front:?}");
    let outcome = folder.mechnn(&["discover", "data.csv", "--library", "poly:2", "--pareto", "-q"]);
    let marked: Vec<&str> = outcome.stdout.lines().filter(|line| line.starts_with(">>")).collect();
    assert_eq!(marked.len(), 1, "{}", outcome.stdout);
    assert!(marked[0].contains("4       +0.0"), "{}", marked[0]);
}

#[test]
fn a_term_of_the_user_is_found_with_its_constant() {
    let folder = Folder::new();
    folder.write("data.csv", saturation());
    let document = Document::discover(&folder, &["data.csv", "--library", "poly:1", "--term", "3*x/(1 + x)"]);
    let [equation] = document.equations() else { panic!("one equation: {document:?}") };
    let [term] = &equation["terms"].as_array().expect("terms")[..] else { panic!("one term: {equation}") };
    let expression = term["expression"].as_str().expect("text");
    let inner = expression.strip_prefix("x/(").and_then(|rest| rest.strip_suffix(" + x)")).expect(expression);
    let (constant, rate) = (inner.parse::<f64>().expect(inner), document.coefficient("x", expression));
    assert!((constant - 0.5).abs() < 0.05 && (rate + 2.0).abs() < 0.05, "{expression}, {rate}");
    for (text, part) in [("x/(1+w)", "`w` is not a variable"), ("x + 1", "one term"), ("x/", "column")] {
        folder.mechnn(&["discover", "data.csv", "--term", text]).fails(2, &["error: the term", part]);
    }
}

#[test]
fn the_noise_model_is_found_or_chosen() {
    let folder = folder_with_data();
    // The noise of these data is a hundredth of the value.
    let found = Document::discover(&folder, &["data.csv", "--library", "poly:2"]);
    assert_eq!(found.0["noise_model"], "proportional");
    for state in ["x", "y"] {
        let fraction = found.0["noise_fraction"][state].as_f64().expect("a number");
        assert!((0.008..0.012).contains(&fraction), "{state}: {fraction}");
    }
    let text = folder.mechnn(&["discover", "data.csv", "--library", "poly:2"]);
    assert!(text.stderr.contains(" % of the value"), "{}", text.stderr);
    let chosen = Document::discover(&folder, &["data.csv", "--library", "poly:2", "--noise", "additive"]);
    assert_eq!(chosen.0["noise_model"], "additive");
    assert_eq!(chosen.0["noise_fraction"], serde_json::json!({}));
}

#[test]
fn coefficients_are_simple_numbers_only_if_wanted() {
    let folder = folder_with_data();
    let simple = Document::discover(&folder, &["data.csv", "--library", "poly:2"]);
    let free = Document::discover(&folder, &["data.csv", "--library", "poly:2", "--no-simplify"]);
    assert_eq!(simple.support(), free.support());
    assert_eq!(simple.coefficient("x", "x"), 1.0);
    let estimate = free.coefficient("x", "x");
    assert!(estimate != 1.0 && (estimate - 1.0).abs() < 0.02, "{estimate}");
}

#[test]
fn constants_of_the_search_are_set_and_recorded() {
    let folder = folder_with_data();
    let dear = ["discover", "data.csv", "--library", "poly:2", "--set", "tuning.number=1e6", "-o", "run"];
    let found = folder.mechnn(&dear);
    assert_eq!((found.code, found.stdout.trim()), (Some(0), "x' = 0\ny' = 0"), "no number is worth that: {found:?}");
    let config = std::fs::read_to_string(folder.path("run/config.toml")).expect("config.toml");
    assert!(config.contains("number = 1000000.0"), "{config}");
    folder.mechnn(&["discover", "data.csv", "--set", "tuning.beem=3"]).fails(2, &["--set tuning.beem=3", "beem"]);
}

#[test]
fn a_threshold_drops_terms_and_the_front_still_has_the_pick() {
    let folder = folder_with_data();
    let document = Document::discover(&folder, &["data.csv", "--library", "poly:2", "--threshold", "100"]);
    assert_eq!(document.support(), [("x".to_owned(), vec![]), ("y".to_owned(), vec![])]);
    let front = document.0["front"].as_array().expect("a list");
    assert_eq!(front.iter().filter(|row| row["chosen"] == true && row["terms"] == 0).count(), 1, "{front:?}");
}

#[test]
fn evidence_beside_the_fit_is_given() {
    let folder = folder_with_data();
    let document = Document::discover(&folder, &["data.csv", "--library", "poly:2"]);
    let residuals = document.0["residuals"].as_array().expect("a list");
    assert_eq!(residuals.len(), 2);
    assert!(residuals.iter().all(|row| row["white"] == true), "{residuals:?}");
    assert_eq!(document.0["undetermined"], serde_json::json!([]));
    let held_out = &document.0["trajectories"][0]["held_out"];
    assert_eq!(held_out["rows"], 24);
    let number = |name: &str| held_out[name].as_f64().expect("a number");
    assert!(number("r2") > 0.99 && (0.5..2.0).contains(&number("error")), "{held_out}");
    let verdict = document.0["verdict"].as_str().expect("text");
    assert!(verdict.contains("reproduces the data") && verdict.contains("predict those rows"), "{verdict}");
    let text = folder.mechnn(&["discover", "data.csv", "--library", "poly:2"]);
    for line in ["equation  ", "looks like noise", "Fitted again without the last 24 rows"] {
        assert!(text.stderr.replace('\n', " ").contains(line), "{line}: {}", text.stderr);
    }
    // Ten rows are too few to leave some out.
    folder.write("few.csv", changed(10, |_, row| row));
    let few = Document::discover(&folder, &["few.csv", "--library", "poly:1"]);
    assert!(few.0["trajectories"][0]["held_out"].is_null() && few.0["residuals"] == serde_json::json!([]));
}

#[test]
fn few_points_are_not_explained_by_as_many_numbers() {
    let folder = Folder::new();
    folder.write("few.csv", changed(8, |_, row| row));
    // Eight values of each state: an initial value and three numbers at most, also with all functions to choose from.
    let document = Document::discover(&folder, &["few.csv"]);
    for (state, terms) in document.support() {
        assert!(terms.len() <= 3, "{state}: {terms:?}");
    }
}

#[test]
fn errors_are_those_of_the_noise_that_is_known() {
    let folder = Folder::new();
    // Proportional noise of a hundredth, of which the two columns are said to have 0.01 and 0.03, and then twice that.
    folder.write("data.csv", changed(120, |_, row| row));
    let errors = |noise: &str| {
        let arguments = ["data.csv", "--library", "poly:2", "--no-simplify", "--noise", noise];
        let document = Document::discover(&folder, &arguments);
        assert_eq!(document.support().iter().map(|(_, terms)| terms.len()).sum::<usize>(), 4, "{document:?}");
        let terms = |equation: &Value| equation["terms"].as_array().expect("terms").clone();
        let error = |term: &Value| term["standard_error"].as_f64().expect("a number");
        let errors: Vec<f64> = document.equations().iter().flat_map(terms).map(|term| error(&term)).collect();
        (errors, document)
    };
    let (single, document) = errors("x=0.01,y=0.03");
    let (double, _) = errors("x=0.02,y=0.06");
    single.iter().zip(&double).for_each(|(one, two)| assert!((two / one - 2.0).abs() < 0.02, "{single:?} {double:?}"));
    for (state, noise) in [("x", 0.01), ("y", 0.03)] {
        let found = document.0["noise"][state].as_f64().expect("a number");
        assert!((found / noise - 1.0).abs() < 1e-14, "{state}: {found}, expected {noise} up to rounding");
    }
    for (noise, said) in [
        ("x=0.01", "says nothing of `y`"),
        ("x=1,y=1,x=2", "`x` has two"),
        ("x=1,z=1", "`z` is no measured state"),
        ("-1", "expected auto"),
    ] {
        let outcome = folder.mechnn(&["discover", "data.csv", "--noise", noise]);
        assert!(outcome.code == Some(2) && outcome.stderr.contains(said), "{noise}: {outcome:?}");
    }
}
