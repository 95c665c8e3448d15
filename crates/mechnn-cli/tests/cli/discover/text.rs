//! The form for people: equations on stdout, evidence on stderr.

use crate::support::process::Folder;
use crate::support::table::changed;

#[test]
fn equations_have_standard_errors_and_stderr_has_the_evidence() {
    let folder = Folder::new();
    folder.write("data.csv", changed(200, |_, row| row));
    let outcome = folder.mechnn(&["discover", "data.csv"]);
    assert_eq!(outcome.code, Some(0), "{outcome:?}");
    let lines: Vec<&str> = outcome.stdout.lines().collect();
    assert_eq!(lines.len(), 2, "{outcome:?}");
    for (line, start) in lines.iter().zip(["x' = ", "y' = "]) {
        assert!(line.starts_with(start), "{line}");
        assert_eq!(line.matches('(').count(), 2, "two terms, each with its error: {line}");
    }
    for evidence in [
        "4 terms were chosen out of 364 candidates",
        "\n  x      found",
        "noise (std. dev.)",
        "looks like noise",
        "reproduces the data of every state",
    ] {
        assert!(outcome.stderr.contains(evidence), "`{evidence}` is missing in {}", outcome.stderr);
    }
    let quiet = folder.mechnn(&["discover", "data.csv", "-q"]);
    assert_eq!((quiet.code, quiet.stderr.as_str(), quiet.stdout), (Some(0), "", outcome.stdout));
    assert_eq!(folder.names(), ["data.csv"], "without -o nothing is written");
}

#[test]
fn an_interval_is_given_in_the_unit_of_the_data() {
    // Times in microseconds' worth of seconds: four decimals would show 0.
    let folder = Folder::new();
    folder.write("data.csv", changed(200, |_, [t, x, y]| [1e-9 * t, x, y]));
    let outcome = folder.mechnn(&["discover", "data.csv"]);
    assert_eq!(outcome.code, Some(0), "{outcome:?}");
    assert!(outcome.stderr.contains("for 1.99e-8 of 1.99e-8"), "{}", outcome.stderr);
}
