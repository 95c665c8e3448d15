//! Trajectories of one system, measured under the same names.

use std::collections::{BTreeMap, HashSet};

use super::column_name::ColumnName;
use super::input_signal::Between;
use super::python_name::python_names;
use super::state_role::StateRoles;
use super::trajectory::Trajectory;
use crate::data::fault::DataError;

/// Trajectories of one system: the same states, each with its own times.
///
/// The fields are public for reading; [`Dataset::new`] is the door at which they are checked.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Dataset {
    /// Name of the time variable.
    pub time: String,
    /// Names of the D states, as the columns are called, without their units.
    pub states: Vec<String>,
    /// Names of the C known inputs, as the columns are called, without their units; usually none.
    pub controls: Vec<String>,
    /// What each state is: measured, or a velocity, see [`Dataset::second_order`].
    pub roles: StateRoles,
    /// The units of time, states and known inputs as their columns have them, by name; those without one are absent.
    pub units: BTreeMap<String, String>,
    /// The trajectories, each `[N, D]` with N of its own.
    pub trajectories: Vec<Trajectory>,
}

impl Dataset {
    /// A checked data set.
    ///
    /// # Errors
    /// [`DataError::NoTrajectories`], [`DataError::Name`] for an empty name or one with control characters or outer
    /// blanks, [`DataError::DuplicateName`] if two of the time and the states, or two trajectories, share one,
    /// [`DataError::States`] if a trajectory has another number of states, [`DataError::NothingMeasured`] if a state
    /// has no entry in any trajectory.
    pub fn new(
        time: impl Into<String>,
        states: Vec<String>,
        trajectories: Vec<Trajectory>,
    ) -> Result<Self, DataError> {
        let time = time.into();
        if trajectories.is_empty() {
            return Err(DataError::NoTrajectories);
        }
        let mut names = HashSet::new();
        for name in std::iter::once(&time).chain(&states) {
            if name.is_empty() || name.trim() != name || name.chars().any(char::is_control) {
                return Err(DataError::Name { name: name.clone() });
            }
            if !names.insert(name) {
                return Err(DataError::DuplicateName { name: name.clone() });
            }
        }
        let mut names = HashSet::new();
        for trajectory in &trajectories {
            if trajectory.dims() != states.len() {
                let (trajectory, found) = (trajectory.name.clone(), trajectory.dims());
                return Err(DataError::States { trajectory, expected: states.len(), found });
            }
            if !names.insert(&trajectory.name) {
                return Err(DataError::DuplicateName { name: trajectory.name.clone() });
            }
        }
        let measured = |d: usize| trajectories.iter().any(|x| x.values.column(d).iter().any(|value| !value.is_nan()));
        if let Some(d) = (0..states.len()).find(|&d| !measured(d)) {
            return Err(DataError::NothingMeasured { column: states[d].clone() });
        }
        let roles = StateRoles::measured_only(states.len());
        Ok(Self { time, states, controls: Vec::new(), roles, units: BTreeMap::new(), trajectories })
    }

    /// The same with units, by the names of time and states; units of others are not kept.
    pub fn with_units(mut self, units: impl IntoIterator<Item = (String, String)>) -> Self {
        let known = |name: &String| *name == self.time || self.states.contains(name) || self.controls.contains(name);
        let units: Vec<(String, String)> = units.into_iter().filter(|(name, _)| known(name)).collect();
        self.units.extend(units);
        self
    }

    /// The same with some of the columns as known inputs in place of states: linear between the rows that have them.
    /// They may be called as their headers are, with a unit.
    ///
    /// # Errors
    /// [`DataError::NoSuchState`], also for a set that is of second order already; [`DataError::OnlyInputs`] if no
    /// state is left, [`DataError::InputEnds`] if an input is not known at the first and the last time of a
    /// trajectory: nothing is assumed beyond what is known.
    pub fn with_controls(self, controls: &[String]) -> Result<Self, DataError> {
        self.with_inputs(controls, Between::Linear)
    }

    /// The same with these columns as known inputs, joined between rows as `between` says.
    ///
    /// # Errors
    /// As [`Dataset::with_controls`].
    pub fn with_inputs(mut self, controls: &[String], between: Between) -> Result<Self, DataError> {
        for control in controls {
            let called = |name: &str| self.states.iter().position(|state| state == name);
            let column = called(control).or_else(|| called(&ColumnName::of_header(control).name));
            let column = column.filter(|_| !self.roles.has_velocities());
            let Some(column) = column else {
                return Err(DataError::NoSuchState { column: control.clone(), available: self.states });
            };
            if self.states.len() == 1 {
                return Err(DataError::OnlyInputs { column: control.clone() });
            }
            for trajectory in &mut self.trajectories {
                trajectory.state_to_input(column, control, between)?;
            }
            self.controls.push(self.states.remove(column));
            self.roles = StateRoles::measured_only(self.states.len());
        }
        Ok(self)
    }

    /// The same with the velocity of every state as a further state, `x_dot` beside `x`, of which nothing was
    /// measured: what equations of second order, `x'' = f(x, x')`, are as a system of first order.
    ///
    /// # Errors
    /// [`DataError::DuplicateName`] if there is a column of that name.
    pub fn second_order(mut self) -> Result<Self, DataError> {
        if self.roles.has_velocities() {
            return Ok(self);
        }
        let velocities: Vec<String> = self.states.iter().map(|state| format!("{state}_dot")).collect();
        let taken = |name: &&String| self.states.contains(name) || self.controls.contains(name) || self.time == **name;
        if let Some(name) = velocities.iter().find(taken) {
            return Err(DataError::DuplicateName { name: name.clone() });
        }
        self.states.extend(velocities);
        self.trajectories.iter_mut().for_each(Trajectory::add_velocities);
        self.roles = self.roles.with_velocities();
        Ok(self)
    }

    /// One trajectory by itself.
    ///
    /// # Panics
    /// If there is none of that number.
    pub fn single(&self, trajectory: usize) -> Self {
        Self { trajectories: vec![self.trajectories[trajectory].clone()], ..self.clone() }
    }

    /// The name of the time, a state or a known input with its unit, as at the axis of a figure: `OD600 (a.u.)`; the
    /// name alone where it has none.
    pub fn axis_label(&self, name: &str) -> String {
        self.units.get(name).map_or_else(|| name.to_owned(), |unit| format!("{name} ({unit})"))
    }

    /// D, the number of states.
    pub fn dims(&self) -> usize {
        self.states.len()
    }

    /// Number of points in time, over all trajectories.
    pub fn points(&self) -> usize {
        self.trajectories.iter().map(Trajectory::points).sum()
    }

    /// Number of entries that are not missing, over all states and trajectories.
    pub fn observations(&self) -> usize {
        self.trajectories.iter().map(Trajectory::observations).sum()
    }

    /// Number of missing entries, over all states and trajectories.
    pub fn missing(&self) -> usize {
        self.points() * self.dims() - self.observations()
    }

    /// Earliest and latest time of any trajectory.
    pub fn span(&self) -> (f64, f64) {
        let spans = self.trajectories.iter().map(Trajectory::span);
        spans.fold((f64::INFINITY, f64::NEG_INFINITY), |(first, last), (a, b)| (first.min(a), last.max(b)))
    }

    /// The names that equations use for the states, `[D]`: the column names, changed only where such a name is not
    /// a valid Python identifier or is taken by a function (`hare (thousand)` becomes `hare_thousand`).
    pub fn python_names(&self) -> Vec<String> {
        self.all_python_names().drain(1..=self.dims()).collect()
    }

    /// The names that equations use for the known inputs, `[C]`, by the same rule.
    pub fn python_controls(&self) -> Vec<String> {
        self.all_python_names().split_off(1 + self.dims())
    }

    /// The name that equations use for the time, by the same rule as [`Dataset::python_names`].
    pub fn python_time(&self) -> String {
        self.all_python_names().swap_remove(0)
    }

    fn all_python_names(&self) -> Vec<String> {
        let columns = self.states.iter().chain(&self.controls);
        python_names(std::iter::once(self.time.as_str()).chain(columns.map(String::as_str)))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use ndarray::array;

    use super::{DataError, Dataset, Trajectory};

    fn trajectory(name: &str, start: f64) -> Trajectory {
        Trajectory::new(name, vec![start, start + 1.0], array![[1.0, f64::NAN], [2.0, 3.0]]).unwrap()
    }

    fn dataset(time: &str, states: [&str; 2], trajectories: Vec<Trajectory>) -> Result<Dataset, DataError> {
        Dataset::new(time, states.map(String::from).to_vec(), trajectories)
    }

    #[test]
    fn counts_cover_all_trajectories() {
        let data = dataset("t", ["x", "y"], vec![trajectory("a", 0.0), trajectory("b", -3.0)]).unwrap();
        assert_eq!((data.dims(), data.points(), data.observations(), data.missing()), (2, 4, 6, 2));
        assert_eq!(data.span(), (-3.0, 1.0));
    }

    #[test]
    fn axes_have_units_where_columns_have() {
        let data = dataset("t", ["x", "y"], vec![trajectory("a", 0.0)]).unwrap();
        let data = data.with_units([("t".to_owned(), "d".to_owned()), ("y".to_owned(), "a.u.".to_owned())]);
        assert_eq!(["t", "x", "y"].map(|name| data.axis_label(name)), ["t (d)", "x", "y (a.u.)"]);
    }

    #[test]
    fn names_must_tell_things_apart() {
        let one = || vec![trajectory("a", 0.0)];
        assert!(matches!(dataset("x", ["x", "y"], one()), Err(DataError::DuplicateName { .. })));
        assert!(matches!(dataset("t", ["y", "y"], one()), Err(DataError::DuplicateName { .. })));
        assert!(matches!(dataset("t", ["x", " y"], one()), Err(DataError::Name { .. })));
        assert!(matches!(dataset("", ["x", "y"], one()), Err(DataError::Name { .. })));
        let twins = vec![trajectory("a", 0.0), trajectory("a", 0.0)];
        assert!(matches!(dataset("t", ["x", "y"], twins), Err(DataError::DuplicateName { .. })));
    }

    #[test]
    fn columns_become_inputs() {
        let values = array![[1.0, 5.0, 0.0], [2.0, f64::NAN, 0.0], [3.0, 7.0, f64::NAN]];
        let trajectory = Trajectory::new("a", vec![0.0, 1.0, 2.0], values).unwrap();
        let columns = ["x", "u", "y"].map(String::from).to_vec();
        let data = Dataset::new("t", columns, vec![trajectory]).unwrap();
        let named =
            |names: &[&str]| data.clone().with_controls(&names.iter().map(ToString::to_string).collect::<Vec<_>>());
        let driven = named(&["u"]).unwrap();
        assert_eq!(
            (driven.python_names(), driven.python_controls()),
            (vec!["x".into(), "y".into()], vec!["u".into()])
        );
        let trajectory = &driven.trajectories[0];
        assert_eq!((trajectory.values.ncols(), trajectory.inputs[0].value(1.0)), (2, Some(6.0)));
        assert!(matches!(named(&["w"]), Err(DataError::NoSuchState { .. })));
        assert!(matches!(named(&["u", "u"]), Err(DataError::NoSuchState { .. })));
        assert!(matches!(named(&["y"]), Err(DataError::InputEnds { time: 2.0, .. })));
        assert!(matches!(driven.with_controls(&["x".into(), "y".into()]), Err(DataError::OnlyInputs { .. })));
    }

    #[test]
    fn velocities_are_states_that_nobody_measured() {
        let data = dataset("t", ["x", "y"], vec![trajectory("a", 0.0)]).unwrap().second_order().unwrap();
        assert_eq!(data.states, ["x", "y", "x_dot", "y_dot"]);
        assert_eq!((data.dims(), data.observations()), (4, 3));
        assert_eq!(data.clone().second_order().unwrap().dims(), 4);
        let taken = dataset("t", ["x", "x_dot"], vec![trajectory("a", 0.0)]).unwrap().second_order();
        assert!(matches!(taken, Err(DataError::DuplicateName { name }) if name == "x_dot"));
    }

    #[test]
    fn every_trajectory_has_every_state() {
        assert!(matches!(dataset("t", ["x", "y"], vec![]), Err(DataError::NoTrajectories)));
        let states = vec!["x".to_owned()];
        let result = Dataset::new("t", states, vec![trajectory("a", 0.0)]);
        assert!(matches!(result, Err(DataError::States { expected: 1, found: 2, .. })));
        let empty = Trajectory::new("a", vec![0.0, 1.0], array![[1.0, f64::NAN], [2.0, f64::NAN]]).unwrap();
        let result = dataset("t", ["x", "y"], vec![empty]);
        assert!(matches!(result, Err(DataError::NothingMeasured { column }) if column == "y"));
    }
}
