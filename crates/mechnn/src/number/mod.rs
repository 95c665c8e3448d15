//! Numbers as text. There are three ways, by who reads them: [`exact`] for programs, which read the same bits back;
//! [`SignificantDigits`] for people; [`UncertainNumber`] for people who want to know how far a number can be trusted.

// In data-flow order.
mod exact;

mod scientific;

mod significant_digits;

mod uncertain_number;

pub use exact::exact;
pub(crate) use scientific::{Scientific, latex_power_of_ten, without_trailing_zeros};
pub use significant_digits::SignificantDigits;
pub use uncertain_number::{UncertainNumber, to_digits_of_error};
