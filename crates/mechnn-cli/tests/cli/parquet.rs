//! Tables in Parquet files: read with the feature `parquet`, refused with advice without it.

use crate::support::process::{Folder, workspace};

fn table(name: &str) -> String {
    workspace().join("crates/mechnn/tests/parquet_tables/files").join(name).display().to_string()
}

#[cfg(feature = "parquet")]
#[test]
fn parquet_files_are_explained() {
    let folder = Folder::new();
    for (name, phrases) in [
        ("pandas.parquet", ["Parquet, 30 rows", "hours from 2021-03-05 09:30"]),
        ("polars.parquet", ["Parquet, 30 rows", "hours from 2021-03-05 09:30"]),
        ("fastparquet.parquet", ["Parquet, 30 rows", "the equations of hare, lynx"]),
    ] {
        let outcome = folder.mechnn(&["inspect", &table(name)]);
        assert_eq!((outcome.code, outcome.stderr.as_str()), (Some(0), ""), "{outcome:?}");
        for phrase in phrases {
            assert!(outcome.stdout.contains(phrase), "`{phrase}` is missing in {}", outcome.stdout);
        }
    }
    let outcome = folder.mechnn(&["inspect", "--format", "json", &table("polars.parquet")]);
    let document: serde_json::Value = serde_json::from_str(&outcome.stdout).expect("one JSON document");
    assert_eq!(document["files"][0]["format"], "parquet");
}

#[cfg(feature = "parquet")]
#[test]
fn damaged_parquet_files_are_wrong_data() {
    let folder = Folder::new();
    let bytes = std::fs::read(table("polars.parquet")).expect("a file of the repository");
    std::fs::write(folder.path("cut.parquet"), &bytes[..bytes.len() / 2]).expect("a folder to write to");
    let outcome = folder.mechnn(&["inspect", "cut.parquet"]);
    outcome.fails(3, &["`cut.parquet` cannot be read as a Parquet file", "hint: was the file cut short"]);
}

#[cfg(not(feature = "parquet"))]
#[test]
fn without_the_feature_parquet_files_are_refused_with_advice() {
    let outcome = Folder::new().mechnn(&["inspect", &table("polars.parquet")]);
    let advice = "cargo build --release -p mechnn-cli --features parquet";
    outcome.fails(
        3,
        &["is a Parquet file, and this program was built without the part", advice, "save the table as CSV"],
    );
}
