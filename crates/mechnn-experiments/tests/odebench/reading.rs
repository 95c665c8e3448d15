//! Reading a folder, and what is said of one that is damaged.

use mechnn::data::{CsvOptions, read_csv};
use mechnn_experiments::benchmark::{BenchmarkError, Condition, Drop, Half, OdeBench, Start};

use crate::folder::{Contents, LEFT, POINTS, doubles, is_kept, logistic, npy, open, times, z};

fn condition(noise: f64, drop: Drop, seed: u32) -> Condition {
    Condition::new(noise, drop, seed).unwrap()
}

#[test]
fn values_are_multiplied_by_noise_and_rows_are_dropped() {
    let folder = Contents::new().write();
    let bench = open(folder.path());
    assert_eq!(bench.systems.iter().map(|system| system.id).collect::<Vec<_>>(), [3, 12]);
    let system = bench.system(12).unwrap();
    let data = system.corrupted(Start::B, condition(0.05, Drop::Half, 0)).unwrap();
    assert_eq!((data.time.as_str(), &data.states[..]), ("t", &["x_0".to_owned(), "x_1".to_owned()][..]));
    let rows: Vec<usize> = (0..POINTS).filter(|&row| is_kept(row)).collect();
    let trajectory = &data.trajectories[0];
    assert_eq!(trajectory.times, rows.iter().map(|&row| times()[row]).collect::<Vec<_>>());
    for (index, &row) in rows.iter().enumerate() {
        let infected = logistic(1.5, 0.3, times()[row]);
        for (column, clean) in [1.0 - infected, infected].into_iter().enumerate() {
            let expected = clean * (1.0 + 0.05 * f64::from(z(row, column)));
            assert_eq!(trajectory.values[[index, column]], expected, "row {row}, column {column}");
        }
    }
    let whole = system.corrupted(Start::B, condition(0.0, Drop::None, 7)).unwrap();
    assert_eq!(&whole.trajectories[0].values, system.clean(Start::B));
}

#[test]
fn an_exported_trajectory_is_read_back_as_the_same_data() {
    let folder = Contents::new().write();
    for system in open(folder.path()).systems {
        let condition = condition(0.01, Drop::Quarter, 0);
        let data = system.corrupted(Start::A, condition).unwrap();
        let file = folder.path().join(format!("{}.csv", system.training_name(Start::A, condition)));
        data.write_csv(&file).unwrap();
        let (read, warnings) = read_csv(&[file], &CsvOptions::default()).unwrap();
        assert_eq!((read, warnings), (data, Vec::new()), "system {}", system.id);
    }
}

#[test]
fn halves_are_fixed_and_share_nothing() {
    let mut contents = Contents::new();
    let folder = contents.write();
    let bench = open(folder.path());
    let halves = [Half::First, Half::Second, Half::All].map(|half| bench.half(half));
    assert_eq!([halves[0].len(), halves[1].len()], [1, 1]);
    let mut both = [&halves[0][..], &halves[1]].concat();
    both.sort_unstable();
    assert_eq!(both, halves[2]);
    // The order in the file does not matter.
    let text = contents.systems.clone();
    let (first, second) = (text.find("{\"id\": 12").unwrap(), text.find("{\"id\": 3").unwrap());
    let (twelve, three) =
        (text[first..second].trim_end().trim_end_matches(','), &text[second..text.rfind(']').unwrap()]);
    contents.systems = format!("{{\"systems\": [{three}, {twelve}]}}");
    assert_eq!(open(contents.write().path()).half(Half::First), halves[0]);
}

#[test]
fn what_the_folder_does_not_have_is_an_error() {
    let folder = Contents::new().write();
    let bench = open(folder.path());
    assert!(matches!(bench.system(4), Err(BenchmarkError::UnknownSystem { id: 4 })));
    let runs = |condition| bench.runs(&[3], &[Start::A], &[condition]).map(|runs| runs.len());
    assert_eq!(runs(condition(0.1, Drop::Half, 0)).unwrap(), 1);
    assert!(matches!(
        runs(condition(0.1, Drop::None, 1)),
        Err(BenchmarkError::Seed { system: 3, what: "noise", seed: 1, available: 1 })
    ));
    assert!(matches!(
        runs(condition(0.0, Drop::Half, 2)),
        Err(BenchmarkError::Seed { what: "mask", seed: 2, available: 2, .. })
    ));
    for noise in [-0.1, f64::NAN, f64::INFINITY] {
        assert!(matches!(Condition::new(noise, Drop::None, 0), Err(BenchmarkError::Noise { .. })), "{noise}");
    }
    for text in ["0.3", "half", "", "nan"] {
        assert!(matches!(text.parse::<Drop>(), Err(BenchmarkError::Drop { .. })), "{text}");
    }
    assert_eq!(LEFT, bench.system(3).unwrap().corrupted(Start::A, condition(0.0, Drop::Half, 1)).unwrap().points());
}

/// The error of a folder with these contents.
fn error(contents: &Contents) -> BenchmarkError {
    OdeBench::open(contents.write().path()).map(|_| ()).unwrap_err()
}

#[test]
fn missing_and_damaged_files_are_typed_errors() {
    let empty = tempfile::tempdir().unwrap();
    assert!(matches!(OdeBench::open(empty.path()), Err(BenchmarkError::Io { action: "read", .. })));

    let contents = Contents::new();
    let folder = contents.write();
    let archive = folder.path().join("trajectories.npz");
    let bytes = std::fs::read(&archive).unwrap();
    std::fs::write(&archive, &bytes[..bytes.len() / 2]).unwrap();
    assert!(matches!(OdeBench::open(folder.path()), Err(BenchmarkError::Archive { .. })));
    std::fs::remove_file(&archive).unwrap();
    assert!(matches!(OdeBench::open(folder.path()), Err(BenchmarkError::Io { .. })));

    for systems in ["", "{}", "[1]", r#"{"systems": [{"id": 3}]}"#] {
        let contents = Contents { systems: systems.to_owned(), ..Contents::new() };
        assert!(matches!(error(&contents), BenchmarkError::Systems { .. }), "{systems}");
    }
}

#[test]
fn no_damaged_byte_is_a_panic_or_a_wrong_number() {
    let contents = Contents::new();
    let folder = contents.write();
    let expected = open(folder.path());
    let archive = folder.path().join("trajectories.npz");
    let bytes = std::fs::read(&archive).unwrap();
    for place in (0..bytes.len()).step_by(23) {
        let mut damaged = bytes.clone();
        damaged[place] ^= 0x2a;
        std::fs::write(&archive, damaged).unwrap();
        // A byte that says nothing about the arrays that are read may be wrong unnoticed.
        if let Ok(bench) = OdeBench::open(folder.path()) {
            for (system, expected) in bench.systems.iter().zip(&expected.systems) {
                assert_eq!(system.clean(Start::A), expected.clean(Start::A), "byte {place}");
            }
        }
    }
}

#[test]
fn fields_and_arrays_must_fit() {
    let with = |name: &str, bytes: Vec<u8>| {
        let mut contents = Contents::new();
        contents.arrays.insert(name.to_owned(), bytes);
        error(&contents).to_string()
    };
    let zeros = |count: usize, shape: &str| doubles(&vec![0.0; count], shape);
    for (name, bytes, fragment) in [
        ("03_b", zeros(79, "(79, 1)"), "expected 80 x 1 numbers, found 79 x 1"),
        ("12_a", zeros(80, "(80, 1)"), "expected 80 x 2 numbers, found 80 x 1"),
        ("12_a_z0", zeros(80, "(80, 2)"), "expected 80 x 2 numbers, found 80"),
        ("03_a", doubles(&[f64::NAN; 80], "(80, 1)"), "expected finite numbers, found NaN"),
        ("03_a", npy("<i8", "(80, 1)", &[0; 640]), "float64 or float32"),
        ("03_a", b"something".to_vec(), "npy format"),
        ("03_a", zeros(80, "(2, 2, 20)"), "one or two axes"),
        ("03_a_keep50_0", npy("|b1", "(81,)", &[1; 81]), "expected 80 truth values, found 81"),
        ("t", zeros(80, "(80,)"), "increasing times"),
        ("t", zeros(1, "(1,)"), "increasing times"),
    ] {
        let message = with(name, bytes);
        assert!(message.contains(fragment) && message.contains(&format!("`{name}`")), "{message}");
    }
    let mut contents = Contents::new();
    contents.arrays.remove("12_b");
    assert!(matches!(error(&contents), BenchmarkError::MissingArray { array, .. } if array == "12_b"));

    let changed = |from: &str, to: &str| {
        let contents = Contents::new();
        assert!(contents.systems.contains(from));
        error(&Contents { systems: contents.systems.replacen(from, to, 1), ..contents }).to_string()
    };
    assert_eq!(changed("\"dim\": 2", "\"dim\": 3"), "system 12: `variables` has 2, expected 3 entries");
    assert_eq!(changed("[0.2]", "[]"), "system 3: `initial_conditions.a` has 0, expected 1 entries");
    assert_eq!(
        changed("\"id\": 3,", "\"id\": 12,"),
        "system 12: `id` has that of another system, expected an id of its own"
    );
    let message = changed("1 - 0.5*x_0", "1/x_0");
    assert_eq!(message, "system 3, right-hand side 0: not a polynomial at position 10");
}
