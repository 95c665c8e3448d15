//! From data to equations.

use std::collections::HashMap;
use std::ops::ControlFlow;

use mechnn_solver::smoother::GaussNewton;

use super::evidence::WeightedModel;
use super::fit::Fit;
use super::refine::{Polished, finish, judged_by_equations, negligible, settled, without, without_weak_terms};
use super::request::{DiscoveryError, DiscoveryOptions, Observer, Progress, Stage};
use super::result::{DiscoveryResult, ResultBuilder, Searched};
use super::search::{Search, SearchStage, Step};
use super::separate::{assembled, inexpressible, reduced};
use super::setup::{problem, problem_without_outliers};
use super::structure::Problem;
use crate::data::Dataset;

/// Points of the grid up to which all of them are searched; of more an excerpt, and what it leads to is compared on
/// all.
const EXCERPT: usize = 2000;

/// Finds sparse equations for the data.
///
/// Where the candidates cannot express the equation of a state, that state is taken as known from its own data, and
/// the others are searched again without it, see [`DiscoveryResult::taken_as_known`].
///
/// # Errors
/// [`DiscoveryError`] if there are too few data, or the numerics fail.
pub fn discover(
    data: &Dataset,
    options: &DiscoveryOptions,
    observer: &mut dyn Observer,
) -> Result<DiscoveryResult, DiscoveryError> {
    let joint = discover_jointly(data, options, observer)?;
    // Constraints hang equations together, and velocities are no data.
    let is_free = options.constraints.is_empty() && !data.roles.has_velocities();
    if joint.interrupted || !is_free || data.dims() < 2 || !joint.leaves_a_state_unexplained() {
        return Ok(joint);
    }
    let (prepared, space) = problem(data, options)?;
    let mut inputs = inexpressible(Problem { data: &prepared, space: &space, tuning: &options.tuning });
    inputs.retain(|&d| !joint.explains(d));
    if inputs.is_empty() || inputs.len() == data.dims() {
        return Ok(joint);
    }
    let Some((others, own)) = reduced(data, &prepared, options, &inputs) else { return Ok(joint) };
    // With a state as an input the others may be too few; then the joint search stands.
    match discover_jointly(&others, &own, observer) {
        Ok(apart) => assembled(data, joint, apart, &inputs),
        Err(_) => Ok(joint),
    }
}

/// All equations together.
///
/// # Errors
/// As [`discover`].
pub(crate) fn discover_jointly(
    data: &Dataset,
    options: &DiscoveryOptions,
    observer: &mut dyn Observer,
) -> Result<DiscoveryResult, DiscoveryError> {
    observer.stage(Stage::Proposals);
    // Grid, noise, smoothed states, scales; and the candidate terms with the rules between them.
    let (prepared, space) = problem(data, options)?;
    let first = Problem { data: &prepared, space: &space, tuning: &options.tuning };

    // Proposals by regression, then the search: structures compared with loose equations, then with tight ones.
    let found = search(data, first, observer)?;

    // Outliers as the equations judge them. Where the smoothed states judged otherwise the search saw other rows than
    // it should have, and is made again; in long data single rows do not decide what is found.
    let may_be_misled = !found.interrupted && prepared.excerpt(EXCERPT).is_none();
    let judged = if may_be_misled { judged_by_equations(&first, &found.best) } else { None };
    let (prepared, space, found) = match judged {
        None => (prepared, space, found),
        Some(judged) => {
            let (prepared, space) = problem_without_outliers(data, options, &judged)?;
            let again = search(data, Problem { data: &prepared, space: &space, tuning: &options.tuning }, observer)?;
            (prepared, space, again.after(found))
        }
    };
    let problem = Problem { data: &prepared, space: &space, tuning: &options.tuning };
    let Found { best, best_of_size, weighted_models, history, interrupted } = found;

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

impl Found {
    /// With the steps of an earlier search before its own.
    fn after(self, earlier: Self) -> Self {
        Self { history: [earlier.history, self.history].concat(), ..self }
    }
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
    let weighted_models = builder.weighted_models(&finalists, &best)?;
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

#[cfg(test)]
mod tests {
    use std::ops::ControlFlow;

    use super::{DiscoveryOptions, Observer, Progress, Stage, discover};
    use crate::data::Dataset;
    use crate::discovery::test_problem::{SWING, polynomials, simulated, times};
    use crate::discovery::{Silent, Tuning};
    use crate::equation::SparseModel;

    fn swing() -> Dataset {
        simulated(&SWING, &[&[2.0, 0.0]], &times(41, 0.2)).with_noise(0.02, 5).expect("noise")
    }

    /// A search that looks less far: the data are small, and the truth is simple.
    fn quick() -> DiscoveryOptions {
        let tuning = Tuning { beam: 10, exchanges: 3, neighbours: 4, survivors: 3, ..Tuning::default() };
        DiscoveryOptions { tuning, ..polynomials(1) }
    }

    fn has_form(model: &SparseModel, equations: &[(&str, &str)]) -> bool {
        let text = |model: &SparseModel| {
            let names = model.variables();
            model.terms().map(|(d, own)| (d, own.term.python(&names))).collect::<Vec<_>>()
        };
        text(model) == text(&SparseModel::from_text("t", equations).expect("equations"))
    }

    #[derive(Default)]
    struct Remembers {
        stages: Vec<Stage>,
        steps: Vec<Progress>,
        stops: bool,
    }

    impl Observer for Remembers {
        fn stage(&mut self, stage: Stage) {
            self.stages.push(stage);
        }

        fn step(&mut self, progress: &Progress) -> ControlFlow<()> {
            self.steps.push(progress.clone());
            if self.stops { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        }
    }

    #[test]
    fn the_equations_are_found_and_an_observer_sees_every_stage_and_step() {
        let mut observer = Remembers::default();
        let result = discover(&swing(), &quick(), &mut observer).expect("equations");
        assert!(has_form(&result.model, &SWING), "{}", result.model);
        let stages = [Stage::Proposals, Stage::LooseEquations, Stage::TightEquations, Stage::Refinement];
        assert_eq!(observer.stages, stages);
        // The history is what was seen, without the equations.
        assert_eq!(result.history.len(), observer.steps.len());
        for (kept, seen) in result.history.iter().zip(&observer.steps) {
            assert!(kept.model.is_none());
            let model = seen.model.as_ref().expect("an observer sees the equations");
            assert_eq!((model.term_count(), kept.criterion), (kept.terms, seen.criterion));
        }
        assert!(!result.interrupted && result.pareto_front.iter().filter(|own| own.chosen).count() == 1);
        let weights: f64 = result.evidence.weighted_models.iter().map(|own| own.weight).sum();
        assert!((weights - 1.0).abs() < 1e-12, "{weights}");
    }

    #[test]
    fn the_same_data_give_the_same_result() {
        let [first, second] = [0, 1].map(|_| discover(&swing(), &quick(), &mut Silent).expect("equations"));
        assert_eq!((first.model, first.covariance), (second.model, second.covariance));
    }

    #[test]
    fn a_discovery_that_is_stopped_says_so_and_has_equations() {
        let mut observer = Remembers { stops: true, ..Remembers::default() };
        let result = discover(&swing(), &quick(), &mut observer).expect("equations");
        assert!(result.interrupted && !result.trajectories.is_empty());
        assert_eq!(result.history.len(), observer.steps.len());
    }

    #[test]
    fn terms_below_a_threshold_are_dropped_and_the_front_says_which_is_the_result() {
        // Scaled coefficients are about 0.7 and 1.4, the damping 0.2.
        let options = DiscoveryOptions { threshold: 0.5, ..quick() };
        let result = discover(&swing(), &options, &mut Silent).expect("equations");
        assert!(has_form(&result.model, &[("x", "y"), ("y", "-2*x")]), "{}", result.model);
        let chosen: Vec<usize> =
            result.pareto_front.iter().filter(|own| own.chosen).map(|own| own.model.term_count()).collect();
        assert_eq!(chosen, [2]);
    }
}
