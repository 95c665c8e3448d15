//! The result as one JSON document, schema `mechnn.inference/1`; the fields are explained in the book.

use serde::Serialize;

use super::inference_result::{Inference, InferredNumber};
use crate::estimation::{TELLING_CORRELATION, WITHIN_NOISE};
use crate::inference::description::Model;

/// Everything there is to say about an inference; what is not a finite number is null.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct InferenceDocument {
    schema: &'static str,
    version: &'static str,
    equations: Vec<EquationEntry>,
    parameters: Vec<NumberEntry>,
    derived: Vec<NumberEntry>,
    noise: Vec<NoiseEntry>,
    process_noise: Vec<ProcessEntry>,
    trajectories: Vec<TrajectoryEntry>,
    open_directions: Vec<String>,
    observations: usize,
    degrees_of_freedom: usize,
    substeps: usize,
    starts: usize,
    seconds: f64,
    verdict: String,
    interrupted: bool,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
struct EquationEntry {
    state: String,
    rhs: String,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
struct NumberEntry {
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    trajectory: Option<String>,
    value: Option<f64>,
    standard_error: Option<f64>,
    interval: [Option<f64>; 2],
    #[serde(skip_serializing_if = "Option::is_none")]
    profile: Option<ProfileEntry>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
struct ProfileEntry {
    interval: [Option<f64>; 2],
    threshold: f64,
    points: Vec<[f64; 2]>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
struct NoiseEntry {
    column: String,
    level: Option<f64>,
    estimated: bool,
    count: usize,
    misfit: Option<f64>,
    autocorrelation: Option<f64>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
struct ProcessEntry {
    state: String,
    level: Option<f64>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
struct TrajectoryEntry {
    name: String,
    rollout_r2: Option<f64>,
    fit_r2: Option<f64>,
}

impl InferenceDocument {
    /// The document of a result.
    pub fn new(model: &Model, result: &Inference, seconds: f64) -> Self {
        let equations = model.states.iter().zip(&model.texts);
        let noise = result.noise.iter().map(|noise| NoiseEntry {
            column: noise.column.clone(),
            level: finite(noise.level),
            estimated: noise.estimated,
            count: noise.count,
            misfit: finite(noise.misfit),
            autocorrelation: finite(noise.autocorrelation),
        });
        let wandering = model.states.iter().zip(&result.process_noise).filter_map(|(state, level)| {
            level.map(|level| ProcessEntry { state: state.clone(), level: finite(level) })
        });
        let trajectories = result.trajectories.iter().map(|trajectory| TrajectoryEntry {
            name: trajectory.name.clone(),
            rollout_r2: finite(trajectory.rollout_r2),
            fit_r2: finite(trajectory.fit_r2),
        });
        Self {
            schema: "mechnn.inference/1",
            version: env!("CARGO_PKG_VERSION"),
            equations: equations
                .map(|(state, rhs)| EquationEntry { state: state.clone(), rhs: rhs.clone() })
                .collect(),
            parameters: result.parameters.iter().map(NumberEntry::new).collect(),
            derived: result.derived.iter().map(NumberEntry::new).collect(),
            observations: result.noise.iter().map(|noise| noise.count).sum(),
            noise: noise.collect(),
            process_noise: wandering.collect(),
            trajectories: trajectories.collect(),
            open_directions: result.open.clone(),
            degrees_of_freedom: result.freedom,
            substeps: result.substeps,
            starts: result.starts,
            seconds,
            verdict: verdict(result),
            interrupted: result.interrupted,
        }
    }

    /// One sentence that says what the intervals are worth.
    pub fn verdict(&self) -> &str {
        &self.verdict
    }
}

impl NumberEntry {
    fn new(number: &InferredNumber) -> Self {
        let pair = |(low, high): (Option<f64>, Option<f64>)| [low.and_then(finite), high.and_then(finite)];
        Self {
            name: number.name.clone(),
            trajectory: number.trajectory.clone(),
            value: finite(number.value),
            standard_error: finite(number.standard_error),
            interval: pair((Some(number.interval.0), Some(number.interval.1))),
            profile: number.profile.as_ref().map(|profile| ProfileEntry {
                interval: pair(profile.interval),
                threshold: profile.threshold,
                points: profile.points.iter().map(|(value, worse)| [*value, *worse]).collect(),
            }),
        }
    }
}

fn verdict(result: &Inference) -> String {
    if !result.open.is_empty() {
        return "The data do not determine all parameters; the combinations that stay open are listed.".to_owned();
    }
    // Twice the standard deviation of the correlation of white residuals is chance.
    let chance = |count: usize| 2.0 / (count.max(1) as f64).sqrt();
    let coloured =
        result.noise.iter().find(|noise| noise.autocorrelation.abs() > TELLING_CORRELATION.max(chance(noise.count)));
    let bad = result.noise.iter().find(|noise| !noise.estimated && noise.misfit > WITHIN_NOISE);
    match (bad, coloured) {
        (Some(noise), _) => format!(
            "The equations miss the values of `{}` by {:.1} times the error that was given for them, so that the \
             intervals are too narrow.",
            noise.column, noise.misfit
        ),
        // Residuals of smoothed states say little; what matters is whether the random part is white.
        _ if result.process_noise.iter().any(Option::is_some) => {
            "All parameters are determined; the intervals hold if the random part of the equations is white noise."
                .to_owned()
        }
        (None, Some(noise)) => format!(
            "What the equations leave of `{}` is correlated from row to row ({:.2}): the equations miss something, \
             and the intervals are too narrow.",
            noise.column, noise.autocorrelation
        ),
        (None, None) => "All parameters are determined, and the residuals look like noise.".to_owned(),
    }
}

fn finite(value: f64) -> Option<f64> {
    value.is_finite().then_some(value)
}

#[cfg(test)]
mod tests {
    use super::verdict;
    use crate::inference::example::nothing;
    use crate::inference::{Inference, InferredNoise};

    fn column(estimated: bool, count: usize, misfit: f64, autocorrelation: f64) -> Inference {
        let column = "y".to_owned();
        let noise = vec![InferredNoise { column, estimated, level: 1.0, count, misfit, autocorrelation }];
        Inference { noise, ..nothing() }
    }

    #[test]
    fn the_worst_is_said_first() {
        let start = |result: &Inference, expected: &str| {
            let found = verdict(result);
            assert!(found.starts_with(expected), "{found}");
        };
        start(&column(true, 100, 1.0, 0.1), "All parameters are determined, and the residuals look like noise");
        start(&column(true, 100, 1.0, 0.5), "What the equations leave of `y` is correlated from row to row (0.50)");
        // Among nine values chance makes correlations of 0.5.
        start(&column(true, 9, 1.0, 0.5), "All parameters are determined, and the residuals");
        start(&column(false, 100, 2.0, 0.5), "The equations miss the values of `y` by 2.0 times the error");
        // An error that is estimated cannot be missed.
        start(&column(true, 100, 2.0, 0.1), "All parameters are determined, and the residuals");
        let open = Inference { open: vec!["a".to_owned()], ..column(false, 100, 2.0, 0.5) };
        start(&open, "The data do not determine all parameters");
        let random = Inference { process_noise: vec![Some(1.0)], ..column(true, 100, 1.0, 0.5) };
        start(&random, "All parameters are determined; the intervals hold if");
    }
}
