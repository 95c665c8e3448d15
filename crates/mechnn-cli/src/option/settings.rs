//! Options of the method that have no flag of their own.

use mechnn::discovery::DiscoveryOptions;

use crate::failure::Failure;

/// `--set`, for commands that use the direct method.
#[derive(Debug, Clone, Default, clap::Args)]
pub(crate) struct SettingsArg {
    /// Change an option of the direct method: --set tuning.beam=80 (can be repeated; what can be set is in
    /// config.toml)
    #[arg(long, value_name = "KEY=VALUE")]
    set: Vec<String>,
}

impl SettingsArg {
    pub(crate) fn is_empty(&self) -> bool {
        self.set.is_empty()
    }

    /// The options with all changes.
    pub(crate) fn apply(&self, options: DiscoveryOptions) -> Result<DiscoveryOptions, Failure> {
        let set = |options: DiscoveryOptions, text: &String| {
            options.with_setting(text).map_err(|problem| Failure::usage(format!("--set {text}: {problem}")))
        };
        self.set.iter().try_fold(options, set)
    }
}
