//! Messages of a length that people read, whatever they quote.

use std::borrow::Cow;

/// Characters of the longest message that is printed whole.
const LONGEST: usize = 1500;

/// What is kept of a longer one: what is wrong stands at the beginning or at the end.
const BEGINNING: usize = 800;
const END: usize = 400;

/// The message, without its middle if it is long: names and cells in it come from files and may have any length.
pub(crate) fn shortened(message: &str) -> Cow<'_, str> {
    let count = message.chars().count();
    if count <= LONGEST {
        return Cow::Borrowed(message);
    }
    let at = |character: usize| message.char_indices().nth(character).map_or(message.len(), |(at, _)| at);
    let left_out = count - BEGINNING - END;
    let (beginning, end) = (&message[..at(BEGINNING)], &message[at(count - END)..]);
    Cow::Owned(format!("{beginning}… ({left_out} characters) …{end}"))
}

#[cfg(test)]
mod tests {
    use super::{LONGEST, shortened};

    #[test]
    fn beginning_and_end_of_a_long_message_stay() {
        let long = format!("`{}` is not a number", "é".repeat(40_000));
        let short = shortened(&long);
        assert!(short.starts_with("`éé") && short.ends_with("éé` is not a number"), "{short}");
        assert!(short.contains("é… (38818 characters) …é") && short.chars().count() < LONGEST, "{short}");
        let whole = "x".repeat(LONGEST);
        assert_eq!(shortened(&whole), whole);
    }
}
