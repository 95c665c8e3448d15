//! A quadratic of which as few unknowns as possible should be other than zero.

use std::ops::Range;

use mechnn_solver::smoother::Profile;

/// `J(θ) = base - 2 rᵀθ + θᵀGθ`, of which as few θ as possible should be other than zero.
#[derive(Debug, Clone)]
pub(crate) struct Quadratic {
    /// G, symmetric, `[P, P]`.
    pub(crate) gram: Vec<f64>,
    /// r, `[P]`.
    pub(crate) right: Vec<f64>,
    pub(crate) base: f64,
}

/// Some of the unknowns at their best, the others zero.
#[derive(Debug, Clone)]
pub(crate) struct Subset {
    /// Ascending.
    pub(crate) members: Vec<usize>,
    /// Of each member.
    pub(crate) theta: Vec<f64>,
    /// What the search minimises.
    pub(crate) score: f64,
}

impl Quadratic {
    /// The quadratic of a profile at `theta`, where its value is `objective`, in the first `size` unknowns. Those in
    /// `free` are always at their best, those in neither keep their value.
    pub(crate) fn about(theta: &[f64], profile: Profile, size: usize, free: Range<usize>, objective: f64) -> Self {
        let p = theta.len();
        let Profile { information: mut s, gradient: mut g } = profile;
        let mut base = objective;
        for k in free {
            // J + 2 gᵀδ + δᵀSδ at its lowest in δ_k: a step of Gaussian elimination.
            let pivot = s[k * p + k];
            if pivot <= 0.0 {
                continue;
            }
            let row: Vec<f64> = s[k * p..][..p].to_vec();
            let own = g[k];
            base -= own * own / pivot;
            for i in 0..p {
                g[i] -= row[i] * own / pivot;
                for j in 0..p {
                    s[i * p + j] -= row[i] * row[j] / pivot;
                }
            }
        }
        let gram: Vec<f64> = (0..size * size).map(|index| s[index / size * p + index % size]).collect();
        let theta = &theta[..size];
        let curved = |i: usize| gram[i * size..][..size].iter().zip(theta).map(|(s, theta)| s * theta).sum::<f64>();
        let right: Vec<f64> = (0..size).map(|i| curved(i) - g[i]).collect();
        // J(0) = J - 2 gᵀθ + θᵀSθ
        base += theta.iter().zip(&right).zip(&g).map(|((theta, r), g)| theta * (r - g)).sum::<f64>();
        Self { gram, right, base }
    }

    /// P.
    pub(super) fn size(&self) -> usize {
        self.right.len()
    }
}
