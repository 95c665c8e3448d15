//! What the rounding of the rows' own entries does to their residuals.
//!
//! Powers of steps and their quotients are rounded before any row is used. Refinement cannot see that: it solves the
//! rounded rows. What it does to a solution is measured by one more correction, for residuals that are off by the
//! rounding of every term with random signs.

use super::element_view::ElementView;
use super::unknowns::UnknownVector;

/// Adds to the multipliers `rows` of all smoothness rows, and to `right = q + Rᵀ rows`, what rounding of the entries
/// of `R` adds at (z, rows); returns what it adds to the slack's entry of `right`.
pub(crate) fn add_rounding(
    view: &ElementView<'_>,
    signs: Signs,
    z: &UnknownVector,
    rows: &mut [f64],
    right: &mut [f64],
) -> f64 {
    let smoothness = view.layout.smoothness();
    let mut rounding = signs.roundings();
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

/// Adds to every entry of `to` the rounding of that of `of`: where hard equations are eliminated, a gradient that is
/// not small is projected to zero, and leaves this.
pub(crate) fn add_rounding_of(of: &[f64], signs: Signs, to: &mut [f64]) {
    let mut rounding = signs.roundings();
    of.iter().zip(to).for_each(|(of, to)| *to += rounding() * of);
}

/// Which random signs: a solution and its adjoint have rounding errors of their own, which must not cancel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Signs {
    Solution,
    Adjoint,
}

impl Signs {
    /// Half a unit in the last place of 1, with random signs: the same ones every time.
    fn roundings(self) -> impl FnMut() -> f64 {
        let mut state = match self {
            Self::Solution => 0x9E37_79B9_7F4A_7C15_u64,
            Self::Adjoint => 0xD1B5_4A32_D192_ED03,
        };
        move || {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            if state >> 63 == 0 { 0.5 * f64::EPSILON } else { -0.5 * f64::EPSILON }
        }
    }
}
