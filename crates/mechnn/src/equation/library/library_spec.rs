//! Which candidate terms there are, as a user writes it.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::{BasisLibrary, FunctionFamily, LibraryError};

/// Which terms a library holds, before the number of states is known: what a user writes, such as `poly:2` or
/// `poly:3,trig,rational`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct LibrarySpec {
    degree: u8,
    functions: Vec<FunctionFamily>,
}

impl LibrarySpec {
    /// All monomials up to a total `degree`, at most 9: with noise higher ones are never identifiable.
    pub fn polynomial(degree: u8) -> Self {
        Self { degree: degree.min(9), functions: Vec::new() }
    }

    /// The same with functions of the given families.
    pub fn with_functions(mut self, functions: &[FunctionFamily]) -> Self {
        self.functions.extend(functions);
        self.functions.sort_unstable();
        self.functions.dedup();
        self
    }

    /// Families beside the polynomials.
    pub fn functions(&self) -> &[FunctionFamily] {
        &self.functions
    }

    /// The polynomials over `dims` states. Where functions start depends on the data, so they are not part of it.
    pub fn build(&self, dims: usize) -> BasisLibrary {
        BasisLibrary::polynomial(dims, self.degree)
    }

    /// Number of polynomial terms over `dims` states, known before they are built; saturates.
    pub fn size(&self, dims: usize) -> usize {
        // C(D + n, n), built up so that every division is exact.
        let step = |size: u128, k: u128| size.saturating_mul(dims as u128 + k) / k;
        (1..=u128::from(self.degree)).fold(1, step).try_into().unwrap_or(usize::MAX)
    }
}

impl FromStr for LibrarySpec {
    type Err = LibraryError;

    fn from_str(text: &str) -> Result<Self, LibraryError> {
        let unknown = || LibraryError::Unknown { text: text.to_owned() };
        let mut degree = None;
        let mut functions = Vec::new();
        for part in text.split(',').map(str::trim) {
            match part.strip_prefix("poly:").map(str::as_bytes) {
                Some([digit @ b'0'..=b'9']) if degree.is_none() => degree = Some(digit - b'0'),
                _ => {
                    let known = FunctionFamily::ALL.into_iter().find(|family| family.name() == part);
                    functions.push(known.ok_or_else(unknown)?);
                }
            }
        }
        // Functions alone are rarely meant: a constant and the states themselves are always candidates.
        Ok(Self::polynomial(degree.unwrap_or(1)).with_functions(&functions))
    }
}

impl TryFrom<String> for LibrarySpec {
    type Error = LibraryError;

    fn try_from(text: String) -> Result<Self, LibraryError> {
        text.parse()
    }
}

impl From<LibrarySpec> for String {
    fn from(spec: LibrarySpec) -> Self {
        spec.to_string()
    }
}

impl fmt::Display for LibrarySpec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "poly:{}", self.degree)?;
        self.functions.iter().try_for_each(|family| write!(f, ",{}", family.name()))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn text_round_trips_and_unknown_text_is_refused() {
        let spec: LibrarySpec = "poly:3".parse().unwrap();
        assert_eq!(spec, LibrarySpec::polynomial(3));
        assert_eq!(serde_json::to_string(&spec).unwrap(), "\"poly:3\"");
        assert_eq!(serde_json::from_str::<LibrarySpec>("\"poly:3\"").unwrap(), spec);
        assert_eq!(spec.build(2), BasisLibrary::polynomial(2, 3));
        let functions: LibrarySpec = "rational, poly:2,trig,rational".parse().unwrap();
        assert_eq!(functions.to_string(), "poly:2,trig,rational");
        assert!(!FunctionFamily::DEFAULT.contains(&FunctionFamily::Combined));
        assert_eq!(FunctionFamily::DEFAULT.len() + 1, FunctionFamily::ALL.len());
        assert_eq!("exp".parse::<LibrarySpec>().unwrap().to_string(), "poly:1,exp");
        for text in ["poly", "poly:", "poly:10", "poly:-1", "fourier:2", "", "poly:2,", "poly:2,poly:3"] {
            let error = text.parse::<LibrarySpec>().unwrap_err();
            assert_eq!(error, LibraryError::Unknown { text: text.to_owned() });
            assert!(error.to_string().contains("poly:N") && error.to_string().contains("combined"), "{error}");
        }
    }

    #[test]
    fn sizes_too_large_to_build_are_known() {
        assert_eq!(LibrarySpec::polynomial(9).size(64), 97_082_021_465);
        assert_eq!(LibrarySpec::polynomial(9).size(usize::MAX), usize::MAX);
        for (dims, degree, count) in [(1, 5, 6), (3, 2, 10), (3, 3, 20), (4, 3, 35), (5, 0, 1)] {
            assert_eq!(LibrarySpec::polynomial(degree).size(dims), count, "D = {dims}, degree {degree}");
        }
    }
}
