//! Vectors in the space of unknowns: values `[N, D, K]` and the slack.

/// One that is owned: a start, an adjoint, a tangent.
#[derive(Debug, Clone)]
pub(crate) struct UnknownVector {
    pub(crate) values: Vec<f64>,
    pub(crate) slack: f64,
}

impl UnknownVector {
    pub(crate) fn add(&mut self, other: &Self) {
        self.values.iter_mut().zip(&other.values).for_each(|(value, other)| *value += other);
        self.slack += other.slack;
    }
}

/// One that is borrowed.
#[derive(Clone, Copy)]
pub(crate) struct Unknowns<'a> {
    pub(crate) values: &'a [f64],
    pub(crate) slack: f64,
}
