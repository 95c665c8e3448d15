//! The slack of the relaxed LP, which joins all groups.

use crate::engine::PivotError;
use crate::method::block_banded::rows::{ElementView, PassSummary, RightHandSide, Unknowns, add_transposed_residual};

/// The slack as a border of one column, with a = its column (ones on the smoothness rows):
/// `z = (AᵀA)⁻¹ Aᵀa`, and the Schur complement `|a - A z|²`.
pub(crate) struct SlackColumn {
    transposed: Vec<f64>,
    response: Vec<f64>,
    complement: f64,
}

impl SlackColumn {
    /// With its pivot ratio; `solve` solves with the groups in place.
    pub(crate) fn new(view: &ElementView<'_>, solve: impl Fn(&mut [f64])) -> Result<(Self, f64), PivotError> {
        let zero = vec![0.0; view.unknowns()];
        let mut transposed = vec![0.0; view.unknowns()];
        let rows = slack_residual(view, &zero, &mut transposed).squared_norm;
        let mut response = transposed.clone();
        solve(&mut response);
        let complement = slack_residual(view, &response, &mut vec![0.0; view.unknowns()]).squared_norm;
        let ratio = complement / rows;
        if ratio.is_nan() || ratio < f64::EPSILON {
            return Err(PivotError { block: view.sizes.points, ratio });
        }
        Ok((Self { transposed, response, complement }, ratio))
    }

    /// Turns `y`, the groups' solution without the slack, into the one with it; returns the slack.
    pub(crate) fn eliminate(&self, y: &mut [f64], g_slack: f64) -> f64 {
        // eps = (q - s·y) / den;  x = y - eps z
        let product: f64 = self.transposed.iter().zip(&*y).map(|(s, y)| s * y).sum();
        let slack = (g_slack - product) / self.complement;
        y.iter_mut().zip(&self.response).for_each(|(value, z)| *value -= slack * z);
        slack
    }

    /// Adds to the variances of the values what the slack contributes; returns the slack's own.
    pub(crate) fn add_variances(&self, values: &mut [f64]) -> f64 {
        values.iter_mut().zip(&self.response).for_each(|(variance, z)| *variance += z * z / self.complement);
        self.complement.recip()
    }
}

/// Residual `a - A z` of the slack's column.
fn slack_residual(view: &ElementView<'_>, z: &[f64], out: &mut [f64]) -> PassSummary {
    add_transposed_residual(view, Unknowns { values: z, slack: 0.0 }, RightHandSide::SlackColumn, out)
}
