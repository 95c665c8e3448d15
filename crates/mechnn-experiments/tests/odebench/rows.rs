//! The file of rows and the table.

use std::fs;

use mechnn_experiments::benchmark::{
    BenchmarkError, Drop, Method, Outcome, Row, RowsFile, Start, Structure, Table, sorted,
};

fn row(system: u32, start: Start) -> Row {
    Row {
        system,
        name: "growth, \"logistic\"".to_owned(),
        dim: if system < 10 { 1 } else { 2 },
        class: "polynomial".to_owned(),
        start,
        noise: 0.05,
        drop: Drop::Half,
        seed: 2,
        method: Method::Direct,
        outcome: Outcome::Finished,
        r2_reconstruction: 0.1 + 0.2,
        r2_generalisation: -1.0 / 3.0,
        structure: Structure::Exact,
        worst_coefficient_error: Some(1e-300 / 3.0),
        terms: 2,
        core_seconds: 0.25,
        equations: "0.1*x_0 - 2.0*x_0**2; 1.0".to_owned(),
        message: String::new(),
    }
}

#[test]
fn rows_are_read_back_to_the_last_bit() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rows.csv");
    let failed = Row {
        outcome: Outcome::Failed,
        structure: Structure::Outside,
        worst_coefficient_error: None,
        message: "no, \"never\"\nagain".to_owned(),
        ..row(12, Start::B)
    };
    let mut file = RowsFile::create(&path).unwrap();
    file.append(&failed).unwrap();
    file.append(&row(3, Start::A)).unwrap();
    drop(file);
    let one_line = Row { message: "no, \"never\" again".to_owned(), ..failed };
    let expected = vec![one_line, row(3, Start::A)];
    let (file, rows) = RowsFile::resume(&path).unwrap();
    assert_eq!(rows, expected);
    file.finish(&rows).unwrap();
    let (_, rows) = RowsFile::resume(&path).unwrap();
    assert_eq!(rows, [expected[1].clone(), expected[0].clone()]);
    let text = fs::read_to_string(&path).unwrap();
    let mut lines = text.lines();
    assert_eq!(lines.next(), Some("# mechnn odebench rows 1"));
    assert!(lines.next().unwrap().starts_with("system,name,dim,class,start,noise,drop,seed,method,outcome,"));
    assert_eq!(lines.count(), 2);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "temporary files are gone");
}

#[test]
fn a_file_that_was_cut_anywhere_can_be_gone_on_with() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rows.csv");
    let whole = [row(3, Start::A), row(3, Start::B)];
    let mut file = RowsFile::create(&path).unwrap();
    let first = fs::read(&path).unwrap().len();
    whole.iter().for_each(|row| file.append(row).unwrap());
    let bytes = fs::read(&path).unwrap();
    let second = first + (bytes.len() - first) / 2;
    for length in first..=bytes.len() {
        fs::write(&path, &bytes[..length]).unwrap();
        let (mut file, rows) = RowsFile::resume(&path).unwrap();
        let expected = if length < second { 0 } else { 1 + usize::from(length == bytes.len()) };
        assert_eq!(rows, whole[..expected], "{length} bytes");
        file.append(&row(12, Start::A)).unwrap();
        let (_, rows) = RowsFile::resume(&path).unwrap();
        assert_eq!(rows.len(), expected + 1, "{length} bytes");
    }
    fs::remove_file(&path).unwrap();
    assert_eq!(RowsFile::resume(&path).unwrap().1, []);
}

#[test]
fn another_file_is_not_taken_for_rows() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rows.csv");
    drop(RowsFile::create(&path).unwrap());
    let empty = fs::read_to_string(&path).unwrap();
    for (text, line) in [("t,x\n1,2\n".to_owned(), 1), (format!("{empty}1,2,3\n"), 3)] {
        fs::write(&path, &text).unwrap();
        match RowsFile::resume(&path) {
            Err(BenchmarkError::Rows { line: found, .. }) => assert_eq!(found, line, "{text}"),
            other => panic!("{text}: {other:?}"),
        }
        assert_eq!(fs::read_to_string(&path).unwrap(), text, "left as it was");
    }
    let mut file = RowsFile::create(&path).unwrap();
    [row(3, Start::A), row(3, Start::B), row(3, Start::A)].iter().for_each(|row| file.append(row).unwrap());
    assert!(matches!(RowsFile::resume(&path), Err(BenchmarkError::Rows { line: 5, .. })), "a run that is there twice");
    let missing = folder.path().join("none/rows.csv");
    assert!(matches!(RowsFile::create(&missing), Err(BenchmarkError::Io { action: "write", .. })));
}

#[test]
fn a_table_counts() {
    let scored = |system, start, r, g, structure, error| Row {
        r2_reconstruction: r,
        r2_generalisation: g,
        structure,
        worst_coefficient_error: error,
        ..row(system, start)
    };
    let rows = [
        scored(12, Start::A, 0.95, 0.9, Structure::Equivalent, None),
        scored(3, Start::A, 0.995, 0.9995, Structure::Exact, Some(0.01)),
        Row {
            class: "rational".to_owned(),
            core_seconds: 3.0,
            ..scored(5, Start::B, 0.2, 0.95, Structure::Outside, None)
        },
        Row { outcome: Outcome::Failed, ..scored(12, Start::B, 0.0, 0.0, Structure::Different, None) },
        Row { noise: 0.0, ..scored(3, Start::A, 1.0, 1.0, Structure::Exact, Some(0.03)) },
    ];
    let table = Table::new(&rows);
    let names: Vec<&str> = table.groups.iter().map(|group| group.name.as_str()).collect();
    assert_eq!(
        names,
        ["all", "dimension 1", "polynomial", "all", "dimension 1", "dimension 2", "polynomial", "rational"]
    );
    let all = &table.groups[3];
    assert_eq!((all.runs, all.in_library, all.exact, all.equivalent, all.unfinished), (4, 3, 1, 1, 1));
    // 0.9 itself is not above 0.9.
    assert_eq!((all.reconstruction, all.generalisation, all.both), (50.0, 50.0, 25.0));
    assert_eq!((all.reconstruction_99, all.generalisation_99, all.generalisation_999), (25.0, 25.0, 25.0));
    assert_eq!((all.coefficient_error, all.worst_seconds, all.mean_seconds), (Some(0.01), 3.0, 0.9375));
    let text = table.text();
    assert!(text.starts_with("0 % noise, 50 % dropped, seed 2\n"), "{text}");
    assert!(text.contains("\n\n5 % noise, 50 % dropped, seed 2\n"), "{text}");
    assert_eq!(table, Table::new(&sorted(&rows)));
}
