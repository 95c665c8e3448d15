//! Lines that fit the terminal.

use std::io::{self, IsTerminal};

use terminal_size::{Height, Width, terminal_size_of};

/// Where there is no terminal, and nothing says how wide lines of prose may be.
pub(crate) const DEFAULT_WIDTH: usize = 100;

/// Narrower than this nothing can be read.
const LEAST: usize = 40;

/// Characters in a line on stderr: what the variable COLUMNS says, else the width of the terminal if it is one.
pub(crate) fn of_stderr() -> Option<usize> {
    let stderr = io::stderr();
    width(stderr.is_terminal().then(|| terminal_size_of(stderr)).flatten())
}

/// The same on stdout.
pub(crate) fn of_stdout() -> Option<usize> {
    let stdout = io::stdout();
    width(stdout.is_terminal().then(|| terminal_size_of(stdout)).flatten())
}

fn width(terminal: Option<(Width, Height)>) -> Option<usize> {
    let asked = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
    let of_terminal = terminal.map(|(Width(width), _)| usize::from(width));
    asked.or(of_terminal).map(|width: usize| width.max(LEAST))
}

/// The text in lines of at most `width` characters, broken at blanks; words that are longer stay whole, and lines that
/// fit as they are. The parts of a broken line after the first begin with `indent`.
pub(crate) fn wrapped(text: &str, width: usize, indent: &str) -> String {
    let wrap = |line: &str| {
        if line.chars().count() <= width {
            return line.to_owned();
        }
        let mut lines: Vec<String> = Vec::new();
        // What a line begins with stays.
        let start = &line[..line.len() - line.trim_start().len()];
        let mut current = start.to_owned();
        let mut is_empty = true;
        for word in line.split_whitespace() {
            let with_word = current.chars().count() + usize::from(!is_empty) + word.chars().count();
            if !is_empty && with_word > width {
                lines.push(std::mem::replace(&mut current, format!("{start}{indent}")));
                is_empty = true;
            }
            if !is_empty {
                current.push(' ');
            }
            current.push_str(word);
            is_empty = false;
        }
        lines.push(current);
        lines.join("\n")
    };
    text.split('\n').map(wrap).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::wrapped;

    #[test]
    fn lines_are_broken_at_blanks_and_long_words_stay() {
        assert_eq!(wrapped("one two three", 8, ""), "one two\nthree");
        assert_eq!(wrapped("one two three", 9, "  "), "one two\n  three");
        assert_eq!(wrapped("  one two", 5, ""), "  one\n  two");
        assert_eq!(wrapped("a verylongword b", 5, ""), "a\nverylongword\nb");
        assert_eq!(wrapped("one\n\ntwo", 80, ""), "one\n\ntwo");
        assert_eq!(wrapped("", 80, ""), "");
    }
}
