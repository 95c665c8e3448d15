//! The whole search on small problems.

use std::ops::ControlFlow;

use super::{Search, SearchStage, Step};
use crate::discovery::fit::Fit;
use crate::discovery::request::Tuning;
use crate::discovery::structure::Problem;
use crate::discovery::test_problem::{SWING, TestProblem, options, polynomials, simulated, times};

const TRUE: [(usize, &str); 3] = [(0, "y"), (1, "x"), (1, "y")];

/// A search that looks less far: the data are small, and the truth is simple.
fn quick() -> Tuning {
    Tuning { beam: 10, exchanges: 3, neighbours: 4, survivors: 3, ..Tuning::default() }
}

#[test]
fn the_true_structure_is_found_and_every_step_is_better_than_those_of_its_stage() {
    let data = simulated(&SWING, &[&[2.0, 0.0]], &times(41, 0.2)).with_noise(0.02, 7).expect("noise");
    let mut test = TestProblem::new(data, &polynomials(2));
    test.tuning = quick();
    let mut steps: Vec<(Step, f64)> = Vec::new();
    let mut watch = |fit: &Fit, step: Step| {
        steps.push((step, fit.criterion));
        ControlFlow::Continue(())
    };
    let mut search = Search::new(test.problem(), &mut watch);
    let best = search.run().expect("a structure");
    assert_eq!(best.structure, test.structure(&TRUE));
    let Search { best: finalists, best_of_size, interrupted, .. } = search;
    assert!(!interrupted && finalists[0].structure == best.structure);
    assert!(finalists.is_sorted_by(|a, b| a.criterion <= b.criterion));
    // The best of every size is no worse than any finalist of that size.
    for fit in &finalists {
        let own = &best_of_size[&fit.structure.terms()];
        assert!(own.criterion <= fit.criterion && own.structure.terms() == fit.structure.terms());
    }
    for pair in steps.windows(2) {
        let ((before, worse), (after, better)) = (pair[0], pair[1]);
        assert!(before.fraction <= after.fraction || before.stage != after.stage, "{before:?}, {after:?}");
        assert!(before.stage != after.stage || better < worse, "{worse}, then {better}");
    }
    let stages = [steps[0].0.stage, steps[steps.len() - 1].0.stage];
    assert_eq!(stages, [SearchStage::Loose, SearchStage::Tight]);
}

#[test]
fn a_search_that_is_stopped_gives_the_best_so_far() {
    let test = TestProblem::swing(1, 0.02);
    let mut count = 0;
    let mut watch = |_: &Fit, _: Step| {
        count += 1;
        ControlFlow::Break(())
    };
    let mut search = Search::new(test.problem(), &mut watch);
    let best = search.run().expect("a structure");
    assert!(search.interrupted && !best.structure.is_empty() && best.criterion.is_finite());
    drop(search);
    // Once in each stage: the second needs a structure, too.
    assert!((1..=2).contains(&count), "{count} steps after the first was the last");
}

#[test]
fn leads_of_an_excerpt_are_followed_on_all_data() {
    let mut test = TestProblem::swing(1, 0.02);
    test.tuning = quick();
    let excerpt = test.data.excerpt(60).expect("81 points");
    let mut fractions = Vec::new();
    let mut watch = |_: &Fit, step: Step| {
        fractions.push(step.fraction);
        ControlFlow::Continue(())
    };
    let leads = Search::new(Problem { data: &excerpt, ..test.problem() }, &mut watch).leads();
    let best = Search::new(test.problem(), &mut watch).follow(leads).expect("a structure");
    assert_eq!(best.structure, test.structure(&TRUE));
    assert_eq!(best.estimate.states.len(), test.data.states.len());
    assert!(fractions.iter().all(|fraction| (0.0..=1.0).contains(fraction)), "{fractions:?}");
}

#[test]
fn constraints_hold_in_what_is_found() {
    let equations = [("x", "-0.8*x*y"), ("y", "0.8*x*y - 0.4*y"), ("z", "0.4*y")];
    let data = simulated(&equations, &[&[2.0, 0.3, 0.0]], &times(41, 0.3)).with_noise(0.01, 5).expect("noise");
    let table = "conserved = [\"x + y + z\"]\nties = [{ x = \"-x*y\", y = \"x*y\" }]
        terms = { x = [\"x\", \"1\"], y = [\"x\", \"y\", \"y**2\"] }";
    let mut test = TestProblem::new(data, &options(2, &[], table));
    test.tuning = quick();
    let mut watch = |_: &Fit, _: Step| ControlFlow::Continue(());
    let best = Search::new(test.problem(), &mut watch).run().expect("a structure");
    assert_eq!(best.structure, test.structure(&[(0, "x*y"), (1, "y")]));
}

#[test]
fn few_data_get_a_structure_too() {
    // Nine rows: a structure may have four numbers of each state, one of them its start.
    let data = simulated(&[("x", "1 - 0.5*x")], &[&[0.2]], &times(9, 0.4)).with_noise(0.01, 2).expect("noise");
    let test = TestProblem::new(data, &polynomials(3));
    let mut watch = |_: &Fit, _: Step| ControlFlow::Continue(());
    let best = Search::new(test.problem(), &mut watch).run().expect("a structure");
    assert_eq!(best.structure, test.structure(&[(0, "1"), (0, "x")]));
}
