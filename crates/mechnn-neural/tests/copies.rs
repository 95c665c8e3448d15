//! What the layer allocates: one copy of each input, none of the solution and none of either on the way back, where
//! there is also nothing of the size of a factorisation.
#![allow(clippy::unwrap_used)]

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use burn::tensor::Tensor;
use mechnn_neural::{OdeLayer, OdeTensors, StepsTensor, device, from_slice, to_vec};
use mechnn_solver::{Cotangent, OdeGradient, OdeProblem, OdeSolver, Pullback, Solution, SolveError, SolveInfo};
use ndarray::Array4;

/// The system's allocator, counting the numbers of 8 bytes in large blocks.
struct Counting;

static NUMBERS: AtomicUsize = AtomicUsize::new(0);

/// Nodes of the graph, shapes and problems are below it, and every input above.
const LARGE: usize = 2048;

// SAFETY: every call is passed to the system's allocator as it is; growing a block goes through `alloc`.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        if layout.size() >= LARGE {
            NUMBERS.fetch_add(layout.size() / 8, Ordering::Relaxed);
        }
        // SAFETY: the caller's promises are those of the system's allocator.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: as above.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// The numbers in large blocks that a call asks for.
fn allocated<T>(call: impl FnOnce() -> T) -> (T, usize) {
    let before = NUMBERS.load(Ordering::Relaxed);
    let result = call();
    (result, NUMBERS.load(Ordering::Relaxed) - before)
}

/// A solver that has its results ready and allocates nothing: what is allocated is allocated by the border.
struct Prepared(Mutex<Option<(Solution, PreparedPullback)>>);

struct PreparedPullback(Mutex<Option<OdeGradient>>);

impl OdeSolver for Prepared {
    fn name(&self) -> &'static str {
        "prepared"
    }

    fn solve(&self, _: &OdeProblem) -> Result<Solution, SolveError> {
        unreachable!("the layer asks for the derivative, too")
    }

    fn solve_with_pullback(&self, _: &OdeProblem) -> Result<(Solution, Box<dyn Pullback>), SolveError> {
        let (solution, pullback) = self.0.lock().unwrap().take().expect("one solve");
        Ok((solution, Box::new(pullback)))
    }
}

impl Pullback for PreparedPullback {
    fn pull(&self, _: &Cotangent) -> Result<OdeGradient, SolveError> {
        Ok(self.0.lock().unwrap().take().expect("one backward pass"))
    }

    fn push(&self, _: &OdeGradient) -> Result<Cotangent, SolveError> {
        unreachable!("reverse mode only")
    }
}

const BATCH: usize = 64;
const POINTS: usize = 50;
const DIMS: usize = 3;
const ORDERS: usize = 3;
const COEFFICIENTS: [usize; 5] = [BATCH, POINTS, DIMS, DIMS, ORDERS];
const FORCING: [usize; 3] = [BATCH, POINTS, DIMS];
const INITIAL: [usize; 4] = [BATCH, 1, DIMS, 2];
const STEPS: [usize; 2] = [BATCH, POINTS - 1];
const VALUES: [usize; 4] = [BATCH, POINTS, DIMS, ORDERS];

fn size<const RANK: usize>(shape: [usize; RANK]) -> usize {
    shape.iter().product()
}

fn ones<const RANK: usize>(shape: [usize; RANK]) -> Tensor<RANK> {
    from_slice(&vec![1.0; size(shape)], shape, &device()).require_grad()
}

/// The solver, and where its solution and its gradient in the coefficients lie.
fn prepared(ode: &OdeTensors) -> (Prepared, *const f64, *const f64) {
    let problem = problem(ode);
    let solution = Solution { values: Array4::ones(VALUES), slack: None, info: SolveInfo::default() };
    let gradient = OdeGradient::zeros(&problem);
    let (values, coefficients) = (solution.values.as_ptr(), gradient.coefficients.as_ptr());
    let pullback = PreparedPullback(Mutex::new(Some(gradient)));
    (Prepared(Mutex::new(Some((solution, pullback)))), values, coefficients)
}

/// The problem as the layer makes it, caught by a solver that answers nothing.
fn problem(ode: &OdeTensors) -> OdeProblem {
    struct Catch(Arc<Mutex<Option<OdeProblem>>>);
    impl OdeSolver for Catch {
        fn name(&self) -> &'static str {
            "catch"
        }
        fn solve(&self, problem: &OdeProblem) -> Result<Solution, SolveError> {
            *self.0.lock().unwrap() = Some(problem.clone());
            Err(SolveError::Unsupported { method: self.name(), reason: "it only looks" })
        }
        fn solve_with_pullback(&self, problem: &OdeProblem) -> Result<(Solution, Box<dyn Pullback>), SolveError> {
            self.solve(problem).map(|_| unreachable!("it is an error"))
        }
    }
    let caught = Arc::new(Mutex::new(None));
    assert!(OdeLayer::new(POINTS).with_method(Catch(caught.clone())).forward(ode).is_err());
    let problem = caught.lock().unwrap().take();
    problem.expect("the layer solves")
}

// One test: the counter is of the whole process.
#[test]
fn one_copy_in_none_out_and_one_factorisation() {
    one_copy_in_and_none_out();
    backward_has_no_room_for_a_factorisation();
}

fn one_copy_in_and_none_out() {
    let ode = OdeTensors {
        coefficients: ones(COEFFICIENTS),
        forcing: ones(FORCING),
        initial: Some(ones(INITIAL)),
        steps: StepsTensor::Shared(ones(STEPS)),
        weights: None,
    };
    let inputs = size(COEFFICIENTS) + size(FORCING) + size(INITIAL) + size(STEPS);
    let (solver, _, gradient_at) = prepared(&ode);
    let layer = OdeLayer::new(POINTS).with_method(solver);

    // The tensors are still those of the caller, so the solver gets numbers of its own.
    let (output, numbers) = allocated(|| layer.forward(&ode).expect("solved"));
    assert_eq!(numbers, inputs, "one copy of the inputs, none of the solution");

    // Backward starts from a tensor of ones, which burn makes.
    let (mut grads, numbers) = allocated(|| output.values.backward());
    assert_eq!(numbers, size(VALUES), "the ones, and no copy of them or of the gradients");
    let steps = match &ode.steps {
        StepsTensor::Shared(steps) => steps.grad(&grads),
        StepsTensor::PerDimension(_) => None,
    };
    assert_eq!(steps.expect("tracked").dims(), STEPS);
    let gradient = ode.coefficients.grad_remove(&mut grads).expect("tracked");
    let (gradient, numbers) = allocated(|| to_vec(gradient));
    assert_eq!((gradient.as_ptr(), numbers), (gradient_at, 0), "the solver's own array");

    // The same for the solution, where nothing tracks it.
    let constant = OdeTensors {
        coefficients: ode.coefficients.clone().detach(),
        forcing: ode.forcing.clone().detach(),
        initial: ode.initial.clone().map(Tensor::detach),
        steps: StepsTensor::Shared(ones(STEPS).detach()),
        weights: None,
    };
    let (solver, values_at, _) = prepared(&constant);
    let output = OdeLayer::new(POINTS).with_method(solver).forward(&constant).expect("solved");
    let (values, numbers) = allocated(|| to_vec(output.values));
    assert_eq!((values.as_ptr(), numbers), (values_at, 0), "the solver's own array");

    // What is strided is copied once, too: a transposed and an expanded input.
    let transposed: Tensor<3> =
        from_slice(&vec![1.0; size(FORCING)], [BATCH, DIMS, POINTS], &device()).swap_dims(1, 2);
    let expanded = from_slice(&[1.0], [1, 1], &device()).expand(STEPS);
    let strided = OdeTensors { forcing: transposed, steps: StepsTensor::Shared(expanded), ..constant };
    let (solver, _, _) = prepared(&strided);
    let layer = OdeLayer::new(POINTS).with_method(solver);
    let (_, numbers) = allocated(|| layer.forward(&strided).expect("solved"));
    assert_eq!(numbers, inputs, "one copy of the inputs, none of the solution");
}

fn backward_has_no_room_for_a_factorisation() {
    // Eight coupled dimensions of second order: u_d'' + small terms = 1.
    let (batch, points, dims, orders) = (4, 200, 8, 3);
    let mut coefficients: Vec<f64> = (0..dims * dims * orders).map(|i| 0.1 * (i as f64).sin()).collect();
    (0..dims).for_each(|d| coefficients[(d * dims + d) * orders + 2] += 1.0);
    let ode = OdeTensors {
        coefficients: from_slice(&coefficients, [1, 1, dims, dims, orders], &device()).require_grad(),
        forcing: from_slice(&vec![1.0; batch * dims], [batch, 1, dims], &device()).require_grad(),
        initial: Some(from_slice(&vec![0.0; dims * 2], [1, 1, dims, 2], &device()).require_grad()),
        steps: StepsTensor::Shared(from_slice(&[0.01], [1, 1], &device()).require_grad()),
        weights: None,
    };
    // The factor of normal equations that are block tridiagonal, blocks of b = D K: two blocks for each point.
    let block = dims * orders;
    let factors = batch * points * 2 * block * block;
    let (output, forward) = allocated(|| OdeLayer::new(points).forward(&ode).expect("a regular problem"));
    assert_eq!(output.info.independent_groups, 1);
    assert!(forward >= factors, "{forward} numbers, {factors} of them for the factors");
    // A pull borrows its factors and cannot overwrite them: another factorisation would need memory of its own.
    let (_, backward) = allocated(|| output.values.backward());
    assert!(2 * backward < factors, "{backward} numbers, another factorisation has {factors}");
}
