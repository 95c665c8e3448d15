//! The data with some states as known inputs.

use crate::data::{Dataset, InputSignal, StateRoles};
use crate::discovery::prepare::PreparedData;
use crate::discovery::request::DiscoveryOptions;

/// The data of the other states, in which `inputs` are known from their smoothed data, and the options for them. The
/// variables are the other states, the inputs that there were, and then these. None if a smoothed state is no number.
pub(crate) fn reduced(
    data: &Dataset,
    prepared: &PreparedData,
    options: &DiscoveryOptions,
    inputs: &[usize],
) -> Option<(Dataset, DiscoveryOptions)> {
    let dims = data.dims();
    let others: Vec<usize> = (0..dims).filter(|d| !inputs.contains(d)).collect();
    let mut reduced = data.clone();
    reduced.states = others.iter().map(|&d| data.states[d].clone()).collect();
    reduced.controls.extend(inputs.iter().map(|&d| data.states[d].clone()));
    reduced.roles = StateRoles::measured_only(others.len());
    let mut offset = 0;
    for (trajectory, segment) in reduced.trajectories.iter_mut().zip(&prepared.segments) {
        let states = &prepared.states[offset..][..segment.observations.len()];
        offset += segment.observations.len();
        trajectory.values = trajectory.values.select(ndarray::Axis(1), &others);
        let (first, last) = (trajectory.times[0], trajectory.times[trajectory.times.len() - 1]);
        let mut times: Vec<f64> = segment.times.iter().map(|t| first + t * prepared.scaling.time).collect();
        // Exactly the data's own ends, not up to rounding.
        if let [start, .., end] = times.as_mut_slice() {
            (*start, *end) = (first, last);
        }
        for &d in inputs {
            let values = states.iter().skip(d).step_by(dims).map(|x| x * prepared.scaling.state[d]).collect();
            trajectory.inputs.push(InputSignal::new(times.clone(), values).ok()?);
        }
    }
    let mut options = options.clone();
    if let Some(noise) = &mut options.noise_std {
        *noise = others.iter().filter_map(|&d| noise.get(d).copied()).collect();
    }
    Some((reduced, options))
}

#[cfg(test)]
mod tests {
    use super::reduced;
    use crate::discovery::test_problem::{TestProblem, polynomials};

    #[test]
    fn smoothed_states_become_inputs_after_the_others() {
        let test = TestProblem::swing(1, 0.01);
        let (data, _) = reduced(&test.dataset, &test.data, &polynomials(1), &[0]).expect("numbers");
        assert_eq!((data.states.as_slice(), data.controls.as_slice()), (&["y".to_owned()][..], &["x".to_owned()][..]));
        let trajectory = &data.trajectories[0];
        assert_eq!(trajectory.values.dim(), (81, 1));
        for (row, &time) in trajectory.times.iter().enumerate() {
            let found = trajectory.inputs[0].value(time).expect("a value");
            // Noise of 1 % of the spread, which is about 1.
            let measured = test.dataset.trajectories[0].values[[row, 0]];
            assert!((found - measured).abs() < 0.05, "{found} at {time}, measured {measured}");
        }
    }
}
