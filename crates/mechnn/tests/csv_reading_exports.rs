//! Tables as spreadsheets and instruments export them, one property at a time; `exported_tables.rs` has random ones.
#![allow(clippy::unwrap_used)]

use std::fs;

use mechnn::data::{
    CsvOptions, DataError, DataWarning, Dataset, DateOrder, DecimalMark, LongColumns, Missing, TimeUnit, read_csv,
};
use tempfile::TempDir;

type Reading = Result<(Dataset, Vec<DataWarning>), DataError>;

fn read_bytes(bytes: &[u8], options: &CsvOptions) -> Reading {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("a.csv");
    fs::write(&path, bytes).unwrap();
    read_csv(&[path], options)
}

fn read_with(text: &str, options: &CsvOptions) -> Reading {
    read_bytes(text.as_bytes(), options)
}

fn read(text: &str) -> Reading {
    read_with(text, &CsvOptions::default())
}

fn column(data: &Dataset, state: usize) -> Vec<f64> {
    data.trajectories[0].values.column(state).to_vec()
}

fn times(data: &Dataset) -> &[f64] {
    &data.trajectories[0].times
}

fn unit<'a>(data: &'a Dataset, column: &str) -> Option<&'a str> {
    data.units.get(column).map(String::as_str)
}

#[test]
fn a_table_of_a_german_spreadsheet_is_read() {
    // Windows-1252, `;`, decimal comma, thousands, units, a column of text, a summary: all at once.
    let text = b"Datum;Probe;T [\xB0C];Zellen (1/mL)\r\n\
        05.03.2021 09:30;A;21,5;1.250\r\n06.03.2021 09:30;A;22,0;12.500\r\n07.03.2021 09:30;B;22,5;125.000,5\r\n\
        ;;;\r\nMittelwert;;22,0;46.250\r\n";
    let (data, warnings) = read_bytes(text, &CsvOptions::default()).unwrap();
    assert_eq!((data.time.as_str(), &data.states[..]), ("Datum", &["T", "Zellen"].map(String::from)[..]));
    assert_eq!((times(&data), unit(&data, "Datum")), (&[0.0, 1.0, 2.0][..], Some("day")));
    assert_eq!((column(&data, 0), unit(&data, "T")), (vec![21.5, 22.0, 22.5], Some("°C")));
    assert_eq!((column(&data, 1), unit(&data, "Zellen")), (vec![1250.0, 12_500.0, 125_000.5], Some("1/mL")));
    let warnings: Vec<String> = warnings.iter().map(ToString::to_string).collect();
    let expected =
        ["Windows-1252", "line 6", "`Probe`: it holds text", "days from 2021-03-05 09:30, and rates are per day"];
    for (warning, expected) in warnings.iter().zip(expected) {
        assert!(warning.contains(expected), "{warning}");
    }
    assert_eq!(warnings.len(), 4, "{warnings:?}");
}

#[test]
fn dates_are_counted_in_a_unit_that_fits() {
    for (cells, unit, last) in [
        (["2021-03-05T09:30:00", "2021-03-05T09:30:30"], "seconds", 30.0),
        (["2021-03-05 09:30", "2021-03-05 10:00"], "minutes", 30.0),
        (["3/25/2021 9:30 AM", "3/25/2021 9:30 PM"], "hours", 12.0),
        (["Mar 5 2021", "Mar 29 2021"], "days", 24.0),
        (["2021-03-05T23:30:00+01:00", "2021-03-05T22:45:00Z"], "minutes", 15.0),
    ] {
        let (data, warnings) = read(&format!("time,x\n\"{}\",1\n\"{}\",2\n", cells[0], cells[1])).unwrap();
        assert_eq!(times(&data), [0.0, last], "{cells:?}");
        let DataWarning::DatesAsTimes { unit: found, .. } = &warnings[0] else { unreachable!("{warnings:?}") };
        assert_eq!(found, unit);
    }
    let weeks = CsvOptions { time_unit: Some(TimeUnit::Weeks), ..CsvOptions::default() };
    let (data, _) = read_with("date,x\n2021-03-05,1\n2021-03-26,2\n", &weeks).unwrap();
    assert_eq!((times(&data), unit(&data, "date")), (&[0.0, 3.0][..], Some("week")));
    let years = CsvOptions { time_unit: Some(TimeUnit::Years), ..CsvOptions::default() };
    assert_eq!(times(&read_with("date,x\n2021-01-01,1\n2021-12-31,2\n", &years).unwrap().0)[0], 2021.0);
    assert!(matches!(read_with("t,x\n0,1\n1,2\n", &weeks), Err(DataError::TimeUnitOfNumbers { .. })));
}

#[test]
fn counts_of_other_programs_are_dates() {
    let (data, _) = read("Date;x\n44260,25;1\n44260,5;2\n44261;3\n").unwrap();
    assert_eq!((times(&data), unit(&data, "Date")), (&[0.0, 6.0, 18.0][..], Some("h")));
    // Nanoseconds since 1970 have no room in f64.
    let (data, _) = read("t,x\n1614936600000000001,1\n1614936600000000003,2\n").unwrap();
    assert_eq!(times(&data), [0.0, 2e-9]);
}

#[test]
fn times_of_day_pass_midnight_once_they_go_back_by_more_than_half_a_day() {
    let (data, warnings) = read("time,x\n22:00,1\n23:30,2\n01:00,3\n").unwrap();
    assert_eq!(times(&data), [0.0, 1.5, 3.0]);
    assert!(warnings.contains(&DataWarning::Midnight { column: "time".to_owned(), count: 1 }));
    assert!(matches!(read("time,x\n22:00,1\n21:30,2\n"), Err(DataError::TimeOrder { line: 3, .. })));
    // Hours since the beginning do not stop at a day.
    let (data, _) = read("time,x\n23:00,1\n25:00,2\n49:00:00,3\n").unwrap();
    assert_eq!(times(&data), [0.0, 2.0, 26.0]);
}

#[test]
fn an_hour_that_is_repeated_is_refused_with_a_hint() {
    let error = read("time,x\n2021-10-31 02:30,1\n2021-10-31 02:00,2\n").unwrap_err();
    assert!(error.hint().unwrap().contains("clocks are set back"));
    let with_offsets = "time,x\n2021-10-31 02:30+02:00,1\n2021-10-31 02:00+01:00,2\n";
    assert_eq!(times(&read(with_offsets).unwrap().0), [0.0, 30.0]);
}

#[test]
fn what_may_be_read_in_two_ways_is_refused_until_told() {
    let dates = "date,x\n03/05/2021,1\n04/05/2021,2\n";
    assert!(matches!(read(dates), Err(DataError::AmbiguousDate { line: 2, .. })));
    for (order, last) in [(DateOrder::DayFirst, 1.0), (DateOrder::MonthFirst, 31.0)] {
        let options = CsvOptions { date_order: Some(order), time_unit: Some(TimeUnit::Days), ..CsvOptions::default() };
        assert_eq!(times(&read_with(dates, &options).unwrap().0), [0.0, last]);
    }
    let numbers = "t;x\n0;1,234\n1;2,345\n";
    let Err(DataError::AmbiguousNumber { readings, .. }) = read(numbers) else { unreachable!("1,234 is two numbers") };
    assert_eq!(readings, [1234.0, 1.234]);
    for (mark, first) in [(DecimalMark::Point, 1234.0), (DecimalMark::Comma, 1.234)] {
        let options = CsvOptions { decimal: Some(mark), ..CsvOptions::default() };
        assert_eq!(column(&read_with(numbers, &options).unwrap().0, 0)[0], first);
    }
    // Another column tells.
    assert_eq!(column(&read("t;x\n0,5;1,234\n1;2,345\n").unwrap().0, 0), [1.234, 2.345]);
    // A column that is not used does not matter.
    let options = CsvOptions { states: Some(vec!["y".to_owned()]), ..CsvOptions::default() };
    assert!(read_with("t;x;y\n0;1,234;1\n1;2,345;2\n", &options).is_ok());
}

#[test]
fn marks_for_missing_values_are_named() {
    let text = "t,x,y,z\n0,1,n.d.,20\n1,<0.05,2,-9999\n2,<0.05,3,21\n3,4,4,#N/A\n4,5,5,23\n";
    let (data, warnings) = read(text).unwrap();
    let missing = |state: usize| column(&data, state).iter().map(|value| value.is_nan()).collect::<Vec<_>>();
    assert_eq!(missing(0), [false, true, true, false, false]);
    assert_eq!(missing(1), [true, false, false, false, false]);
    assert_eq!(missing(2), [false, true, false, true, false]);
    let counted = |column: &str, found: &str, count| (column.to_owned(), found.to_owned(), count);
    let (column, found, count) = counted("x", "<0.05", 2);
    assert_eq!(warnings[0], DataWarning::BeyondLimit { column, found, count });
    let (column, found, count) = counted("y", "n.d.", 1);
    assert_eq!(warnings[1], DataWarning::UnusualGaps { column, found, count });
    let (column, found, count) = counted("z", "-9999", 1);
    assert_eq!(warnings[2], DataWarning::Sentinel { column, found, count });
    let strict = CsvOptions { missing: Missing::Error, ..CsvOptions::default() };
    assert!(matches!(read_with("t,x\n0,1\n1,-9999\n2,3\n", &strict), Err(DataError::Missing { line: 3, .. })));
}

#[test]
fn units_are_kept_and_columns_found_with_and_without_them() {
    let text = "Time / h,OD600 [a.u.],T (°C),T (K)\n0,1,20,293\n1,2,21,294\n";
    let (data, _) = read(text).unwrap();
    assert_eq!((data.time.as_str(), data.states.join("|")), ("Time", "OD600|T (°C)|T (K)".to_owned()));
    assert_eq!(
        (unit(&data, "Time"), unit(&data, "OD600"), unit(&data, "T (K)")),
        (Some("h"), Some("a.u."), Some("K"))
    );
    for name in ["OD600", "OD600 [a.u.]"] {
        let options = CsvOptions { states: Some(vec![name.to_owned()]), ..CsvOptions::default() };
        let (asked, _) = read_with(text, &options).unwrap();
        assert_eq!((asked.states.join("|").as_str(), unit(&asked, name)), (name, Some("a.u.")));
        assert_eq!(data.clone().with_controls(&[name.to_owned()]).unwrap().controls, ["OD600"]);
    }
    let (data, _) = read("t,v,n\ns,m/s,-\n0,1,2\n1,2,3\n").unwrap();
    assert_eq!((unit(&data, "t"), unit(&data, "v"), unit(&data, "n")), (Some("s"), Some("m/s"), None));
}

#[test]
fn titles_above_a_table_are_skipped_with_a_warning() {
    let (data, warnings) = read("Experiment 12\n\nmeasured by us\nt,x\n0,1\n1,2\n").unwrap();
    assert_eq!((data.states.join(" "), data.points()), ("x".to_owned(), 2));
    assert!(matches!(&warnings[..], [DataWarning::TitleRows { lines, .. }] if *lines == [1, 3]), "{warnings:?}");
}

#[test]
fn the_unit_of_a_column_of_values_is_that_of_every_quantity_without_one() {
    let text = "t,what,level [mM]\n0,A,1\n0,B [g],2\n1,A,3\n1,B [g],4\n";
    let long = LongColumns { variable: "what".to_owned(), value: "level".to_owned() };
    let (data, _) = read_with(text, &CsvOptions { long: Some(long), ..CsvOptions::default() }).unwrap();
    let units: Vec<(&str, &str)> = data.units.iter().map(|(name, unit)| (name.as_str(), unit.as_str())).collect();
    assert_eq!((data.states.join(" "), units), ("A B".to_owned(), vec![("A", "mM"), ("B", "g")]));
}

#[test]
fn a_date_and_a_time_of_day_are_one_time() {
    let (data, warnings) = read("Date;Time;x\n05.03.2021;09:00;1\n07.03.2021;10:30;2\n08.03.2021;09:00;3\n").unwrap();
    assert_eq!(
        (data.time.as_str(), data.states.join(" "), times(&data)),
        ("Time", "x".to_owned(), &[0.0, 2.0625, 3.0][..])
    );
    let expected = DataWarning::DateAndTime { date: "Date".to_owned(), time: "Time".to_owned() };
    assert!(warnings.contains(&expected), "{warnings:?}");
}
