//! One structure for several trajectories, each with coefficients of its own.

use std::ops::ControlFlow;

use rayon::prelude::*;

use super::comparison::Comparison;
use crate::data::Dataset;
use crate::discovery::discover::discover_jointly;
use crate::discovery::evidence::{WeightedModel, weights};
use crate::discovery::given_structure::fit_structure;
use crate::discovery::request::{DiscoveryError, DiscoveryOptions, Observer, Progress, Stage};
use crate::discovery::result::DiscoveryResult;
use crate::discovery::search::{BEHIND, FINALISTS};
use crate::discovery::structure::Form;

/// What [`discover_shared`] finds.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct SharedDiscovery {
    /// One for each trajectory: the same terms, numbers of its own.
    pub results: Vec<DiscoveryResult>,
    /// Structures that were compared on all trajectories.
    pub compared: usize,
    /// True if the observer ended the search before it was done.
    pub interrupted: bool,
}

/// Trajectories that are searched by themselves, those with most observations; the structures found are compared on
/// all.
const SEARCHED: usize = 8;

/// Rounds in which terms are dropped from the best structure, or added to it.
const ROUNDS: usize = 12;

/// Finds equations of one form for all trajectories, with coefficients and inner constants of each its own: the same
/// kind of system under different conditions.
///
/// Trajectories are searched by themselves, and the best structures of every size from each are fitted to all. The
/// criterion is the sum of those of the trajectories, but a term is chosen once:
///
/// $$ \sum_i \Big( \mathrm{deviance}_i + \sum_j (1 + c_j) \ln n_{ij} \Big) + 2 \sum_j \ln r_j $$
///
/// for terms j with `c_j` inner constants and `r_j` as in [`discover`](crate::discovery::discover). From the best,
/// terms are dropped and terms of the others added as long as that helps.
///
/// # Errors
/// [`DiscoveryError`] as [`discover`](crate::discovery::discover) for any of the trajectories.
pub fn discover_shared(
    data: &Dataset,
    options: &DiscoveryOptions,
    observer: &mut dyn Observer,
) -> Result<SharedDiscovery, DiscoveryError> {
    let singles: Vec<Dataset> = (0..data.trajectories.len()).map(|index| data.single(index)).collect();
    let mut order: Vec<usize> = (0..singles.len()).collect();
    order.sort_by_key(|&index| std::cmp::Reverse(singles[index].observations()));
    order.truncate(SEARCHED);
    let mut pool: Vec<Form> = Vec::new();
    let mut interrupted = false;
    for (done, &index) in order.iter().enumerate() {
        let mut part = Part { observer: &mut *observer, done, of: order.len() + 1, stopped: false };
        let found = discover_jointly(&singles[index], options, &mut part)?;
        interrupted |= part.stopped;
        for model in found.pareto_front.iter().map(|other| &other.model).chain([&found.model]) {
            // Without what holds by definition.
            let form = Form::of(model).without_states(|state| data.roles.velocity(state).is_some());
            if !pool.contains(&form) {
                pool.push(form);
            }
        }
        if interrupted {
            break;
        }
    }
    let comparison = Comparison::new(data, &singles, options)?;
    let mut scores = comparison.scores(&pool);
    // Terms that any structure has, as what may be added.
    let mut offers = Form { terms: Vec::new() };
    for term in pool.iter().flat_map(|form| &form.terms) {
        if !offers.contains(term) {
            offers.terms.push(term.clone());
        }
    }
    for _ in 0..ROUNDS {
        let best = lowest(&scores);
        let mut near = pool[best].neighbours(&offers.terms);
        near.retain(|form| !pool.contains(form));
        if near.is_empty() || interrupted {
            break;
        }
        let found = comparison.scores(&near);
        let improves = found[lowest(&found)] < scores[best];
        pool.extend(near);
        scores.extend(found);
        if !improves {
            break;
        }
    }
    let models = comparison.models(&pool[lowest(&scores)])?;
    let fitted = singles.par_iter().zip(&models).map(|(single, model)| fit_structure(single, model, options));
    let mut results: Vec<DiscoveryResult> = fitted.collect::<Result<_, _>>()?;
    for (weight, form) in heaviest(&pool, &scores) {
        for (result, model) in results.iter_mut().zip(comparison.models(form)?) {
            result.evidence.weighted_models.push(WeightedModel { weight, model });
        }
    }
    Ok(SharedDiscovery { results, compared: pool.len(), interrupted })
}

/// The structures that are not far behind with their weights, the heaviest first.
fn heaviest<'a>(pool: &'a [Form], scores: &[f64]) -> Vec<(f64, &'a Form)> {
    let limit = scores[lowest(scores)] + BEHIND;
    let mut near: Vec<usize> = (0..pool.len()).filter(|&index| scores[index] <= limit).collect();
    near.sort_by(|&a, &b| scores[a].total_cmp(&scores[b]));
    near.truncate(FINALISTS);
    let criteria: Vec<f64> = near.iter().map(|&index| scores[index]).collect();
    weights(&criteria).into_iter().zip(near).map(|(weight, index)| (weight, &pool[index])).collect()
}

/// The place of the lowest score.
fn lowest(scores: &[f64]) -> usize {
    let lowest = (0..scores.len()).min_by(|&a, &b| scores[a].total_cmp(&scores[b]));
    lowest.unwrap_or_else(|| unreachable!("every search that ends has found a structure, and each has a score"))
}

/// Progress of one of several searches, as a part of the whole.
struct Part<'a> {
    observer: &'a mut dyn Observer,
    done: usize,
    of: usize,
    stopped: bool,
}

impl Observer for Part<'_> {
    fn stage(&mut self, stage: Stage) {
        self.observer.stage(stage);
    }

    fn step(&mut self, progress: &Progress) -> ControlFlow<()> {
        let fraction = (self.done as f64 + progress.fraction) / self.of as f64;
        let flow = self.observer.step(&Progress { fraction, ..progress.clone() });
        self.stopped |= flow.is_break();
        flow
    }
}

#[cfg(test)]
mod tests {
    use super::{ControlFlow, Dataset, Form, Observer, Progress, discover_shared, heaviest, lowest};
    use crate::discovery::test_problem::{polynomials, simulated, times};
    use crate::discovery::{DiscoveryOptions, Silent};
    use crate::equation::SparseModel;

    /// Two decays towards other values at other rates.
    fn decays() -> Dataset {
        let mut data = simulated(&[("x", "1 - 0.5*x")], &[&[0.2]], &times(31, 0.3));
        let mut other = simulated(&[("x", "3 - 1.2*x")], &[&[8.0]], &times(31, 0.15)).trajectories.remove(0);
        other.name = "other".to_owned();
        data.trajectories.push(other);
        data.with_noise(0.01, 3).expect("noise")
    }

    fn options() -> DiscoveryOptions {
        DiscoveryOptions { simplify: false, ..polynomials(1) }
    }

    fn form(rate: &str) -> Form {
        Form::of(&SparseModel::from_text("t", &[("x", rate)]).expect("equations"))
    }

    #[test]
    fn trajectories_share_the_terms_and_have_numbers_of_their_own() {
        let found = discover_shared(&decays(), &options(), &mut Silent).expect("equations");
        assert!(found.compared >= 2 && !found.interrupted);
        for (result, expected) in found.results.iter().zip([[1.0, -0.5], [3.0, -1.2]]) {
            assert_eq!(Form::of(&result.model), form("1 + x"));
            for (own, expected) in result.model.equations[0].terms.iter().zip(expected) {
                let (number, error) = (own.coefficient, own.standard_error);
                assert!((number - expected).abs() < 3.0 * error, "{number} ± {error}, expected {expected}");
            }
            let weights: f64 = result.evidence.weighted_models.iter().map(|own| own.weight).sum();
            assert!((weights - 1.0).abs() < 1e-12, "{weights}");
        }
    }

    /// Stops at once, and remembers how far it was.
    struct Stops(f64);

    impl Observer for Stops {
        fn step(&mut self, progress: &Progress) -> ControlFlow<()> {
            self.0 = progress.fraction;
            ControlFlow::Break(())
        }
    }

    #[test]
    fn a_search_that_is_stopped_has_the_equations_of_the_first_trajectory() {
        let mut observer = Stops(f64::NAN);
        let found = discover_shared(&decays(), &options(), &mut observer).expect("equations");
        assert!(found.interrupted && found.results.len() == 2);
        // Two searches and a comparison: the first is a third of the whole.
        assert!(observer.0 <= 1.0 / 3.0, "{}", observer.0);
    }

    #[test]
    fn weights_are_of_forms_that_are_not_far_behind() {
        let pool = [form("1"), form("x"), form("1 + x")];
        let scores = [40.0, 12.0, 10.0];
        assert_eq!(lowest(&scores), 2);
        let found = heaviest(&pool, &scores);
        // The first is 30 behind.
        assert_eq!(found.len(), 2);
        assert!(found[0].1 == &pool[2] && (found[0].0 / found[1].0 - 1f64.exp()).abs() < 1e-12);
    }
}
