//! How the noise of single observations differs from that of their dimension.

use std::ops::Range;

/// Standard deviation of the noise of each observation of a segment, in units of that of its dimension.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum RelativeNoise {
    /// 1 everywhere.
    #[default]
    Uniform,
    /// Of each observation, positive, `[N, D]` row-major.
    OfEach(Vec<f64>),
}

impl RelativeNoise {
    /// That of observation `index` of the flattened `[N, D]`.
    ///
    /// # Panics
    /// If there is no observation of that index.
    pub fn at(&self, index: usize) -> f64 {
        match self {
            Self::Uniform => 1.0,
            Self::OfEach(relative) => relative[index],
        }
    }

    /// That of some of the observations.
    ///
    /// # Panics
    /// If there are fewer.
    #[must_use]
    pub fn of(&self, observations: Range<usize>) -> Self {
        match self {
            Self::Uniform => Self::Uniform,
            Self::OfEach(relative) => Self::OfEach(relative[observations].to_vec()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::RelativeNoise;

    #[test]
    fn each_observation_has_its_own_or_all_have_one() {
        let each = RelativeNoise::OfEach(vec![0.5, 2.0, 3.0]);
        assert_eq!((each.at(1), RelativeNoise::Uniform.at(7)), (2.0, 1.0));
        assert_eq!(each.of(1..3), RelativeNoise::OfEach(vec![2.0, 3.0]));
        assert_eq!(RelativeNoise::Uniform.of(1..3), RelativeNoise::Uniform);
    }
}
