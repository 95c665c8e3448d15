//! What a point costs, counted.

use ndarray::s;
use rayon::ThreadPoolBuilder;

use super::lane_run::{pull, solve};
use super::random_problem::{Axes, RandomProblem, random_seeds};
use crate::lanes::{Counting, Real, flops};
use crate::method::block_banded::lanes::batch::workspace;
use crate::method::block_banded::lanes::eliminate::{Eliminate, RightHandSide, Substitute};
use crate::method::block_banded::lanes::group::Shared;
use crate::method::block_banded::lanes::measure::{MeasureDown, MeasureUp};
use crate::method::block_banded::lanes::solve_back::SolveBack;
use crate::problem::{OdeProblem, Scheme};

/// Operations for each further point: of a solve, of a pull, and of the measurement that a solve makes where it is not
/// sure.
fn flops_of_point<const D: usize, const K: usize>() -> [f64; 3] {
    let count = |points: usize| {
        let shape = [1, points, D, K];
        let mut inputs = RandomProblem::new(1, shape, Scheme::Taylor, Axes::Full);
        inputs.initial = inputs.initial.slice_move(s![.., ..1, .., ..K - 1]);
        let (problem, seeds) = (inputs.problem(), random_seeds(1, shape));
        let mut values = seeds.clone();
        let of_solve = flops(|| values = solve::<Counting, D, K>(&problem).0);
        let of_pull = flops(|| drop(pull::<Counting, D, K>(&problem, &values, &seeds)));
        [of_solve, of_pull, flops_of_measurement::<D, K>(&problem)]
    };
    // Counted on the thread that asks, so all work must be on it.
    let pool = ThreadPoolBuilder::new().num_threads(1).build().expect("one thread");
    let [few, many] = pool.install(|| [count(21), count(31)]);
    std::array::from_fn(|call| (many[call] - few[call]) as f64 / 10.0)
}

fn flops_of_measurement<const D: usize, const K: usize>(problem: &OdeProblem) -> u64 {
    let shared = Shared::<K>::new(problem);
    let group = &shared.group::<Counting>(0, 1);
    let work = &mut workspace::<Counting, D, K>(problem);
    let right = RightHandSide::Data;
    Counting::vectorize(Eliminate { group, right, work: &mut *work });
    Counting::vectorize(SolveBack { group, right, work: &mut *work });
    Counting::vectorize(Substitute { group, work: &mut *work });
    flops(|| {
        Counting::vectorize(MeasureUp { group, work: &mut *work });
        Counting::vectorize(MeasureDown { group, work });
    })
}

/// A refined solve, a pull with the adjoint refined, and the measurement, Taylor rows.
///
/// The shares of peak of `benches/lanes.rs` are counted with 700, 1750 and 4025 flops for a solve and a pull of these
/// three shapes. Executed are 1188, 3130 and 6856, 1.7 to 1.8 times as many: a pull factors once more instead of reading
/// factors back from memory, and both refine. So the processor is busier than that share says.
#[test]
fn a_point_costs_what_is_counted_here() {
    let found = [flops_of_point::<1, 3>(), flops_of_point::<1, 5>(), flops_of_point::<3, 3>()];
    assert_eq!(found, [[459.0, 729.0, 475.0], [1263.0, 1867.0, 1151.0], [2981.0, 3875.0, 1921.0]]);
}
