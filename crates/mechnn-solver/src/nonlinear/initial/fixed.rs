//! The sweep over given steps, without error control.

use super::estimate;
use super::info::NonlinearInfo;
use super::path::{Path, Task};
use super::status::Status;
use super::window::Window;

/// Every time of the task is the end of a step.
pub(super) fn solve(task: Task<'_>, info: &mut NonlinearInfo) -> (Path, Status) {
    let Task { solver, equations, initial, times: mesh } = task;
    let mut path = Path { pieces: Vec::with_capacity(mesh.len() - 1), outputs: vec![0] };
    let mut state = initial.to_vec();
    let mut left = equations.linearization();
    let mut length = solver.window;
    while path.pieces.len() + 1 < mesh.len() {
        let done = path.pieces.len();
        if done + info.rejected_steps >= solver.max_steps {
            return (path, Status::StepBudget { time: mesh[done] });
        }
        info.linearizations += 1;
        if let Err(failure) = equations.linearize(mesh[done], &state, &mut left) {
            return (path, failure.status(mesh[done]));
        }
        let nodes = &mesh[done..(done + 1 + length).min(mesh.len())];
        let solved = Window::predicted(nodes, &state, path.pieces.last(), left.clone(), &equations, info)
            .and_then(|mut window| window.converge(&solver.newton, &equations, info).map(|()| window));
        match solved {
            Ok(window) => {
                for (k, step) in window.steps.iter().enumerate() {
                    let error = estimate::error(step, window.left_of(k), false, &equations, info);
                    info.largest_error = info.largest_error.max(error);
                }
                path.pieces.extend(window.into_pieces(nodes.len() - 1));
                path.outputs.extend(done + 1..=path.pieces.len());
                state.copy_from_slice(path.pieces[path.pieces.len() - 1].last());
                length = (2 * length).min(solver.window);
            }
            Err(failure) => {
                info.rejected_steps += nodes.len() - 1;
                if nodes.len() == 2 {
                    return (path, failure.status(mesh[done]));
                }
                length = (nodes.len() - 1) / 2;
            }
        }
    }
    (path, Status::Converged)
}
