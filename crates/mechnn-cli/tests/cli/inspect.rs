//! How tables are understood: what `mechnn inspect` says, and where tables come from.

use std::io::Write;
use std::process::Stdio;

use serde_json::Value;

use crate::support::process::{Folder, Outcome, workspace};
use crate::support::table::{changed, csv, lotka_volterra};

fn inspected(folder: &Folder, arguments: &[&str]) -> Value {
    let outcome = folder.mechnn(&[&["inspect", "--format", "json"], arguments].concat());
    assert_eq!(outcome.code, Some(0), "{outcome:?}");
    serde_json::from_str(&outcome.stdout).expect("one JSON document")
}

#[test]
fn every_data_set_of_the_repository_is_explained() {
    let folder = Folder::new();
    for (name, phrases) in [
        (
            "lynx_hare_1900_1920.csv",
            &["21 rows", "from 1900 to 1920, every 1", "the equations of hare_thousand, lynx_thousand"][..],
        ),
        ("influenza_boarding_school_1978.csv", &["14 rows", "whole numbers", "% of the value"]),
        ("co2_mauna_loa_weekly_1958_2001.csv", &["yyyymmdd [year]", "decimal years", "(7 days)", "59"]),
        ("sunspots_yearly_1700_2008.csv", &["309 rows", "the equation of sunspots"]),
    ] {
        let path = workspace().join("data").join(name).display().to_string();
        let outcome = folder.mechnn(&["inspect", &path]);
        assert_eq!((outcome.code, outcome.stderr.as_str()), (Some(0), ""), "{outcome:?}");
        for phrase in phrases {
            assert!(outcome.stdout.contains(phrase), "`{phrase}` is missing in {}", outcome.stdout);
        }
        assert!(outcome.stdout.contains("candidate terms"), "{}", outcome.stdout);
        // But for the path.
        assert!(outcome.stdout.lines().skip(1).all(|line| line.chars().count() <= 119), "{}", outcome.stdout);
    }
    assert_eq!(folder.names(), Vec::<String>::new(), "nothing is written");
}

#[test]
fn the_document_has_what_the_text_says() {
    let folder = Folder::new();
    let text = changed(100, |index, [t, x, y]| [t, if index == 50 { x + 3.0 } else { x }, y]);
    folder.write("a.csv", text.replacen("t,x,y", "t [s],x [kg],y", 1));
    let document = inspected(&folder, &["a.csv"]);
    assert_eq!(document["schema"], "mechnn.inspection/1");
    assert_eq!(document["files"][0]["separator"], ",");
    assert_eq!((&document["time"]["name"], &document["time"]["unit"]), (&"t".into(), &"s".into()));
    assert_eq!(document["trajectories"][0]["spacing"], "regular");
    let x = &document["states"][0];
    assert_eq!((&x["name"], &x["unit"], &x["values"]), (&"x".into(), &"kg".into(), &100.into()));
    // One row of the header, and rows from 1.
    assert_eq!(x["outliers"][0]["row"], 52);
    assert!(document["states"][1]["outliers"].as_array().is_some_and(Vec::is_empty), "{document}");
    // One percent of values around 1.
    let noise = document["states"][1]["noise"].as_f64().expect("a number");
    assert!((0.003..0.03).contains(&noise), "{noise}");
    assert!(document["discover"]["candidates"].as_u64().is_some_and(|count| count > 20), "{document}");
}

#[test]
fn what_discover_would_refuse_is_said() {
    let folder = Folder::new();
    folder.write("a.csv", "t,x\n0,1\n1,2\n2,2.5\n");
    let outcome = folder.mechnn(&["inspect", "a.csv"]);
    assert_eq!(outcome.code, Some(0), "{outcome:?}");
    assert!(outcome.stdout.contains("would refuse these data: trajectory `a`"), "{}", outcome.stdout);
    // More states than a search could have are still told, and quickly.
    let row = |first: &str, cell: &dyn Fn(usize) -> String| {
        format!("{first},{}\n", (0..200).map(cell).collect::<Vec<_>>().join(","))
    };
    let rows = (0..100).map(|t| row(&t.to_string(), &|d| ((t * d) % 17).to_string()));
    folder.write("wide.csv", row("t", &|d| format!("x{d}")) + &rows.collect::<String>());
    let outcome = folder.mechnn(&["inspect", "wide.csv"]);
    assert!(outcome.stdout.contains("would refuse these data: the model has 200 states"), "{}", outcome.stdout);
}

#[test]
fn standard_input_is_a_table() {
    let folder = Folder::new();
    let run = |arguments: &[&str], input: &str| -> Outcome {
        let mut command = folder.command(arguments);
        let mut child =
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it runs");
        let mut pipe = child.stdin.take().expect("a pipe");
        pipe.write_all(input.as_bytes()).expect("it is read");
        drop(pipe);
        child.wait_with_output().expect("it ends").into()
    };
    let outcome = run(&["inspect", "-"], &csv("t,x,y", &lotka_volterra(50)));
    assert_eq!(outcome.code, Some(0), "{outcome:?}");
    assert!(outcome.stdout.starts_with("standard input"), "{}", outcome.stdout);
    let found = run(&["discover", "-", "--library", "poly:2", "-q"], &csv("t,x,y", &lotka_volterra(100)));
    assert_eq!((found.code, found.stdout.lines().count()), (Some(0), 2), "{found:?}");
    run(&["inspect", "-"], "t,x\n0,a\n").fails(3, &["`standard input` line 2"]);
    run(&["inspect", "-", "-"], "").fails(2, &["named twice"]);
}

#[test]
fn patterns_are_files_and_folders_are_refused() {
    let folder = Folder::new();
    std::fs::create_dir(folder.path("runs")).expect("writable");
    folder.write("runs/b.csv", changed(40, |_, row| row));
    folder.write("runs/a.csv", changed(30, |_, row| row));
    let document = inspected(&folder, &["runs/*.csv"]);
    let names: Vec<&Value> =
        document["trajectories"].as_array().expect("a list").iter().map(|entry| &entry["trajectory"]).collect();
    assert_eq!(names, ["a", "b"]);
    folder.mechnn(&["inspect", "runs/*.xlsx"]).fails(5, &["no file matches `runs/*.xlsx`"]);
    folder.mechnn(&["inspect", "runs"]).fails(5, &["`runs`: it is a directory", "hint: name the tables in it"]);
}

#[test]
fn units_and_columns_of_several_files_must_agree() {
    let folder = Folder::new();
    folder.write("a.csv", "t [s],x [m]\n0,1\n1,2\n");
    folder.write("b.csv", "t [s],x [km]\n0,1\n1,2\n");
    folder.write("c.csv", "t [s],z\n0,1\n1,2\n");
    folder.mechnn(&["inspect", "a.csv", "b.csv"]).fails(3, &["column `x` is in km in `b.csv`, but in m in `a.csv`"]);
    folder.mechnn(&["inspect", "a.csv", "c.csv"]).fails(3, &["`c.csv` has the columns `t`, `z`, but `a.csv` has"]);
}

#[test]
fn a_long_table_is_refused_with_the_options_that_read_it() {
    let folder = Folder::new();
    let rows = lotka_volterra(60).into_iter().map(|[t, x, y]| format!("{t},hare,{x}\n{t},lynx,{y}\n"));
    folder.write("long.csv", format!("t,species,count\n{}", rows.collect::<String>()));
    let advice = "--variable species --value count";
    folder.mechnn(&["discover", "long.csv"]).fails(3, &["is not later than", advice]);
    let arguments = ["long.csv", "--variable", "species", "--value", "count"];
    let document = inspected(&folder, &arguments);
    let names: Vec<&Value> =
        document["states"].as_array().expect("a list").iter().map(|state| &state["name"]).collect();
    assert_eq!(names, ["hare", "lynx"]);
    let only = inspected(&folder, &[&arguments[..], &["--vars", "lynx"]].concat());
    assert_eq!(only["states"].as_array().map(Vec::len), Some(1));
    folder
        .mechnn(&[&["inspect"], &arguments[..], &["--vars", "fox"]].concat())
        .fails(3, &["column `species` has no row for"]);
}

#[test]
fn subjects_of_one_table_are_trajectories() {
    let folder = Folder::new();
    let rows = |name: &str| -> String {
        lotka_volterra(40).into_iter().map(|[t, x, y]| format!("{name},{t},{x},{y}\n")).collect()
    };
    folder.write("a.csv", format!("mouse,t,x,y\n{}{}", rows("A"), rows("B")));
    folder.mechnn(&["inspect", "a.csv"]).fails(3, &["is not later than", "--id mouse"]);
    // The name that this option had before is read, too.
    for option in ["--id", "--trajectory"] {
        let document = inspected(&folder, &["a.csv", option, "mouse"]);
        assert_eq!(document["trajectories"].as_array().map(Vec::len), Some(2));
    }
}
