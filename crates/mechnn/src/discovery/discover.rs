//! From data to equations.

use std::collections::HashMap;
use std::ops::ControlFlow;

use mechnn_solver::smoother::GaussNewton;

use super::evidence::WeightedModel;
use super::fit::Fit;
use super::refine::{Polished, finish, negligible, settled, without, without_weak_terms};
use super::request::{DiscoveryError, DiscoveryOptions, Observer, Progress, Stage};
use super::result::{DiscoveryResult, ResultBuilder, Searched};
use super::search::{Search, SearchStage, Step};
use super::setup::problem;
use super::structure::Problem;
use crate::data::Dataset;

/// Points of the grid up to which all of them are searched; of more an excerpt, and what it leads to is compared on
/// all.
const EXCERPT: usize = 2000;

/// Finds sparse equations for the data.
///
/// # Errors
/// [`DiscoveryError`] if there are too few data, or the numerics fail.
pub fn discover(
    data: &Dataset,
    options: &DiscoveryOptions,
    observer: &mut dyn Observer,
) -> Result<DiscoveryResult, DiscoveryError> {
    observer.stage(Stage::Proposals);
    // Grid, noise, smoothed states, scales; and the candidate terms with the rules between them.
    let (prepared, space) = problem(data, options)?;
    let problem = Problem { data: &prepared, space: &space, tuning: &options.tuning };

    // Proposals by regression, then the search: structures compared with loose equations, then with tight ones.
    let Found { best, best_of_size, weighted_models, history, interrupted } = search(data, problem, observer)?;

    // Noise and numbers in agreement; then the user's threshold.
    observer.stage(Stage::Refinement);
    let best = settled(&problem, best, GaussNewton::default())?;
    let mut rough = without_weak_terms(&problem, best, options.threshold)?;

    // Noise model, model error taken away, simple numbers; terms that only describe the grid's error go.
    let Polished { data: fine, fit, marginals } = loop {
        let polished = finish(&problem, &rough, options)?;
        let negligible = negligible(&problem.on(&polished.data), &polished.fit);
        if negligible.is_empty() {
            break polished;
        }
        rough = without(&problem, &rough, &negligible)?;
    };

    // Everything in the data's units, with the evidence for it.
    let fits = best_of_size.into_values().collect();
    let pareto_front = ResultBuilder { data, problem }.pareto_front(fits, &rough)?;
    let searched = Searched { pareto_front, weighted_models, history, interrupted };
    ResultBuilder { data, problem: problem.on(&fine) }.result(&fit, &marginals, searched)
}

/// What a search finds.
struct Found {
    best: Fit,
    best_of_size: HashMap<usize, Fit>,
    weighted_models: Vec<WeightedModel>,
    history: Vec<Progress>,
    interrupted: bool,
}

/// The search, on an excerpt first where the data are long.
fn search(data: &Dataset, problem: Problem<'_>, observer: &mut dyn Observer) -> Result<Found, DiscoveryError> {
    let builder = ResultBuilder { data, problem };
    let mut history = Vec::new();
    let mut failure = None;
    let mut stage = Stage::Proposals;
    let mut watch = |fit: &Fit, step: Step| {
        let progress = match progress(&builder, fit, step) {
            Ok(progress) => progress,
            Err(error) => {
                failure = Some(error);
                return ControlFlow::Break(());
            }
        };
        if progress.stage != stage {
            stage = progress.stage;
            observer.stage(stage);
        }
        let flow = observer.step(&progress);
        history.push(Progress { model: None, ..progress });
        flow
    };
    let excerpt = problem.data.excerpt(EXCERPT);
    let leads = excerpt.as_ref().map(|excerpt| Search::new(problem.on(excerpt), &mut watch).leads());
    let mut search = Search::new(problem, &mut watch);
    let best = match leads {
        None => search.run()?,
        Some(leads) => search.follow(leads)?,
    };
    let Search { best: finalists, best_of_size, interrupted, .. } = search;
    if let Some(error) = failure {
        return Err(error);
    }
    let weighted_models = builder.weighted_models(&finalists)?;
    Ok(Found { best, best_of_size, weighted_models, history, interrupted })
}

fn progress(builder: &ResultBuilder<'_>, fit: &Fit, step: Step) -> Result<Progress, DiscoveryError> {
    Ok(Progress {
        stage: match step.stage {
            SearchStage::Loose => Stage::LooseEquations,
            SearchStage::Tight => Stage::TightEquations,
        },
        fraction: step.fraction,
        model_error: step.level,
        terms: fit.structure.terms(),
        iterations: fit.iterations,
        data_misfit: fit.objective.data,
        model_misfit: fit.objective.dynamics,
        criterion: fit.criterion,
        model: Some(builder.model(fit, None)?),
    })
}
