//! Which columns of a regression can be told apart.

/// Which columns differ from every combination of those before them: a column of which less than this (squared,
/// relative) is left after projection is the same function on these rows.
const INDISTINCT: f64 = 1e-12;

/// Marks the columns that are no linear combination of the marked ones before them.
pub(super) fn distinct_columns<'a>(columns: usize, rows: impl Iterator<Item = &'a [f64]>) -> Vec<bool> {
    let mut gram = vec![0.0; columns * columns];
    for row in rows {
        for i in 0..columns {
            for j in 0..=i {
                gram[i * columns + j] += row[i] * row[j];
            }
        }
    }
    let scale: Vec<f64> = (0..columns).map(|i| gram[i * columns + i].sqrt()).collect();
    let mut distinct = vec![false; columns];
    // Cholesky of the normalised Gram matrix that leaves out dependent columns.
    let mut factor = vec![0.0; columns * columns];
    for i in 0..columns {
        if scale[i] <= 0.0 {
            continue;
        }
        let mut pivot = 1.0;
        for j in (0..i).filter(|&j| distinct[j]) {
            let product: f64 = (0..j).map(|k| factor[i * columns + k] * factor[j * columns + k]).sum();
            let entry = gram[i * columns + j] / (scale[i] * scale[j]) - product;
            factor[i * columns + j] = entry / factor[j * columns + j];
            pivot -= factor[i * columns + j].powi(2);
        }
        distinct[i] = pivot > INDISTINCT;
        factor[i * columns + i] = pivot.max(0.0).sqrt();
    }
    distinct
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_combination_of_earlier_columns_is_not_distinct() {
        // 1, t, t^2, 3 - 2 t, 0, t^3 on twenty points
        let rows: Vec<[f64; 6]> =
            (0..20).map(|i| 0.1 * f64::from(i)).map(|t| [1.0, t, t * t, 3.0 - 2.0 * t, 0.0, t.powi(3)]).collect();
        let distinct = distinct_columns(6, rows.iter().map(|row| &row[..]));
        assert_eq!(distinct, [true, true, true, false, false, true]);
    }
}
