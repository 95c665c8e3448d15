//! Right-hand sides proposed by regression, equation by equation.

use super::fit::Laboratory;
use super::quadratic::{Quadratic, Subset};

/// Most terms in one proposed equation.
const MOST_TERMS: usize = 7;

/// Subsets of each size that are extended.
const BEAM: usize = 40;

impl Laboratory<'_> {
    /// Up to `count` supports of the equation of state d from the first `terms` terms of the dictionary, best first, and
    /// the `per_size` best of every size: the inner constants of functions have only been tried on a grid, and at their
    /// best a small support may beat all larger ones.
    ///
    /// The integral form of the equation, `x_d(t) = x_d(0) + Σ_j θ_j ∫ f_j(x) dt`, is linear in the initial value and the
    /// coefficients once the integrals are taken along the smoothed states. The left-hand side is the data themselves, so
    /// the residuals are the measurement noise and no derivative is needed (Dattner & Klaassen, Electronic Journal of
    /// Statistics 9 (2015) 1939).
    pub(super) fn proposals(&self, d: usize, terms: usize, count: usize, per_size: usize) -> Vec<Subset> {
        let score = |squares: f64, members: &[usize]| {
            if self.repeats_a_family(members.iter().copied()) {
                return f64::INFINITY;
            }
            let prices = members.iter().map(|&term| self.price_of(super::candidates::Candidate { state: d, term }));
            self.deviance_of(d, squares) + prices.sum::<f64>()
        };
        self.integral_quadratic(d, terms).best_subsets(score, MOST_TERMS, BEAM, count, per_size)
    }

    /// Whether two terms of one equation differ only in where their constants start.
    pub(super) fn repeats_a_family(&self, terms: impl Iterator<Item = usize> + Clone) -> bool {
        let family = |term: usize| self.dictionary.families[term];
        terms.clone().enumerate().any(|(at, term)| terms.clone().take(at).any(|other| family(other) == family(term)))
    }

    fn integral_quadratic(&self, d: usize, terms: usize) -> Quadratic {
        let (dims, all) = (self.dims(), self.dictionary.len());
        let mut quadratic = Quadratic { gram: vec![0.0; terms * terms], right: vec![0.0; terms], base: 0.0 };
        let mut first = 0;
        for segment in &self.start.segments {
            // Weighted means are taken out: that is the best initial value, of each trajectory.
            let points: Vec<(usize, f64, f64)> = (0..segment.times.len())
                .filter_map(|t| {
                    let y = segment.observations[t * dims + d];
                    let relative = segment.relative_noise.get(t * dims + d).copied().unwrap_or(1.0);
                    (!y.is_nan()).then_some((t, y, relative.powi(-2)))
                })
                .collect();
            let total: f64 = points.iter().map(|(_, _, weight)| weight).sum();
            let row = |t: usize| &self.dictionary.integrals[(first + t) * all..][..terms];
            let mut mean = vec![0.0; terms];
            let mut mean_y = 0.0;
            for &(t, y, weight) in &points {
                mean_y += weight / total * y;
                mean.iter_mut().zip(row(t)).for_each(|(mean, value)| *mean += weight / total * value);
            }
            let mut centred = vec![0.0; terms];
            for &(t, y, weight) in &points {
                let root = weight.sqrt();
                centred.iter_mut().zip(row(t)).zip(&mean).for_each(|((c, v), mean)| *c = root * (v - mean));
                let y = root * (y - mean_y);
                quadratic.base += y * y;
                for i in 0..terms {
                    quadratic.right[i] += centred[i] * y;
                    let (target, factor) = (&mut quadratic.gram[i * terms..][..=i], centred[i]);
                    target.iter_mut().zip(&centred).for_each(|(g, c)| *g += factor * c);
                }
            }
            first += segment.times.len();
        }
        for i in 0..terms {
            for j in 0..i {
                quadratic.gram[j * terms + i] = quadratic.gram[i * terms + j];
            }
        }
        quadratic
    }
}
