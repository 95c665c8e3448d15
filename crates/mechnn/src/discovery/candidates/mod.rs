//! What the equations may be made of: candidate terms, along the smoothed states.

mod candidate;

mod template;

mod combination;

mod family;

mod extra_term;

mod distinct_columns;

mod dictionary;

pub(crate) use candidate::Candidate;
pub(crate) use dictionary::{Dictionary, DictionaryTerms};
pub(crate) use extra_term::{MOST_CONSTANTS, extra_term, extra_terms, extra_terms_over, variables};
pub(crate) use family::{Surroundings, function_terms};
