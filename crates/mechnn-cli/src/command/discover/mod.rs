//! `mechnn discover`: equations from one or several tables.

mod request;

mod admission;

mod progress;

mod search_thread;

mod noise_text;

mod evidence;

mod unsettled;

mod front;

mod finding;

mod folder_name;

mod run_folder;

mod flow;

mod direct;

mod per_trajectory;

mod neural;

use crate::failure::Failure;
use crate::interrupt::Interrupt;
use crate::printer::Printer;

use request::Request;
pub(crate) use request::{DirectSearch, DiscoverArgs, SearchArgs};

impl DiscoverArgs {
    pub(crate) fn run(self, printer: &mut Printer, interrupt: &Interrupt) -> Result<(), Failure> {
        let (mut tables, request) = self.parse()?;
        let data = tables.read(printer)?;
        match request {
            Request::Direct(search) => search.run(data, &tables.files, printer, interrupt).map(drop),
            Request::PerTrajectory(search) => flow::run(&search, data, &tables.files, printer, interrupt).map(drop),
            Request::Neural(search) => neural::run(&search, &data, printer, interrupt),
        }
    }
}
