//! What each state of a data set is: measured, or the velocity of a measured one.

/// How a state is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum StateRole {
    /// It has a column of its own.
    Measured,
    /// It is the rate of change of this other state, and nobody measured it.
    VelocityOf(usize),
}

/// The roles of all states, measured ones first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StateRoles(Vec<StateRole>);

impl StateRoles {
    /// All of `count` states are measured.
    pub(crate) fn measured_only(count: usize) -> Self {
        Self(vec![StateRole::Measured; count])
    }

    /// The same with the velocity of every measured state as a further state.
    pub(crate) fn with_velocities(&self) -> Self {
        let velocities = (0..self.measured()).map(StateRole::VelocityOf);
        Self(self.0.iter().copied().chain(velocities).collect())
    }

    /// D, the number of states.
    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// The number of measured states; they come first.
    pub fn measured(&self) -> usize {
        self.0.iter().filter(|role| **role == StateRole::Measured).count()
    }

    /// The role of state d.
    ///
    /// # Panics
    /// If there is no such state.
    pub fn of(&self, d: usize) -> StateRole {
        self.0[d]
    }

    /// Whether velocities are among the states.
    pub fn has_velocities(&self) -> bool {
        self.measured() < self.count()
    }

    /// The measured state that state d is, or whose velocity it is.
    pub fn position(&self, d: usize) -> usize {
        match self.0[d] {
            StateRole::Measured => d,
            StateRole::VelocityOf(position) => position,
        }
    }

    /// The state that is the velocity of state d: the rate of d by definition, so that nothing is looked for in its
    /// equation.
    pub fn velocity(&self, d: usize) -> Option<usize> {
        self.0.iter().position(|role| *role == StateRole::VelocityOf(d))
    }
}

#[cfg(test)]
mod tests {
    use super::{StateRole, StateRoles};

    #[test]
    fn velocities_follow_the_states_they_belong_to() {
        let roles = StateRoles::measured_only(2);
        assert_eq!((roles.count(), roles.measured(), roles.has_velocities()), (2, 2, false));
        assert_eq!((roles.position(1), roles.velocity(1)), (1, None));
        let roles = roles.with_velocities();
        assert_eq!((roles.count(), roles.measured(), roles.has_velocities()), (4, 2, true));
        assert_eq!((roles.position(3), roles.velocity(1), roles.velocity(3)), (1, Some(3), None));
        assert_eq!((roles.of(0), roles.of(2)), (StateRole::Measured, StateRole::VelocityOf(0)));
    }
}
