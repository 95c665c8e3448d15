//! Options that do not go together are refused, each with a reason: none is ignored.

use crate::support::process::Folder;
use crate::support::table::changed;

/// Two trajectories, a model and settings of the neural method.
fn folder_with_data() -> Folder {
    let folder = Folder::new();
    folder.write("a.csv", changed(30, |_, row| row));
    folder.write("b.csv", changed(30, |_, [t, x, y]| [t, 2.0 * x, y]));
    folder.write("model.toml", "[model.terms]\nx = [\"x\"]\n");
    folder.write("controls.toml", "[model]\ncontrols = [\"y\"]\n");
    folder.write("neural.toml", "cycles = 1\n");
    folder
}

#[track_caller]
fn refused(arguments: &[&str], fragments: &[&str]) {
    let folder = folder_with_data();
    let before = folder.names();
    folder.mechnn(&[&["discover", "a.csv", "b.csv"], arguments].concat()).fails(2, fragments);
    assert_eq!(folder.names(), before, "nothing is written");
}

#[test]
fn one_structure_for_several_trajectories_has_no_front() {
    for format in ["text", "json"] {
        let arguments = ["--per-trajectory", "--pareto", "--format", format, "-o", "run"];
        refused(&arguments, &["--pareto cannot be used with --per-trajectory", "hint: leave out --pareto"]);
    }
}

#[test]
fn one_structure_for_several_trajectories_has_no_threshold_and_no_model() {
    refused(&["--per-trajectory", "--threshold", "0.1"], &["--threshold cannot be used with --per-trajectory"]);
    let model = ["--per-trajectory", "--model", "model.toml"];
    refused(&model, &["`--model` cannot be used", "hint: `mechnn infer`"]);
    // Nor through the options that have no flag.
    refused(&["--per-trajectory", "--set", "threshold=0.1"], &["--threshold cannot be used"]);
}

#[test]
fn what_changes_nothing_is_no_mistake() {
    let folder = folder_with_data();
    let shared = ["discover", "a.csv", "b.csv", "--per-trajectory", "--library", "poly:2"];
    for more in [["--threshold", "0"], ["--model", "controls.toml"]] {
        let outcome = folder.mechnn(&[&shared[..], &more].concat());
        assert_eq!(outcome.code, Some(0), "{more:?}: {outcome:?}");
    }
}

#[test]
fn coefficients_without_a_unit_are_named_once_for_all_trajectories() {
    let folder = folder_with_data();
    let arguments = ["a.csv", "b.csv", "--per-trajectory", "--library", "poly:1", "--term", "sin(x)"];
    let known = ["--units", "x=m,y=m,t=s", "--set", "tuning.number=0.01"];
    let outcome = folder.mechnn(&[&["discover"], &arguments[..], &known].concat());
    assert_eq!(outcome.code, Some(0), "{outcome:?}");
    let warnings = outcome.stderr.lines().filter(|line| line.contains("has no unit")).collect::<Vec<_>>();
    let mut different = warnings.clone();
    different.dedup();
    assert_eq!(warnings, different);
    assert_eq!(!warnings.is_empty(), outcome.stdout.contains("sin(x)"), "{outcome:?}");
}

#[test]
fn the_neural_method_refuses_what_only_the_direct_one_knows() {
    for (option, arguments) in [
        ("--controls", &["--controls", "y"][..]),
        ("--order 2", &["--order", "2"]),
        ("--per-trajectory", &["--per-trajectory"]),
        ("--model", &["--model", "model.toml"]),
        ("--noise", &["--noise", "proportional"]),
        ("--noise", &["--noise", "0.1"]),
        ("--noise", &["--noise", "x=0.1,y=0.1"]),
        ("--term", &["--term", "x**4"]),
        ("--explicit-time", &["--explicit-time"]),
        ("--set", &["--set", "tuning.beam=20"]),
        ("--no-simplify", &["--no-simplify"]),
        ("--units", &["--units", "x=m"]),
        ("--pareto", &["--pareto"]),
    ] {
        let expected = format!("{option} cannot be used with `--method neural`\n");
        refused(&[&["--method", "neural"], arguments].concat(), &[&expected, "hint: leave out --method neural"]);
    }
    refused(
        &["--method", "neural", "-o", "run"],
        &["cannot write a folder of the run", "hint: write the result into a file"],
    );
    refused(
        &["--method", "neural", "--library", "poly:2,trig"],
        &["polynomials only", "hint: leave the functions out"],
    );
}

#[test]
fn settings_of_the_neural_method_are_for_that_method() {
    refused(&["--method", "direct", "--neural", "neural.toml"], &["`neural.toml`", "hint: add --method neural"]);
}
