//! Documents of a small result.

use super::{DiscoveryDocument, SCHEMA, SHARED_SCHEMA, SharedDocument};
use crate::discovery::ModelConstraints;
use crate::discovery::evidence::WeightedModel;
use crate::discovery::fit::Estimator;
use crate::discovery::result::{DiscoveryResult, ResultBuilder, Searched};
use crate::discovery::test_problem::TestProblem;

fn swing() -> (TestProblem, DiscoveryResult) {
    let test = TestProblem::swing(1, 0.02);
    let fit = test.fit(&[(0, "y"), (1, "x"), (1, "y")]);
    let marginals = Estimator::new(test.problem()).marginals(&fit, test.tuning.tight).expect("marginals");
    let builder = ResultBuilder { data: &test.dataset, problem: test.problem() };
    let model = |weight| WeightedModel { weight, model: builder.model(&fit, None).expect("a model") };
    let weighted_models = vec![model(0.992), model(0.008)];
    let pareto_front = builder.pareto_front(vec![test.fit(&[])], &fit).expect("a front");
    let searched = Searched { weighted_models, pareto_front, ..Searched::default() };
    let result = builder.result(&fit, &marginals, searched).expect("a result");
    (test, result)
}

#[test]
fn a_document_says_what_the_result_does() {
    let (test, result) = swing();
    let document = DiscoveryDocument::new(&test.dataset, &result, 1.5).expect("finite numbers");
    assert_eq!((document.schema, document.terms, document.candidates), (SCHEMA, 3, 6));
    assert_eq!((document.seconds, document.stable, document.interrupted), (1.5, true, false));
    assert_eq!(document.equations[1].terms[0].coefficient, result.model.equations[1].terms[0].coefficient);
    assert_eq!(document.noise["y"], Some(result.noise[1]));
    assert_eq!(document.trajectories[0].start["x"], result.trajectories[0].states[[0, 0]]);
    assert_eq!(document.front.iter().map(|own| own.chosen).collect::<Vec<_>>(), [false, true]);
    // What weighs less than 0.01 is not listed.
    assert_eq!((document.structures.len(), document.term_weights.len()), (1, 3));
    assert!(document.noise_fraction.is_empty(), "the noise is additive");
}

#[test]
fn what_is_not_finite_is_null() {
    let (test, mut result) = swing();
    result.trajectories[0].rollout_r2 = f64::NEG_INFINITY;
    result.noise[0] = f64::NAN;
    let document = DiscoveryDocument::new(&test.dataset, &result, 1.5).expect("finite numbers");
    let json = serde_json::to_value(&document).expect("a document");
    assert!(json["trajectories"][0]["rollout_r2"].is_null() && json["noise"]["x"].is_null());
    assert!(json["noise"]["y"].is_number());
    // A coefficient must be finite.
    result.model.equations[0].terms[0].coefficient = f64::NAN;
    assert!(DiscoveryDocument::new(&test.dataset, &result, 1.5).is_err());
}

#[test]
fn constraints_are_part_of_it_where_there_are_some() {
    let (test, result) = swing();
    let document = DiscoveryDocument::new(&test.dataset, &result, 1.5).expect("finite numbers");
    let nothing = document.clone().with_constraints(&ModelConstraints::default());
    assert!(serde_json::to_value(&nothing).expect("a document").get("constraints").is_none());
    let known = ModelConstraints::from_toml("[model]\nknown = { x = \"y\" }").expect("a table");
    let json = serde_json::to_value(document.with_constraints(&known)).expect("a document");
    assert_eq!(json["constraints"]["known"]["x"], "y");
}

#[test]
fn a_search_that_was_stopped_has_equations_and_nothing_else() {
    let (test, result) = swing();
    let document = DiscoveryDocument::unfinished(&test.dataset, &result.model, 6, 0.5).expect("finite numbers");
    assert!(document.interrupted && !document.stable && document.trajectories.is_empty());
    assert_eq!((document.equations.len(), document.terms, document.noise["x"]), (2, 3, None));
    let shared = SharedDocument::new(vec![document], 4, 2.5);
    assert_eq!((shared.schema, shared.compared, shared.results.len()), (SHARED_SCHEMA, 4, 1));
}
