//! From where on predictions are said to agree with data.

/// From this R2 on a prediction is said to reproduce the data.
///
/// It is the threshold of ODEBench, so that a verdict and the tables of the benchmark mean the same.
pub const REPRODUCED_R2: f64 = 0.9;

/// Errors of up to this many standard deviations of the noise are said to be within it: a noise level, whether given
/// or estimated, may itself be off by half.
pub(crate) const WITHIN_NOISE: f64 = 1.5;

/// The smallest correlation of neighbouring residuals that says something about the equations. So large a correlation
/// counts where there are enough residuals to tell it from chance, which the caller asks as well.
pub(crate) const TELLING_CORRELATION: f64 = 0.3;
