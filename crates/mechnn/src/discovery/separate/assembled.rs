//! One result of equations that were found apart.

use ndarray::Array2;

use crate::data::Dataset;
use crate::discovery::evidence::{Description, FittedTrajectory, StateEvidence, WeightedModel, open_directions};
use crate::discovery::request::DiscoveryError;
use crate::discovery::result::{DiscoveryResult, Outlier};
use crate::equation::{Equation, FittedTerm, SparseModel};

/// Where the variables of the equations that were found apart are among all variables.
struct Places {
    /// Of each of their states.
    states: Vec<usize>,
    /// Of each of their variables.
    variables: Vec<usize>,
    /// The number of all variables.
    count: usize,
}

/// The result of the joint search with the equations of the other states replaced by those that were found with
/// `inputs` taken as known.
///
/// # Errors
/// [`DiscoveryError`] if the equations cannot be simulated at all.
pub(crate) fn assembled(
    data: &Dataset,
    joint: DiscoveryResult,
    apart: DiscoveryResult,
    inputs: &[usize],
) -> Result<DiscoveryResult, DiscoveryError> {
    let (dims, controls) = (data.dims(), data.controls.len());
    let states: Vec<usize> = (0..dims).filter(|d| !inputs.contains(d)).collect();
    let of_controls = dims..dims + controls;
    let variables = states.iter().copied().chain(of_controls).chain(inputs.iter().copied()).chain([dims + controls]);
    let places = Places { variables: variables.collect(), count: dims + controls + 1, states };
    let model = merged(&joint.model, &apart.model, &places)?;
    let covariance = covariance(&joint, &apart, &places);
    let mut evidence = joint.evidence;
    evidence.undetermined = open_directions(&model, covariance.view());
    evidence.held_out = apart.evidence.held_out;
    let (mut noise, mut noise_parts, mut noise_models) = (joint.noise, joint.noise_parts, joint.noise_models);
    let mut outliers = joint.outliers;
    outliers.retain(|one| inputs.contains(&one.state));
    outliers.extend(apart.outliers.iter().map(|one| Outlier { state: places.states[one.state], ..*one }));
    outliers.sort_by_key(|one| (one.trajectory, one.row, one.state));
    for (own, &d) in places.states.iter().enumerate() {
        noise[d] = apart.noise[own];
        noise_parts[d] = apart.noise_parts[own];
        noise_models[d] = apart.noise_models[own];
        // Errors of the inputs are carried from row to row: they make no noise, and say nothing of the equations.
        evidence.states[d] = StateEvidence { residuals: None, ..apart.evidence.states[own].clone() };
        evidence.residuals[d] = None;
    }
    for &d in inputs {
        evidence.states[d].description = Description::Unexplained;
    }
    // Of the equations that were not found no terms are weighed.
    let mut weighted_models = Vec::new();
    for WeightedModel { weight, model: own } in apart.evidence.weighted_models {
        weighted_models.push(WeightedModel { weight, model: merged(&model, &own, &places)? });
    }
    evidence.weighted_models = weighted_models;
    let mut trajectories = Vec::new();
    for (trajectory, own) in data.trajectories.iter().zip(joint.trajectories) {
        let FittedTrajectory { times, observed_at, states, state_std, .. } = own;
        trajectories.push(FittedTrajectory::new(&model, trajectory, times, observed_at, states, state_std)?);
    }
    Ok(DiscoveryResult {
        model,
        covariance,
        noise,
        noise_parts,
        noise_models,
        outliers,
        trajectories,
        evidence,
        chosen_terms: apart.chosen_terms,
        taken_as_known: inputs.iter().map(|&d| data.states[d].clone()).collect(),
        interrupted: joint.interrupted || apart.interrupted,
        ..joint
    })
}

/// `whole` with the equations of some states replaced.
fn merged(whole: &SparseModel, apart: &SparseModel, places: &Places) -> Result<SparseModel, DiscoveryError> {
    let mut equations = whole.equations.clone();
    for (equation, &d) in apart.equations.iter().zip(&places.states) {
        let term = |own: &FittedTerm| FittedTerm {
            term: own.term.with_variables_at(&places.variables, places.count),
            ..own.clone()
        };
        equations[d] = Equation { terms: equation.terms.iter().map(term).collect() };
    }
    let SparseModel { time, states, controls, .. } = whole.clone();
    Ok(SparseModel::with_controls(time, states, controls, equations)?)
}

/// The covariance of all numbers, coefficients and then inner constants; those of different results are independent.
fn covariance(joint: &DiscoveryResult, apart: &DiscoveryResult, places: &Places) -> Array2<f64> {
    // Of every number: whether it was found apart, and where it is there.
    let mut numbers: Vec<(bool, usize)> = Vec::new();
    let own_state = |d: usize| places.states.iter().position(|&other| other == d);
    let of = |model: &SparseModel, state: usize, constants: bool| -> Vec<usize> {
        let size = |own: &FittedTerm| if constants { own.term.constants().len() } else { 1 };
        let mut next = if constants { model.terms().count() } else { 0 };
        let mut found = Vec::new();
        for (d, own) in model.terms() {
            if d == state {
                found.extend(next..next + size(own));
            }
            next += size(own);
        }
        found
    };
    for constants in [false, true] {
        for d in 0..joint.model.dims() {
            match own_state(d) {
                Some(own) => numbers.extend(of(&apart.model, own, constants).into_iter().map(|index| (true, index))),
                None => numbers.extend(of(&joint.model, d, constants).into_iter().map(|index| (false, index))),
            }
        }
    }
    Array2::from_shape_fn((numbers.len(), numbers.len()), |(i, j)| match (numbers[i], numbers[j]) {
        ((true, i), (true, j)) => apart.covariance[[i, j]],
        ((false, i), (false, j)) => joint.covariance[[i, j]],
        _ => 0.0,
    })
}
