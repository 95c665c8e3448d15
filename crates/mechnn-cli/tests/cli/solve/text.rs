//! `mechnn solve ODE.toml`: tables as text, CSV and JSON.

use crate::support::process::Folder;

const DECAY: &str =
    "equation = \"u' = -u\"\nexact = \"exp(-t)\"\n[grid]\nstart = 0\nend = 1\npoints = 11\n[initial]\nu = 1\n";

fn csv(text: &str, options: &[&str]) -> (Vec<String>, Vec<Vec<f64>>) {
    let folder = Folder::new();
    folder.write("ode.toml", text);
    folder.mechnn(&[&["solve", "ode.toml", "-o", "table.csv"], options].concat()).silent_success();
    assert_eq!(folder.names(), ["ode.toml", "table.csv"]);
    let table = std::fs::read_to_string(folder.path("table.csv")).expect("written");
    let mut lines = table.lines().map(|line| line.split(',').map(str::to_owned).collect::<Vec<_>>());
    let header = lines.next().expect("a header");
    let rows = lines.map(|row| row.iter().map(|cell| cell.parse().expect("a number")).collect()).collect();
    (header, rows)
}

#[test]
fn text_is_aligned_and_evidence_goes_to_stderr() {
    let folder = Folder::new();
    folder.write("ode.toml", DECAY);
    let outcome = folder.mechnn(&["solve", "ode.toml"]);
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    let lines: Vec<&str> = outcome.stdout.lines().collect();
    assert_eq!(lines[0].split_whitespace().collect::<Vec<_>>(), ["t", "u", "u'", "residual", "error"]);
    assert_eq!(lines.len(), 12);
    assert!(lines.iter().all(|line| line.len() == lines[0].len()), "columns are aligned\n{}", outcome.stdout);
    assert!(outcome.stderr.contains("solved 11 points with collocation"), "{}", outcome.stderr);
    assert!(outcome.stderr.contains("largest error of u: "), "{}", outcome.stderr);
    let quiet = folder.mechnn(&["-q", "solve", "ode.toml"]);
    assert_eq!((quiet.stderr.as_str(), quiet.stdout), ("", outcome.stdout));
}

#[test]
fn csv_has_all_digits_and_the_columns_add_up() {
    let (header, rows) = csv(DECAY, &[]);
    assert_eq!(header, ["t", "u", "u'", "residual", "error"]);
    for row in &rows {
        let [t, u, du, residual, error] = row[..] else { panic!("five columns") };
        assert!((du + u - residual).abs() < 1e-15);
        assert!((u - (-t).exp() - error).abs() < 1e-15);
        assert!(error.abs() < 2e-3, "at {t}: {error}");
    }
}

#[test]
fn json_is_one_versioned_document() {
    let folder = Folder::new();
    folder.write("ode.toml", DECAY);
    let outcome = folder.mechnn(&["solve", "ode.toml", "--format", "json"]);
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    let document: serde_json::Value = serde_json::from_str(&outcome.stdout).expect("JSON");
    assert_eq!(document["schema"], "mechnn.solve/1");
    assert_eq!(document["scheme"], "collocation");
    assert_eq!(document["columns"], serde_json::json!(["t", "u", "u'", "residual", "error"]));
    assert_eq!(document["rows"].as_array().map(Vec::len), Some(11));
    assert!(!outcome.stdout.contains("null"), "no number is missing");
    folder.mechnn(&["solve", "ode.toml", "--format", "json", "-o", "t.json"]).silent_success();
    assert_eq!(std::fs::read_to_string(folder.path("t.json")).expect("written"), outcome.stdout);
}

#[test]
fn what_is_typed_comes_before_the_file() {
    let folder = Folder::new();
    folder.write("ode.toml", format!("scheme = \"relaxed-lp\"\nweights = [1, 2, 3]\n{DECAY}"));
    assert!(folder.mechnn(&["solve", "ode.toml"]).stderr.contains("with relaxed-lp;"));
    assert!(folder.mechnn(&["solve", "ode.toml", "--scheme", "taylor"]).stderr.contains("with taylor;"));
}

#[test]
fn every_scheme_has_the_name_it_is_chosen_by() {
    let folder = Folder::new();
    for scheme in ["taylor", "taylor-central", "relaxed-lp", "integrated-wiener", "pade", "collocation"] {
        folder.write("ode.toml", format!("scheme = \"{scheme}\"\n{DECAY}"));
        folder.write("plain.toml", DECAY);
        let in_file = folder.mechnn(&["solve", "ode.toml"]);
        assert!(in_file.stderr.contains(&format!("with {scheme};")), "{}", in_file.stderr);
        assert_eq!(folder.mechnn(&["solve", "plain.toml", "--scheme", scheme]).stdout, in_file.stdout);
    }
}

#[test]
fn least_squares_takes_over_where_collocation_cannot() {
    let folder = Folder::new();
    // The coefficient of u' vanishes at the first point; a condition is missing; an odd number of intervals.
    let vanishing = "equation = \"t*u' + u = 0\"\n[grid]\nstart = 0\nend = 1\npoints = 11\n[initial]\nu = 0\n";
    let missing = "equation = \"u'' + u = 1\"\n[grid]\nstart = 0\nend = 1\npoints = 11\n[initial]\nu = 0\n";
    let odd = DECAY.replace("points = 11", "points = 12");
    for text in [vanishing, missing, &odd] {
        folder.write("ode.toml", text);
        let outcome = folder.mechnn(&["solve", "ode.toml"]);
        assert_eq!(outcome.code, Some(0), "{text}\n{}", outcome.stderr);
        assert!(outcome.stderr.contains("with taylor-central;"), "{text}\n{}", outcome.stderr);
    }
}

#[test]
fn a_higher_order_is_more_accurate() {
    let error = |order: usize| {
        let (header, rows) = csv(&format!("scheme = \"taylor-central\"\norder = {order}\n{DECAY}"), &[]);
        let column = header.iter().position(|name| name == "error").expect("an error column");
        rows.iter().map(|row| row[column].abs()).fold(0.0, f64::max)
    };
    assert!(error(3) < 0.01 * error(1), "{:e} and {:e}", error(3), error(1));
}

#[test]
fn times_may_be_listed_and_coefficients_vary() {
    // (1 + t^2) u' + 2 t u = 0: u = 1 / (1 + t^2)
    let text = "equation = \"(1 + t^2)*u' + 2*t*u = 0\"\norder = 4\nexact = \"1/(1+t^2)\"\n\
                [grid]\ntimes = [0, 0.05, 0.1, 0.17, 0.2, 0.25, 0.3]\n[initial]\nu = [1]\n";
    let (_, rows) = csv(text, &[]);
    assert_eq!(rows.iter().map(|row| row[0]).collect::<Vec<_>>(), [0.0, 0.05, 0.1, 0.17, 0.2, 0.25, 0.3]);
    assert!(rows.iter().all(|row| row[row.len() - 1].abs() < 1e-4), "{rows:?}");
}

#[test]
fn unknowns_may_have_different_numbers_of_initial_values() {
    // x'' = -y', y' = x': x = cos(t), y = cos(t) with x(0) = 1, x'(0) = 0, y(0) = 1.
    let text = "equations = [\"x'' + y = 0\", \"y' - x' = 0\"]\norder = 4\n\
                [grid]\nstart = 0\nend = 2\npoints = 101\n[initial]\nx = [1, 0]\ny = 1\n\
                [exact]\nx = \"cos(t)\"\ny = \"cos(t)\"\n";
    let (header, rows) = csv(text, &[]);
    assert_eq!(header.iter().filter(|name| name.starts_with("residual_")).count(), 2, "{header:?}");
    assert_eq!(header[header.len() - 2..], ["error_x", "error_y"]);
    for row in &rows {
        assert!(row[row.len() - 2..].iter().all(|error| error.abs() < 1e-5), "{row:?}");
    }
}

#[test]
fn parameters_are_numbers_by_name() {
    let with = "equation = \"u' = -rate*u\"\n[grid]\nstart = 0\nend = 1\npoints = 11\n\
                [initial]\nu = 1\n[parameters]\nrate = 2\n";
    let (_, named) = csv(with, &[]);
    let (_, written) = csv(&with.replace("-rate*u", "-2*u"), &[]);
    assert_eq!(named, written);
}
