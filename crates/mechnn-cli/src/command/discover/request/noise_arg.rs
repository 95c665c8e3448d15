//! `--noise`: what was typed, and what it means for the data.

use std::str::FromStr;

use mechnn::data::Dataset;
use mechnn::discovery::NoiseModel;

use crate::failure::Failure;

/// What is said of the noise.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) enum NoiseArg {
    /// Whatever the data make more likely.
    #[default]
    Auto,
    /// The same everywhere, a fraction of the value, or both; how large is estimated.
    Model(NoiseModel),
    /// Its standard deviation, the same for all columns.
    Same(f64),
    /// That of each column.
    Each(Vec<(String, f64)>),
}

impl FromStr for NoiseArg {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "auto" => return Ok(Self::Auto),
            "additive" => return Ok(Self::Model(NoiseModel::Additive)),
            "proportional" => return Ok(Self::Model(NoiseModel::Proportional)),
            "both" => return Ok(Self::Model(NoiseModel::Both)),
            _ => {}
        }
        const EXPECTED: &str =
            "expected auto, additive, proportional, both, a positive number, or one for each column as in x=0.1,y=2";
        let positive = |text: &str| {
            text.trim().parse().ok().filter(|noise| f64::is_finite(*noise) && *noise > 0.0).ok_or(EXPECTED.to_owned())
        };
        if !text.contains('=') {
            return positive(text).map(Self::Same);
        }
        let each = text.split(',').map(|part| {
            let (column, noise) = part.split_once('=').ok_or(EXPECTED)?;
            Ok::<_, String>((column.trim().to_owned(), positive(noise)?))
        });
        each.collect::<Result<_, _>>().map(Self::Each)
    }
}

impl NoiseArg {
    pub(super) fn model(&self) -> Option<NoiseModel> {
        match self {
            Self::Model(model) => Some(*model),
            _ => None,
        }
    }

    /// The standard deviation of each measured state, if it was given.
    ///
    /// # Errors
    /// A usage failure for a column that is no measured state, is named twice, or is missing.
    pub(super) fn standard_deviations(&self, data: &Dataset) -> Result<Option<Vec<f64>>, Failure> {
        let measured = &data.states[..data.roles.measured()];
        let each = match self {
            Self::Auto | Self::Model(_) => return Ok(None),
            Self::Same(noise) => return Ok(Some(vec![*noise; measured.len()])),
            Self::Each(each) => each,
        };
        if let Some((column, _)) = each.iter().find(|(column, _)| !measured.contains(column)) {
            return Err(Failure::usage(format!("--noise: `{column}` is no measured state"))
                .hint(format!("they are {}", measured.join(", "))));
        }
        let of_state = |state: &String| {
            let mut own = each.iter().filter(|(column, _)| column == state).map(|(_, noise)| *noise);
            match (own.next(), own.next()) {
                (Some(noise), None) => Ok(noise),
                (None, _) => Err(Failure::usage(format!("--noise says nothing of `{state}`"))
                    .hint("give a standard deviation for each column, one number for all, or none")),
                _ => Err(Failure::usage(format!("--noise: `{state}` has two"))),
            }
        };
        measured.iter().map(of_state).collect::<Result<_, _>>().map(Some)
    }
}

#[cfg(test)]
mod tests {
    use super::{NoiseArg, NoiseModel};

    #[test]
    fn what_is_typed_is_understood_or_refused() {
        assert_eq!("additive".parse(), Ok(NoiseArg::Model(NoiseModel::Additive)));
        assert_eq!("0.5".parse(), Ok(NoiseArg::Same(0.5)));
        assert_eq!("x=1, y=2e-3".parse(), Ok(NoiseArg::Each(vec![("x".to_owned(), 1.0), ("y".to_owned(), 2e-3)])));
        for wrong in ["", "-1", "0", "nan", "inf", "x=", "x=1,2", "loud"] {
            assert!(wrong.parse::<NoiseArg>().is_err_and(|error| error.contains("expected auto")), "{wrong}");
        }
    }
}
