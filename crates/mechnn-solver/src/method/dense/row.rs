//! One row of the least-squares problem, as the papers write it.

use super::family::Family;
use super::value::Value;

/// `sum over the terms of factor * unknown[column] = right`, before it is multiplied by the weight of its family.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Row {
    pub(super) family: Family,
    pub(super) terms: Vec<(usize, Value)>,
    pub(super) right: Value,
}

impl Row {
    pub(super) fn new(family: Family, terms: Vec<(usize, Value)>, right: Value) -> Self {
        Self { family, terms, right }
    }
}
