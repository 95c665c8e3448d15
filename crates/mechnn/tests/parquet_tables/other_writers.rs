//! Files of the programs that scientists write Parquet with; `files/write.py` made them.

use mechnn::data::{CsvOptions, DataWarning};
use ndarray::Array1;

use super::read;

/// What `write.py` says, with the numbers that it rounds.
fn expected() -> (Array1<f64>, Array1<f64>) {
    let hare = (0..30).map(|i| ((30.0 + 10.0 * (f64::from(i) / 4.0).sin()) * 100.0).round() / 100.0);
    let lynx = (0..30).map(|i| if i == 7 { f64::NAN } else { f64::from(4 + i % 5) });
    (hare.collect(), lynx.collect())
}

#[test]
fn files_of_other_writers_are_read() {
    for (name, bytes, tolerance) in [
        ("pandas", &include_bytes!("files/pandas.parquet")[..], 0.0),
        ("polars", include_bytes!("files/polars.parquet"), 0.0),
        // These are numbers of 32 bits.
        ("fastparquet", include_bytes!("files/fastparquet.parquet"), 4e-6),
    ] {
        let reading = read("a.parquet", bytes.to_vec(), &CsvOptions::default())
            .unwrap_or_else(|error| panic!("{name}: {error}"));
        let data = &reading.data;
        assert_eq!(data.states, ["hare", "lynx"], "{name}");
        assert_eq!(data.units.get("hare").map(String::as_str), Some("count"), "{name}");
        let trajectory = &data.trajectories[0];
        let times: Vec<f64> = (0..30).map(f64::from).collect();
        // Dates of 29 hours are counted in hours from the first.
        assert_eq!(trajectory.times.to_vec(), times, "{name}");
        let (hare, lynx) = expected();
        for (row, (hare, lynx)) in hare.iter().zip(&lynx).enumerate() {
            let found = [trajectory.values[[row, 0]], trajectory.values[[row, 1]]];
            assert!((found[0] - hare).abs() <= tolerance, "{name}, row {row}: {} for {hare}", found[0]);
            assert!(found[1] == *lynx || (found[1].is_nan() && lynx.is_nan()), "{name}, row {row}: {}", found[1]);
        }
        let names_site = |warning: &DataWarning| warning.to_string().contains("`site`");
        assert!(reading.warnings.iter().any(names_site), "{name}: {:?}", reading.warnings);
    }
}

#[test]
fn a_column_of_texts_tells_trajectories_apart() {
    let options = CsvOptions { trajectory: Some("site".to_owned()), ..CsvOptions::default() };
    let reading = read("a.parquet", include_bytes!("files/polars.parquet").to_vec(), &options).unwrap();
    let names: Vec<&str> = reading.data.trajectories.iter().map(|trajectory| trajectory.name.as_str()).collect();
    assert_eq!(names, ["south", "north"]);
}
