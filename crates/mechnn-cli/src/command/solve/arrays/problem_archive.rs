//! A problem as arrays: the fixed names of an NPZ file, and what they mean to the solver.

use mechnn_solver::{Cotangent, InitialValues, LinearOde, MAX_ORDERS, OdeProblem, ProblemError, SolveError, TimeGrid};
use ndarray::{Array1, Array4, Ix1, Ix2, Ix3, Ix4, Ix5};

use super::super::discretisation::Discretisation;
use super::super::limit::MemoryLimit;
use super::archive::Archive;
use super::batch::BatchAxes;
use super::input::{Input, flat, flat_full};
use crate::failure::Failure;
use mechnn::suggestion::did_you_mean;

pub(super) const COEFFICIENTS: &str = "coefficients";
pub(super) const RHS: &str = "rhs_equation";
pub(super) const INIT: &str = "init_vars";
pub(super) const STEPS: &str = "steps";
pub(super) const STEPS_PER_DIM: &str = "steps_per_dim";
pub(super) const JUMP: &str = "periodic_jump";
const N_STEPS: &str = "n_steps";
const COTANGENT: &str = "cotangent";
const COTANGENT_EPS: &str = "cotangent_eps";

const NAMES: [&str; 9] = [COEFFICIENTS, RHS, INIT, STEPS, STEPS_PER_DIM, N_STEPS, JUMP, COTANGENT, COTANGENT_EPS];

/// A checked problem, and the shapes its gradients go back to.
pub(super) struct ProblemArchive {
    problem: OdeProblem,
    cotangent: Option<Cotangent>,
    batch: BatchAxes,
    /// Name and shape of every array that has a gradient.
    shapes: Vec<(&'static str, Vec<usize>)>,
}

impl ProblemArchive {
    /// Reads every array; also returns a warning for each one that has no meaning here.
    ///
    /// # Errors
    /// Data, naming the array; a limit if the problem is too large.
    pub(super) fn read(
        mut archive: Archive,
        discretisation: Discretisation,
        memory: MemoryLimit,
    ) -> Result<(Self, Vec<String>), Failure> {
        let coefficients = Input::required(&mut archive, COEFFICIENTS, &["N|1", "E", "D", "K"])?;
        let rhs = Input::required(&mut archive, RHS, &["N|1", "E"])?;
        let init = Input::read(&mut archive, INIT, &["S", "D", "Q"])?;
        let shared = Input::read(&mut archive, STEPS, &["N-1|1"])?;
        let per_dim = Input::read(&mut archive, STEPS_PER_DIM, &["N-1|1", "D"])?;
        let jump = Input::read(&mut archive, JUMP, &["D", "K-1"])?;
        let cotangent = Input::read(&mut archive, COTANGENT, &["N", "D", "K"])?;
        let cotangent_eps = Input::read(&mut archive, COTANGENT_EPS, &[])?;
        let n_steps = read_count(&mut archive)?;
        let steps = match (shared, per_dim) {
            (Some(steps), None) | (None, Some(steps)) => steps,
            (Some(_), Some(_)) => {
                return Err(Failure::data("both `steps` and `steps_per_dim` are there")
                    .hint("`steps` are shared by all dimensions, `steps_per_dim` are not: keep one of them"));
            }
            (None, None) => {
                let meant = did_you_mean(STEPS, archive.remaining());
                return Err(Failure::data("there is neither an array `steps` nor `steps_per_dim`").hint_if(meant));
            }
        };
        steps.check_positive()?;
        if cotangent_eps.is_some() && discretisation.over_arrays(1)?.0.gamma_alpha().is_none() {
            return Err(Failure::data(format!("`{COTANGENT_EPS}`: only the relaxed LP has a slack eps"))
                .hint("add --scheme relaxed-lp"));
        }

        let points = number_of_points(n_steps, &coefficients, &rhs, &steps, cotangent.as_ref())?;
        let [equations, dims, orders] = [1, 2, 3].map(|axis| coefficients.length(axis));
        if !(2..=MAX_ORDERS).contains(&orders) {
            return Err(ProblemError::Orders { orders }.into());
        }
        let as_coefficients = "as `coefficients`";
        rhs.expect(1, &[equations], as_coefficients)?;
        if steps.axes.len() == 2 {
            steps.expect(1, &[dims], as_coefficients)?;
        }
        // Without an entry it pins nothing, and its batch axes say nothing.
        let pins = init.as_ref().is_some_and(|init| (0..3).all(|axis| init.length(axis) > 0));
        if let Some(init) = init.as_ref().filter(|_| pins) {
            init.expect(1, &[dims], as_coefficients)?;
            for (axis, limit, what) in [(0, points, "points"), (2, orders, "derivatives")] {
                if init.length(axis) > limit {
                    init.expect(axis, &[limit], &format!("or fewer: there are {limit} {what}"))?;
                }
            }
        }
        if let Some(jump) = &jump {
            jump.expect(0, &[dims], as_coefficients)?;
            jump.expect(1, &[orders - 1], "one less than `coefficients` keep")?;
        }
        if let Some(cotangent) = &cotangent {
            cotangent.expect(1, &[dims], as_coefficients)?;
            cotangent.expect(2, &[orders], as_coefficients)?;
        }

        let inputs: Vec<&Input> = [Some(&coefficients), Some(&rhs), init.as_ref(), Some(&steps), jump.as_ref()]
            .into_iter()
            .flatten()
            .collect();
        let mut batch = BatchAxes::default();
        for input in &inputs {
            if pins || input.name != INIT {
                batch = join(&batch, input)?;
            }
        }
        // A cotangent has the solution's axes: it may be the same for several problems, but it cannot add any.
        for cotangent in [&cotangent, &cotangent_eps].into_iter().flatten() {
            if join(&batch, cotangent)? != batch {
                return Err(Failure::data(format!(
                    "`{}` has batch axes {:?}, more than the solution's {:?}",
                    cotangent.name,
                    cotangent.batch_axes(),
                    batch.lengths()
                )));
            }
        }
        // Also of no problems: the axes of what is written are these.
        let numbers = points.saturating_mul(dims.max(1)).saturating_mul(orders).saturating_mul(equations.max(1));
        let Some(count) = batch.count().filter(|_| batch.is_addressable(numbers)) else {
            let axes = batch.lengths();
            return Err(Failure::limit(format!("batch axes {axes:?} are more problems than can be counted")));
        };
        memory.check([count, points, equations, dims, orders])?;

        let shapes = inputs.iter().map(|input| (input.name, input.array.shape().to_vec())).collect();
        let coefficients = match count {
            // The solver must see that there is no problem, whichever array says so.
            0 => flat_full::<Ix5>(&batch, 0, coefficients),
            _ => flat::<Ix5>(&batch, coefficients),
        };
        let ode = LinearOde::new(coefficients, flat::<Ix3>(&batch, rhs));
        let grid = match steps.axes.len() {
            1 => TimeGrid::shared(points, flat::<Ix2>(&batch, steps)),
            _ => TimeGrid::per_dimension(points, flat::<Ix3>(&batch, steps)),
        };
        let initial = init
            .filter(|_| pins)
            .map_or_else(InitialValues::none, |init| InitialValues::new(flat::<Ix4>(&batch, init)));
        let (scheme, weights) = discretisation.over_arrays(points)?;
        let mut problem = OdeProblem::new(&ode, &grid, &initial)?.with_scheme(scheme)?.with_weights(weights)?;
        if let Some(jump) = jump {
            problem = problem.with_periodic_jump(flat::<Ix3>(&batch, jump))?;
        }

        let wanted = cotangent.is_some() || cotangent_eps.is_some();
        let values = cotangent.map(|cotangent| flat_full::<Ix4>(&batch, count, cotangent));
        let slack = cotangent_eps.map(|cotangent| flat_full::<Ix1>(&batch, count, cotangent));
        let cotangent = wanted.then(|| Cotangent {
            values: values.unwrap_or_else(|| Array4::zeros((count, points, dims, orders))),
            slack: slack.or_else(|| scheme.gamma_alpha().map(|_| Array1::zeros(count))),
        });

        let warnings = archive
            .remaining()
            .map(|name| match did_you_mean(name, NAMES) {
                Some(meant) => format!("`{name}` is not an input and was ignored; {meant}"),
                None => format!("`{name}` is not an input and was ignored"),
            })
            .collect();
        Ok((Self { problem, cotangent, batch, shapes }, warnings))
    }

    /// The problem.
    pub(super) fn problem(&self) -> &OdeProblem {
        &self.problem
    }

    /// The derivative of the loss with respect to the solution, if there is one.
    pub(super) fn cotangent(&self) -> Option<&Cotangent> {
        self.cotangent.as_ref()
    }

    /// The common batch axes.
    pub(super) fn batch(&self) -> &BatchAxes {
        &self.batch
    }

    /// Shape of the input `name`, if the problem has it.
    pub(super) fn shape(&self, name: &str) -> Option<&[usize]> {
        self.shapes.iter().find(|(known, _)| *known == name).map(|(_, shape)| &shape[..])
    }

    /// A solver's error, with the place on the batch axes where that is not the number it names.
    pub(super) fn numerical(&self, error: SolveError) -> Failure {
        let batch = match error {
            SolveError::NotPositiveDefinite { batch, .. }
            | SolveError::IllConditioned { batch, .. }
            | SolveError::NotFinite { batch, .. } => Some(batch),
            _ => None,
        };
        let place = batch
            .filter(|_| self.batch.lengths().len() > 1)
            .map(|batch| format!("problem {batch} is index {:?} of the batch axes", self.batch.index(batch)));
        Failure::from(error).hint_if(place)
    }
}

fn join(batch: &BatchAxes, input: &Input) -> Result<BatchAxes, Failure> {
    batch.join(input.batch_axes()).map_err(|error| Failure::data(format!("`{}`: {error}", input.name)))
}

/// N: whatever the file says about it, as long as it says one thing.
fn number_of_points(
    n_steps: Option<usize>,
    coefficients: &Input,
    rhs: &Input,
    steps: &Input,
    cotangent: Option<&Input>,
) -> Result<usize, Failure> {
    let varying = |input: &Input, extra| match input.length(0) {
        1 => None,
        length => Some((input.name, length + extra)),
    };
    let known = [
        n_steps.map(|points| (N_STEPS, points)),
        varying(coefficients, 0),
        varying(rhs, 0),
        varying(steps, 1),
        cotangent.map(|cotangent| (COTANGENT, cotangent.length(0))),
    ];
    let mut known = known.into_iter().flatten();
    // Nothing varies and nothing is said: one step of the length that is given.
    let (source, points) = known.next().unwrap_or((STEPS, 2));
    for (name, other) in known {
        if other != points {
            return Err(Failure::data(format!("`{name}` is for {other} points, `{source}` for {points}"))
                .hint("time axes have length N, those of steps N - 1; 1 means the same at every time"));
        }
    }
    match points {
        0 | 1 => {
            Err(ProblemError::TooFewPoints { points }).map_err(|error| Failure::data(format!("`{source}`: {error}")))
        }
        _ => Ok(points),
    }
}

fn read_count(archive: &mut Archive) -> Result<Option<usize>, Failure> {
    let Some(array) = archive.take(N_STEPS)? else { return Ok(None) };
    let whole = |x: f64| x.fract() == 0.0 && (0.0..=2_f64.powi(53)).contains(&x);
    match array.as_slice_memory_order() {
        Some(&[points]) if whole(points) => Ok(Some(points as usize)),
        Some([value]) => Err(Failure::data(format!("`{N_STEPS}` is {value}; expected a number of points"))),
        _ => Err(Failure::data(format!("`{N_STEPS}` has shape {:?}; expected one number", array.shape()))),
    }
}
