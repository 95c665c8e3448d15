//! The tables that were named: files, patterns for files, standard input.

use std::path::{Path, PathBuf};

use mechnn::data::TableSource;

use crate::failure::{Exit, Failure};

/// The name that stands for standard input.
const STANDARD_INPUT: &str = "-";

/// What was named, in that order: `-` is standard input, and a name with `*`, `?` or `[` that is no file stands for
/// all files that it matches, by name.
///
/// # Errors
/// An input/output failure for a pattern that no file matches and for standard input that cannot be read; a usage
/// failure for standard input named twice and for a pattern that is none.
pub(crate) fn sources(named: &[PathBuf]) -> Result<Vec<TableSource>, Failure> {
    let mut found = Vec::with_capacity(named.len());
    let mut input = None;
    for name in named {
        if name == Path::new(STANDARD_INPUT) {
            if input.replace(()).is_some() {
                return Err(Failure::usage("standard input is named twice, and can be read only once"));
            }
            found.push(standard_input()?);
        } else if is_pattern(name) && !name.exists() {
            found.extend(matches(name)?);
        } else {
            found.push(TableSource::File(name.clone()));
        }
    }
    Ok(found)
}

fn standard_input() -> Result<TableSource, Failure> {
    Ok(TableSource::from_reader("standard input", std::io::stdin().lock())?)
}

fn is_pattern(name: &Path) -> bool {
    name.to_str().is_some_and(|name| name.contains(['*', '?', '[']))
}

/// The files that a pattern matches, sorted by name.
fn matches(pattern: &Path) -> Result<Vec<TableSource>, Failure> {
    let text = pattern.display().to_string();
    let paths = glob::glob(&text).map_err(|error| {
        Failure::usage(format!("`{text}` is neither a file nor a pattern for files: {}", error.msg))
    })?;
    let mut files = Vec::new();
    for path in paths {
        let path = path.map_err(|error| Failure::input_output("read", error.path(), error.error()))?;
        if !path.is_dir() {
            files.push(TableSource::File(path));
        }
    }
    if files.is_empty() {
        return Err(Failure::new(Exit::InputOutput, format!("no file matches `{text}`")).hint("check the path"));
    }
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::{PathBuf, TableSource, sources};

    #[test]
    fn patterns_are_files_by_name() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        for name in ["b.csv", "a.csv", "c.txt", "[d].csv"] {
            std::fs::write(folder.path().join(name), "t,x\n").expect("writable");
        }
        std::fs::create_dir(folder.path().join("e.csv")).expect("writable");
        let names = |pattern: &str| -> Option<Vec<String>> {
            let found = sources(&[folder.path().join(pattern)]).ok()?;
            let name = |source: &TableSource| Some(source.name().file_name()?.to_string_lossy().into_owned());
            found.iter().map(name).collect()
        };
        let expected = |names: &[&str]| Some(names.iter().map(|name| (*name).to_owned()).collect());
        assert_eq!(names("?.csv"), expected(&["a.csv", "b.csv"]));
        assert_eq!(names("*.csv"), expected(&["[d].csv", "a.csv", "b.csv"]));
        // A file of that name goes before a pattern.
        assert_eq!(names("[d].csv"), expected(&["[d].csv"]));
        assert_eq!(names("absent.csv"), expected(&["absent.csv"]));
        assert!(sources(&[folder.path().join("*.xlsx")]).is_err());
        assert!(sources(&[PathBuf::from("-"), PathBuf::from("-")]).is_err());
    }
}
