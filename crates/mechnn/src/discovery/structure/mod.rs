//! The structure of a model: which terms its equations have, and where their numbers are among the parameters of a
//! fit.

mod form;

mod space;

mod layout;

mod problem;

mod guess;

pub(crate) use form::Form;
pub(crate) use guess::{Guess, TermGuess};
pub(crate) use layout::Structure;
pub(crate) use problem::Problem;
pub(crate) use space::SearchSpace;
