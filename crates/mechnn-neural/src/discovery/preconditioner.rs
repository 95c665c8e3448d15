//! Coordinates in which the fit has equal curvature in all directions.

use mechnn::equation::BasisLibrary;
use ndarray::{Array2, Array3};

use super::Windows;

/// Windows used at most: the Gram matrix needs no more.
const WINDOWS: usize = 2000;
/// Added to the diagonal of the normalised Gram matrix, for terms that are combinations of others.
const RIDGE: f64 = 1e-10;

/// Mean of the products of the integrated terms over windows, `[P, P]`:
///
/// $$ G = \langle F F^T \rangle, \qquad F_p(t) = \int_{t_0}^{t} \phi_p(x(s))\, ds $$
///
/// With latent states equal to the data the fit of one equation is (ξ - ξ*)ᵀ G (ξ - ξ*). Not `integrated`, it is that
/// of the terms themselves times the duration of the window, for a fit of the right-hand side.
pub fn gram(windows: &Windows, library: &BasisLibrary, integrated: bool) -> Array2<f64> {
    let terms = library.len();
    let mut gram = Array2::zeros((terms, terms));
    let stride = windows.len().div_ceil(WINDOWS).max(1);
    let mut count = 0.0;
    let (mut before, mut now, mut integral) = (vec![0.0; terms], vec![0.0; terms], vec![0.0; terms]);
    for w in (0..windows.len()).step_by(stride) {
        let (values, times) = windows.window(w);
        integral.fill(0.0);
        let duration = times[times.len() - 1] - times[0];
        for (n, x) in values.chunks_exact(windows.dims()).enumerate() {
            library.evaluate_into(x, &mut now);
            if n > 0 {
                let h = times[n] - times[n - 1];
                for p in 0..terms {
                    match integrated {
                        true => integral[p] += 0.5 * h * (before[p] + now[p]),
                        false => integral[p] = now[p] * duration,
                    }
                }
                for p in 0..terms {
                    for q in 0..=p {
                        gram[(p, q)] += integral[p] * integral[q];
                    }
                }
                count += 1.0;
            }
            std::mem::swap(&mut before, &mut now);
        }
    }
    for p in 0..terms {
        for q in 0..=p {
            gram[(p, q)] /= count;
            gram[(q, p)] = gram[(p, q)];
        }
    }
    gram
}

/// T, `[D, P, P]`: T_d = s_d S L^-T over the terms kept in equation d, where S G S = L Lᵀ has a unit diagonal. Rows of
/// removed terms are 0, so that ξ_d = T_d η has them at 0 for every η.
pub fn transform(gram: &Array2<f64>, keep: &Array2<bool>, scale: &[f64]) -> Array3<f64> {
    let (dims, terms) = keep.dim();
    let mut transform = Array3::zeros((dims, terms, terms));
    for d in 0..dims {
        let kept: Vec<usize> = (0..terms).filter(|&p| keep[(d, p)] && gram[(p, p)] > 0.0).collect();
        let size = kept.len();
        let norm: Vec<f64> = kept.iter().map(|&p| gram[(p, p)].sqrt()).collect();
        let mut lower = Array2::<f64>::zeros((size, size));
        for i in 0..size {
            for j in 0..=i {
                let mut sum = gram[(kept[i], kept[j])] / (norm[i] * norm[j]);
                sum -= (0..j).map(|k| lower[(i, k)] * lower[(j, k)]).sum::<f64>();
                lower[(i, j)] = if i == j { (sum + RIDGE).max(RIDGE).sqrt() } else { sum / lower[(j, j)] };
            }
        }
        // Column by column: Lᵀ x = e_j.
        for j in 0..size {
            let mut x = vec![0.0; size];
            for i in (0..=j).rev() {
                let rest: f64 = (i + 1..=j).map(|k| lower[(k, i)] * x[k]).sum();
                x[i] = (f64::from(i == j) - rest) / lower[(i, i)];
            }
            for i in 0..size {
                transform[(d, kept[i], kept[j])] = scale[d] * x[i] / norm[i];
            }
        }
    }
    transform
}

#[cfg(test)]
mod tests {
    use ndarray::{Array1, array};

    use super::transform;

    #[test]
    fn curvature_is_equal_in_all_directions() {
        // Tᵀ G T = s² on the kept terms, 0 in the rows of the removed one.
        let gram = array![[4.0, 1.0, 0.5], [1.0, 900.0, 20.0], [0.5, 20.0, 1.0]];
        let keep = array![[true, true, true], [true, false, true]];
        let t = transform(&gram, &keep, &[1.0, 3.0]);
        let first = t.index_axis(ndarray::Axis(0), 0);
        let product = first.t().dot(&gram).dot(&first);
        assert!(product.abs_diff_eq(&Array1::ones(3), 1e-6), "{product}");
        let second = t.index_axis(ndarray::Axis(0), 1);
        assert_eq!(second.row(1).iter().filter(|&&x| x != 0.0).count(), 0);
        let product = second.t().dot(&gram).dot(&second);
        assert!((product[(0, 0)] - 9.0).abs() < 1e-6 && (product[(2, 2)] - 9.0).abs() < 1e-6, "{product}");
    }

    trait AbsDiff {
        fn abs_diff_eq(&self, diagonal: &Array1<f64>, tolerance: f64) -> bool;
    }

    impl AbsDiff for ndarray::Array2<f64> {
        fn abs_diff_eq(&self, diagonal: &Array1<f64>, tolerance: f64) -> bool {
            self.indexed_iter().all(|((i, j), &x)| (x - if i == j { diagonal[i] } else { 0.0 }).abs() < tolerance)
        }
    }
}
