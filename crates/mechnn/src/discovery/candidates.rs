//! A sparse right-hand side as dynamics for the smoother.

use mechnn_solver::smoother::{Dynamics, Linearization};

use crate::equation::BasisLibrary;

/// One coefficient: a term of the library in the equation of one state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Candidate {
    pub(super) state: usize,
    pub(super) term: usize,
}

/// `x'_d = Σ_j θ_j f_{term(j)}(x)` over the candidates j of state d.
#[derive(Debug, Clone)]
pub(super) struct SparseDynamics {
    library: BasisLibrary,
    candidates: Vec<Candidate>,
}

/// Terms that fit the stack; larger libraries allocate.
const STACK: usize = 256;

impl SparseDynamics {
    pub(super) fn new(library: BasisLibrary, candidates: Vec<Candidate>) -> Self {
        Self { library, candidates }
    }

    pub(super) fn candidates(&self) -> &[Candidate] {
        &self.candidates
    }

    pub(super) fn library(&self) -> &BasisLibrary {
        &self.library
    }

    /// Keeps the candidates for which `keep` is true.
    pub(super) fn retain(&self, keep: &[bool]) -> Self {
        let candidates = self.candidates.iter().zip(keep).filter(|(_, keep)| **keep).map(|(c, _)| *c).collect();
        Self { library: self.library.clone(), candidates }
    }
}

impl Dynamics for SparseDynamics {
    fn dims(&self) -> usize {
        self.library.dims()
    }

    fn parameters(&self) -> usize {
        self.candidates.len()
    }

    fn rate(&self, _t: f64, x: &[f64], theta: &[f64], rate: &mut [f64]) {
        with_scratch(self.library.len(), |values| {
            self.library.evaluate_into(x, values);
            rate.fill(0.0);
            for (candidate, coefficient) in self.candidates.iter().zip(theta) {
                rate[candidate.state] += coefficient * values[candidate.term];
            }
        });
    }

    fn linearize(&self, _t: f64, x: &[f64], theta: &[f64], out: &mut Linearization) {
        let (dims, terms, parameters) = (self.library.dims(), self.library.len(), self.candidates.len());
        with_scratch(terms * (dims + 1), |scratch| {
            let (values, jacobian) = scratch.split_at_mut(terms);
            self.library.jacobian_into(x, values, jacobian);
            out.rate.fill(0.0);
            out.by_state.fill(0.0);
            out.by_parameter.fill(0.0);
            for (j, (candidate, coefficient)) in self.candidates.iter().zip(theta).enumerate() {
                let (d, term) = (candidate.state, candidate.term);
                out.rate[d] += coefficient * values[term];
                out.by_parameter[d * parameters + j] = values[term];
                let slopes = &jacobian[term * dims..][..dims];
                out.by_state[d * dims..][..dims].iter_mut().zip(slopes).for_each(|(a, b)| *a += coefficient * b);
            }
        });
    }
}

/// Calls `work` with `size` zeros, on the stack if they fit.
fn with_scratch(size: usize, work: impl FnOnce(&mut [f64])) {
    if size <= STACK {
        work(&mut [0.0; STACK][..size]);
    } else {
        work(&mut vec![0.0; size]);
    }
}
