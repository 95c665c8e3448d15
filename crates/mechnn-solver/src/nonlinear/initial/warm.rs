//! All times at once, from guessed states, with steps split until the error is small enough.

use ndarray::ArrayView2;

use super::estimate;
use super::info::NonlinearInfo;
use super::path::{Path, Task};
use super::window::Window;
use crate::nonlinear::step::Piece;

/// Refinements before the guess is given up.
const MAX_ROUNDS: usize = 20;

/// Most parts of a step per refinement: an error estimate far from convergence overrates what is needed.
const MAX_PARTS: f64 = 8.0;

/// Steps shall be accepted after a split, so aim below the limit.
const SAFETY: f64 = 0.9;

/// The path from guessed `states`, `[N, D]`; none if Newton's method or the refinement does not converge.
pub(super) fn solve(task: Task<'_>, states: ArrayView2<'_, f64>, info: &mut NonlinearInfo) -> Option<Path> {
    let Task { solver, equations, initial, times } = task;
    let exponent = 1.0 / (equations.tableau.stages + 1) as f64;
    let mut left = equations.linearization();
    info.linearizations += 1;
    equations.linearize(times[0], initial, &mut left).ok()?;
    let mut pieces = guess(task, states);
    for _ in 0..MAX_ROUNDS {
        if pieces.len() + info.rejected_steps > solver.max_steps {
            return None;
        }
        let mut window = Window::new(pieces, left.clone(), &equations);
        window.converge(&solver.newton, &equations, info).ok()?;
        let errors: Vec<f64> = (0..window.steps.len())
            .map(|k| estimate::error(&window.steps[k], window.left_of(k), false, &equations, info))
            .collect();
        let count = window.steps.len();
        let found = window.into_pieces(count);
        let parts = |piece: &Piece, error: f64| {
            let by_error =
                if error > 1.0 { (error.powf(exponent) / SAFETY).ceil().clamp(2.0, MAX_PARTS) } else { 1.0 };
            by_error.max((piece.step() / solver.max_step).ceil()) as usize
        };
        let mut refined: Vec<Piece> = Vec::with_capacity(count);
        let mut split = 0;
        for (piece, error) in found.zip(&errors) {
            let parts = parts(&piece, *error);
            split += usize::from(parts > 1);
            for part in 0..parts {
                let node = |k: usize| piece.time + piece.step() * k as f64 / parts as f64;
                let end = if part + 1 == parts { piece.end } else { node(part + 1) };
                if parts == 1 {
                    refined.push(piece.clone());
                } else {
                    // Newton's corrections of the start are corrections of the end before it: they must be equal.
                    let start = refined.last().map_or(initial, Piece::last).to_vec();
                    refined.push(piece.continued(node(part), end, &start, equations.tableau));
                }
            }
        }
        if split == 0 {
            info.largest_error = errors.iter().copied().fold(0.0, f64::max);
            let ends = times[1..].iter().map(|time| refined.partition_point(|piece| piece.end <= *time));
            let outputs = std::iter::once(0).chain(ends).collect();
            return Some(Path { pieces: refined, outputs });
        }
        info.rejected_steps += split;
        pieces = refined;
        // A split piece read at its own end is rounded; what follows starts there.
        for k in 1..pieces.len() {
            let (before, after) = pieces.split_at_mut(k);
            after[0].start.copy_from_slice(before[k - 1].last());
        }
    }
    None
}

/// One step between requested times, straight lines between the guessed states.
fn guess(task: Task<'_>, states: ArrayView2<'_, f64>) -> Vec<Piece> {
    let mut pieces: Vec<Piece> = Vec::with_capacity(task.times.len() - 1);
    for (k, ends) in task.times.windows(2).enumerate() {
        let start = pieces.last().map_or(task.initial, Piece::last).to_vec();
        let between = |c: &f64| -> Vec<f64> {
            start.iter().zip(states.row(k + 1)).map(|(x0, x1)| (1.0 - c) * x0 + c * x1).collect()
        };
        let stages = task.equations.tableau.nodes.iter().flat_map(between).collect();
        pieces.push(Piece { time: ends[0], end: ends[1], start, stages });
    }
    pieces
}
