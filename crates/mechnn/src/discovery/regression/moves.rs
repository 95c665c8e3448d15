//! Subsets near one, by dropping, adding or exchanging unknowns.

use super::beam::sort;
use super::quadratic::{Quadratic, Subset};

impl Quadratic {
    /// `members` without those, weakest first, whose loss lowers the score.
    pub(crate) fn eliminated(&self, members: &[usize], score: impl Fn(f64, &[usize]) -> f64) -> Subset {
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

    /// Up to `count` other subsets near `members`, best first: those reached by dropping, adding or exchanging
    /// unknowns, up to `depth` such moves, the `beam` best of each followed.
    pub(crate) fn neighbours(
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
