//! What the layer refuses, and that it computes what the solver computes, with as many solves.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use burn::tensor::{Tensor, TensorData};
use mechnn_neural::{LayerError, OdeLayer, OdeTensors, RefusedInput, StepsTensor, device, from_slice, to_vec};
use mechnn_solver::method::{Automatic, BlockBanded};
use mechnn_solver::{
    Cotangent, InitialValues, LinearOde, OdeGradient, OdeProblem, OdeSolver, ProblemError, Pullback, Solution,
    SolveError, TimeGrid,
};
use ndarray::{Array3, Array4, Array5};

const POINTS: usize = 9;

/// u'' + u = 1 from (0, 0), three batch elements.
fn oscillators() -> OdeTensors {
    let device = device();
    OdeTensors {
        coefficients: from_slice(&[1.0, 0.0, 1.0].repeat(3), [3, 1, 1, 1, 3], &device),
        forcing: from_slice(&[1.0; 3], [3, 1, 1], &device),
        initial: Some(from_slice(&[0.0; 6], [3, 1, 1, 2], &device)),
        steps: StepsTensor::Shared(from_slice(&[0.1], [1, 1], &device)),
        weights: None,
    }
}

#[test]
fn values_are_those_of_the_solver() {
    let output = OdeLayer::new(POINTS).forward(&oscillators()).expect("a regular problem");
    let coefficients = Array5::from_shape_fn((3, 1, 1, 1, 3), |(_, _, _, _, k)| [1.0, 0.0, 1.0][k]);
    let ode = LinearOde::new(coefficients, Array3::ones((3, 1, 1)));
    let initial = InitialValues::new(Array4::zeros((3, 1, 1, 2)));
    let problem = OdeProblem::new(&ode, &TimeGrid::uniform(POINTS, 0.1), &initial).expect("a problem");
    let solution = BlockBanded.solve(&problem).expect("a regular problem");
    assert_eq!(output.values.dims(), [3, POINTS, 1, 3]);
    assert_eq!(to_vec(output.values), solution.values.into_raw_vec_and_offset().0);
    assert_eq!(output.info, solution.info);
}

/// What a layer has asked its solver for.
#[derive(Default)]
struct Asked {
    solves: AtomicUsize,
    pulls: AtomicUsize,
}

impl Asked {
    fn counts(&self) -> [usize; 2] {
        [&self.solves, &self.pulls].map(|count| count.load(Ordering::Relaxed))
    }
}

struct CountingSolver(Arc<Asked>);

struct CountingPullback(Box<dyn Pullback>, Arc<Asked>);

impl OdeSolver for CountingSolver {
    fn name(&self) -> &'static str {
        "counting"
    }

    fn solve(&self, problem: &OdeProblem) -> Result<Solution, SolveError> {
        self.0.solves.fetch_add(1, Ordering::Relaxed);
        Automatic.solve(problem)
    }

    fn solve_with_pullback(&self, problem: &OdeProblem) -> Result<(Solution, Box<dyn Pullback>), SolveError> {
        self.0.solves.fetch_add(1, Ordering::Relaxed);
        let (solution, pullback) = Automatic.solve_with_pullback(problem)?;
        Ok((solution, Box::new(CountingPullback(pullback, self.0.clone()))))
    }
}

impl Pullback for CountingPullback {
    fn pull(&self, cotangent: &Cotangent) -> Result<OdeGradient, SolveError> {
        self.1.pulls.fetch_add(1, Ordering::Relaxed);
        self.0.pull(cotangent)
    }

    fn push(&self, direction: &OdeGradient) -> Result<Cotangent, SolveError> {
        self.0.push(direction)
    }
}

#[test]
fn backward_reuses_the_factorisation_of_forward() {
    // A pull does not factor (`copies.rs` shows it); here: the layer asks for nothing but one pull.
    let asked = Arc::new(Asked::default());
    let layer = OdeLayer::new(POINTS).with_method(CountingSolver(asked.clone()));
    let mut ode = oscillators();
    ode.coefficients = ode.coefficients.require_grad();
    ode.forcing = ode.forcing.require_grad();
    let values = layer.forward(&ode).expect("a regular problem").values;
    assert_eq!(asked.counts(), [1, 0]);
    // Two losses of one solution: their cotangents are summed before the pull.
    let loss = values.clone().sum() + values.powi_scalar(2).mean();
    let grads = loss.backward();
    assert_eq!(asked.counts(), [1, 1]);
    assert!(ode.coefficients.grad(&grads).is_some() && ode.forcing.grad(&grads).is_some());
}

#[test]
fn a_singular_element_is_named() {
    // Nothing pins the second element: no equation, no initial values anywhere.
    let device = device();
    let mut coefficients = [1.0, 0.5, 1.0].repeat(3);
    coefficients[3..6].fill(0.0);
    let ode = OdeTensors {
        coefficients: from_slice(&coefficients, [3, 1, 1, 1, 3], &device),
        initial: None,
        ..oscillators()
    };
    match OdeLayer::new(POINTS).forward(&ode) {
        Err(LayerError::Solve(
            SolveError::NotPositiveDefinite { batch: 1, .. } | SolveError::IllConditioned { batch: 1, .. },
        )) => {}
        other => panic!("expected an error in batch 1, got {:?}", other.map(|output| output.info)),
    }
}

#[test]
fn a_nan_is_named_with_its_place() {
    let device = device();
    let mut forcing = [1.0; 3];
    forcing[2] = f64::NAN;
    let ode = OdeTensors { forcing: from_slice(&forcing, [3, 1, 1], &device), ..oscillators() };
    match OdeLayer::new(POINTS).forward(&ode) {
        Err(LayerError::Problem(ProblemError::NotFinite { input: "forcing", index, .. })) => {
            assert_eq!(index, [2, 0, 0]);
        }
        other => panic!("expected NotFinite, got {:?}", other.map(|output| output.info)),
    }
}

#[test]
fn wrong_shapes_and_types_are_refused() {
    let device = device();
    let forward = |ode: OdeTensors| OdeLayer::new(POINTS).forward(&ode).map(|output| output.info);

    let steps = StepsTensor::Shared(from_slice(&[0.1; 4], [1, 4], &device));
    let error = forward(OdeTensors { steps, ..oscillators() });
    assert!(
        matches!(error, Err(LayerError::Problem(ProblemError::Shape { input: "steps", axis: 1, .. }))),
        "{error:?}"
    );

    let forcing = from_slice(&[1.0; 2], [2, 1, 1], &device);
    let error = forward(OdeTensors { forcing, ..oscillators() });
    assert!(matches!(error, Err(LayerError::Problem(ProblemError::Shape { axis: 0, .. }))), "{error:?}");

    let weights = Some(from_slice(&[1.0; 2], [2], &device));
    let error = forward(OdeTensors { weights, ..oscillators() });
    let shape = RefusedInput::Shape { input: "weights", axis: 0, meaning: "row families", expected: 3, found: 2 };
    assert_eq!(error, Err(LayerError::Input(shape)));

    let steps = StepsTensor::Shared(from_slice(&[-0.1], [1, 1], &device));
    let error = forward(OdeTensors { steps, ..oscillators() });
    assert!(matches!(error, Err(LayerError::Problem(ProblemError::Step { .. }))), "{error:?}");

    let forcing: Tensor<3> = Tensor::from_data(TensorData::new(vec![1.0_f32; 3], [3, 1, 1]), &device);
    let error = forward(OdeTensors { forcing, ..oscillators() });
    assert!(matches!(error, Err(LayerError::Input(RefusedInput::NumberType { input: "forcing", .. }))), "{error:?}");
}

#[test]
fn a_failing_backward_pass_leaves_nan_and_its_error() {
    let mut ode = oscillators();
    ode.forcing = ode.forcing.require_grad();
    let output = OdeLayer::new(POINTS).forward(&ode).expect("a regular problem");
    // d(loss)/d(values) is infinite: 0 * inf would be lost without a word.
    let grads = (output.values * 1e308 * 1e10).sum().backward();
    assert!(matches!(output.backward.error(), Some(SolveError::Direction(_))), "{:?}", output.backward.error());
    let gradient = to_vec(ode.forcing.grad(&grads).expect("tracked"));
    assert!(gradient.iter().all(|g| g.is_nan()), "{gradient:?}");
}

#[test]
fn inputs_that_track_nothing_cost_nothing_and_the_others_learn() {
    // Fit the frequency of u'' + c u = 0 to cos(2 t) by gradient descent: c -> 4 up to the error of the
    // discretisation.
    let device = device();
    let points = 41;
    let target: Vec<f64> = (0..points).map(|n| (2.0 * 0.05 * n as f64).cos()).collect();
    let target = from_slice(&target, [1, points, 1, 1], &device);
    let layer = OdeLayer::new(points);
    let mut c = 3.0;
    for _ in 0..60 {
        let frequency = from_slice(&[c], [1, 1, 1, 1, 1], &device).require_grad();
        let rest = from_slice(&[0.0, 1.0], [1, 1, 1, 1, 2], &device);
        let ode = OdeTensors {
            coefficients: Tensor::cat(vec![frequency.clone(), rest], 4),
            forcing: from_slice(&[0.0], [1, 1, 1], &device),
            initial: Some(from_slice(&[1.0, 0.0], [1, 1, 1, 2], &device)),
            steps: StepsTensor::Shared(from_slice(&[0.05], [1, 1], &device)),
            weights: None,
        };
        let values = layer.forward(&ode).expect("a regular problem").values.slice([0..1, 0..points, 0..1, 0..1]);
        let grads = (values - target.clone()).powi_scalar(2).mean().backward();
        c -= 10.0 * to_vec(frequency.grad(&grads).expect("tracked"))[0];
    }
    // The rows of this scheme shift the frequency by less than the square of the step times a few units.
    assert!((c - 4.0).abs() < 0.05, "c = {c}");
}
