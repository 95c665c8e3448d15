//! What the data say about the parameters together: covariance, and the combinations they leave open.

use mechnn_solver::linear_algebra::symmetric_eigen;

use crate::estimation::named_parts;

/// Variance (in squared coordinates) beyond which a combination counts as open: a factor e in a bounded parameter, the
/// size of the start in one without bounds.
const OPEN_DEVIATION: f64 = 1.0;

/// An eigenvalue below this part of the largest is rounding.
const RESOLUTION: f64 = 1e-13;

/// Information about a coordinate that counts as none.
const NO_INFORMATION: f64 = 1e-8;

/// Entries of a direction below this part of its largest are not named.
const NAMED: f64 = 0.1;

/// A combination of unknowns that the data leave open.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct OpenDirection {
    /// Number of the unknown and its part, the largest 1, in falling order of size.
    pub(crate) parts: Vec<(usize, f64)>,
    /// Standard deviation along the direction, in units of the coordinates; infinite if nothing is known.
    pub(crate) deviation: f64,
}

/// Covariance of the unknowns, `[P, P]`, with infinite variances where nothing is known, and the open combinations.
pub(crate) fn analyse(information: &[f64], unknowns: usize) -> (Vec<f64>, Vec<OpenDirection>) {
    // Scaled to a unit diagonal, so that "singular" does not depend on units; but a coordinate of which less is known
    // than ten thousand units counts as not measured, or every other direction would carry a part of it.
    let diagonal = |j: usize| information[j * unknowns + j];
    let scale: Vec<f64> = (0..unknowns).map(|j| diagonal(j).max(NO_INFORMATION).sqrt()).collect();
    let mut scaled = vec![0.0; unknowns * unknowns];
    for i in 0..unknowns {
        for j in 0..unknowns {
            scaled[i * unknowns + j] = information[i * unknowns + j] / (scale[i] * scale[j]);
        }
    }
    let eigen = symmetric_eigen(scaled, unknowns);
    let largest = eigen.iter().map(|(value, _)| *value).fold(0.0, f64::max);
    let mut covariance = vec![0.0; unknowns * unknowns];
    let mut open = Vec::new();
    let mut unknown_at_all = vec![false; unknowns];
    for (value, vector) in &eigen {
        // Of a unit step of the scaled coordinates, in those of the unknowns.
        let direction: Vec<f64> = vector.iter().zip(&scale).map(|(v, scale)| v / scale).collect();
        let length = direction.iter().map(|x| x * x).sum::<f64>().sqrt();
        let is_singular = *value <= RESOLUTION * largest.max(1.0);
        let deviation = if is_singular { f64::INFINITY } else { length / value.sqrt() };
        if deviation > OPEN_DEVIATION {
            let parts = named_parts(&direction, NAMED);
            if is_singular {
                parts.iter().for_each(|&(i, _)| unknown_at_all[i] = true);
            }
            open.push(OpenDirection { parts, deviation });
        }
        if !is_singular {
            for i in 0..unknowns {
                for j in 0..unknowns {
                    covariance[i * unknowns + j] += direction[i] * direction[j] / value;
                }
            }
        }
    }
    (0..unknowns).filter(|&i| unknown_at_all[i]).for_each(|i| covariance[i * unknowns + i] = f64::INFINITY);
    open.sort_by(|a, b| b.deviation.total_cmp(&a.deviation));
    (covariance, open)
}

#[cfg(test)]
mod tests {
    use super::analyse;

    #[test]
    fn covariance_is_the_inverse() {
        let (covariance, open) = analyse(&[400.0, 100.0, 100.0, 300.0], 2);
        // 1/(400·300 - 100²) [300 -100; -100 400]
        for (found, expected) in covariance.iter().zip([300.0, -100.0, -100.0, 400.0]) {
            assert!((found - expected / 110_000.0).abs() < 1e-15);
        }
        assert_eq!(open, []);
    }

    #[test]
    fn a_product_leaves_the_ratio_open() {
        // Only u_0 + u_1 is measured, and u_2 by itself.
        let (covariance, open) = analyse(&[1e4, 1e4, 0.0, 1e4, 1e4, 0.0, 0.0, 0.0, 1e4], 3);
        assert_eq!(open.len(), 1);
        assert_eq!(open[0].deviation, f64::INFINITY);
        let names: Vec<usize> = open[0].parts.iter().map(|(i, _)| *i).collect();
        assert_eq!(names.iter().sum::<usize>(), 1);
        // Opposite, and written so that the first part is 1; the other is off by rounding in the eigenvector.
        assert_eq!(open[0].parts[0].1, 1.0);
        assert!((open[0].parts[1].1 + 1.0).abs() < 1e-12, "{:?}", open[0].parts);
        assert!(covariance[0].is_infinite() && covariance[4].is_infinite());
        assert!((covariance[8] - 1e-4).abs() < 1e-16);
    }
}
