//! placeholder
use super::*;
/// Dense reference.
#[derive(Debug, Clone, Copy, Default)]
pub struct Dense;
impl OdeSolver for Dense {
    fn name(&self) -> &'static str { "dense" }
    fn solve(&self, _problem: &OdeProblem) -> Result<Solution, SolveError> { unimplemented!() }
    fn solve_with_pullback(&self, _problem: &OdeProblem) -> Result<(Solution, Box<dyn Pullback>), SolveError> { unimplemented!() }
}
