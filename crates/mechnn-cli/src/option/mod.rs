//! Options that several commands have.

mod format;

mod number;

mod settings;

mod time;

mod sources;

mod table;

pub(crate) use format::Format;
pub(crate) use number::{not_negative, positive};
pub(crate) use settings::SettingsArg;
pub(crate) use sources::sources;
pub(crate) use table::TableArgs;
pub(crate) use time::TimeArgs;
