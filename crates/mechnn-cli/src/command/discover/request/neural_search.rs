//! A search by the neural method, as it was asked for.

use std::path::PathBuf;

use mechnn::equation::LibrarySpec;

use super::noise_arg::NoiseArg;
use super::refusal::Refusal;
use super::search_args::SearchArgs;
use crate::option::Format;

/// Cycles of training and thresholding.
#[derive(Debug)]
#[cfg_attr(not(feature = "neural"), expect(dead_code, reason = "only the build with the networks reads them"))]
pub(in super::super) struct NeuralSearch {
    /// A file with settings of the method.
    pub(in super::super) settings: Option<PathBuf>,
    pub(in super::super) library: Option<LibrarySpec>,
    pub(in super::super) threshold: Option<f64>,
    pub(in super::super) format: Format,
}

impl NeuralSearch {
    /// # Errors
    /// What only the direct method knows.
    pub(super) fn new(args: SearchArgs, noise: &NoiseArg, settings: Option<PathBuf>) -> Result<Self, Refusal> {
        let SearchArgs {
            library,
            terms,
            explicit_time,
            settings: of_direct_method,
            no_simplify,
            threshold,
            units,
            pareto,
            format,
            output,
            // Not without a folder.
            overwrite: _,
        } = args;
        let given = [
            (*noise != NoiseArg::Auto, "--noise"),
            (!terms.is_empty(), "--term"),
            (explicit_time, "--explicit-time"),
            (!of_direct_method.is_empty(), "--set"),
            (no_simplify, "--no-simplify"),
            (!units.is_empty(), "--units"),
            (pareto, "--pareto"),
        ];
        if let Some((_, option)) = given.into_iter().find(|(given, _)| *given) {
            return Err(Refusal::NeuralKnowsNo { option });
        }
        if output.is_some() {
            return Err(Refusal::NeuralFolder);
        }
        if library.as_ref().is_some_and(|library| !library.functions().is_empty()) {
            return Err(Refusal::NeuralFunctions);
        }
        Ok(Self { settings, library, threshold, format })
    }
}
