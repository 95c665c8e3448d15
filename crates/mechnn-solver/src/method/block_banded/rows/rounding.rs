//! What the rounding of the rows' own entries does to their residuals.
//!
//! Powers of steps and their quotients are rounded before any row is used. Refinement cannot see that: it solves the
//! rounded rows. What it does to a solution is measured by one more correction, for residuals that are off by the
//! rounding of every term with random signs.

use super::element_view::ElementView;
use super::unknowns::UnknownVector;

/// Adds to the multipliers `rows` of all smoothness rows, and to `right = q + Rᵀ rows`, what rounding of the entries
/// of `R` adds at (z, rows); returns what it adds to the slack's entry of `right`. The same signs every time.
pub(crate) fn add_rounding(view: &ElementView<'_>, z: &UnknownVector, rows: &mut [f64], right: &mut [f64]) -> f64 {
    let smoothness = view.layout.smoothness();
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    let mut rounding = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        if state >> 63 == 0 { 0.5 * f64::EPSILON } else { -0.5 * f64::EPSILON }
    };
    let mut slack = 0.0;
    view.for_each_row(|m, row| {
        if !smoothness.contains(&m) {
            return;
        }
        let mut moved = 0.0;
        for &(first, entries) in row.runs {
            for (i, a) in entries.iter().enumerate() {
                // Ones are exact.
                if a.abs() != 1.0 {
                    let change = rounding() * a;
                    moved += change * z.values[first + i];
                    right[first + i] += change * rows[m];
                }
            }
        }
        let s = row.times_squared_weight(moved);
        row.add_times(s, right);
        slack += row.slack * s;
        rows[m] += s;
    });
    slack
}
