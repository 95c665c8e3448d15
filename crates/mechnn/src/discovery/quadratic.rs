//! Best subsets of the unknowns of a quadratic.

use mechnn_solver::smoother::Profile;

/// `J(θ) = base - 2 rᵀθ + θᵀGθ`, of which as few θ as possible should be other than zero.
#[derive(Debug, Clone)]
pub(super) struct Quadratic {
    /// G, symmetric, `[P, P]`.
    pub(super) gram: Vec<f64>,
    /// r, `[P]`.
    pub(super) right: Vec<f64>,
    pub(super) base: f64,
}

/// Some of the unknowns at their best, the others zero.
#[derive(Debug, Clone)]
pub(super) struct Subset {
    /// Ascending.
    pub(super) members: Vec<usize>,
    /// Of each member.
    pub(super) theta: Vec<f64>,
    /// What the search minimises.
    pub(super) score: f64,
}

/// A subset with its Cholesky factor, extended to all columns: adding an unknown costs O(P k).
#[derive(Clone)]
struct Partial {
    /// In the order they came.
    members: Vec<usize>,
    /// Rows of L⁻¹ G, `[k, P]`.
    rows: Vec<f64>,
    /// L⁻¹ r of the members, `[k]`.
    reduced: Vec<f64>,
    /// What is left of the diagonal of G, and of r, `[P]`.
    diagonal: Vec<f64>,
    right: Vec<f64>,
    objective: f64,
}

/// An unknown whose column is, up to this fraction, a combination of the members' cannot be told from them.
const COLLINEAR: f64 = 1e-10;

impl Quadratic {
    /// The quadratic of a profile at `theta`, where its value is `objective`, in the first `size` unknowns. Those in
    /// `free` are always at their best, those in neither keep their value.
    pub(super) fn about(
        theta: &[f64],
        profile: Profile,
        size: usize,
        free: std::ops::Range<usize>,
        objective: f64,
    ) -> Self {
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

    fn size(&self) -> usize {
        self.right.len()
    }

    fn empty(&self) -> Partial {
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

    fn can_add(&self, partial: &Partial, j: usize) -> bool {
        partial.diagonal[j] > COLLINEAR * self.gram[j * self.size() + j] && !partial.members.contains(&j)
    }

    fn objective_with(&self, partial: &Partial, j: usize) -> f64 {
        (partial.objective - partial.right[j].powi(2) / partial.diagonal[j]).max(0.0)
    }

    fn add(&self, partial: &Partial, j: usize) -> Partial {
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

    fn finish(&self, partial: &Partial, score: f64) -> Subset {
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
    fn partial(&self, members: &[usize]) -> Partial {
        let fold =
            |partial: Partial, &j: &usize| if self.can_add(&partial, j) { self.add(&partial, j) } else { partial };
        members.iter().fold(self.empty(), fold)
    }

    /// Up to `count` subsets of at most `largest` unknowns with the lowest `score(objective, members)`, best first: a
    /// beam search that extends the `beam` best of every size. The `per_size` best of every size come in any case.
    pub(super) fn best_subsets(
        &self,
        score: impl Fn(f64, &[usize]) -> f64,
        largest: usize,
        beam: usize,
        count: usize,
        per_size: usize,
    ) -> Vec<Subset> {
        let mut found = vec![self.finish(&self.empty(), score(self.base, &[]))];
        let mut of_each_size = Vec::new();
        let mut generation = vec![self.empty()];
        for _ in 0..largest {
            generation = self.extended(&generation, &score, beam, self.size());
            if generation.is_empty() {
                break;
            }
            let scored = |partial: &Partial| self.finish(partial, score(partial.objective, &partial.members));
            let own: Vec<Subset> = generation.iter().map(scored).collect();
            of_each_size.extend(own.iter().take(per_size).cloned());
            found.extend(own);
        }
        sort(&mut found, count);
        found.extend(of_each_size);
        sort(&mut found, usize::MAX);
        found
    }

    /// The `beam` best subsets with one unknown more, from the first `among`, than those of a generation, best first.
    fn extended(
        &self,
        generation: &[Partial],
        score: impl Fn(f64, &[usize]) -> f64,
        beam: usize,
        among: usize,
    ) -> Vec<Partial> {
        let mut children = Vec::new();
        for (parent, partial) in generation.iter().enumerate() {
            for j in (0..among).filter(|&j| self.can_add(partial, j)) {
                let mut members = partial.members.clone();
                members.push(j);
                members.sort_unstable();
                children.push((score(self.objective_with(partial, j), &members), members, parent, j));
            }
        }
        children.sort_by(|a, b| a.0.total_cmp(&b.0).then_with(|| a.1.cmp(&b.1)));
        children.dedup_by(|a, b| a.1 == b.1);
        children.retain(|child| child.0 < f64::INFINITY);
        children.truncate(beam);
        children.iter().map(|(_, _, parent, j)| self.add(&generation[*parent], *j)).collect()
    }

    /// For each of the `seeds`, the `beam` best subsets of every size up to `largest` of it and the first `among` unknowns,
    /// by a beam search.
    pub(super) fn best_with_each(
        &self,
        seeds: &[usize],
        score: impl Fn(f64, &[usize]) -> f64,
        largest: usize,
        beam: usize,
        among: usize,
    ) -> Vec<(usize, Subset)> {
        let mut found = Vec::new();
        for &seed in seeds.iter().filter(|&&seed| self.can_add(&self.empty(), seed)) {
            let mut generation = vec![self.partial(&[seed])];
            for size in 1..=largest {
                let scored = |partial: &Partial| score(partial.objective, &partial.members);
                found.extend(generation.iter().map(|partial| (seed, self.finish(partial, scored(partial)))));
                if size < largest {
                    generation = self.extended(&generation, &score, beam, among);
                }
            }
        }
        found
    }

    /// The members at their best.
    pub(super) fn at(&self, members: &[usize]) -> Subset {
        let partial = self.partial(members);
        self.finish(&partial, f64::NAN)
    }

    /// `members` without those, weakest first, whose loss lowers the score.
    pub(super) fn eliminated(&self, members: &[usize], score: impl Fn(f64, &[usize]) -> f64) -> Subset {
        let at = |members: &[usize]| {
            let partial = self.partial(members);
            self.finish(&partial, score(partial.objective, members))
        };
        let mut best = at(members);
        loop {
            let without = (0..best.members.len()).map(|i| at(&[&best.members[..i], &best.members[i + 1..]].concat()));
            match without.min_by(|a, b| a.score.total_cmp(&b.score)) {
                Some(smaller) if smaller.score < best.score => best = smaller,
                _ => return best,
            }
        }
    }

    /// Up to `count` other subsets near `members`, best first: those reached by dropping, adding or exchanging unknowns,
    /// up to `depth` such moves, the `beam` best of each followed.
    pub(super) fn neighbours(
        &self,
        members: &[usize],
        score: impl Fn(f64, &[usize]) -> f64,
        depth: usize,
        beam: usize,
        count: usize,
    ) -> Vec<Subset> {
        let mut found: Vec<Subset> = Vec::new();
        let mut generation = vec![members.to_vec()];
        for _ in 0..depth {
            let mut next: Vec<Subset> = Vec::new();
            for members in &generation {
                let bases = std::iter::once(members.clone())
                    .chain((0..members.len()).map(|i| [&members[..i], &members[i + 1..]].concat()));
                for (index, base) in bases.enumerate() {
                    let partial = self.partial(&base);
                    if index > 0 {
                        next.push(self.finish(&partial, score(partial.objective, &base)));
                    }
                    let mut extended: Vec<(f64, usize)> = (0..self.size())
                        .filter(|&j| self.can_add(&partial, j))
                        .map(|j| {
                            let all = [&partial.members[..], &[j]].concat();
                            (score(self.objective_with(&partial, j), &all), j)
                        })
                        .collect();
                    extended.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
                    let best = extended.iter().take(beam);
                    next.extend(best.map(|&(score, j)| self.finish(&self.add(&partial, j), score)));
                }
            }
            next.retain(|subset| subset.members != members && subset.score < f64::INFINITY);
            sort(&mut next, beam);
            generation = next.iter().map(|subset| subset.members.clone()).collect();
            found.extend(next);
        }
        sort(&mut found, count);
        found
    }
}

fn sort(subsets: &mut Vec<Subset>, count: usize) {
    subsets.sort_by(|a, b| a.members.cmp(&b.members).then(a.score.total_cmp(&b.score)));
    subsets.dedup_by(|a, b| a.members == b.members);
    subsets.sort_by(|a, b| a.score.total_cmp(&b.score).then_with(|| a.members.cmp(&b.members)));
    subsets.truncate(count);
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `Gram = AᵀA`, `right = Aᵀy`, `base = yᵀy` for a fixed regression of 12 rows and 5 columns.
    fn regression() -> Quadratic {
        let row = |i: usize| -> [f64; 5] { std::array::from_fn(|j| ((i * (j + 2)) as f64 * 0.7 + j as f64).sin()) };
        let y = |i: usize| 2.0 * row(i)[1] - 0.5 * row(i)[3] + 0.01 * (i as f64 * 1.3).cos();
        let mut quadratic = Quadratic { gram: vec![0.0; 25], right: vec![0.0; 5], base: 0.0 };
        for i in 0..12 {
            quadratic.base += y(i) * y(i);
            for j in 0..5 {
                quadratic.right[j] += row(i)[j] * y(i);
                (0..5).for_each(|k| quadratic.gram[j * 5 + k] += row(i)[j] * row(i)[k]);
            }
        }
        quadratic
    }

    fn value(quadratic: &Quadratic, subset: &Subset) -> f64 {
        let mut value = quadratic.base;
        for (&i, a) in subset.members.iter().zip(&subset.theta) {
            value -= 2.0 * a * quadratic.right[i];
            value +=
                subset.members.iter().zip(&subset.theta).map(|(&j, b)| a * b * quadratic.gram[i * 5 + j]).sum::<f64>();
        }
        value
    }

    /// Deviance of 12 observations and 4 for each member.
    fn score(objective: f64, members: &[usize]) -> f64 {
        12.0 * (objective / 12.0 + 1e-12).ln() + 4.0 * members.len() as f64
    }

    #[test]
    fn the_best_of_all_subsets_is_found() {
        let quadratic = regression();
        let all = (0..32usize).map(|bits| quadratic.at(&(0..5).filter(|j| bits >> j & 1 == 1).collect::<Vec<_>>()));
        let by_hand = all.map(|subset| (score(value(&quadratic, &subset), &subset.members), subset.members));
        let (lowest, members) = by_hand.min_by(|a, b| a.0.total_cmp(&b.0)).expect("32 subsets");
        assert_eq!(members, [1, 3]);
        let found = quadratic.best_subsets(score, 5, 4, 3, 1);
        assert_eq!(found[0].members, members);
        assert!((found[0].score - lowest).abs() < 1e-6 && (found[0].theta[0] - 2.0).abs() < 0.02, "{found:?}");
        // One of every size comes in any case.
        (1..=5).for_each(|size| assert!(found.iter().any(|subset| subset.members.len() == size)));
    }

    #[test]
    fn neighbours_and_elimination_reach_it_from_elsewhere() {
        let quadratic = regression();
        let near = quadratic.neighbours(&[0, 1, 4], score, 2, 5, 5);
        assert_eq!(near[0].members, [1, 3]);
        assert_eq!(quadratic.eliminated(&[0, 1, 2, 3, 4], score).members, [1, 3]);
    }

    #[test]
    fn a_profile_is_the_quadratic_around_its_point() {
        // J = base - 2 rᵀθ + θᵀGθ at θ0 has half gradient Gθ0 - r.
        let quadratic = regression();
        let theta = [0.3, -0.2, 0.5, 1.0, 0.1];
        let members: Vec<usize> = (0..5).collect();
        let point = Subset { members, theta: theta.to_vec(), score: 0.0 };
        let curved = |i: usize| (0..5).map(|j| quadratic.gram[i * 5 + j] * theta[j]).sum::<f64>();
        let gradient: Vec<f64> = (0..5).map(|i| curved(i) - quadratic.right[i]).collect();
        let profile = Profile { information: quadratic.gram.clone(), gradient };
        let objective = value(&quadratic, &point);
        let same = Quadratic::about(&theta, profile.clone(), 5, 5..5, objective);
        assert!((same.base - quadratic.base).abs() < 1e-10);
        same.right.iter().zip(&quadratic.right).for_each(|(a, b)| assert!((a - b).abs() < 1e-10));
        // With the last unknown always at its best, the others see what is left.
        let reduced = Quadratic::about(&theta, profile, 4, 4..5, objective);
        let (pair, triple) = (reduced.at(&[1, 3]), quadratic.at(&[1, 3, 4]));
        assert!((pair.theta[0] - triple.theta[0]).abs() < 1e-9 && (pair.theta[1] - triple.theta[1]).abs() < 1e-9);
    }
}
