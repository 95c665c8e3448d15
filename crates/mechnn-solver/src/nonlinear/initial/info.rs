//! What a solve cost.

/// Work and quality of a solve.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
#[non_exhaustive]
pub struct NonlinearInfo {
    /// Steps of the solution.
    pub steps: usize,
    /// Steps computed and thrown away, because of their error or because Newton's method failed.
    pub rejected_steps: usize,
    /// Windows: runs of steps solved by one Newton iteration.
    pub windows: usize,
    /// Newton iterations, summed over windows.
    pub iterations: usize,
    /// Evaluations of the rate with its Jacobians.
    pub linearizations: usize,
    /// Evaluations of the rate alone.
    pub rates: usize,
    /// Largest estimated local error of a step of the solution, in units of what step control accepts.
    pub largest_error: f64,
    /// How the solve began.
    pub start: Start,
}

/// How a solve began.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Start {
    /// From the initial values only.
    #[default]
    Cold,
    /// From states at all times.
    Warm,
    /// From states at all times, which led nowhere; then from the initial values only.
    WarmThenCold,
}
