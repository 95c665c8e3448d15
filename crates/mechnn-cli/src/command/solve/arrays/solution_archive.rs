//! A solution and its gradients as arrays under fixed names.

use std::io::Cursor;

use mechnn_solver::{OdeGradient, Solution, StepsGradient};
use ndarray::{Array, ArrayD, Dimension, arr0, arr1};
use ndarray_npy::{NpzWriter, WriteNpzError};

use super::batch::reshape;
use super::problem_archive::{COEFFICIENTS, INIT, JUMP, ProblemArchive, RHS, STEPS, STEPS_PER_DIM};
use crate::failure::Failure;

/// The NPZ file: uncompressed, without times, hence the same bytes for the same numbers.
pub(super) fn bytes(
    problem: &ProblemArchive,
    solution: &Solution,
    gradient: Option<&OdeGradient>,
) -> Result<Vec<u8>, Failure> {
    // Writing to memory fails only where the format cannot hold an array.
    write(problem, solution, gradient).map_err(|error| Failure::limit(format!("cannot write an npz file: {error}")))
}

fn write(
    problem: &ProblemArchive,
    solution: &Solution,
    gradient: Option<&OdeGradient>,
) -> Result<Vec<u8>, WriteNpzError> {
    let mut npz = NpzWriter::new(Cursor::new(Vec::new()));
    let batch = problem.batch().lengths();
    npz.add_array(
        "u",
        &reshape(solution.values.clone().into_dyn(), &[batch, &solution.values.shape()[1..]].concat()),
    )?;
    if let Some(slack) = &solution.slack {
        npz.add_array("eps", &reshape(slack.clone().into_dyn(), batch))?;
    }
    if let Some(gradient) = gradient {
        let mut add = |name: &str, array: ArrayD<f64>| match problem.shape(name) {
            Some(shape) => npz.add_array(format!("grad_{name}"), &problem.batch().unflatten(array, shape)),
            None => Ok(()),
        };
        add(COEFFICIENTS, dynamic(&gradient.coefficients))?;
        add(RHS, dynamic(&gradient.forcing))?;
        add(INIT, dynamic(&gradient.initial))?;
        match &gradient.steps {
            StepsGradient::Shared(steps) => add(STEPS, dynamic(steps))?,
            StepsGradient::PerDimension(steps) => add(STEPS_PER_DIM, dynamic(steps))?,
        }
        if let Some(jump) = &gradient.periodic_jump {
            add(JUMP, dynamic(jump))?;
        }
        npz.add_array("grad_weights", &arr1(&gradient.weights))?;
        npz.add_array("grad_gamma_alpha", &arr0(gradient.gamma_alpha))?;
    }
    Ok(npz.finish()?.into_inner())
}

fn dynamic<I: Dimension>(array: &Array<f64, I>) -> ArrayD<f64> {
    array.clone().into_dyn()
}
