//! The name the user may have meant.

/// Names less alike than this are no suggestion: half of the letters may be missing, wrong or swapped.
const ALIKE: f64 = 0.5;

/// Longer names are compared with nothing: the time grows with the square of the length, and nobody types them.
const LONGEST: usize = 100;

/// The candidate most like `typed`, if one is alike at all.
pub fn nearest<'a>(typed: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    if typed.len() > LONGEST {
        return None;
    }
    let typed = typed.to_lowercase();
    candidates
        .into_iter()
        .filter(|candidate| candidate.len() <= LONGEST)
        .map(|candidate| (strsim::normalized_damerau_levenshtein(&typed, &candidate.to_lowercase()), candidate))
        .filter(|(likeness, _)| *likeness >= ALIKE)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, candidate)| candidate)
}

/// `did you mean ..?` for [`nearest`].
pub fn did_you_mean<'a>(typed: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<String> {
    nearest(typed, candidates).map(|candidate| format!("did you mean `{candidate}`?"))
}

#[cfg(test)]
mod tests {
    use super::{did_you_mean, nearest};

    #[test]
    fn the_most_alike_name_is_meant() {
        let names = ["lorenz", "roessler", "van-der-pol"];
        for (typed, meant) in [("lorentz", Some("lorenz")), ("ROSSLER", Some("roessler")), ("sir", None), ("", None)] {
            assert_eq!(nearest(typed, names), meant, "{typed}");
        }
        assert_eq!(nearest("x", []), None);
        assert_eq!(did_you_mean("lorens", names).as_deref(), Some("did you mean `lorenz`?"));
    }
}
