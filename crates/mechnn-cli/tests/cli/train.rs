//! `mechnn train` and `discover --method neural`, with the feature and without.

use crate::process::Folder;

#[cfg(not(feature = "neural"))]
#[test]
fn without_the_feature_both_name_it() {
    let folder = Folder::new();
    folder.write("x.toml", "experiment = \"lorenz\"\n");
    folder.write("x.csv", "t,x,y\n0,1,2\n1,2,3\n2,4,5\n3,4,7\n");
    folder.mechnn(&["train", "x.toml"]).fails(2, &["feature `neural`", "--features neural"]);
    folder.mechnn(&["discover", "x.csv", "--method", "neural"]).fails(2, &["feature `neural`"]);
}

#[cfg(feature = "neural")]
#[test]
fn unknown_keys_and_experiments_are_refused_with_a_suggestion() {
    let folder = Folder::new();
    folder.write("x.toml", "experiment = \"lorenz\"\n[discovery]\ncycle = 3\n");
    folder.mechnn(&["train", "x.toml"]).fails(2, &["x.toml", "unknown key `cycle`", "did you mean `cycles`?"]);
    folder.write("y.toml", "experiment = \"lorentz\"\n");
    folder.mechnn(&["train", "y.toml"]).fails(2, &["\"lorentz\"", "damped-sine, lorenz, logistic, constants"]);
    folder.write("z.toml", "experiment = \"lorenz\"\n");
    folder.mechnn(&["train", "z.toml", "--set", "seeds"]).fails(2, &["key=value"]);
    folder.mechnn(&["train", "z.toml", "--set", "discovery.cycles=0"]).fails(2, &["cycles", "at least 1"]);
    folder.mechnn(&["train", "none.toml"]).fails(5, &["none.toml"]);
}

#[cfg(feature = "neural")]
#[test]
fn a_small_training_writes_its_folder() {
    let folder = Folder::new();
    folder.write("x.toml", "experiment = \"damped-sine\"\nseeds = [1]\npoints = 60\nduration = 6\nepochs = 3\n");
    let arguments = ["train", "x.toml", "--set", "smoothing=[0.0]", "--set", "smoothing_epochs=2", "-o", "run"];
    let outcome = folder.mechnn(&arguments);
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    assert!(outcome.stdout.contains("| SSE / noise energy"), "{}", outcome.stdout);
    for file in ["config.toml", "metrics.jsonl", "table.md", "result.json"] {
        assert!(folder.path(&format!("run/{file}")).is_file(), "{file}");
    }
}
