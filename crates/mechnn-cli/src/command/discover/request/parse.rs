//! From what was typed to what is done.

use mechnn::data::CsvOptions;

use super::discover_args::{DiscoverArgs, MethodArg, RobustArg};
use super::refusal::Refusal;
use super::tables::Tables;
use super::{DirectSearch, NeuralSearch, PerTrajectorySearch, model_file};
use crate::failure::Failure;

/// A way of searching, with everything that it uses; what it could not use has been refused.
#[derive(Debug)]
pub(in super::super) enum Request {
    /// One set of equations for all trajectories.
    Direct(DirectSearch),
    /// One structure, numbers of each trajectory its own.
    PerTrajectory(PerTrajectorySearch),
    /// Cycles of training and thresholding.
    Neural(NeuralSearch),
}

impl DiscoverArgs {
    /// What is to be read, and what is to be done with it.
    ///
    /// # Errors
    /// A usage failure for options that do not go together, and for a file of `--model` that cannot be understood.
    pub(in super::super) fn parse(self) -> Result<(Tables, Request), Failure> {
        let Self {
            files,
            table,
            vars,
            mut controls,
            hold,
            order,
            per_trajectory,
            missing,
            method,
            neural,
            noise,
            robust,
            model,
            search,
        } = self;
        let request = match method {
            MethodArg::Neural => {
                let given = [
                    (!controls.is_empty(), "--controls"),
                    (!hold.is_empty(), "--hold"),
                    (robust != RobustArg::Auto, "--robust"),
                    (order == 2, "--order 2"),
                    (per_trajectory, "--per-trajectory"),
                    (model.is_some(), "--model"),
                ];
                if let Some((_, option)) = given.into_iter().find(|(given, _)| *given) {
                    return Err(Refusal::NeuralKnowsNo { option }.into());
                }
                Request::Neural(NeuralSearch::new(search, &noise, neural)?)
            }
            MethodArg::Direct => {
                if let Some(path) = neural {
                    return Err(Refusal::NeuralSettings { path }.into());
                }
                let constraints = model.as_deref().map(model_file::read).transpose()?.unwrap_or_default();
                let named = |column: &&String| controls.contains(column) || hold.contains(column);
                let unnamed = constraints.controls.iter().filter(|column| !named(column));
                controls.extend(unnamed.cloned().collect::<Vec<_>>());
                match per_trajectory {
                    true => {
                        Request::PerTrajectory(PerTrajectorySearch::new(search, noise, robust.into(), &constraints)?)
                    }
                    false => Request::Direct(DirectSearch::new(search, noise, robust.into(), constraints)),
                }
            }
        };
        // What is held is an input, whether or not it is named as one.
        controls.retain(|column| !hold.contains(column));
        let options = CsvOptions {
            // Inputs are read like states, and set apart then.
            states: vars.map(|states| [states, controls.clone(), hold.clone()].concat()),
            missing: missing.into(),
            ..table.options()
        };
        Ok((Tables { files, options, controls, held: hold, second_order: order == 2 }, request))
    }
}
