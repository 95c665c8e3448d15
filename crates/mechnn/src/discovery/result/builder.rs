//! What a fit says in the data's units, and the evidence for it.

use std::collections::HashMap;

use mechnn_solver::smoother::Marginals;
use ndarray::Array2;

use super::discovery_result::{DiscoveryResult, ParetoModel};
use super::noise_parts::noise_parts;
use super::outlier::outliers;
use super::written::{covariance, equations};
use crate::data::Dataset;
use crate::discovery::candidates::Candidate;
use crate::discovery::evidence::{
    Evidence, FittedTrajectory, Judged, Residuals, SameFunctions, WeightedModel, classes_of_functions, columns,
    open_directions, residuals, state_evidence, weights,
};
use crate::discovery::fit::{Criterion, Fit, NOISE_FLOOR, residual_noise};
use crate::discovery::request::{DiscoveryError, Progress};
use crate::discovery::structure::Problem;
use crate::equation::SparseModel;

/// What the search leaves beside its pick.
#[derive(Default)]
pub(crate) struct Searched {
    pub(crate) pareto_front: Vec<ParetoModel>,
    pub(crate) weighted_models: Vec<WeightedModel>,
    pub(crate) history: Vec<Progress>,
    pub(crate) interrupted: bool,
}

/// What is left of data that are not measured but computed, relative to the spread of a state: the noise that the
/// search takes for the least there is, and what the last fit leaves on top of it.
const EXACT: f64 = 3.0 * NOISE_FLOOR;

/// Makes results of fits: everything in the data's units, with the evidence for it.
#[derive(Clone, Copy)]
pub(crate) struct ResultBuilder<'a> {
    pub(crate) data: &'a Dataset,
    pub(crate) problem: Problem<'a>,
}

impl ResultBuilder<'_> {
    /// The equations in the data's units; `covariance` is that of the scaled parameters, `[P, P]`.
    ///
    /// # Errors
    /// [`DiscoveryError`] if a number is not finite in the data's units.
    pub(crate) fn model(&self, fit: &Fit, covariance: Option<&[f64]>) -> Result<SparseModel, DiscoveryError> {
        let equations = equations(&self.problem, fit, covariance)?;
        let (time, states, controls) =
            (self.data.python_time(), self.data.python_names(), self.data.python_controls());
        Ok(SparseModel::with_controls(time, states, controls, equations)?)
    }

    /// Of the best fits of each size and the pick those that no smaller one matches.
    ///
    /// # Errors
    /// As [`ResultBuilder::model`].
    pub(crate) fn pareto_front(&self, mut fits: Vec<Fit>, pick: &Fit) -> Result<Vec<ParetoModel>, DiscoveryError> {
        let is_pick = |fit: &Fit| fit.structure == pick.structure;
        if !fits.iter().any(is_pick) {
            // A threshold made it: it stands for its size.
            fits.retain(|fit| fit.structure.terms() != pick.structure.terms());
            fits.push(pick.clone());
        }
        fits.sort_by_key(|fit| fit.structure.terms());
        let criterion = Criterion::new(self.problem);
        let mut lowest = f64::INFINITY;
        let mut front = Vec::new();
        for fit in &fits {
            let (deviance, chosen) = (criterion.deviance(fit), is_pick(fit));
            if deviance < lowest || chosen {
                lowest = lowest.min(deviance);
                front.push(ParetoModel { deviance, criterion: fit.criterion, model: self.model(fit, None)?, chosen });
            }
        }
        Ok(front)
    }

    /// The structures of fits with their weights, the heaviest first. Fits with the same functions from other inner
    /// constants are one structure, and so are structures that span the same functions: they are written with the
    /// terms of `pick` as far as they can be.
    ///
    /// # Errors
    /// As [`ResultBuilder::model`].
    pub(crate) fn weighted_models(&self, fits: &[Fit], pick: &Fit) -> Result<Vec<WeightedModel>, DiscoveryError> {
        let families = &self.problem.space.dictionary.families;
        let mut best_of: HashMap<Vec<(usize, usize)>, &Fit> = HashMap::new();
        for fit in fits {
            let family = |own: &Candidate| (own.state, families[own.term]);
            let mut structure: Vec<_> = fit.structure.candidates().iter().map(family).collect();
            structure.sort_unstable();
            let best = best_of.entry(structure).or_insert(fit);
            if fit.criterion < best.criterion {
                *best = fit;
            }
        }
        let mut distinct: Vec<&Fit> = best_of.into_values().collect();
        distinct.sort_by(|a, b| {
            let order = a.criterion.total_cmp(&b.criterion);
            order.then_with(|| a.structure.candidates().cmp(b.structure.candidates()))
        });
        let classes = classes_of_functions(&self.problem, &distinct, pick);
        let criteria: Vec<f64> = classes.iter().map(|class| class.criterion).collect();
        let weighed = weights(&criteria).into_iter().zip(classes);
        let model = |(weight, class): (f64, SameFunctions<'_>)| {
            Ok(WeightedModel { weight, model: self.model(class.representative, None)? })
        };
        weighed.map(model).collect()
    }

    /// The result of the last fit, with the uncertainty of its states and numbers.
    ///
    /// # Errors
    /// [`DiscoveryError`] if a number is not finite in the data's units, or the model cannot be simulated at all.
    pub(crate) fn result(
        &self,
        fit: &Fit,
        marginals: &Marginals,
        searched: Searched,
    ) -> Result<DiscoveryResult, DiscoveryError> {
        // What was set aside counts as missing in all that is said of the equations.
        let kept = self.problem.data.without_outliers(self.data);
        ResultBuilder { data: &kept, ..*self }.result_of_kept(fit, marginals, searched)
    }

    fn result_of_kept(
        &self,
        fit: &Fit,
        marginals: &Marginals,
        searched: Searched,
    ) -> Result<DiscoveryResult, DiscoveryError> {
        let (data, dims) = (self.problem.data, self.data.dims());
        let model = self.model(fit, Some(&marginals.parameters))?;
        let covariance = covariance(&self.problem, fit, &marginals.parameters);
        let Searched { pareto_front, weighted_models, history, interrupted } = searched;
        let noise = residual_noise(&self.problem, fit);
        let exact = |d: usize| noise[d] <= EXACT * data.spread[d];
        let noise_in_units = |d: usize| match data.roles.position(d) == d {
            true => noise[d] * data.scaling.state[d],
            false => f64::NAN,
        };
        let noise: Vec<f64> = (0..dims).map(noise_in_units).collect();
        // What is left of exact data is the error of the discretisation, which no noise hides.
        let of_noise = |(d, residuals): (usize, Option<Residuals>)| residuals.filter(|_| !exact(d));
        let residuals: Vec<_> = residuals(data, fit).into_iter().enumerate().map(of_noise).collect();
        let trajectories = self.trajectories(fit, marginals, &model)?;
        let judged = |d: usize| Judged { noise: noise[d], is_exact: exact(d), residuals: residuals[d] };
        let states = state_evidence(self.data, &trajectories, &(0..dims).map(judged).collect::<Vec<_>>());
        let evidence = Evidence {
            states,
            weighted_models,
            residuals,
            undetermined: open_directions(&model, covariance.view()),
            held_out: self.held_out(fit)?,
        };
        Ok(DiscoveryResult {
            evidence,
            pareto_front,
            covariance,
            noise_parts: noise_parts(data, &noise, &fit.estimate.states),
            noise,
            noise_models: data.noise_parts.iter().map(|part| part.model()).collect(),
            outliers: outliers(data, fit),
            trajectories,
            chosen_terms: fit.structure.terms(),
            columns: columns(self.data),
            model,
            candidates: self.problem.candidates(),
            indistinct: self.problem.space.dictionary.indistinct.clone(),
            taken_as_known: Vec::new(),
            history,
            interrupted,
        })
    }

    /// The estimated states of each trajectory, beside a simulation of the model.
    fn trajectories(
        &self,
        fit: &Fit,
        marginals: &Marginals,
        model: &SparseModel,
    ) -> Result<Vec<FittedTrajectory>, DiscoveryError> {
        let (data, dims) = (self.problem.data, self.data.dims());
        let scale = &data.scaling.state;
        let mut trajectories = Vec::new();
        let mut offset = 0;
        for (index, trajectory) in self.data.trajectories.iter().enumerate() {
            let segment = &data.segments[index];
            let scaled = &fit.estimate.states[offset..][..segment.observations.len()];
            let variances = &marginals.states[offset..][..segment.observations.len()];
            offset += segment.observations.len();
            let shape = (segment.times.len(), dims);
            let states = Array2::from_shape_fn(shape, |(t, d)| scaled[t * dims + d] * scale[d]);
            let state_std = Array2::from_shape_fn(shape, |(t, d)| variances[t * dims + d].sqrt() * scale[d]);
            let observed_at = data.observed_at[index].clone();
            let mut times: Vec<f64> =
                segment.times.iter().map(|t| trajectory.times[0] + t * data.scaling.time).collect();
            // Exactly the data's own, not up to rounding.
            observed_at.iter().zip(&trajectory.times).for_each(|(&at, &time)| times[at] = time);
            trajectories.push(FittedTrajectory::new(model, trajectory, times, observed_at, states, state_std)?);
        }
        Ok(trajectories)
    }
}

#[cfg(test)]
mod tests {
    use super::{Fit, ResultBuilder, Searched};
    use crate::discovery::DiscoveryOptions;
    use crate::discovery::fit::Estimator;
    use crate::discovery::test_problem::{HUNT, SWING, TestProblem, options, polynomials, simulated, times};
    use crate::equation::{FunctionFamily, LibrarySpec, RolloutStatus};

    const TRUE: [(usize, &str); 3] = [(0, "y"), (1, "x"), (1, "y")];

    fn builder(test: &TestProblem) -> ResultBuilder<'_> {
        ResultBuilder { data: &test.dataset, problem: test.problem() }
    }

    #[test]
    fn no_model_of_the_pareto_front_is_matched_by_a_smaller_one() {
        let test = TestProblem::swing(2, 0.02);
        // The four-term fit has a term in place of the damping: larger, and worse than the truth.
        let structures: [&[(usize, &str)]; 5] = [
            &[],
            &TRUE[..2],
            &TRUE,
            &[(0, "y"), (0, "x*y"), (1, "x"), (1, "x**2")],
            &[(0, "y"), (0, "x*y"), (1, "x"), (1, "y"), (1, "x**2")],
        ];
        let mut fits: Vec<Fit> = structures.iter().map(|terms| test.fit(terms)).collect();
        let pick = fits[2].clone();
        // In whatever order they come.
        fits.reverse();
        let front = builder(&test).pareto_front(fits, &pick).expect("finite numbers");
        let sizes: Vec<usize> = front.iter().map(|own| own.model.term_count()).collect();
        assert_eq!(sizes, [0, 2, 3, 5]);
        assert!(front.windows(2).all(|pair| pair[1].deviance < pair[0].deviance));
        let chosen: Vec<bool> = front.iter().map(|own| own.chosen).collect();
        assert_eq!(chosen, [false, false, true, false]);
    }

    #[test]
    fn the_pick_is_on_the_front_in_place_of_what_has_its_size() {
        let test = TestProblem::swing(2, 0.02);
        let other = test.fit(&[(0, "y"), (1, "x"), (1, "x**2")]);
        let pick = test.fit(&TRUE);
        let front = builder(&test).pareto_front(vec![test.fit(&[]), other], &pick).expect("finite numbers");
        let sizes: Vec<(usize, bool)> = front.iter().map(|own| (own.model.term_count(), own.chosen)).collect();
        assert_eq!(sizes, [(0, false), (3, true)]);
        // Even where a smaller one explains more: it is what was chosen.
        let worse = test.fit(&[(0, "x"), (1, "y"), (1, "x**2")]);
        let front = builder(&test).pareto_front(vec![test.fit(&TRUE[..2])], &worse).expect("finite numbers");
        assert!(front.len() == 2 && front[1].chosen && front[1].deviance > front[0].deviance);
    }

    #[test]
    fn weights_are_of_structures_and_one_function_from_two_starts_is_one() {
        let library = Some(LibrarySpec::polynomial(1).with_functions(&[FunctionFamily::Rational]));
        let data = simulated(&[HUNT[0], HUNT[1]], &[&[1.0, 1.0]], &times(41, 0.25));
        let test = TestProblem::new(data, &DiscoveryOptions { library, ..polynomials(1) });
        let families = &test.space.dictionary.families;
        let twice = (1..families.len()).find(|&term| families[term] == families[term - 1]).expect("two starts");
        let with = |term: usize, criterion: f64| {
            let candidate = crate::discovery::candidates::Candidate { state: 0, term };
            let mut fit = test.fit(&[(0, "x")]);
            fit.structure = test.problem().structure(vec![candidate]);
            fit.map = crate::discovery::fit::AffineMap::identity(fit.structure.parameters());
            fit.estimate.parameters = vec![1.0; fit.structure.parameters()];
            Fit { criterion, ..fit }
        };
        let fits = [with(1, 14.0), with(twice - 1, 13.0), with(twice, 12.0)];
        let models = builder(&test).weighted_models(&fits, &fits[2]).expect("finite numbers");
        // 12 against 14: odds of e.
        let expected = 1f64.exp() / (1.0 + 1f64.exp());
        assert_eq!(models.len(), 2);
        assert!((models[0].weight - expected).abs() < 1e-12, "{}", models[0].weight);
        let (term, own) = (test.space.dictionary.term(twice), &models[0].model.equations[0].terms[0].term);
        assert!(own.has_form_of(term) && own.constants() == term.constants(), "the better of the two starts");
    }

    #[test]
    fn a_result_has_everything_in_the_units_of_the_data() {
        let clean = simulated(&SWING, &[&[2.0, 0.0]], &times(81, 0.1));
        let mut dataset = clean.with_noise(0.02, 7).expect("noise");
        dataset.trajectories[0].times.iter_mut().for_each(|t| *t += 1000.0);
        let test = TestProblem::new(dataset, &options(1, &[], ""));
        let fit = test.fit(&TRUE);
        let marginals = Estimator::new(test.problem()).marginals(&fit, test.tuning.tight).expect("marginals");
        let result = builder(&test).result(&fit, &marginals, Searched::default()).expect("a result");
        let (own, data) = (&result.trajectories[0], &test.dataset.trajectories[0]);
        let observed: Vec<f64> = own.observed_at.iter().map(|&at| own.times[at]).collect();
        assert_eq!(observed, data.times, "exactly the times of the data");
        for d in 0..2 {
            // Residuals are the noise that was put in, but for what five numbers of 162 follow of it.
            let noise = &data.values.column(d) - &clean.trajectories[0].values.column(d);
            let put_in = (noise.iter().map(|own| own * own).sum::<f64>() / 81.0).sqrt();
            assert!((result.noise[d] / put_in - 1.0).abs() < 0.05, "{} of {put_in}", result.noise[d]);
            // Estimated states are nearer to the truth than single observations.
            assert!(own.state_std.column(d).iter().all(|std| *std > 0.0 && *std < put_in), "{:?}", own.state_std);
        }
        assert_eq!((own.rollout.status, result.candidates, result.interrupted), (RolloutStatus::Finished, 6, false));
        assert!(own.fit_r2 > 0.99 && own.rollout_r2 > 0.99 && result.is_stable());
        assert_eq!(result.covariance.dim(), (3, 3));
        let held_out = result.evidence.held_out[0].expect("81 rows are enough");
        // 64 rows stay. A prediction whose error is the noise has 1; of 34 values that is known to an eighth.
        assert_eq!(held_out.rows, 17);
        assert!(held_out.r2 > 0.9 && (held_out.error - 1.0).abs() < 0.5, "{held_out:?}");
        assert!(result.evidence.residuals.iter().all(|own| own.is_some_and(|own| own.is_white())));
    }
}
