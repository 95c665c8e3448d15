//! The inverse of a small dense matrix: what the selected blocks are compared with.

/// The inverse of `matrix` `[size, size]`, row-major, by Gauss-Jordan elimination with row exchanges.
pub(crate) fn dense_inverse(size: usize, matrix: &[f64]) -> Vec<f64> {
    let mut left = matrix.to_vec();
    let mut right = vec![0.0; size * size];
    (0..size).for_each(|i| right[i * size + i] = 1.0);
    for column in 0..size {
        let largest = (column..size)
            .max_by(|&i, &j| left[i * size + column].abs().total_cmp(&left[j * size + column].abs()))
            .unwrap_or(column);
        let pivot = left[largest * size + column];
        assert!(pivot != 0.0, "singular in column {column}");
        for side in [&mut left, &mut right] {
            (0..size).for_each(|j| side.swap(column * size + j, largest * size + j));
            side[column * size..][..size].iter_mut().for_each(|value| *value /= pivot);
        }
        for row in (0..size).filter(|&row| row != column) {
            let factor = left[row * size + column];
            for side in [&mut left, &mut right] {
                for j in 0..size {
                    side[row * size + j] -= factor * side[column * size + j];
                }
            }
        }
    }
    right
}
