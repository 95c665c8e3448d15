//! Reading CSV files: what is accepted, what is refused, and in which words.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::{Path, PathBuf};

use mechnn::data::{CsvOptions, DataError, DataWarning, Dataset, Missing, TimeSource, Trajectory, read_csv};
use ndarray::Array2;
use proptest::prelude::*;
use tempfile::TempDir;

type Reading = Result<(Dataset, Vec<DataWarning>), DataError>;

/// Reads files `a.csv`, `b.csv`, .. of the given contents.
fn read_files(contents: &[&[u8]], options: &CsvOptions) -> Reading {
    let folder = TempDir::new().unwrap();
    let write = |(name, bytes): (char, &&[u8])| {
        let path = folder.path().join(format!("{name}.csv"));
        fs::write(&path, bytes).unwrap();
        path
    };
    let paths: Vec<PathBuf> = ('a'..).zip(contents).map(write).collect();
    read_csv(&paths, options)
}

fn read_with(text: &str, options: &CsvOptions) -> Reading {
    read_files(&[text.as_bytes()], options)
}

fn read(text: &str) -> Reading {
    read_with(text, &CsvOptions::default())
}

/// The data set of a file that must be read without a word.
fn read_silently(text: &str) -> Dataset {
    let (data, warnings) = read(text).unwrap();
    assert_eq!(warnings, [], "{text}");
    data
}

/// Message and hint of a file that must be refused, with the folder of the file cut off.
fn refusal(result: Reading) -> (String, String) {
    let error = result.unwrap_err();
    assert!(!error.is_io(), "{error}");
    let message = error.to_string();
    let file_name = |word: &str| match Path::new(word) {
        path if path.is_absolute() => path.file_name().unwrap().to_str().unwrap().to_owned(),
        _ => word.to_owned(),
    };
    let message = message.split('`').map(file_name).collect::<Vec<_>>().join("`");
    (message, error.hint().unwrap_or_default())
}

fn column(data: &Dataset, state: usize) -> Vec<f64> {
    data.trajectories[0].values.column(state).to_vec()
}

fn step(dt: f64) -> CsvOptions {
    CsvOptions { time: TimeSource::Step(dt), ..CsvOptions::default() }
}

fn time(name: &str) -> CsvOptions {
    CsvOptions { time: TimeSource::Column(name.to_owned()), ..CsvOptions::default() }
}

fn split_by(name: &str) -> CsvOptions {
    CsvOptions { trajectory: Some(name.to_owned()), ..CsvOptions::default() }
}

fn states(names: &[&str]) -> CsvOptions {
    CsvOptions { states: Some(names.iter().map(|name| (*name).to_owned()).collect()), ..CsvOptions::default() }
}

#[test]
fn a_plain_file_is_one_trajectory() {
    let data = read_silently("t,x,y\n0,1,2\n0.5,3,4\n2,5,7\n");
    assert_eq!((data.time.as_str(), &data.states[..]), ("t", &["x".to_owned(), "y".to_owned()][..]));
    assert_eq!(data.trajectories[0].name, "a");
    assert_eq!(data.trajectories[0].times, [0.0, 0.5, 2.0]);
    assert_eq!((column(&data, 0), column(&data, 1)), (vec![1.0, 3.0, 5.0], vec![2.0, 4.0, 7.0]));
}

#[test]
fn separators_ends_of_lines_comments_quotes_and_marks_make_no_difference() {
    let plain = read_silently("t,x,y\n0,1,2\n1,3,4\n");
    for text in [
        "t;x;y\n0;1;2\n1;3;4",
        "t\tx\ty\n0\t1\t2\n1\t3\t4\n",
        "\u{FEFF}t,x,y\r\n0,1,2\r\n1,3,4\r\n",
        "t,x,y\r0,1,2\r1,3,4\r",
        "# a comment, with, commas\nt,x,y\n# \"another\n0,1,2\n\n1,3,4\n\n\n   \n",
        "\"t\",\"x\",\"y\"\n\"0\",1,\"2\"\n1,\"3\",4\n",
        " t , x , y \n 0 , 1 , 2 \n 1 , 3 , 4 \n",
        "t,x,y\n0,1,2\n1,3,4\n,,\n,,\n",
        "sep=;\nt;x;y\n0;1;2\n1;3;4\n",
    ] {
        assert_eq!(read_silently(text), plain, "{text}");
    }
}

#[test]
fn missing_cells_are_nan_or_an_error() {
    for mark in ["", "NA", "na", "NaN", "nan", "null", "NULL", "?", " ", "\"\""] {
        let text = format!("t,x,y\n0,1,2\n1,{mark},3\n2,4,5\n");
        let data = read_silently(&text);
        assert!(column(&data, 0)[1].is_nan(), "{mark}");
        assert_eq!((data.observations(), data.missing()), (5, 1));

        let strict = CsvOptions { missing: Missing::Error, ..CsvOptions::default() };
        let (message, hint) = refusal(read_with(&text, &strict));
        assert_eq!(message, "`a.csv` line 3, column `x`: the value is missing");
        assert!(hint.contains("--missing drop"));
    }
}

#[test]
fn a_file_without_header_gets_names() {
    let data = read_silently("0,1,2\n1,3,\n");
    assert_eq!((data.time.as_str(), data.states.join(" ")), ("t", "x0 x1".to_owned()));
    assert_eq!(data.trajectories[0].times, [0.0, 1.0]);

    let (data, _) = read_with("5,1\n4,3\n", &step(0.1)).unwrap();
    assert_eq!((data.time.as_str(), data.states.join(" ")), ("t", "x0 x1".to_owned()));
    assert_eq!(data.trajectories[0].times, [0.0, 0.1]);

    let (data, _) = read("2020-01-01,1\n2021-01-01,2\n").unwrap();
    assert_eq!(data.trajectories[0].times, [0.0, 366.0]);
}

#[test]
fn a_first_row_of_numbers_is_a_header_if_a_column_is_asked_for_by_it() {
    let (data, _) = read_with("0,1,2\n5,6,7\n8,9,8\n", &time("0")).unwrap();
    assert_eq!((data.time.as_str(), data.states.join(" ")), ("0", "1 2".to_owned()));
    assert_eq!(data.trajectories[0].times, [5.0, 8.0]);
}

#[test]
fn the_time_column_is_found_by_name_wherever_it_stands() {
    for name in ["t", "T", "Time", "time (s)", "time_s", "YEAR", "day", "Date", "seconds"] {
        let data = read(&format!("x,{name}\n3,0\n1,1\n")).unwrap().0;
        let without_unit = name.strip_suffix(" (s)").unwrap_or(name);
        assert_eq!((data.time.as_str(), data.states.join(" ")), (without_unit, "x".to_owned()));
    }
}

#[test]
fn a_time_column_is_never_a_state() {
    let ignored = |column: &str| DataWarning::ColumnIgnored { column: column.to_owned() };
    let (data, warnings) = read("t,year,x\n0,1900,3\n1,1901,1\n").unwrap();
    assert_eq!((data.states.join(" "), warnings), ("x".to_owned(), vec![ignored("year")]));
    let (data, warnings) = read_with("t,x\n0,3\n1,1\n", &step(0.5)).unwrap();
    assert_eq!((data.states.join(" "), warnings), ("x".to_owned(), vec![ignored("t")]));
    assert_eq!(data.trajectories[0].times, [0.0, 0.5]);
    // A capital T is a temperature beside another time, and whatever the caller says it is.
    assert_eq!(read("t,T\n0,3\n1,1\n").unwrap().0.states, ["T"]);
    let (data, _) = read_with("t,day\n0,3\n1,1\n", &states(&["day"])).unwrap();
    assert_eq!(data.states, ["day"]);
    let (message, _) =
        refusal(read_with("t,x\n0,3\n1,1\n", &CsvOptions { time: TimeSource::Column("x".into()), ..states(&["x"]) }));
    assert_eq!(message, "column `x` cannot be the time and a state at once");
}

#[test]
fn an_increasing_first_column_is_taken_for_the_time() {
    let (data, warnings) = read("depth,x\n0,3\n1,1\n").unwrap();
    assert_eq!(data.time, "depth");
    assert_eq!(warnings, [DataWarning::TimeAssumed { column: "depth".to_owned() }]);
    // The unnamed index that pandas writes.
    let (data, _) = read(",x\n0,3\n1,1\n").unwrap();
    assert_eq!((data.time.as_str(), data.states.join(" ")), ("t", "x".to_owned()));
    let (data, _) = read(",time,x\n0,0.0,3\n1,0.5,1\n").unwrap();
    assert_eq!((data.time.as_str(), data.states.join(" ")), ("time", "x".to_owned()));
}

#[test]
fn a_file_without_a_time_is_refused_with_both_ways_out() {
    for (text, reason) in [
        ("x,y\n3,1\n1,2\n", "does not increase: 1 on line 3 follows 3"),
        ("x,y\n1,1\n\"\",2\n", "has no value on line 3"),
        ("x,y\na,1\nb,2\n", "holds \"a\" on line 2"),
    ] {
        let (message, hint) = refusal(read(text));
        let expected = "`a.csv` has no time column: no column has a usual name for a time, such as `t` or `date`, and the first, `x`, ";
        assert_eq!(message, format!("{expected}{reason}"));
        assert!(hint.contains("--time") && hint.contains("--dt"));
    }
    let (message, _) = refusal(read_with("x,y\n1,1\n2,2\n", &states(&["x"])));
    assert!(message.ends_with("`x`, is a state"), "{message}");
}

#[test]
fn dates_become_decimal_years_with_a_warning() {
    let dates = |name: &str| vec![DataWarning::DatesAsYears { column: name.to_owned() }];
    for (name, cells) in [
        ("date", ["2019-01-01", "2019-12-31", "2021-01-01"]),
        ("when", ["2019-01-01T00:00Z", "2019-12-31 00:00:00Z", "2021-01-01T00:00:00Z"]),
        ("yyyymmdd", ["20190101", "20191231", "20210101"]),
        ("t", ["20190101", "20191231", "20210101"]),
    ] {
        let text = format!("{name},x\n{},1\n{},2\n{},3\n", cells[0], cells[1], cells[2]);
        let (data, warnings) = read_with(&text, &time(name)).unwrap();
        assert_eq!(data.trajectories[0].times, [2019.0, 2019.0 + 364.0 / 365.0, 2021.0], "{name}");
        assert_eq!((data.time.as_str(), warnings), (name, dates(name)));
    }
    assert_eq!(read_silently("t,x\n20190101,1\n20191399,2\n").trajectories[0].times[0], 20_190_101.0);

    let (message, hint) = refusal(read("date,x\n2020-01-01,1\n2020-02-30,2\n"));
    assert_eq!(message, "`a.csv` line 3, column `date`: \"2020-02-30\" is not a date");
    assert!(hint.contains("2020-01-31"));
    let (message, _) = refusal(read("date,x\n2020-02-01,1\n2020-01-01,2\n"));
    assert_eq!(message, "`a.csv` line 3, column `date`: 2020-01-01 is not later than 2020-02-01 on line 2");
}

#[test]
fn times_must_increase_and_both_lines_are_named() {
    let (message, hint) = refusal(read("t,x\n0,1\n\n0.5,2\n0.5,3\n"));
    assert_eq!(message, "`a.csv` line 5, column `t`: 0.5 is not later than 0.5 on line 4");
    assert!(hint.contains("--id"));
    let (message, _) = refusal(read("t,x\n0,1\n# turned\n1,2\n0.25,3\n"));
    assert_eq!(message, "`a.csv` line 5, column `t`: 0.25 is not later than 1 on line 4");
}

#[test]
fn a_cell_that_is_not_a_number_is_named() {
    let (message, hint) = refusal(read("t,x,y\n0,1,2\n1,3,n/x\n"));
    assert_eq!(message, "`a.csv` line 3, column `y`: \"n/x\" is not a number");
    assert!(hint.contains("empty cell"));
    let (message, _) = refusal(read("t,x\n0,1\nsoon,2\n"));
    assert_eq!(message, "`a.csv` line 3, column `t`: \"soon\" is not a number");
    for infinite in ["inf", "-inf", "1e999"] {
        let (message, _) = refusal(read(&format!("t,x\n0,1\n1,{infinite}\n")));
        assert_eq!(message, format!("`a.csv` line 3, column `x`: {infinite:?} is infinite or too large"));
    }
    let (message, _) = refusal(read("t,x\n0,1\n,2\n"));
    assert_eq!(message, "`a.csv` line 3, column `t`: the value is missing");
}

#[test]
fn text_columns_do_not_matter_unless_they_are_states() {
    let text = "t,place,x\n0,here,1\n1,there,2\n";
    let (data, warnings) = read(text).unwrap();
    assert_eq!(data.states, ["x"]);
    assert_eq!(warnings, [DataWarning::TextIgnored { column: "place".to_owned(), found: "here".to_owned() }]);
    let asked = read_with(text, &states(&["place"]));
    assert!(matches!(asked, Err(DataError::NotANumber { column, line: 2, .. }) if column == "place"));
    // A column of numbers with a word in it is no text: the word is a fault.
    assert!(matches!(read("t,x\n0,1\n1,2\n2,two\n"), Err(DataError::NotANumber { line: 4, .. })));
    // Nothing but text is a fault as well.
    assert!(matches!(read("t,x\n0,a\n1,b\n"), Err(DataError::NotANumber { line: 2, .. })));
    let (data, _) = read_with(text, &states(&["x"])).unwrap();
    assert_eq!(column(&data, 0), [1.0, 2.0]);
    let (data, _) = read_with("t,x,y\n0,1,2\n1,3,4\n", &states(&["y", "x"])).unwrap();
    assert_eq!((data.states.join(" "), column(&data, 0)), ("y x".to_owned(), vec![2.0, 4.0]));
}

#[test]
fn names_are_kept_and_equations_get_python_ones() {
    let (data, warnings) = read("t,hare (snowshoe),lambda\n0,1,2\n1,3,4\n").unwrap();
    assert_eq!(data.states, ["hare (snowshoe)", "lambda"]);
    assert_eq!(data.python_names(), ["hare_snowshoe", "lambda_"]);
    assert_eq!(data.python_time(), "t");
    assert_eq!(warnings.len(), 2);
    assert!(warnings[0].to_string().contains("hare_snowshoe"));
}

#[test]
fn a_column_tells_trajectories_apart() {
    // Rows of one trajectory need not be neighbours.
    let text = "run,t,x\nb,0,1\na,5,2\nb,1,3\na,6,4\n,,\n";
    let (data, _) = read_with(text, &split_by("run")).unwrap();
    let names: Vec<&str> = data.trajectories.iter().map(|trajectory| trajectory.name.as_str()).collect();
    assert_eq!((names, data.states.join(" ")), (vec!["b", "a"], "x".to_owned()));
    assert_eq!(data.trajectories[1].times, [5.0, 6.0]);
    assert_eq!(data.span(), (0.0, 6.0));

    let (message, _) = refusal(read_with("run,t,x\na,0,1\na,1,1\nb,5,2\n", &split_by("run")));
    assert_eq!(message, "trajectory `b` has 1 point; at least 2 are needed");
    let (message, _) = refusal(read_with("run,t,x\na,0,1\n,1,2\n", &split_by("run")));
    assert_eq!(message, "`a.csv` line 3, column `run`: the value is missing");
    let (message, _) = refusal(read_with("run,t,x\na,1,1\nb,0,1\na,1,1\n", &split_by("run")));
    assert_eq!(message, "`a.csv` line 4, column `t`: 1 is not later than 1 on line 2");
}

#[test]
fn several_files_are_several_trajectories() {
    let (data, _) = read_files(&[b"t,x,y\n0,1,2\n1,3,4\n", b"y;t;x\n7;5;6\n8;6;9\n"], &CsvOptions::default()).unwrap();
    assert_eq!(data.trajectories[1].name, "b");
    assert_eq!(data.trajectories[1].values, ndarray::array![[6.0, 7.0], [9.0, 8.0]]);

    let (message, _) = refusal(read_files(&[b"t,x\n0,1\n1,3\n", b"t,z\n0,1\n1,2\n"], &CsvOptions::default()));
    assert!(message.starts_with("`b.csv` has the columns `t`, `z`, but `a.csv` has `t`, `x`"), "{message}");
    let result = read_files(&[b"k,t,x\n1,0,1\n1,1,3\n", b"k,t,x\n1,0,1\n1,1,2\n"], &split_by("k"));
    assert_eq!(result.unwrap().0.trajectories[1].name, "b/1");
    // Whether eight digits are dates is one decision for all files.
    let (data, _) =
        read_files(&[b"t,x\n20200101,1\n20210101,3\n", b"t,x\n0,1\n1,2\n"], &CsvOptions::default()).unwrap();
    assert_eq!(data.trajectories[0].times[0], 20_200_101.0);
}

#[test]
fn with_a_step_missing_rows_pass_time() {
    let times = |text: &str| read_with(text, &step(2.0)).unwrap().0.trajectories[0].times.clone();
    assert_eq!(times("x\n1\n2\n3\n"), [0.0, 2.0, 4.0]);
    assert_eq!(times("x\n1\n\nNA\n3\n\n"), [0.0, 6.0]);
    assert_eq!(times("x,y\n1,1\n,\n\n3,\n,\n"), [0.0, 4.0]);
    let strict = CsvOptions { missing: Missing::Error, ..step(2.0) };
    assert!(matches!(read_with("x\n1\n\n3\n", &strict), Err(DataError::Missing { .. })));
    for bad in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        assert!(matches!(read_with("x\n1\n2\n", &step(bad)), Err(DataError::Step { .. })));
    }
}

#[test]
fn files_that_hold_no_trajectory_are_refused() {
    for (text, message) in [
        ("", "`a.csv` holds no data"),
        ("\n\n", "`a.csv` holds no data"),
        ("# only a comment\n", "`a.csv` holds no data"),
        ("t,x\n", "`a.csv` holds no data"),
        ("t,x\n,\n", "`a.csv` holds no data"),
        ("t,x\n0,1\n", "trajectory `a` has 1 point; at least 2 are needed"),
        ("t\n0\n1\n", "`a.csv` has no column of numbers to find equations for; its columns are `t`"),
        ("t,x\n0,\n1,NA\n", "column `x` has no value in any row"),
        ("t,x\n0,1\n1,2,3\n", "`a.csv` line 3 has 3 fields, but the first row has 2"),
        ("t,x\n0,1\n1\n", "`a.csv` line 3 has 1 field, but the first row has 2"),
        ("t,x,x\n0,1,2\n1,2,3\n", "`a.csv` has two columns with the name `x`"),
        ("t,x\n0,\"1\n1,2\n", "`a.csv` line 2: the quotation mark that opens a field is never closed"),
    ] {
        assert_eq!(refusal(read(text)).0, message, "{text}");
    }
    let (message, hint) = refusal(read_with("t,x\n0,1\n1,2\n", &time("zeit")));
    assert_eq!((message.as_str(), hint.as_str()), ("`a.csv` has no column `zeit`", "the columns are `t`, `x`"));
    assert_eq!(
        refusal(read_files(&[b"t,x\n0,1\n1,\0\n"], &CsvOptions::default())).0,
        "`a.csv` line 3 is not text: it has bytes that stand for no letter"
    );
    assert!(matches!(read_csv(&[], &CsvOptions::default()), Err(DataError::NoTrajectories)));
}

#[test]
fn files_that_cannot_be_read_are_another_kind_of_error() {
    let folder = TempDir::new().unwrap();
    for path in [folder.path().join("absent.csv"), folder.path().to_owned()] {
        let error = read_csv(std::slice::from_ref(&path), &CsvOptions::default()).unwrap_err();
        assert!(error.is_io() && error.to_string().contains(&path.display().to_string()), "{error}");
    }
}

#[test]
fn a_constant_column_is_legal_and_mentioned() {
    let (data, warnings) = read("t,x,y\n0,5,1\n1,5,\n2,,\n").unwrap();
    assert_eq!(column(&data, 0)[1], 5.0);
    // One measurement of y is not enough to call it constant.
    assert_eq!(warnings, [DataWarning::ConstantColumn { column: "x".to_owned() }]);
}

/// Values checked against the files by eye.
#[test]
fn the_data_sets_of_the_repository_are_read() {
    let read = |name: &str| {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data").join(name);
        read_csv(&[path], &CsvOptions::default()).unwrap()
    };
    let (lynx, warnings) = read("lynx_hare_1900_1920.csv");
    assert_eq!(
        (lynx.time.as_str(), lynx.states.join(" "), lynx.points()),
        ("year", "hare_thousand lynx_thousand".into(), 21)
    );
    assert_eq!((lynx.span(), column(&lynx, 1)[4], lynx.missing(), warnings.len()), ((1900.0, 1920.0), 59.4, 0, 0));

    let (influenza, _) = read("influenza_boarding_school_1978.csv");
    assert_eq!((influenza.states.join(" "), influenza.span()), ("in_bed convalescent".into(), (1.0, 14.0)));

    let (sunspots, _) = read("sunspots_yearly_1700_2008.csv");
    assert_eq!((sunspots.points(), sunspots.span(), column(&sunspots, 0)[0]), (309, (1700.0, 2008.0), 5.0));

    let (co2, warnings) = read("co2_mauna_loa_weekly_1958_2001.csv");
    assert_eq!(warnings, [DataWarning::DatesAsYears { column: "yyyymmdd".to_owned() }]);
    // 1958-03-29 is day 88 of 365, 2001-12-29 day 363.
    assert_eq!((co2.points(), co2.span()), (2284, (1958.0 + 87.0 / 365.0, 2001.0 + 362.0 / 365.0)));
    assert!(co2.missing() > 0 && column(&co2, 0)[6].is_nan());
    assert_eq!(column(&co2, 0)[0], 316.1);
}

#[test]
fn writing_leaves_the_file_and_nothing_else() {
    let folder = TempDir::new().unwrap();
    let (data, _) = read("t,x\n0,1e-300\n1,\n2,0.1\n").unwrap();
    let path = folder.path().join("out.csv");
    data.write_csv(&path).unwrap();
    data.write_csv(&path).unwrap();
    assert_eq!(fs::read_to_string(&path).unwrap(), "t,x\n0.0,1e-300\n1.0,\n2.0,0.1\n");
    let error = data.write_csv(&folder.path().join("absent").join("out.csv")).unwrap_err();
    assert!(error.is_io());
    assert!(data.write_csv(folder.path()).unwrap_err().is_io());
    let parent = folder.path().parent().unwrap();
    let left = |folder: &Path| {
        fs::read_dir(folder)
            .unwrap()
            .filter(|e| e.as_ref().unwrap().file_name().to_string_lossy().ends_with(".tmp"))
            .count()
    };
    assert_eq!((fs::read_dir(folder.path()).unwrap().count(), left(parent)), (1, 0));
}

/// Options that reach different paths of the reader.
fn any_options() -> impl Strategy<Value = CsvOptions> {
    let time = prop_oneof![Just(TimeSource::Auto), Just(TimeSource::Step(0.5)), Just(TimeSource::Column("t".into()))];
    let missing = prop_oneof![Just(Missing::AsMissing), Just(Missing::Error)];
    let name = || proptest::option::of(Just("x".to_owned()));
    (time, missing, name(), name()).prop_map(|(time, missing, state, trajectory)| CsvOptions {
        time,
        states: state.map(|name| vec![name]),
        trajectory,
        missing,
        ..CsvOptions::default()
    })
}

fn dataset_of(rows: Vec<(f64, Vec<f64>)>, name: &str) -> Option<Trajectory> {
    let mut rows = rows;
    rows.sort_by(|a, b| a.0.total_cmp(&b.0));
    rows.dedup_by(|a, b| a.0 == b.0);
    let (times, values): (Vec<f64>, Vec<Vec<f64>>) = rows.into_iter().unzip();
    let shape = (times.len(), values[0].len());
    Trajectory::new(name, times, Array2::from_shape_vec(shape, values.concat()).unwrap()).ok()
}

const FINITE: proptest::num::f64::Any = proptest::num::f64::NORMAL;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn arbitrary_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200), options in any_options()) {
        let _ = read_files(&[&bytes], &options).map_err(|error| (error.to_string(), error.hint()));
    }

    #[test]
    fn arbitrary_tables_never_panic(text in "([tx0-9.,;\t\"#\r\n -]|NA|2020-0[12]|é|inf){0,60}", options in any_options()) {
        let _ = read_with(&text, &options).map_err(|error| (error.to_string(), error.hint()));
        let _ = read_with(&format!("t,x\n{text}"), &options).map_err(|error| (error.to_string(), error.hint()));
    }

    #[test]
    fn what_is_written_is_read_back_to_the_bit(
        names in proptest::collection::hash_set("[a-z#;,\"'()0-9]{1,4}( [a-z])?", 3),
        labels in proptest::collection::hash_set("[A-Z#;,\"'()0-9]{1,4}", 2),
        rows in proptest::collection::vec(
            (FINITE, proptest::collection::vec(prop_oneof![4 => FINITE, 1 => Just(f64::NAN), 1 => Just(-0.0)], 2)),
            2..20,
        ),
        several in any::<bool>(),
    ) {
        let names: Vec<String> = names.into_iter().collect();
        let trajectories = labels.iter().take(1 + usize::from(several)).map(|label| dataset_of(rows.clone(), label));
        let Some(trajectories) = trajectories.collect::<Option<Vec<_>>>() else { return Ok(()) };
        let Ok(data) = Dataset::new(names[0].clone(), names[1..].to_vec(), trajectories) else { return Ok(()) };

        let folder = TempDir::new().unwrap();
        let path = folder.path().join("data.csv");
        data.write_csv(&path).unwrap();
        let trajectory = several.then(|| "trajectory".to_owned());
        let states = Some(names[1..].to_vec());
        let options = CsvOptions { trajectory, states, ..time(&names[0]) };
        let (found, _) = read_csv(&[path], &options).unwrap();

        prop_assert_eq!((&found.time, &found.states), (&data.time, &data.states));
        prop_assert_eq!(found.trajectories.len(), data.trajectories.len());
        for (found, expected) in found.trajectories.iter().zip(&data.trajectories) {
            prop_assert!(!several || found.name == expected.name);
            let bits = |numbers: &[f64]| numbers.iter().map(|x| x.to_bits()).collect::<Vec<u64>>();
            prop_assert_eq!(bits(&found.times), bits(&expected.times));
            let bits = |values: &Array2<f64>| values.mapv(|x| if x.is_nan() { u64::MAX } else { x.to_bits() });
            prop_assert_eq!(bits(&found.values), bits(&expected.values));
        }
    }
}
