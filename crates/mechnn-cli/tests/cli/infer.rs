//! `mechnn infer`: the examples of the book with their numbers, the folder, and mistakes.

use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::support::process::{Folder, workspace};

fn example(name: &str) -> String {
    workspace().join("examples").join(name).to_str().expect("UTF-8").to_owned()
}

fn school() -> String {
    workspace().join("data/influenza_boarding_school_1978.csv").to_str().expect("UTF-8").to_owned()
}

fn infer(folder: &Folder, arguments: &[&str]) -> Value {
    let all: Vec<&str> = ["infer", "--format", "json"].into_iter().chain(arguments.iter().copied()).collect();
    let outcome = folder.mechnn(&all);
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    serde_json::from_str(&outcome.stdout).expect("JSON")
}

/// An entry of the parameters or the derived quantities.
fn entry<'a>(document: &'a Value, name: &str) -> &'a Value {
    let lists = ["parameters", "derived"].map(|list| document[list].as_array().expect("a list"));
    lists.into_iter().flatten().find(|entry| entry["name"] == name).unwrap_or_else(|| panic!("no {name}"))
}

fn value(document: &Value, name: &str) -> f64 {
    entry(document, name)["value"].as_f64().expect("a number")
}

fn error(document: &Value, name: &str) -> f64 {
    entry(document, name)["standard_error"].as_f64().expect("a number")
}

/// `$MECHNN_SHARED`, else `<workspace root>/../shared`; says loudly that a test is skipped without it.
fn real_data(name: &str) -> Option<PathBuf> {
    let beside = || workspace().join("../shared");
    let path = std::env::var_os("MECHNN_SHARED").map_or_else(beside, PathBuf::from).join("realdata").join(name);
    if path.exists() {
        return Some(path);
    }
    let is_required = std::env::var("MECHNN_REQUIRE_SHARED").is_ok_and(|value| value == "1");
    assert!(!is_required, "no {} though MECHNN_REQUIRE_SHARED=1", path.display());
    #[expect(clippy::print_stdout, reason = "a skipped test must be seen")]
    {
        println!("SKIPPED: no {}", path.display());
    }
    None
}

#[test]
fn influenza_in_a_boarding_school() {
    let folder = Folder::new();
    let document = infer(&folder, &[&example("influenza.toml"), &school(), "--profile", "-o", "run"]);
    // The numbers of the book.
    for (name, expected, tolerance) in [("beta", 1.788, 0.002), ("gamma", 0.4557, 0.0005), ("R0", 3.924, 0.005)] {
        let found = value(&document, name);
        assert!((found - expected).abs() < tolerance, "{name} = {found}");
    }
    let interval = &entry(&document, "gamma")["profile"]["interval"];
    let ends = [0, 1].map(|end| interval[end].as_f64().expect("determined"));
    assert!((ends[0] - 0.418).abs() < 0.003 && (ends[1] - 0.499).abs() < 0.003, "{ends:?}");
    let r2 = document["trajectories"][0]["rollout_r2"].as_f64().expect("a number");
    assert!(r2 > 0.975, "{r2}");
    let result = std::fs::read_to_string(folder.path("run/result.json")).expect("written");
    assert_eq!(serde_json::from_str::<Value>(&result).expect("JSON"), document);
    for file in ["config.toml", "model.toml", "states.csv", "plots/rollout.svg"] {
        assert!(folder.path("run").join(file).exists(), "{file}");
    }
    // Twice the same: the folder of the same run is replaced, and only the time differs.
    let mut again = infer(&folder, &[&example("influenza.toml"), &school(), "--profile", "-o", "run"]);
    again["seconds"] = document["seconds"].clone();
    assert_eq!(again, document);
}

#[test]
fn text_goes_to_stdout_and_evidence_to_stderr() {
    let outcome = Folder::new().mechnn(&["infer", &example("influenza.toml"), &school()]);
    assert_eq!(outcome.code, Some(0), "{outcome:?}");
    let lines: Vec<&str> = outcome.stdout.lines().collect();
    assert_eq!(lines[0], "parameter    value  std. error  95 % interval");
    assert_eq!(lines[1], "beta         1.79   0.11        1.57 to 2.04");
    assert!(outcome.stderr.contains("has R2 0.97"), "{}", outcome.stderr);
}

#[test]
fn the_chandler_wobble() {
    let Some(data) = real_data("earth_polar_motion_daily_1973_2024.csv") else { return };
    let arguments = [&example("chandler.toml"), data.to_str().expect("UTF-8"), "--time", "mjd"];
    let document = infer(&Folder::new(), &arguments);
    let (period, error_of_period) = (value(&document, "T"), error(&document, "T"));
    assert!((period - 440.6).abs() < 0.5 && (2.0..3.0).contains(&error_of_period), "{period} +- {error_of_period}");
    let (loss, error_of_loss) = (value(&document, "loss"), error(&document, "loss"));
    assert!((loss - 0.029).abs() < 0.002 && (error_of_loss - 0.011).abs() < 0.002, "{loss} +- {error_of_loss}");
    // 1/Q bent, not straight: Q is positive as far as the data know.
    let q = &entry(&document, "Q")["interval"];
    let (low, high) = (q[0].as_f64().expect("a number"), q[1].as_f64().expect("a number"));
    assert!((15.0..25.0).contains(&low) && (100.0..250.0).contains(&high), "{low} .. {high}");
}

/// The first `days` days of the ephemeris as a table.
fn ephemeris(folder: &Folder, source: &Path, days: usize) {
    let states: ndarray::Array3<f64> =
        ndarray_npy::read_npy(source.join("heliocentric_daily.npy")).expect("an array of numbers");
    let bodies = ["mercury", "venus", "earth", "mars", "jupiter", "saturn", "uranus", "neptune", "pluto", "moon"];
    let columns = bodies.iter().flat_map(|body| ["x", "y", "z", "vx", "vy", "vz"].map(|c| format!("{c}_{body}")));
    let mut table = format!("t,{}\n", columns.collect::<Vec<_>>().join(","));
    for (day, row) in states.outer_iter().take(days).enumerate() {
        let numbers: Vec<String> = row.iter().map(|number| format!("{number:?}")).collect();
        table.push_str(&format!("{day},{}\n", numbers.join(",")));
    }
    folder.write("ephemeris.csv", table);
}

#[test]
fn ten_bodies_attract_each_other() {
    let Some(source) = real_data("ephemeris") else { return };
    let folder = Folder::new();
    ephemeris(&folder, &source, 31);
    let document = infer(&folder, &[&example("solar_system.toml"), "ephemeris.csv"]);
    let exponent = value(&document, "n");
    assert!((exponent + 2.0).abs() < 1e-5, "{exponent}");
    // GM of DE421, AU³/day².
    for (name, expected, tolerance) in [
        ("GM_sun", 2.959_122_082_855_911e-4, 1e-6),
        ("GM_jupiter", 2.825_345_840_855_05e-7, 0.01),
        ("GM_saturn", 8.459_706_073_308_477e-8, 0.01),
    ] {
        let found = value(&document, name);
        assert!((found / expected - 1.0).abs() < tolerance, "{name} = {found:e}, expected {expected:e}");
    }
}

#[test]
fn mistakes_have_their_exit_codes_and_hints() {
    let folder = Folder::new();
    let school = school();
    let model = std::fs::read_to_string(example("influenza.toml")).expect("the example");
    folder.mechnn(&["infer", "none.toml", &school]).fails(5, &["none.toml", "no such file"]);
    folder.write("key.toml", model.replace("[model.parameters]", "[model.parametres]"));
    folder
        .mechnn(&["infer", "key.toml", &school])
        .fails(2, &["`key.toml`", "parametres", "did you mean `parameters`?"]);
    folder.write("column.toml", model.replace("in_bed =", "inbed ="));
    folder.mechnn(&["infer", "column.toml", &school]).fails(3, &["inbed", "the columns are"]);
    folder.write(
        "fixed.toml",
        model
            .replace("{ start = 1.5, min = 0 }", "1.5")
            .replace("{ start = 0.5, min = 0 }", "0.5")
            .replace("{ start = 2, min = 0 }", "1"),
    );
    folder.mechnn(&["infer", "fixed.toml", &school]).fails(2, &["nothing to estimate", "start"]);
    folder.write("short.csv", "day,in_bed\n1,3\n2,8\n");
    folder.mechnn(&["infer", &example("influenza.toml"), "short.csv"]).fails(3, &["2 observations", "3 unknowns"]);
    folder.mechnn(&["infer", &example("influenza.toml")]).fails(2, &["<FILE>"]);
}
