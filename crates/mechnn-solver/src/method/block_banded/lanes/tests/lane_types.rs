//! Every type of lanes against numbers of twice the precision.

use std::cell::RefCell;

use ndarray::{Array4, Axis, s};

use super::gradient_parts::{difference, gradient_parts};
use super::lane_run::LaneRun;
use super::random_problem::{Axes, RandomProblem, SCHEMES, random_seeds};
use crate::lanes::{DoubleDouble, LaneKernel, Real, on_every_lanes};
use crate::problem::OdeProblem;

struct Run<'a> {
    problem: &'a OdeProblem,
    seeds: &'a Array4<f64>,
    /// One entry for each type: its lanes, whether it rounds a multiply-add once, what it found.
    runs: &'a RefCell<Vec<(usize, bool, LaneRun)>>,
}

impl LaneKernel for Run<'_> {
    type Output = ();

    fn run<V: Real>(self) {
        let run = of_shape::<V>(self.problem, self.seeds);
        self.runs.borrow_mut().push((V::LANES, V::IS_FUSED, run));
    }
}

fn of_shape<V: Real>(problem: &OdeProblem, seeds: &Array4<f64>) -> LaneRun {
    match (problem.sizes.dims, problem.sizes.orders) {
        (1, 3) => LaneRun::new::<V, 1, 3>(problem, seeds),
        (2, 2) => LaneRun::new::<V, 2, 2>(problem, seeds),
        shape => unreachable!("not compiled for {shape:?}"),
    }
}

/// The largest error of each derivative is at most its estimate here; the best guess may be twice as good.
const TIMES_ESTIMATE: f64 = 2.0;

/// Rounding of residuals and adjoints, 1e-16 and 1e-15, times the size of whitened rows, up to some hundred: 3e-11 for
/// the steps of the Wiener process, 1e-14 for everything else.
const GRADIENT_TOLERANCE: f64 = 1e-10;

#[test]
fn every_type_of_lanes_finds_what_double_doubles_find() {
    for (dims, orders) in [(1, 3), (2, 2)] {
        for (index, scheme) in SCHEMES.into_iter().enumerate() {
            // Groups that are full and not, of every type; more points than a chunk has.
            let shape = [11, 21, dims, orders];
            let inputs = RandomProblem::new(index as u64, shape, scheme, Axes::Full);
            let (problem, seeds) = (inputs.problem(), random_seeds(1, shape));
            let reference = of_shape::<DoubleDouble>(&problem, &seeds);
            let runs = RefCell::new(Vec::new());
            on_every_lanes(|| Run { problem: &problem, seeds: &seeds, runs: &runs });
            for (lanes, fused, run) in runs.borrow().iter() {
                let name = format!("{lanes} lanes (fused: {fused}), D = {dims}, K = {orders}, {}", scheme.name());
                expect_near(run, &reference, &name);
            }
            expect_same_bits(&runs.borrow());
        }
    }
}

fn expect_near(run: &LaneRun, reference: &LaneRun, name: &str) {
    for (element, values) in run.values.axis_iter(Axis(0)).enumerate() {
        let estimate = run.evidence[element].expect("well conditioned").error_estimate;
        assert!(estimate < 1e-11, "{name}: estimate {estimate:e}");
        for k in 0..values.dim().2 {
            let found: Vec<_> = values.index_axis(Axis(2), k).iter().copied().collect();
            let expected: Vec<_> = reference.values.slice(s![element, .., .., k]).iter().copied().collect();
            let error = difference(&found, &expected);
            assert!(
                error <= TIMES_ESTIMATE * estimate,
                "{name}: element {element}, derivative {k}: error {error:e}, estimate {estimate:e}"
            );
        }
    }
    let parts = gradient_parts(&run.gradient);
    for ((input, found), (_, expected)) in parts.iter().zip(gradient_parts(&reference.gradient)) {
        let error = difference(found, &expected);
        assert!(error <= GRADIENT_TOLERANCE, "{name}: gradient of {input} is {error:e} off");
    }
}

/// Types that round a multiply-add once do the same, operation by operation; so do those that round twice.
fn expect_same_bits(runs: &[(usize, bool, LaneRun)]) {
    for fused in [false, true] {
        let mut alike = runs.iter().filter(|run| run.1 == fused);
        let Some((first, _, expected)) = alike.next() else { continue };
        for (lanes, _, run) in alike {
            let bits = |array: &Array4<f64>| array.iter().map(|value| value.to_bits()).collect::<Vec<_>>();
            assert_eq!(bits(&run.values), bits(&expected.values), "{first} and {lanes} lanes");
            let parts = gradient_parts(&run.gradient);
            for ((input, found), (_, expected)) in parts.iter().zip(gradient_parts(&expected.gradient)) {
                let same = found.iter().zip(&expected).all(|(a, b)| a.to_bits() == b.to_bits());
                assert!(same, "{first} and {lanes} lanes: gradient of {input}");
            }
        }
    }
}
