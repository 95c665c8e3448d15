//! The best subsets of every size, by a beam search.

use super::partial::Partial;
use super::quadratic::{Quadratic, Subset};

impl Quadratic {
    /// Up to `count` subsets of at most `largest` unknowns with the lowest `score(objective, members)`, best first: a
    /// beam search that extends the `beam` best of every size. The `per_size` best of every size come in any case.
    pub(crate) fn best_subsets(
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

    /// For each of the `seeds`, the `beam` best subsets of every size up to `largest` of it and the first `among`
    /// unknowns, by a beam search.
    pub(crate) fn best_with_each(
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
}

/// The `count` best, best first, of each set of members only the best.
pub(super) fn sort(subsets: &mut Vec<Subset>, count: usize) {
    subsets.sort_by(|a, b| a.members.cmp(&b.members).then(a.score.total_cmp(&b.score)));
    subsets.dedup_by(|a, b| a.members == b.members);
    subsets.sort_by(|a, b| a.score.total_cmp(&b.score).then_with(|| a.members.cmp(&b.members)));
    subsets.truncate(count);
}
