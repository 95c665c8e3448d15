//! Structures that differ from one by a term or two.

use super::candidates::Candidate;
use super::chosen::Chosen;
use super::fit::{Fit, Laboratory};
use super::quadratic::Subset;

impl Laboratory<'_> {
    /// The `count` most promising neighbours of a structure among the candidates of a list, judged by its profile, with
    /// parameters to start from.
    pub(super) fn neighbours(
        &self,
        fit: &Fit,
        shortlist: &[Candidate],
        level: f64,
        count: usize,
    ) -> Vec<(Vec<Candidate>, Vec<f64>)> {
        let others: Vec<Candidate> =
            shortlist.iter().filter(|candidate| !fit.candidates.contains(candidate)).copied().collect();
        let Ok(quadratic) = self.quadratic(fit, &others, level) else { return Vec::new() };
        let all = [&fit.candidates[..], &others].concat();
        let score = self.score_of_subsets(fit, &all);
        let members: Vec<usize> = (0..fit.candidates.len()).collect();
        let near = quadratic.neighbours(&members, score, 2, count, count);
        let rules = &self.dictionary.rules;
        let agrees =
            |subset: &&Subset| subset.members.iter().zip(&subset.theta).all(|(&j, t)| rules.agrees(all[j], *t));
        near.iter().filter(agrees).map(|subset| self.completed(fit, &all, subset)).collect()
    }

    /// What a subset of the candidates `all` is worth, for an objective in units of the noise of a fit.
    pub(super) fn score_of_subsets<'s>(
        &'s self,
        fit: &Fit,
        all: &'s [Candidate],
    ) -> impl Fn(f64, &[usize]) -> f64 + 's {
        let (observations, floor) = (self.observations(), self.relative_floor(&fit.noise));
        let price: Vec<f64> = all.iter().map(|&candidate| self.price_of(candidate)).collect();
        move |objective: f64, members: &[usize]| {
            let of_state = |d: usize| members.iter().map(|&j| &all[j]).filter(move |c| c.state == d).map(|c| c.term);
            if (0..self.dims()).any(|d| self.repeats_a_family(of_state(d))) {
                return f64::INFINITY;
            }
            self.deviance_of_objective(objective, observations, floor) + members.iter().map(|&j| price[j]).sum::<f64>()
        }
    }

    /// The candidates of a subset of `all`, of which those of the fit come first, with parameters to start from.
    pub(super) fn completed(&self, fit: &Fit, all: &[Candidate], subset: &Subset) -> (Vec<Candidate>, Vec<f64>) {
        let dictionary = self.dictionary;
        let places = fit.constants_at(dictionary);
        let own = |term: usize| fit.candidates.iter().position(|candidate| candidate.term == term);
        let chosen = |(&j, &theta): (&usize, &f64)| {
            let candidate = all[j];
            // A shared function has its constants, wherever it is.
            let shared = || own(candidate.term).filter(|_| dictionary.rules.is_shared(candidate.term));
            let place = places.get(j).or_else(|| shared().map(|own| &places[own]));
            let constants = match place {
                Some(place) => fit.estimate.parameters[place.clone()].to_vec(),
                None => dictionary.first_constants(candidate.term),
            };
            Chosen { candidate, theta, constants }
        };
        self.assembled(subset.members.iter().zip(&subset.theta).map(chosen).collect())
    }
}
