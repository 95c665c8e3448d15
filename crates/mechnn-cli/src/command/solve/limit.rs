//! A limit on memory, checked before anything of that size is allocated: a file of a few bytes can describe a problem
//! of any size (`n_steps`, `points`, batch axes that multiply).

use std::fmt;
use std::str::FromStr;

use crate::failure::Failure;

const GIB: f64 = (1_u64 << 30) as f64;

/// No array can be larger than what can be addressed, whatever limit was typed.
const ADDRESSABLE: f64 = isize::MAX as f64 / GIB;

/// Memory a problem may need, in GiB.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct MemoryLimit(f64);

impl Default for MemoryLimit {
    /// What a laptop can spare.
    fn default() -> Self {
        Self(8.0)
    }
}

impl fmt::Display for MemoryLimit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for MemoryLimit {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.parse::<f64>() {
            Ok(limit) if limit > 0.0 && limit.is_finite() => Ok(Self(limit)),
            _ => Err("expected a positive number of GiB, as in 8 or 0.5".to_owned()),
        }
    }
}

impl MemoryLimit {
    /// Checks the size of a problem: B problems of N points, E equations, D dimensions, K orders.
    ///
    /// At each point a method keeps about four vectors (values, right-hand side, residual, cotangent) of length D K,
    /// three blocks of a banded factor, D K squared each, and E rows of coefficients and of their gradient.
    ///
    /// # Errors
    /// A limit failure with the estimate.
    pub(super) fn check(self, [batch, points, equations, dims, orders]: [usize; 5]) -> Result<(), Failure> {
        // In floating point nothing overflows, and a rounding error does not matter.
        let [b, n, e, d, k] = [batch.max(1), points, equations, dims, orders].map(|x| x as f64);
        let block = d * k;
        let gib = 8.0 * b * n * block * (4.0 + 3.0 * block + 2.0 * e) / GIB;
        if gib <= self.0.min(ADDRESSABLE) {
            return Ok(());
        }
        let sizes = format!("{batch} x {points} points x {dims} dimensions x {orders} orders");
        Err(Failure::limit(format!("{sizes} need about {gib:.1} GiB; the limit is {self} GiB"))
            .hint("ask for fewer points, or raise --max-memory"))
    }
}
