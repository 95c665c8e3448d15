//! How the residuals of one column follow each other.

/// Sums over residuals and over the pairs of neighbours among them.
///
/// Residuals are those of one column in the order of time, in units of their standard deviation. The last residual of
/// one trajectory and the first of the next are no neighbours.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Neighbours {
    /// $\sum e_i e_{i+1}$ over the pairs.
    pub(crate) products: f64,
    pub(crate) pairs: usize,
    /// $\sum e_i^2$ over all.
    pub(crate) squares: f64,
    pub(crate) count: usize,
}

impl Neighbours {
    /// Of each list's residuals; NaN stands where there is none, and has no neighbours.
    pub(crate) fn of(trajectories: &[Vec<f64>]) -> Self {
        let mut sums = Self::default();
        for residuals in trajectories {
            for residual in residuals.iter().filter(|residual| !residual.is_nan()) {
                sums.squares += residual * residual;
                sums.count += 1;
            }
            for pair in residuals.windows(2).filter(|pair| !pair[0].is_nan() && !pair[1].is_nan()) {
                sums.products += pair[0] * pair[1];
                sums.pairs += 1;
            }
        }
        sums
    }

    /// Mean over the pairs by mean over all: right also where many residuals have no neighbour. NaN if nothing is
    /// left.
    pub(crate) fn mean_correlation(&self) -> f64 {
        (self.products / self.pairs as f64) / (self.squares / self.count as f64)
    }

    /// Sum over the pairs by sum over all, never above 1: the usual estimate for a series without gaps. It is
    /// [`Neighbours::mean_correlation`] times pairs by residuals. NaN without pairs or if nothing is left.
    pub(crate) fn series_correlation(&self) -> f64 {
        if self.pairs > 0 { self.products / self.squares } else { f64::NAN }
    }

    /// Root mean square of the residuals; NaN if there are none.
    pub(crate) fn root_mean_square(&self) -> f64 {
        (self.squares / self.count as f64).sqrt()
    }
}

#[cfg(test)]
mod tests {
    use super::Neighbours;

    #[test]
    fn trajectories_do_not_follow_each_other_and_gaps_break_pairs() {
        let sums = Neighbours::of(&[vec![1.0, 2.0, f64::NAN, 3.0, -1.0], vec![4.0]]);
        assert_eq!(sums, Neighbours { products: 2.0 - 3.0, pairs: 2, squares: 31.0, count: 5 });
        assert_eq!(sums.root_mean_square(), (31.0f64 / 5.0).sqrt());
    }

    #[test]
    fn both_correlations_differ_by_the_part_of_residuals_that_have_a_neighbour() {
        let sums = Neighbours::of(&[vec![2.0; 10]]);
        assert_eq!((sums.mean_correlation(), sums.series_correlation()), (1.0, 0.9));
    }

    #[test]
    fn what_cannot_be_said_is_not_zero() {
        let lonely = Neighbours::of(&[vec![3.0], vec![3.0]]);
        assert!(lonely.mean_correlation().is_nan() && lonely.series_correlation().is_nan());
        assert!(Neighbours::of(&[vec![]]).root_mean_square().is_nan());
    }
}
