//! Coefficients that are not free: fixed, or tied to others.

/// An offset, and the free parameters added to it with their weights.
pub(super) type Row = (f64, Vec<(usize, f64)>);

/// `θ = offset + M φ`: coefficients θ, `[P]`, as functions of fewer free parameters φ, `[F]`.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct AffineMap {
    /// For each coefficient its offset, and the free parameters it depends on with their weights.
    rows: Vec<Row>,
    free: usize,
}

impl AffineMap {
    /// Every coefficient is free.
    pub(crate) fn identity(coefficients: usize) -> Self {
        Self { rows: (0..coefficients).map(|j| (0.0, vec![(j, 1.0)])).collect(), free: coefficients }
    }

    pub(crate) fn is_identity(&self) -> bool {
        self.free == self.rows.len()
    }

    /// Offset of each coefficient, and its weights of the free parameters.
    pub(super) fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// F.
    pub(crate) fn free(&self) -> usize {
        self.free
    }

    /// Adds the constraint `Σ_j weight_j θ_j = value`; says whether it was new and possible. It takes away the free
    /// parameter that weighs most in it.
    pub(crate) fn constrain(&mut self, weights: &[(usize, f64)], value: f64) -> bool {
        let mut over_free = vec![0.0; self.free];
        let mut rest = value;
        for &(j, weight) in weights {
            rest -= weight * self.rows[j].0;
            self.rows[j].1.iter().for_each(|&(k, w)| over_free[k] += weight * w);
        }
        let largest = (0..self.free).max_by(|&a, &b| over_free[a].abs().total_cmp(&over_free[b].abs()));
        let Some(pivot) = largest.filter(|&k| over_free[k] != 0.0) else { return false };
        // φ_pivot = (rest - Σ_{k ≠ pivot} a_k φ_k) / a_pivot
        let substitute: Vec<(usize, f64)> = (0..self.free)
            .filter(|&k| k != pivot && over_free[k] != 0.0)
            .map(|k| (k, -over_free[k] / over_free[pivot]))
            .collect();
        let offset = rest / over_free[pivot];
        for (own_offset, row) in &mut self.rows {
            if let Some(at) = row.iter().position(|&(k, _)| k == pivot) {
                let (_, weight) = row.swap_remove(at);
                *own_offset += weight * offset;
                for &(k, w) in &substitute {
                    match row.iter_mut().find(|(other, _)| *other == k) {
                        Some((_, sum)) => *sum += weight * w,
                        None => row.push((k, weight * w)),
                    }
                }
            }
            row.iter_mut().filter(|(k, _)| *k > pivot).for_each(|(k, _)| *k -= 1);
        }
        self.free -= 1;
        true
    }

    /// θ of φ.
    pub(crate) fn coefficients(&self, free: &[f64]) -> Vec<f64> {
        let value = |row: &[(usize, f64)]| row.iter().map(|&(k, weight)| weight * free[k]).sum::<f64>();
        self.rows.iter().map(|(offset, row)| offset + value(row)).collect()
    }

    /// The same constraints on `θ_j / unit_j`; each free parameter takes the unit of the first coefficient that is it.
    pub(crate) fn in_units(&self, units: &[f64]) -> Self {
        let alone = |k: usize| self.rows.iter().position(|(_, row)| matches!(row[..], [(only, _)] if only == k));
        let of_free: Vec<f64> = (0..self.free).map(|k| alone(k).map_or(1.0, |j| units[j].abs())).collect();
        let row = |((offset, row), unit): (&Row, &f64)| {
            (offset / unit, row.iter().map(|&(k, weight)| (k, weight * of_free[k] / unit)).collect())
        };
        Self { rows: self.rows.iter().zip(units).map(row).collect(), free: self.free }
    }

    /// Covariance of θ, `[P, P]`, from that of φ, `[F, F]`.
    pub(crate) fn spread(&self, covariance: &[f64]) -> Vec<f64> {
        let (p, free) = (self.rows.len(), self.free);
        let between = |i: usize, j: usize| -> f64 {
            let (left, right) = (&self.rows[i].1, &self.rows[j].1);
            left.iter().map(|(k, a)| right.iter().map(|(l, b)| a * b * covariance[k * free + l]).sum::<f64>()).sum()
        };
        (0..p * p).map(|index| between(index / p, index % p)).collect()
    }

    /// φ with which θ comes closest to `coefficients`: exact if they obey the constraints.
    pub(crate) fn closest(&self, coefficients: &[f64]) -> Vec<f64> {
        // Each free parameter from the coefficients that are it, up to a factor, alone.
        let mut sums = vec![(0.0, 0.0); self.free];
        for ((offset, row), theta) in self.rows.iter().zip(coefficients) {
            if let [(k, weight)] = row[..] {
                sums[k].0 += weight * (theta - offset);
                sums[k].1 += weight * weight;
            }
        }
        sums.iter().map(|(sum, weight)| if *weight > 0.0 { sum / weight } else { 0.0 }).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::AffineMap;

    #[test]
    fn constraints_take_free_parameters_away() {
        // θ0 = -θ1, θ2 = 3, θ3 free; then θ1 = 2 θ3
        let mut map = AffineMap::identity(4);
        assert!(map.constrain(&[(0, 1.0), (1, 1.0)], 0.0));
        assert!(map.constrain(&[(2, 1.0)], 3.0));
        assert_eq!(map.free(), 2);
        let theta = [-0.5, 0.5, 3.0, 7.0];
        assert_eq!(map.coefficients(&map.closest(&theta)), theta);
        assert!(map.constrain(&[(1, 1.0), (3, -2.0)], 0.0));
        let theta = map.coefficients(&[1.25]);
        assert!(theta[0] == -theta[1] && theta[1] == 2.0 * theta[3] && theta[2] == 3.0, "{theta:?}");
        // Already implied, or impossible.
        assert!(!map.constrain(&[(2, 2.0)], 6.0));
        assert_eq!(map.free(), 1);
    }
}
