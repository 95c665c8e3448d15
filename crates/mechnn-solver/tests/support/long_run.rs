//! How many cases a test runs.

use std::env;

/// `every_ci` cases, or `long` of them if `MECHNN_LONG=1`.
pub(crate) fn count(every_ci: u64, long: u64) -> u64 {
    let is_long = env::var("MECHNN_LONG").is_ok_and(|value| value == "1");
    if is_long { long } else { every_ci }
}
