//! A subset of the unknowns, grown one by one.

use super::quadratic::{Quadratic, Subset};

/// A subset with its Cholesky factor, extended to all columns: adding an unknown costs O(P k).
#[derive(Clone)]
pub(super) struct Partial {
    /// In the order they came.
    pub(super) members: Vec<usize>,
    /// Rows of L⁻¹ G, `[k, P]`.
    rows: Vec<f64>,
    /// L⁻¹ r of the members, `[k]`.
    reduced: Vec<f64>,
    /// What is left of the diagonal of G, and of r, `[P]`.
    diagonal: Vec<f64>,
    right: Vec<f64>,
    /// J of the members at their best.
    pub(super) objective: f64,
}

/// An unknown whose column is, up to this fraction, a combination of the members' cannot be told from them.
const COLLINEAR: f64 = 1e-10;

impl Quadratic {
    pub(super) fn empty(&self) -> Partial {
        let p = self.size();
        Partial {
            members: Vec::new(),
            rows: Vec::new(),
            reduced: Vec::new(),
            diagonal: (0..p).map(|j| self.gram[j * p + j]).collect(),
            right: self.right.clone(),
            objective: self.base,
        }
    }

    pub(super) fn can_add(&self, partial: &Partial, j: usize) -> bool {
        partial.diagonal[j] > COLLINEAR * self.gram[j * self.size() + j] && !partial.members.contains(&j)
    }

    pub(super) fn objective_with(&self, partial: &Partial, j: usize) -> f64 {
        (partial.objective - partial.right[j].powi(2) / partial.diagonal[j]).max(0.0)
    }

    pub(super) fn add(&self, partial: &Partial, j: usize) -> Partial {
        let (p, k) = (self.size(), partial.members.len());
        let mut next = partial.clone();
        let pivot = partial.diagonal[j].sqrt();
        let mut row: Vec<f64> = self.gram[j * p..][..p].to_vec();
        for i in 0..k {
            let factor = partial.rows[i * p + j];
            row.iter_mut().zip(&partial.rows[i * p..][..p]).for_each(|(v, other)| *v -= factor * other);
        }
        let reduced = partial.right[j] / pivot;
        for c in 0..p {
            row[c] /= pivot;
            next.diagonal[c] -= row[c] * row[c];
            next.right[c] -= row[c] * reduced;
        }
        next.members.push(j);
        next.rows.extend(row);
        next.reduced.push(reduced);
        next.objective = (partial.objective - reduced * reduced).max(0.0);
        next
    }

    pub(super) fn finish(&self, partial: &Partial, score: f64) -> Subset {
        let (p, k) = (self.size(), partial.members.len());
        let mut theta = partial.reduced.clone();
        for i in (0..k).rev() {
            for l in i + 1..k {
                theta[i] -= partial.rows[i * p + partial.members[l]] * theta[l];
            }
            theta[i] /= partial.rows[i * p + partial.members[i]];
        }
        let mut order: Vec<usize> = (0..k).collect();
        order.sort_unstable_by_key(|&i| partial.members[i]);
        Subset {
            members: order.iter().map(|&i| partial.members[i]).collect(),
            theta: order.iter().map(|&i| theta[i]).collect(),
            score,
        }
    }

    /// The members, added one by one; those that cannot be told from earlier ones are left out.
    pub(super) fn partial(&self, members: &[usize]) -> Partial {
        let fold =
            |partial: Partial, &j: &usize| if self.can_add(&partial, j) { self.add(&partial, j) } else { partial };
        members.iter().fold(self.empty(), fold)
    }

    /// The members at their best.
    pub(crate) fn at(&self, members: &[usize]) -> Subset {
        let partial = self.partial(members);
        self.finish(&partial, f64::NAN)
    }
}
