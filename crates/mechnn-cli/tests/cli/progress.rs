//! Progress where there is no terminal: plain lines, seldom, and none if so asked.

use crate::support::process::Folder;

#[test]
fn pipes_get_no_escape_codes_and_no_bar() {
    let folder = Folder::new();
    let outcome = folder.mechnn(&["demo", "--points", "2000"]);
    assert_eq!(outcome.code, Some(0), "{outcome:?}");
    for text in [&outcome.stdout, &outcome.stderr] {
        assert!(!text.contains(['\u{1b}', '\r']), "{text:?}");
    }
    let plain = folder.mechnn(&["demo", "--points", "2000", "--no-progress"]);
    assert_eq!(plain.stdout, outcome.stdout);
    assert!(plain.stderr.lines().all(|line| !line.contains("% comparing equations")), "{}", plain.stderr);
}
