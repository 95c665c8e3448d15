//! The candidate terms, along the smoothed states.

use std::ops::Range;

use super::candidates::Candidate;
use super::regression::distinct_columns;
use super::rules::Rules;
use super::start::Start;
use crate::equation::{BasisLibrary, Term};

/// Candidate terms that the data can tell apart, and what the data say of each.
#[derive(Debug, Clone)]
pub(super) struct Dictionary {
    pub(super) library: BasisLibrary,
    /// Root mean square of each term along the states, `[P]`: terms and coefficients are of order one in its unit.
    pub(super) norms: Vec<f64>,
    /// Number of terms that are as simple or simpler, see [`super::price`], `[P]`.
    pub(super) ranks: Vec<f64>,
    /// The first this many terms are polynomials and what the user added, the others functions.
    pub(super) polynomials: usize,
    /// Whether a term stays when a state goes to zero while the others are as usual, `[P, D]`.
    pub(super) survives: Vec<bool>,
    /// Terms that differ only in where their inner constants start share a number, `[P]`.
    pub(super) families: Vec<usize>,
    /// Terms that are combinations of simpler ones on these data, or have no finite value.
    pub(super) indistinct: Vec<Term>,
    /// Whether functions of linear combinations of states are among the candidates.
    pub(super) combined: bool,
    /// Which coefficients a model may have.
    pub(super) rules: Rules,
}

impl Dictionary {
    /// `polynomials` simplest terms first: of terms that are the same on the data, the first stays. `extra` are the
    /// user's, and as likely as polynomials of their complexity. `functions` have numbers, see
    /// [`function_terms`](super::family::function_terms).
    pub(super) fn new(polynomials: BasisLibrary, extra: &[Term], functions: Vec<(usize, Term)>, start: &Start) -> Self {
        let monomials = polynomials.len();
        let named = monomials + extra.len();
        let mut families: Vec<usize> = (0..named).collect();
        let mut terms = [polynomials.terms(), extra].concat();
        for (number, term) in functions {
            families.push(named + number);
            terms.push(term);
        }
        let library = BasisLibrary::of_terms(terms, polynomials.dims());
        let (width, terms) = (library.dims(), library.len());
        let variables = start.variables_on_grid();
        let points = variables.len() / width;
        let mut values = vec![0.0; points * terms];
        let rows = variables.chunks_exact(width).zip(values.chunks_exact_mut(terms));
        rows.for_each(|(x, values)| library.evaluate_into(x, values));
        let mean_square = |term: usize| {
            let column = values.iter().skip(term).step_by(terms);
            column.map(|value| value * value).sum::<f64>() / points as f64
        };
        let all_norms: Vec<f64> = (0..terms).map(|term| mean_square(term).sqrt()).collect();
        let usable = |norm: f64| norm.is_finite() && norm > f64::MIN_POSITIVE.sqrt();
        let column = |term: usize, value: f64| if usable(all_norms[term]) { value / all_norms[term] } else { 0.0 };
        let normalised: Vec<f64> = values.iter().enumerate().map(|(i, v)| column(i % terms, *v)).collect();
        let mut distinct = distinct_columns(monomials, normalised.chunks_exact(terms).map(|row| &row[..monomials]));
        distinct.extend((monomials..terms).map(|term| usable(all_norms[term]) && !repeated(&normalised, terms, term)));
        let kept: Vec<usize> = (0..terms).filter(|&term| distinct[term]).collect();

        // Of each family its first instance counts. A function is chosen twice: that it is none of the polynomials, and
        // which.
        let complexity = |term: usize| library.terms()[term].complexity();
        let firsts: Vec<usize> = (named..terms).filter(|&t| families[t] != families[t - 1]).collect();
        let rank = |term: usize| {
            let simpler = |other: &usize| complexity(*other) <= complexity(term);
            match term < named {
                true => (0..named).filter(simpler).count(),
                false => named * firsts.iter().filter(|other| simpler(other)).count(),
            }
        };
        Self {
            norms: kept.iter().map(|&term| all_norms[term]).collect(),
            ranks: kept.iter().map(|&term| rank(term) as f64).collect(),
            families: kept.iter().map(|&term| families[term]).collect(),
            polynomials: kept.iter().filter(|&&term| term < named).count(),
            survives: kept.iter().flat_map(|&term| survives(&library.terms()[term], all_norms[term], start)).collect(),
            indistinct: (0..named).filter(|&t| !distinct[t]).map(|t| library.terms()[t].clone()).collect(),
            library: library.subset(&kept),
            combined: false,
            rules: Rules::default(),
        }
    }

    /// Where the inner constants of each candidate are among the parameters: behind all coefficients, in order; those of a
    /// shared function where its first candidate has them.
    pub(super) fn places(&self, candidates: &[Candidate]) -> Vec<Range<usize>> {
        let mut next = candidates.len();
        let mut places: Vec<Range<usize>> = Vec::with_capacity(candidates.len());
        for (j, candidate) in candidates.iter().enumerate() {
            let first = self.first_with_constants_of(candidates, j);
            if first < j {
                places.push(places[first].clone());
            } else {
                let begin = next;
                next += self.library.terms()[candidate.term].constants().len();
                places.push(begin..next);
            }
        }
        places
    }

    /// The candidates that have inner constants of their own.
    pub(super) fn owners<'a>(&'a self, candidates: &'a [Candidate]) -> impl Iterator<Item = Candidate> + 'a {
        let own = move |j: &usize| self.first_with_constants_of(candidates, *j) == *j;
        (0..candidates.len()).filter(own).map(|j| candidates[j])
    }

    fn first_with_constants_of(&self, candidates: &[Candidate], j: usize) -> usize {
        let term = candidates[j].term;
        let first = || candidates.iter().position(|other| other.term == term);
        if self.rules.is_shared(term) { first().unwrap_or(j) } else { j }
    }

    /// Units in which the inner constants of a term are parameters, `[C]`.
    pub(super) fn constant_units(&self, term: usize) -> Vec<f64> {
        self.library.terms()[term].constants().iter().map(|c| if *c == 0.0 { 1.0 } else { c.abs() }).collect()
    }

    /// The inner constants of a term where its fit starts, in those units.
    pub(super) fn first_constants(&self, term: usize) -> Vec<f64> {
        self.library.terms()[term].constants().iter().map(|c| if *c == 0.0 { 0.0 } else { c.signum() }).collect()
    }

    pub(super) fn len(&self) -> usize {
        self.library.len()
    }
}

/// Cosine of the angle between two columns from which on they are the same.
const SAME: f64 = 1.0 - 1e-10;

/// Whether an earlier column is the same up to a factor.
fn repeated(normalised: &[f64], terms: usize, term: usize) -> bool {
    let points = (normalised.len() / terms) as f64;
    (0..term).any(|other| {
        let product: f64 = normalised.chunks_exact(terms).map(|row| row[other] * row[term]).sum();
        (product / points).abs() > SAME
    })
}

/// For each state, whether the term is still of its usual size where that state is all but zero.
fn survives(term: &Term, norm: f64, start: &Start) -> Vec<bool> {
    let sizes: Vec<f64> = start.ranges().iter().map(|range| range.size).collect();
    let at_zero = |d: usize| {
        let mut x = sizes.clone();
        x[d] *= 1e-9;
        let value = term.evaluate(&x).abs();
        value.is_nan() || value >= 1e-3 * norm
    };
    (0..start.noise.len()).map(at_zero).collect()
}
