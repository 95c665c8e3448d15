//! Expressions over variables, with inner constants.

mod assembly;

mod domain;

mod notation;

mod tape;

mod many_points;

mod units;

mod vocabulary;

use std::fmt;
use std::sync::Arc;

use self::tape::{Step, Tape};
use crate::equation::notation::{Notation, Piece};
use crate::equation::syntax::{ExpressionError, Tree, words};
use crate::equation::unit::Unit;
pub(in crate::equation) use assembly::whole_power;
pub use units::UnitProblem;
pub(crate) use vocabulary::Names;

/// An expression over named variables, with named inner constants such as k in `x/(k + x)`.
///
/// The language is that of `docs/src/reference/expressions.md`. It cannot be changed, and a clone shares it. Two are
/// equal if they have the same tree over the same names.
///
/// Values outside the domain of a function are NaN or infinite, as f64 has it: whoever evaluates checks. Derivatives
/// are those of [`super::syntax::Function::derivatives`]; d|x|/dx is 0 at 0.
///
/// # Example
/// ```
/// use mechnn::equation::Expression;
///
/// let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
/// let saturation = Expression::parse("x/(k + x)", &names(&["x"]), &names(&["k"]))?;
/// let (mut by_x, mut by_k) = ([0.0], [0.0]);
/// assert_eq!(saturation.gradient_into(&[1.0], &[3.0], &mut by_x, &mut by_k), 0.25);
/// // d/dx = k/(k + x)^2, d/dk = -x/(k + x)^2
/// assert_eq!((by_x, by_k), ([3.0 / 16.0], [-1.0 / 16.0]));
/// assert_eq!(saturation.latex(), "\\frac{x}{k + x}");
/// # Ok::<(), mechnn::equation::ExpressionError>(())
/// ```
#[derive(Clone, PartialEq)]
pub struct Expression {
    inner: Arc<Inner>,
}

#[derive(PartialEq)]
struct Inner {
    tape: Tape,
    // Shared by the expressions of a model, which may have many names.
    variables: Arc<[String]>,
    constants: Arc<[String]>,
}

impl Expression {
    /// Reads an expression over `variables` and `constants`. A name in both is the variable; both come before `pi`.
    ///
    /// # Errors
    /// [`ExpressionError`] with the column and, where there is one, a hint.
    pub fn parse(text: &str, variables: &[String], constants: &[String]) -> Result<Self, ExpressionError> {
        let names = Names { variables, constants };
        let tree = Tree::parse(&words(text)?, &names)?;
        Ok(Self::from_tree(&tree, variables, constants))
    }

    /// The expression of a tree whose symbols are the variables and then the constants.
    pub(crate) fn from_tree(
        tree: &Tree,
        variables: impl Into<Arc<[String]>>,
        constants: impl Into<Arc<[String]>>,
    ) -> Self {
        let (variables, constants) = (variables.into(), constants.into());
        let tape = assembly::tape(tree, variables.len());
        Self { inner: Arc::new(Inner { tape, variables, constants }) }
    }

    /// Names of the variables, `[V]`.
    pub fn variables(&self) -> &[String] {
        &self.inner.variables
    }

    /// Names of the inner constants, `[C]`.
    pub fn constants(&self) -> &[String] {
        &self.inner.constants
    }

    /// Value; NaN or infinite outside the domain.
    ///
    /// # Shapes
    /// - `variables`: `[V]`
    /// - `constants`: `[C]`
    ///
    /// # Panics
    /// If a slice is too short for the variables or constants that occur.
    pub fn evaluate(&self, variables: &[f64], constants: &[f64]) -> f64 {
        self.inner.tape.value(variables, constants)
    }

    /// Value, and the derivatives by reverse mode. Up to 256 nodes nothing is allocated.
    ///
    /// # Shapes
    /// - `variables`, `by_variable`: `[V]`; entries of `by_variable` beyond V become 0
    /// - `constants`, `by_constant`: `[C]`; entries of `by_constant` beyond C become 0
    ///
    /// # Panics
    /// If a slice is too short for the variables or constants that occur.
    pub fn gradient_into(
        &self,
        variables: &[f64],
        constants: &[f64],
        by_variable: &mut [f64],
        by_constant: &mut [f64],
    ) -> f64 {
        self.inner.tape.gradient(variables, constants, by_variable, by_constant)
    }

    /// Numbers of room for each point that [`Self::evaluate_many`] and [`Self::gradient_many`] need.
    pub(in crate::equation) fn work_for_point(&self) -> usize {
        self.inner.tape.work_for_point()
    }

    /// Writes the values at n points, `[n]`, for variables `[V, n]`; `work` is room, at least n times
    /// [`Self::work_for_point`].
    pub(in crate::equation) fn evaluate_many(
        &self,
        variables: &[f64],
        constants: &[f64],
        value: &mut [f64],
        work: &mut [f64],
    ) {
        self.inner.tape.value_many(variables, constants, value, work);
    }

    /// The same with the derivatives, `[V, n]` and `[C, n]`.
    pub(in crate::equation) fn gradient_many(
        &self,
        variables: &[f64],
        constants: &[f64],
        value: &mut [f64],
        by_variable: &mut [f64],
        by_constant: &mut [f64],
        work: &mut [f64],
    ) {
        self.inner.tape.gradient_many(variables, constants, value, by_variable, by_constant, work);
    }

    /// Whether no denominator vanishes and every function is defined wherever the variables are within `ranges`, the
    /// least and the largest value of each. What cannot be shown to be so is not.
    ///
    /// # Shapes
    /// - `ranges`: `[V]`
    /// - `constants`: `[C]`
    ///
    /// # Panics
    /// If a slice is too short for the variables or constants that occur.
    pub fn is_regular_on(&self, ranges: &[(f64, f64)], constants: &[f64]) -> bool {
        self.inner.tape.is_regular_on(ranges, constants)
    }

    /// Its unit over variables with the given units, `[V]`, and those of its inner constants, `[C]`, of which
    /// `constants` are the values: what is raised to one of them has a unit that depends on it.
    ///
    /// # Errors
    /// [`UnitProblem`] if the units contradict each other.
    ///
    /// # Panics
    /// If a slice is too short for the variables or constants that occur.
    pub(in crate::equation) fn units(
        &self,
        variables: &[Unit],
        constants: &[f64],
    ) -> Result<(Unit, Vec<Unit>), UnitProblem> {
        units::units(&self.inner.tape, variables, constants)
    }

    /// Number of nodes of the tree.
    pub fn complexity(&self) -> usize {
        // A whole power is the base, the exponent and the power.
        self.inner.tape.0.iter().map(|step| if matches!(step, Step::WholePower(_)) { 2 } else { 1 }).sum()
    }

    /// Whether variable number `index` occurs.
    pub fn uses_variable(&self, index: usize) -> bool {
        self.inner.tape.0.iter().any(|step| matches!(*step, Step::Variable(v) if v as usize == index))
    }

    /// Whether inner constant number `index` occurs.
    pub fn uses_constant(&self, index: usize) -> bool {
        self.inner.tape.0.iter().any(|step| matches!(*step, Step::Constant(c) if c as usize == index))
    }

    /// As a Python expression over its own names, with as few brackets as there can be; reading it gives the same
    /// back.
    pub fn python(&self) -> String {
        self.written(Notation::Python, self.variables(), &self.constant_names(Notation::Python)).text
    }

    /// As plain text over its own names: `x^2/(1 + x)`.
    pub fn text(&self) -> String {
        self.written(Notation::Text, self.variables(), &self.constant_names(Notation::Text)).text
    }

    /// As LaTeX mathematics over its own names.
    pub fn latex(&self) -> String {
        self.written(Notation::Latex, self.variables(), &self.constant_names(Notation::Latex)).text
    }

    fn constant_names(&self, notation: Notation) -> Vec<Piece> {
        self.constants().iter().map(|name| Piece::name(notation, name)).collect()
    }

    /// The text over other names of the variables, its own where there are fewer, with a piece of text for each
    /// constant, `[C]`.
    pub(in crate::equation) fn written(&self, notation: Notation, variables: &[String], constants: &[Piece]) -> Piece {
        let name = |index: usize| variables.get(index).unwrap_or(&self.inner.variables[index]).as_str();
        notation::write(&self.inner.tape, notation, name, constants)
    }

    /// The same over `count` variables, where variable number v is number `places[v]`; the others have names of their
    /// own.
    ///
    /// # Panics
    /// If a variable that occurs has no place below `count`.
    pub(in crate::equation) fn with_variables_at(&self, places: &[usize], count: usize) -> Self {
        let Inner { tape, variables, constants } = &*self.inner;
        let place = |v: u32| match places.get(v as usize) {
            Some(&place) if place < count => place as u32,
            _ => unreachable!("every variable that occurs has a place among {count}: variable {v} of {places:?}"),
        };
        let step = |step: &Step| if let Step::Variable(v) = *step { Step::Variable(place(v)) } else { *step };
        let tape = Tape(tape.0.iter().map(step).collect());
        let mut names: Vec<String> = (0..count).map(|v| format!("unused_{v}")).collect();
        let placed = variables.iter().zip(places).filter(|(_, place)| **place < count);
        placed.for_each(|(name, &place)| names[place].clone_from(name));
        Self { inner: Arc::new(Inner { tape, variables: names.into(), constants: Arc::clone(constants) }) }
    }

    /// The same over the first `dims` variables, if the others do not occur.
    pub(in crate::equation) fn shortened(&self, dims: usize) -> Option<Self> {
        let Inner { tape, variables, constants } = &*self.inner;
        if (dims..variables.len()).any(|index| self.uses_variable(index)) {
            return None;
        }
        let variables = variables.iter().take(dims).cloned().collect();
        Some(Self { inner: Arc::new(Inner { tape: tape.clone(), variables, constants: Arc::clone(constants) }) })
    }
}

impl fmt::Display for Expression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.python())
    }
}

impl fmt::Debug for Expression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Expression({self}; variables {:?}, constants {:?})", self.variables(), self.constants())
    }
}

#[cfg(test)]
mod tests;
