//! The book and the other pages: what they show or point to is there.

use std::fs;
use std::path::{Path, PathBuf};

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// All pages below a folder.
fn pages(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder of the book") {
        let path = entry.expect("an entry of it").path();
        if path.is_dir() {
            found.extend(pages(&path));
        } else if path.extension().is_some_and(|extension| extension == "md") {
            found.push(path);
        }
    }
    found
}

/// What stands between two marks, in every place.
fn between<'t>(text: &'t str, open: &str, close: &str) -> Vec<&'t str> {
    text.split(open).skip(1).filter_map(|rest| rest.split_once(close)).map(|(inside, _)| inside).collect()
}

#[test]
fn every_included_file_and_every_page_that_is_linked_is_there() {
    let root = repository();
    let mut all = pages(&root.join("docs/src"));
    all.extend(["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md"].map(|name| root.join(name)));
    let mut missing = Vec::new();
    let mut looked_at = 0;
    for page in all {
        let text = fs::read_to_string(&page).expect("a page");
        let included =
            between(&text, "{{#include ", "}}").into_iter().map(|file| file.split(':').next().unwrap_or(file));
        // Links are outside of code, which has brackets of its own.
        let prose: String = text.split("```").step_by(2).collect();
        let linked = between(&prose, "](", ")").into_iter().filter(|target| !target.contains("://"));
        // A link within the page has nothing before its `#`; formulas in brackets have blanks.
        let linked = linked.map(|target| target.split('#').next().unwrap_or(target));
        for target in included.chain(linked).filter(|target| !target.is_empty() && !target.contains(' ')) {
            looked_at += 1;
            if !page.parent().expect("pages are in folders").join(target).exists() {
                missing.push(format!("{}: {target}", page.display()));
            }
        }
    }
    assert!(missing.is_empty(), "{}", missing.join("\n"));
    assert!(looked_at > 100, "only {looked_at} links were found: the pages were not read");
}
