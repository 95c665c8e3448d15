//! Everything that can be wrong with a table: exit code, file, line, column, one thing to try, nothing written.

use crate::support::process::Folder;
use crate::support::table::{changed, csv, lotka_volterra};

/// Asserts that `contents` are refused with code 3.
#[track_caller]
fn refused(contents: impl AsRef<[u8]>, arguments: &[&str], fragments: &[&str]) {
    let folder = Folder::new();
    folder.write("data.csv", contents);
    folder.mechnn(&[&["discover", "data.csv", "-o", "run"], arguments].concat()).fails(3, fragments);
    assert_eq!(folder.names(), ["data.csv"], "nothing is written");
}

#[test]
fn files_that_cannot_be_read() {
    let folder = Folder::new();
    folder
        .mechnn(&["discover", "none.csv"])
        .fails(5, &["cannot read `none.csv`: no such file", "hint: check the path"]);
    std::fs::create_dir(folder.path("folder")).expect("a folder");
    folder.mechnn(&["discover", "folder"]).fails(5, &["cannot read `folder`: it is a directory"]);
    folder.write("good.csv", changed(100, |_, row| row));
    folder.mechnn(&["discover", "good.csv", "none.csv"]).fails(5, &["`none.csv`"]);
    folder.mechnn(&["discover"]).fails(2, &["<FILE>"]);
}

#[test]
fn files_without_data() {
    for contents in ["", "\n\n", "# a comment\n", "t,x,y\n"] {
        refused(contents, &[], &["`data.csv` holds no data", "hint: "]);
    }
    refused("t,x\n0,1\n", &[], &["1 point", "hint: "]);
    refused((0..=255).collect::<Vec<u8>>(), &[], &["`data.csv` line 1 is not text", "hint: "]);
    // Valid UTF-8, and no text either.
    refused(b"t,x\n0,1\n1,\0\0\n", &[], &["`data.csv` line 3 is not text"]);
}

#[test]
fn cells_that_are_no_numbers() {
    let text = csv("t,x,y", &lotka_volterra(50)).replacen("\n0.5,", "\n0.5,n/x,1\n0.55,", 1);
    refused(text, &[], &["`data.csv` line 7, column `x`: \"n/x\" is not a number", "hint: ", "empty cell"]);
    let ambiguous = "line 3, column `x`: \"1,234\" is 1234 with a decimal point and 1.234 with a decimal comma";
    refused("t,x\n0,1\n1,\"1,234\"\n", &[], &[ambiguous, "hint: say which it is with --decimal"]);
    let mixed = "column `x`: \"1.5\" on line 2 has a decimal point and \"2,5\" on line 3 a decimal comma";
    refused("t;x\n0;1.5\n1;2,5\n", &[], &[mixed, "hint: "]);
    let ambiguous = "line 2, column `date`: \"03/05/2021\" is 2021-05-03 or 2021-03-05";
    refused("date,x\n03/05/2021,1\n04/05/2021,2\n", &[], &[ambiguous, "hint: say which it is with --date-order"]);
    refused("t,x\n0,1\n1,2\n", &["--time-unit", "days"], &["column `t` are numbers", "hint: leave out --time-unit"]);
    refused("t,x\n0,1\n1,1e999\n", &[], &["line 3, column `x`", "is infinite or too large"]);
    refused("t,x\n0,1\n1,2,3\n", &[], &["`data.csv` line 3 has 3 fields, but the first row has 2", "hint: "]);
    refused("t,x,y\n0,1,\n1,2,\n2,1,\n", &[], &["column `y` has no value in any row", "hint: ", "--vars"]);
    refused("t,x,x\n0,1,2\n1,2,3\n", &[], &["two columns with the name `x`", "hint: "]);
}

#[test]
fn times_that_do_not_increase() {
    let hint = "hint: sort the rows by time";
    refused("t,x\n0,1\n1,2\n1,3\n", &[], &["`data.csv` line 4, column `t`", "not later than 1 on line 3", hint]);
    refused("t,x\n0,1\n2,2\n1,3\n", &[], &["`data.csv` line 4, column `t`", "not later than 2 on line 3", hint]);
    refused("t,x\n0,1\n,2\n1,3\n", &[], &["line 3, column `t`", "missing"]);
    refused("x,y\n1,2\n0,3\n", &[], &["no time column", "hint: name it with --time COLUMN"]);
}

#[test]
fn columns_that_are_not_there() {
    let table = "t,x,y\n0,1,2\n1,2,3\n";
    refused(table, &["--vars", "x,z"], &["no column `z`", "hint: the columns are `t`, `x`, `y`"]);
    refused(table, &["--time", "when"], &["no column `when`"]);
    refused(table, &["--trajectory", "run"], &["no column `run`"]);
    refused(table, &["--time", "x", "--vars", "x"], &["`x` cannot be the time and a state"]);
}

#[test]
fn files_of_different_systems() {
    let folder = Folder::new();
    folder.write("a.csv", changed(50, |_, row| row));
    folder.write("b.csv", csv("t,x,z", &lotka_volterra(50)));
    folder.mechnn(&["discover", "a.csv", "b.csv"]).fails(3, &["`b.csv` has the columns", "`a.csv`", "hint: "]);
}

#[test]
fn too_few_values() {
    let table = |points| csv("t,x,y", &lotka_volterra(points));
    for points in [2, 3, 4] {
        let found = format!("state `x` has {points} measured values, and at least 5 are needed");
        refused(table(points), &[], &[&found, "hint: "]);
    }
}

#[test]
fn more_states_or_candidates_than_can_be_searched() {
    let folder = Folder::new();
    let header = (0..65).fold("t".to_owned(), |header, k| format!("{header},x{k}"));
    let rows: Vec<[f64; 66]> =
        (0..40).map(|i| std::array::from_fn(|k| f64::from(i) + (k * i as usize % 7) as f64)).collect();
    folder.write("data.csv", csv(&header, &rows));
    folder.mechnn(&["discover", "data.csv"]).fails(6, &["65 states", "at most 64", "hint: ", "--vars"]);
    // 8 C(14, 6) candidates, for which the data would be enough.
    let header = (0..8).fold("t".to_owned(), |header, k| format!("{header},x{k}"));
    let row = |i: i32| std::array::from_fn(|k| f64::from(i) + 0.1 * f64::from(i % (k as i32 + 2)));
    let rows: Vec<[f64; 9]> = (0..3100).map(row).collect();
    folder.write("long.csv", csv(&header, &rows));
    let arguments = ["discover", "long.csv", "--library", "poly:6"];
    folder.mechnn(&arguments).fails(6, &["24024 candidate terms", "at most 5000", "hint: ", "--library poly:1"]);
    // The library is not even built.
    let header = (0..20).fold("t".to_owned(), |header, k| format!("{header},x{k}"));
    let rows: Vec<[f64; 21]> =
        (0..30).map(|i| std::array::from_fn(|k| f64::from(i) + (k * i as usize % 7) as f64)).collect();
    folder.write("wide.csv", csv(&header, &rows));
    let arguments = ["discover", "wide.csv", "--library", "poly:9"];
    folder.mechnn(&arguments).fails(6, &["200300100 candidate terms", "at most 5000"]);
}

#[test]
fn options_that_are_none() {
    let folder = Folder::new();
    folder.write("data.csv", changed(50, |_, row| row));
    for step in ["0", "-1", "nan", "x"] {
        folder.mechnn(&["discover", "data.csv", "--dt", step]).fails(2, &["expected a positive number"]);
    }
    folder.mechnn(&["discover", "data.csv", "--threshold", "-1"]).fails(2, &["not negative"]);
    folder.mechnn(&["discover", "data.csv", "--library", "fourier"]).fails(2, &["poly:N"]);
    folder.mechnn(&["discover", "data.csv", "--time", "t", "--dt", "1"]).fails(2, &["--dt"]);
    folder.mechnn(&["discover", "data.csv", "--format", "yaml"]).fails(2, &["text", "json"]);
}
