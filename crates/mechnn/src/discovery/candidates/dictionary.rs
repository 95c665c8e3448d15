//! The candidate terms, along the smoothed states.

use super::distinct_columns::distinct_columns;
use crate::discovery::prepare::PreparedData;
use crate::equation::{BasisLibrary, Term};

/// Candidate terms that the data can tell apart, and what the data say of each.
#[derive(Debug, Clone)]
pub(crate) struct Dictionary {
    pub(crate) library: BasisLibrary,
    /// Root mean square of each term along the states, `[P]`: terms and coefficients are of order one in its unit.
    pub(crate) norms: Vec<f64>,
    /// Number of terms that are as simple or simpler, see [`penalty`](crate::discovery::fit), `[P]`.
    pub(crate) ranks: Vec<f64>,
    /// The first this many terms are polynomials and what the user added, the others functions.
    pub(crate) polynomials: usize,
    /// Terms that differ only in where their inner constants start share a number, `[P]`.
    pub(crate) families: Vec<usize>,
    /// Terms that are combinations of simpler ones on these data, or have no finite value.
    pub(crate) indistinct: Vec<Term>,
    /// Whether functions of linear combinations of states are among the candidates.
    pub(crate) combined: bool,
    /// Where the variables are taken to be, in the data's units, `[V]`: a pole there is no finding.
    domain: Vec<(f64, f64)>,
    /// Whether a term stays when a state goes to zero while the others are as usual, `[P, D]`.
    survives: Vec<bool>,
    /// D.
    dims: usize,
}

/// The terms of which a dictionary is made.
#[derive(Debug, Clone, Default)]
pub(crate) struct DictionaryTerms {
    /// Simplest terms first: of terms that are the same on the data, the first stays.
    pub(crate) polynomials: Vec<Term>,
    /// The user's, as likely as polynomials of their complexity.
    pub(crate) extra: Vec<Term>,
    /// Functions, with numbers that instances of one function share, see
    /// [`function_terms`](super::family::function_terms).
    pub(crate) functions: Vec<(usize, Term)>,
    /// Whether functions of linear combinations of states are among these.
    pub(crate) combined: bool,
}

/// Where a state is all but zero: this part of its usual size.
const ALL_BUT_ZERO: f64 = 1e-9;

/// A term of more than this part of its usual size is still there.
const STILL_THERE: f64 = 1e-3;

/// Cosine of the angle between two columns from which on they are the same.
const SAME: f64 = 1.0 - 1e-10;

impl Dictionary {
    pub(crate) fn new(terms: DictionaryTerms, prepared: &PreparedData) -> Self {
        let DictionaryTerms { polynomials, extra, functions, combined } = terms;
        let monomials = polynomials.len();
        let named = monomials + extra.len();
        let mut families: Vec<usize> = (0..named).collect();
        let mut terms = [polynomials, extra].concat();
        for (number, term) in functions {
            families.push(named + number);
            terms.push(term);
        }
        let library = BasisLibrary::of_terms(terms, prepared.dims() + prepared.known.count());
        let (width, terms) = (library.dims(), library.len());
        let variables = prepared.variables_on_grid();
        let points = variables.len() / width;
        let mut values = vec![0.0; points * terms];
        if terms > 0 {
            let rows = variables.chunks_exact(width).zip(values.chunks_exact_mut(terms));
            rows.for_each(|(x, values)| library.evaluate_into(x, values));
        }
        let mean_square = |term: usize| {
            let column = values.iter().skip(term).step_by(terms);
            column.map(|value| value * value).sum::<f64>() / points as f64
        };
        let all_norms: Vec<f64> = (0..terms).map(|term| mean_square(term).sqrt()).collect();
        let usable = |norm: f64| norm.is_finite() && norm > f64::MIN_POSITIVE.sqrt();
        let column = |term: usize, value: f64| if usable(all_norms[term]) { value / all_norms[term] } else { 0.0 };
        let normalised: Vec<f64> = values.iter().enumerate().map(|(i, v)| column(i % terms, *v)).collect();
        let rows = || normalised.chunks_exact(terms.max(1));
        let mut distinct = distinct_columns(monomials, rows().map(|row| &row[..monomials]));
        distinct.extend((monomials..terms).map(|term| usable(all_norms[term]) && !repeated(&normalised, terms, term)));
        let kept: Vec<usize> = (0..terms).filter(|&term| distinct[term]).collect();

        // Of each family its first instance counts. A function is chosen twice: that it is none of the polynomials,
        // and which.
        let complexity = |term: usize| library.terms()[term].complexity();
        let firsts: Vec<usize> = (named..terms).filter(|&t| t == 0 || families[t] != families[t - 1]).collect();
        let rank = |term: usize| {
            let simpler = |other: &usize| complexity(*other) <= complexity(term);
            match term < named {
                true => (0..named).filter(simpler).count(),
                false => named * firsts.iter().filter(|other| simpler(other)).count(),
            }
        };
        let survives = kept.iter().flat_map(|&term| survives(&library.terms()[term], all_norms[term], prepared));
        Self {
            norms: kept.iter().map(|&term| all_norms[term]).collect(),
            ranks: kept.iter().map(|&term| rank(term) as f64).collect(),
            families: kept.iter().map(|&term| families[term]).collect(),
            polynomials: kept.iter().filter(|&&term| term < named).count(),
            domain: prepared.domain(),
            survives: survives.collect(),
            indistinct: (0..named).filter(|&t| !distinct[t]).map(|t| library.terms()[t].clone()).collect(),
            library: library.subset(&kept),
            combined,
            dims: prepared.dims(),
        }
    }

    /// The number of terms.
    pub(crate) fn len(&self) -> usize {
        self.library.len()
    }

    pub(crate) fn term(&self, term: usize) -> &Term {
        &self.library.terms()[term]
    }

    /// The number of a term, if it is one of these.
    pub(crate) fn position(&self, term: &Term) -> Option<usize> {
        self.library.terms().iter().position(|other| other == term)
    }

    /// C, the number of inner constants of a term.
    pub(crate) fn constants_of(&self, term: usize) -> usize {
        self.term(term).constants().len()
    }

    /// Units in which the inner constants of a term are parameters, `[C]`.
    pub(crate) fn constant_units(&self, term: usize) -> Vec<f64> {
        self.term(term).constants().iter().map(|c| if *c == 0.0 { 1.0 } else { c.abs() }).collect()
    }

    /// The inner constants of a term where its fit starts, in those units.
    pub(crate) fn first_constants(&self, term: usize) -> Vec<f64> {
        self.term(term).constants().iter().map(|c| if *c == 0.0 { 0.0 } else { c.signum() }).collect()
    }

    /// Whether a term has no pole and is everywhere defined where the variables are, with these inner constants in
    /// their units.
    pub(crate) fn is_regular(&self, term: usize, constants: &[f64]) -> bool {
        let in_units = constants.iter().zip(self.constant_units(term));
        let constants: Vec<f64> = in_units.map(|(constant, unit)| constant * unit).collect();
        self.term(term).is_regular_on(&self.domain, &constants)
    }

    /// Whether a term stays when a state goes to zero while the others are as usual.
    pub(crate) fn survives(&self, term: usize, state: usize) -> bool {
        self.survives[term * self.dims + state]
    }

    /// Whether two of the terms differ only in where their constants start.
    pub(crate) fn repeats_a_family(&self, terms: impl Iterator<Item = usize> + Clone) -> bool {
        let family = |term: usize| self.families[term];
        terms.clone().enumerate().any(|(at, term)| terms.clone().take(at).any(|other| family(other) == family(term)))
    }
}

/// Whether an earlier column is the same up to a factor.
fn repeated(normalised: &[f64], terms: usize, term: usize) -> bool {
    let points = (normalised.len() / terms) as f64;
    (0..term).any(|other| {
        let product: f64 = normalised.chunks_exact(terms).map(|row| row[other] * row[term]).sum();
        (product / points).abs() > SAME
    })
}

/// For each state, whether the term is still of its usual size where that state is all but zero.
fn survives(term: &Term, norm: f64, prepared: &PreparedData) -> Vec<bool> {
    let sizes: Vec<f64> = prepared.ranges().iter().map(|range| range.size).collect();
    let at_zero = |d: usize| {
        let mut x = sizes.clone();
        x[d] *= ALL_BUT_ZERO;
        let value = term.evaluate(&x).abs();
        value.is_nan() || value >= STILL_THERE * norm
    };
    (0..prepared.dims()).map(at_zero).collect()
}

#[cfg(test)]
mod tests {
    use super::{Dictionary, DictionaryTerms};
    use crate::discovery::prepare::PreparedData;
    use crate::discovery::test_problem::{HUNT, TestProblem, columns, options, simulated, times};
    use crate::equation::{BasisLibrary, FunctionFamily, LibrarySpec, Term};

    fn dictionary(data: &PreparedData, polynomials: Vec<Term>, extra: Vec<Term>) -> Dictionary {
        Dictionary::new(DictionaryTerms { polynomials, extra, ..DictionaryTerms::default() }, data)
    }

    #[test]
    fn there_may_be_no_terms_at_all() {
        let test = TestProblem::hunt();
        let empty = Dictionary::new(DictionaryTerms::default(), &test.data);
        assert_eq!((empty.len(), empty.polynomials, empty.indistinct.len()), (0, 0, 0));
    }

    #[test]
    fn of_terms_that_are_the_same_on_the_data_the_first_stays() {
        // y = 2 x everywhere: of the polynomials 1, x, y, x², x y, y² only 1, x, x² differ.
        let data = columns(&[("x", |t| t.sin()), ("y", |t| 2.0 * t.sin())], &times(41, 0.25));
        let test = TestProblem::new(data, &options(1, &[], ""));
        let polynomials = BasisLibrary::polynomial(2, 2).terms().to_vec();
        let extra = vec![test.term("x*y"), test.term("sin(y)"), test.term("sin(2*x)")];
        let own = dictionary(&test.data, polynomials, extra);
        let names = ["x".to_owned(), "y".to_owned()];
        let texts = |terms: &[Term]| terms.iter().map(|term| term.python(&names)).collect::<Vec<_>>();
        assert_eq!(texts(own.library.terms()), ["1", "x", "x**2", "sin(y)"]);
        assert_eq!(texts(&own.indistinct), ["y", "x*y", "y**2", "x*y", "sin(2.0*x)"]);
    }

    #[test]
    fn a_term_that_is_not_finite_on_the_data_is_left_out() {
        let data = columns(&[("x", |t| t - 1.0)], &times(41, 0.25));
        let test = TestProblem::new(data, &options(1, &[], ""));
        let own = dictionary(&test.data, Vec::new(), vec![test.term("log(x)"), test.term("sqrt(x)"), test.term("x")]);
        assert_eq!((own.len(), own.position(&test.term("x")), own.indistinct.len()), (1, Some(0), 2));
    }

    #[test]
    fn ranks_count_what_is_as_simple_or_simpler() {
        let test = TestProblem::hunt();
        // 1, x, y of complexity 1; x², x y, y² of complexity 3.
        assert_eq!(test.space.dictionary.ranks, [3.0, 3.0, 3.0, 6.0, 6.0, 6.0]);
        // An extra term is as likely as a polynomial of its complexity.
        let data = simulated(&HUNT, &[&[1.0, 1.0]], &times(41, 0.25));
        let more = TestProblem::new(data, &options(2, &["x**3"], "")).space.dictionary;
        assert_eq!((more.ranks[..6].to_vec(), more.ranks[6]), (vec![3.0, 3.0, 3.0, 6.0, 6.0, 6.0], 7.0));
    }

    #[test]
    fn a_function_costs_the_choice_among_functions_on_top_of_that_among_polynomials() {
        let mut options = options(1, &[], "");
        options.library = Some(LibrarySpec::polynomial(1).with_functions(&[FunctionFamily::Rational]));
        let test = TestProblem::new(simulated(&HUNT, &[&[1.0, 1.0]], &times(41, 0.25)), &options);
        let own = &test.space.dictionary;
        assert_eq!(own.polynomials, 3);
        for term in own.polynomials..own.len() {
            let rank = own.ranks[term];
            assert!(rank >= 3.0 && rank % 3.0 == 0.0, "{rank}: three polynomials times the functions");
            // All starts of a function have the same price, and no more complex one is cheaper.
            for other in own.polynomials..own.len() {
                let complexity = |term: usize| own.term(term).complexity();
                assert!(own.families[other] != own.families[term] || own.ranks[other] == rank);
                assert!(complexity(other) < complexity(term) || own.ranks[other] >= rank);
            }
        }
        let family = |term: usize| own.families[term];
        let twice = (own.polynomials..own.len() - 1).find(|&term| family(term) == family(term + 1)).expect("a family");
        assert!(own.repeats_a_family([0, twice, twice + 1].into_iter()));
        assert!(!own.repeats_a_family([0, 1, twice].into_iter()));
    }

    #[test]
    fn norms_are_root_mean_squares_along_the_states() {
        let test = TestProblem::hunt();
        let x: Vec<f64> = test.data.variables_on_grid().chunks(2).map(|own| own[0] * own[1]).collect();
        let expected = (x.iter().map(|x| x * x).sum::<f64>() / x.len() as f64).sqrt();
        let found = test.space.dictionary.norms[test.candidate(0, "x*y").term];
        assert!((found / expected - 1.0).abs() < 1e-14, "{found}, expected {expected} up to rounding");
        assert_eq!(test.space.dictionary.norms[test.candidate(0, "1").term], 1.0);
    }

    #[test]
    fn a_term_survives_a_state_that_goes_to_zero_if_it_has_no_factor_of_it() {
        let test = TestProblem::hunt();
        let survives = |text, state| test.space.dictionary.survives(test.candidate(0, text).term, state);
        assert!(survives("1", 0) && survives("y", 0) && survives("x**2", 1));
        assert!(!survives("x", 0) && !survives("x*y", 0) && !survives("x*y", 1));
    }
}
