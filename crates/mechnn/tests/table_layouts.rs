//! The same random measurements as a wide table, as a long one, as arrays and as a workbook are read as the same data.
#![allow(clippy::unwrap_used)]
// The rates are what the test is for; `cargo test -- --nocapture` shows them.
#![allow(clippy::print_stdout)]

use std::io::Cursor;

use chrono::{Days, NaiveDate};
use mechnn::data::{CsvOptions, DataError, DataWarning, Dataset, LongColumns, TableReading, TableSource, read_tables};
use ndarray::{Array1, Array2};
use ndarray_npy::{NpzWriter, WriteNpyExt};
use rand::seq::{IndexedRandom, SliceRandom};
use rand::{Rng, RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};

const CASES: u64 = 300;

/// What was measured, in the order of the trajectories.
#[derive(Debug, Clone)]
struct Measured {
    states: Vec<String>,
    units: Vec<&'static str>,
    runs: Vec<Run>,
}

/// Times and `[N, D]` values of one trajectory.
#[derive(Debug, Clone)]
struct Run {
    name: String,
    times: Vec<f64>,
    values: Array2<f64>,
}

const STATES: [(&str, &str); 6] =
    [("OD600", "a.u."), ("glucose", "mmol/L"), ("T", "°C"), ("pH", ""), ("cells", "10^6 cells"), ("CO2", "ppm")];

fn measured(rng: &mut impl Rng) -> Measured {
    let dims = rng.random_range(1..4);
    let chosen: Vec<(&str, &str)> = STATES.sample(rng, dims).copied().collect();
    let runs = rng.random_range(1..4);
    let run = |index: usize, rng: &mut dyn Rng| {
        let rows = rng.random_range(4..30);
        let mut time = rng.random_range(0..5);
        let times = (0..rows).map(|_| {
            time += rng.random_range(1..4);
            f64::from(time) / 4.0
        });
        let times: Vec<f64> = times.collect();
        let mut values = Array2::from_shape_fn((rows, dims), |(row, d)| {
            let size = [1.0, 50.0, 1e-3][d % 3];
            // The first row is complete, so that no column is missing altogether.
            if row > 1 && rng.random_bool(0.15) { f64::NAN } else { size * rng.random_range(-1.0..1.0) }
        });
        // A time at which nothing was measured stands in a wide table and in no long one.
        for mut row in values.rows_mut() {
            if row.iter().all(|value| value.is_nan()) {
                row[0] = 0.5;
            }
        }
        Run { name: format!("run {index}"), times, values }
    };
    let runs = (0..runs).map(|index| run(index, rng)).collect();
    let (states, units): (Vec<&str>, Vec<&str>) = chosen.into_iter().unzip();
    Measured { states: states.into_iter().map(str::to_owned).collect(), units, runs }
}

impl Measured {
    fn header(&self, d: usize) -> String {
        if self.units[d].is_empty() {
            self.states[d].clone()
        } else {
            format!("{} [{}]", self.states[d], self.units[d])
        }
    }

    /// What differs in the data read, if anything.
    fn difference(&self, data: &Dataset) -> Option<String> {
        if data.states != self.states {
            return Some(format!("states {:?}, expected {:?}", data.states, self.states));
        }
        for (run, found) in self.runs.iter().zip(&data.trajectories) {
            if self.runs.len() > 1 && found.name != run.name {
                return Some(format!("trajectory {:?}, expected {:?}", found.name, run.name));
            }
            if found.times != run.times {
                return Some(format!("times {:?}, expected {:?}", found.times, run.times));
            }
            for row in 0..run.times.len() {
                for d in 0..self.states.len() {
                    let (found, expected) = (found.values[[row, d]], run.values[[row, d]]);
                    if found != expected && !(found.is_nan() && expected.is_nan()) {
                        return Some(format!("row {row}, state {d}: {found}, expected {expected}"));
                    }
                }
            }
        }
        (data.trajectories.len() != self.runs.len()).then(|| format!("{} trajectories", data.trajectories.len()))
    }

    fn has_units(&self, data: &Dataset) -> bool {
        let unit = |state: &String| data.units.get(state).map_or("", String::as_str);
        self.states.iter().map(unit).eq(self.units.iter().copied())
    }
}

fn read(name: &str, bytes: Vec<u8>, options: &CsvOptions) -> Result<TableReading, DataError> {
    read_tables(vec![TableSource::Memory { name: name.into(), bytes }], options)
}

/// One row for each measurement: sorted by time, by what was measured, or not at all but for the times of each series.
fn long_table(measured: &Measured, rng: &mut impl Rng) -> String {
    let mut series: Vec<Vec<String>> = Vec::new();
    for run in &measured.runs {
        for d in 0..measured.states.len() {
            let values = run.times.iter().zip(run.values.column(d)).filter(|(_, value)| !value.is_nan());
            let row = |(time, value): (&f64, &f64)| format!("{},{time},{},{value:?}\n", run.name, measured.header(d));
            series.push(values.map(row).collect());
        }
    }
    // The first row of each series comes first, in the order in which names are to be found.
    let mut rows: Vec<String> = series.iter_mut().map(|rows| rows.remove(0)).collect();
    if rng.random() {
        let mut places: Vec<usize> = series.iter().enumerate().flat_map(|(i, rows)| vec![i; rows.len()]).collect();
        places.shuffle(rng);
        let mut rest: Vec<_> = series.into_iter().map(Vec::into_iter).collect();
        rows.extend(places.into_iter().map(|place| rest[place].next().unwrap()));
    } else {
        rows.extend(series.into_iter().flatten());
    }
    format!("subject,time,what,how much\n{}", rows.concat())
}

fn long_options() -> CsvOptions {
    let long = LongColumns { variable: "what".to_owned(), value: "how much".to_owned() };
    CsvOptions { trajectory: Some("subject".to_owned()), long: Some(long), ..CsvOptions::default() }
}

#[test]
fn long_tables_are_read_as_wide_ones() {
    for seed in 0..CASES {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let measured = measured(&mut rng);
        let text = long_table(&measured, &mut rng);
        let reading = read("long.csv", text.clone().into_bytes(), &long_options())
            .unwrap_or_else(|error| panic!("case {seed}: {error}\n{text}"));
        assert_eq!(measured.difference(&reading.data), None, "case {seed}\n{text}");
        assert!(measured.has_units(&reading.data), "case {seed}: {:?}", reading.data.units);
    }
    println!("long layout: {CASES} of {CASES} tables read");
}

/// A long table that is read as a wide one is refused, and the advice reads it.
#[test]
fn long_tables_are_recognised() {
    let (mut refused, mut advised) = (0, 0);
    for seed in 0..CASES {
        let mut rng = ChaCha8Rng::seed_from_u64(1000 + seed);
        let measured = measured(&mut rng);
        if measured.states.len() * measured.runs.len() == 1 {
            continue;
        }
        let text = long_table(&measured, &mut rng);
        let Err(error) = read("long.csv", text.clone().into_bytes(), &CsvOptions::default()) else {
            panic!("case {seed} is read as it stands\n{text}")
        };
        refused += 1;
        let (DataError::TimeOrder { long: Some(long), .. } | DataError::NoTimeColumn { long: Some(long), .. }) = error
        else {
            continue;
        };
        let columns = |(variable, value)| LongColumns { variable, value };
        let options =
            CsvOptions { trajectory: long.id, long: long.variable_and_value.map(columns), ..CsvOptions::default() };
        advised += usize::from(read("long.csv", text.into_bytes(), &options).is_ok());
    }
    println!("long layout without options: {refused} refused, {advised} with advice that reads the table");
    // Measured 262 of 262.
    assert!(advised * 100 >= 95 * refused, "{advised} of {refused}");
}

/// Replicates of several genes: neither tells the rows apart alone, and the values, of which there are few, are no
/// key.
#[test]
fn advice_names_two_columns_where_one_is_not_enough() {
    let rows = "0,a,1,1\n0,a,2,2\n0,b,1,3\n0,b,2,4\n1,a,1,1\n1,a,2,2\n1,b,1,3\n1,b,2,4\n";
    let text = format!("time,gene,replicate,value\n{rows}");
    let error = read("a.csv", text.into_bytes(), &CsvOptions::default()).unwrap_err();
    let hint = error.hint().unwrap();
    assert!(hint.ends_with("read it with --variable gene --value value --id replicate"), "{hint}");
}

#[test]
fn arrays_are_read_as_tables() {
    for seed in 0..CASES {
        let mut rng = ChaCha8Rng::seed_from_u64(2000 + seed);
        let mut measured = measured(&mut rng);
        measured.runs.truncate(1);
        measured.units.iter_mut().for_each(|unit| *unit = "");
        let run = &measured.runs[0];
        let times = Array1::from(run.times.clone());
        let matrix = rng.random_bool(0.5);
        let mut npz = NpzWriter::new(Cursor::new(Vec::new()));
        npz.add_array("t", &times).unwrap();
        let bytes = if matrix {
            npz.add_array("x", &run.values).unwrap();
            measured.states = match measured.states.len() {
                1 => vec!["x".to_owned()],
                dims => (0..dims).map(|d| format!("x{d}")).collect(),
            };
            npz.finish().unwrap().into_inner()
        } else {
            for (d, state) in measured.states.iter().enumerate() {
                npz.add_array(state.as_str(), &run.values.column(d).to_owned()).unwrap();
            }
            npz.finish().unwrap().into_inner()
        };
        let reading = read("a.npz", bytes, &CsvOptions::default()).unwrap_or_else(|error| panic!("{seed}: {error}"));
        assert_eq!(measured.difference(&reading.data), None, "case {seed}, matrix {matrix}");

        let columns = ndarray::concatenate![ndarray::Axis(1), times.insert_axis(ndarray::Axis(1)), run.values];
        let mut bytes = Vec::new();
        columns.write_npy(&mut bytes).unwrap();
        let reading = read("a.npy", bytes, &CsvOptions::default()).unwrap_or_else(|error| panic!("{seed}: {error}"));
        measured.states = (0..measured.states.len()).map(|d| format!("x{d}")).collect();
        assert_eq!(measured.difference(&reading.data), None, "case {seed}, npy");
    }
    println!("arrays: {CASES} of {CASES} read");
}

/// How the times of a workbook are written.
#[derive(Debug, Clone, Copy, PartialEq)]
enum SheetTimes {
    Numbers,
    Dates,
    /// Dates with times of day.
    Instants,
}

#[test]
fn workbooks_are_read_as_tables() {
    for seed in 0..CASES {
        let mut rng = ChaCha8Rng::seed_from_u64(3000 + seed);
        let mut measured = measured(&mut rng);
        measured.runs.truncate(1);
        let style = *[SheetTimes::Numbers, SheetTimes::Dates, SheetTimes::Instants].choose(&mut rng).unwrap();
        // Quarters of an hour, of a day, or days, in the unit that the reader finds.
        let run = &mut measured.runs[0];
        let first = run.times[0];
        if style != SheetTimes::Numbers {
            let scale = if style == SheetTimes::Dates { 4.0 } else { 1.0 };
            run.times.iter_mut().for_each(|time| *time = (*time - first) * scale);
        }
        let run = &measured.runs[0];

        let mut workbook = Workbook::new();
        let text_first = rng.random_bool(0.5);
        if text_first {
            workbook.add_worksheet().set_name("About").unwrap().write_string(0, 0, "made by us").unwrap();
        }
        let sheet = workbook.add_worksheet().set_name("Data").unwrap();
        let (top, left) = (rng.random_range(0..3), rng.random_range(0..3_u16));
        sheet.write_string(top, left, "time").unwrap();
        for d in 0..measured.states.len() {
            sheet.write_string(top, left + 1 + d as u16, measured.header(d)).unwrap();
        }
        let format = Format::new().set_num_format("yyyy-mm-dd hh:mm:ss");
        let day = NaiveDate::from_ymd_opt(2021, 3, 5).unwrap();
        for (row, time) in run.times.iter().enumerate() {
            let line = top + 1 + row as u32;
            match style {
                SheetTimes::Numbers => {
                    sheet.write_number(line, left, *time).unwrap();
                }
                SheetTimes::Dates | SheetTimes::Instants => {
                    let quarters = if style == SheetTimes::Dates { time * 4.0 } else { *time * 4.0 };
                    let days = day + Days::new((quarters / 4.0).floor() as u64);
                    let hours = ((quarters / 4.0).fract() * 24.0).round() as u16;
                    let date = days.to_string();
                    let instant = ExcelDateTime::parse_from_str(&date).unwrap().and_hms(hours, 0, 0).unwrap();
                    sheet.write_datetime_with_format(line, left, &instant, &format).unwrap();
                }
            }
            for (d, value) in run.values.row(row).iter().enumerate() {
                let column = left + 1 + d as u16;
                match value.is_nan() {
                    true if rng.random() => sheet
                        .write_formula(line, column, rust_xlsxwriter::Formula::new("NA()").set_result("#N/A"))
                        .unwrap(),
                    true => sheet,
                    false => sheet.write_number(line, column, *value).unwrap(),
                };
            }
        }
        let bytes = workbook.save_to_buffer().unwrap();
        let reading = read("a.xlsx", bytes, &CsvOptions { time_unit: None, ..CsvOptions::default() })
            .unwrap_or_else(|error| panic!("case {seed}: {error}"));
        // Dates are counted in a unit that fits their span.
        let unit = reading.data.units.get("time").map_or("", String::as_str);
        let factor = match unit {
            "h" => 24.0,
            "" | "day" => 1.0,
            other => panic!("case {seed}: times in {other}"),
        };
        measured.runs[0].times.iter_mut().for_each(|time| *time *= factor);
        assert_eq!(measured.difference(&reading.data), None, "case {seed}, {style:?}");
        assert!(measured.has_units(&reading.data), "case {seed}");
        let chosen =
            |warning: &DataWarning| matches!(warning, DataWarning::SheetChosen { sheet, .. } if sheet == "Data");
        assert_eq!(reading.warnings.iter().any(chosen), text_first, "case {seed}");
    }
    println!("workbooks: {CASES} of {CASES} read");
}

#[test]
fn a_sheet_is_chosen_by_its_name() {
    let mut workbook = Workbook::new();
    for (name, value) in [("first", 1.0), ("second", 2.0)] {
        let sheet = workbook.add_worksheet().set_name(name).unwrap();
        sheet.write_string(0, 0, "t").unwrap().write_string(0, 1, "x").unwrap();
        for row in 0..3 {
            sheet.write_number(row + 1, 0, f64::from(row)).unwrap().write_number(row + 1, 1, value).unwrap();
        }
    }
    let bytes = workbook.save_to_buffer().unwrap();
    let named = |sheet: Option<&str>| CsvOptions { sheet: sheet.map(str::to_owned), ..CsvOptions::default() };
    let value = |sheet| read("a.xlsx", bytes.clone(), &named(sheet)).unwrap().data.trajectories[0].values[[0, 0]];
    assert_eq!((value(None), value(Some("first")), value(Some("second"))), (1.0, 1.0, 2.0));
    let error = read("a.xlsx", bytes.clone(), &named(Some("third"))).unwrap_err();
    assert_eq!(error.to_string(), "`a.xlsx` has no sheet `third`");
    assert_eq!(error.hint().as_deref(), Some("the sheets are `first`, `second`"));
    let error = read("a.csv", b"t,x\n0,1\n1,2\n".to_vec(), &named(Some("first"))).unwrap_err();
    assert_eq!(error.to_string(), "`a.csv` is not a workbook and has no sheets");
    for length in [4, bytes.len() / 2, bytes.len() - 1] {
        let error = read("a.xlsx", bytes[..length].to_vec(), &CsvOptions::default()).unwrap_err();
        assert!(error.to_string().starts_with("`a.xlsx` cannot be read as a workbook"), "{error}");
    }
}

/// One forgotten cell in the last corner of a sheet makes it no larger.
#[test]
fn far_cells_cost_no_memory() {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    sheet.write_string(0, 0, "t").unwrap().write_string(0, 1, "x").unwrap();
    for row in 0..3 {
        sheet.write_number(row + 1, 0, f64::from(row)).unwrap().write_number(row + 1, 1, 1.5).unwrap();
    }
    sheet.write_string(1_048_575, 16_383, " ").unwrap();
    let reading = read("a.xlsx", workbook.save_to_buffer().unwrap(), &CsvOptions::default()).unwrap();
    assert_eq!((reading.data.points(), reading.data.states), (3, vec!["x".to_owned()]));
}

/// A damaged workbook is an error, or is read as what is left of it; it never ends the program.
#[test]
fn damaged_workbooks_do_not_panic() {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    sheet.write_string(0, 0, "t").unwrap().write_string(0, 1, "x").unwrap();
    for row in 0..3 {
        sheet.write_number(row + 1, 0, f64::from(row)).unwrap().write_number(row + 1, 1, 1.5).unwrap();
    }
    let bytes = workbook.save_to_buffer().unwrap();
    let mut rng = ChaCha8Rng::seed_from_u64(4000);
    let mut refused = 0;
    for _ in 0..CASES {
        let mut damaged = bytes.clone();
        for _ in 0..rng.random_range(1..4) {
            let at = rng.random_range(4..damaged.len());
            damaged[at] = rng.random();
        }
        damaged.truncate(rng.random_range(4..2 * damaged.len()));
        refused += usize::from(read("a.xlsx", damaged, &CsvOptions::default()).is_err());
    }
    println!("damaged workbooks: {refused} of {CASES} refused, none ends the program");
}

#[test]
fn numbers_that_stand_as_text_have_the_mark_that_they_show() {
    let with_text = |cells: [&str; 2]| {
        let mut workbook = Workbook::new();
        let sheet = workbook.add_worksheet();
        sheet.write_string(0, 0, "t").unwrap().write_string(0, 1, "x").unwrap().write_string(0, 2, "y").unwrap();
        for (row, cell) in cells.into_iter().enumerate() {
            let line = row as u32 + 1;
            sheet.write_number(line, 0, 0.5 + row as f64).unwrap().write_number(line, 1, 1.25).unwrap();
            sheet.write_string(line, 2, cell).unwrap();
        }
        read("a.xlsx", workbook.save_to_buffer().unwrap(), &CsvOptions::default())
    };
    let values = |cells| with_text(cells).unwrap().data.trajectories[0].values.clone();
    assert_eq!(values(["1,5", "2,5"]), ndarray::array![[1.25, 1.5], [1.25, 2.5]]);
    assert_eq!(values(["1.5", "1,234.5"]), ndarray::array![[1.25, 1.5], [1.25, 1234.5]]);
    assert!(matches!(with_text(["1,234", "5,678"]), Err(DataError::AmbiguousNumber { line: 2, .. })));
}

#[test]
fn arrays_that_are_no_columns_are_refused_with_their_names() {
    let archive = |arrays: &[(&str, Vec<usize>)]| {
        let mut npz = NpzWriter::new(Cursor::new(Vec::new()));
        for (name, shape) in arrays {
            npz.add_array(*name, &ndarray::ArrayD::<f64>::ones(shape.clone())).unwrap();
        }
        npz.finish().unwrap().into_inner()
    };
    for (arrays, message) in [
        (&[("t", vec![3]), ("x", vec![4])][..], "`a.npz`: `t` has 3 rows and `x` has 4; the columns of"),
        (
            &[("t", vec![3]), ("x", vec![3, 2, 2])],
            "`a.npz`: `x` has shape [3, 2, 2]; it may have one axis, (N,), or two, (N, columns)",
        ),
        (&[("t", vec![]), ("x", vec![3])], "`a.npz`: `t` has shape []; it may have"),
        (&[], "`a.npz` holds no data"),
    ] {
        let error = match arrays {
            // An archive without an entry is taken for a workbook, and is none.
            [] => continue,
            arrays => read("a.npz", archive(arrays), &CsvOptions::default()).unwrap_err(),
        };
        assert!(error.to_string().starts_with(message), "{error}");
    }
    let mut infinite = Vec::new();
    ndarray::array![[0.0, 1.0], [1.0, f64::INFINITY]].write_npy(&mut infinite).unwrap();
    let error = read("a.npy", infinite, &CsvOptions::default()).unwrap_err();
    assert_eq!(error.to_string(), "`a.npy`: the array is inf in row 1, counted from 0");
}

#[test]
fn other_kinds_of_files_are_refused_with_advice() {
    for (bytes, message, hint) in [
        (&b"\x1F\x8B\x08\x00\x00"[..], "`a` is a compressed file", "unpack it"),
        #[cfg(not(feature = "parquet"))]
        (
            b"PAR1\x15\x04\x15\x00PAR1",
            "`a` is a Parquet file, and this program was built without",
            "--features parquet",
        ),
        (b"PK\x05\x06\0\0\0\0", "`a` cannot be read as a workbook", "save it as"),
    ] {
        let error = read("a", bytes.to_vec(), &CsvOptions::default()).unwrap_err();
        assert!(error.to_string().starts_with(message), "{error}");
        assert!(error.hint().is_some_and(|found| found.contains(hint)), "{error}");
    }
}
