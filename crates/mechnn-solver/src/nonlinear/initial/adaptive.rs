//! The sweep through time with steps chosen by the estimated error.

use super::controller::Controller;
use super::estimate;
use super::info::NonlinearInfo;
use super::path::{Path, Task};
use super::status::Status;
use super::window::Window;
use crate::dynamics::Linearization;
use crate::nonlinear::step::Failure;

/// Steps shorter than this many roundings of the time cannot be told apart.
const MIN_STEP_ROUNDINGS: f64 = 16.0;

/// Steps shorter than this part of the whole are a singularity at time zero.
const MIN_STEP_PART: f64 = 1e-30;

/// Newton's method failed: the step shrinks by this factor.
const AFTER_FAILURE: f64 = 0.5;

/// The right-hand side is not finite: the step shrinks by this factor.
const AFTER_NOT_FINITE: f64 = 0.2;

pub(super) struct Adaptive<'a> {
    task: Task<'a>,
    path: Path,
    controller: Controller,
    time: f64,
    state: Vec<f64>,
    /// Length wanted for the next step; the next requested time may shorten it.
    step: f64,
    /// Steps in the next window.
    length: usize,
    /// Whether the last window was not accepted as a whole, or there was none.
    rough: bool,
}

impl<'a> Adaptive<'a> {
    pub(super) fn new(task: Task<'a>) -> Self {
        Self {
            task,
            path: Path { pieces: Vec::new(), outputs: vec![0] },
            controller: Controller::new(task.equations.tableau.stages),
            time: task.times[0],
            state: task.initial.to_vec(),
            step: 0.0,
            length: 1,
            rough: true,
        }
    }

    pub(super) fn run(mut self, info: &mut NonlinearInfo) -> (Path, Status) {
        let status = self.sweep(info);
        (self.path, status)
    }

    fn sweep(&mut self, info: &mut NonlinearInfo) -> Status {
        let Task { solver, equations, times, .. } = self.task;
        let mut left = equations.linearization();
        info.linearizations += 1;
        if let Err(failure) = equations.linearize(self.time, &self.state, &mut left) {
            return failure.status(self.time);
        }
        self.step = self.first_step(&left);
        let mut failure = Failure::NoContraction;
        while self.path.outputs.len() < times.len() {
            if self.path.pieces.len() + info.rejected_steps >= solver.max_steps {
                return Status::StepBudget { time: self.time };
            }
            let resolution = MIN_STEP_ROUNDINGS * f64::EPSILON * self.time.abs();
            if self.step <= resolution.max(MIN_STEP_PART * (times[times.len() - 1] - times[0])) {
                return failure.status(self.time);
            }
            let budget = solver.max_steps - self.path.pieces.len() - info.rejected_steps;
            let nodes = self.nodes(self.length.min(budget));
            match self.attempt(&nodes, &left, info) {
                Err(reason) => {
                    info.rejected_steps += nodes.len() - 1;
                    failure = reason;
                    self.rough = true;
                    if nodes.len() > 2 {
                        self.length = (nodes.len() - 1) / 2;
                    } else {
                        // What was tried may have been shorter than wanted.
                        let factor = if reason == Failure::NotFinite { AFTER_NOT_FINITE } else { AFTER_FAILURE };
                        self.step = factor * (nodes[1] - nodes[0]);
                        self.length = 1;
                    }
                }
                Ok((window, errors)) => {
                    let accepted = errors.iter().take_while(|error| **error <= 1.0).count();
                    self.accept(&nodes, &errors, accepted, info);
                    if let Some(&error) = errors.get(accepted) {
                        failure = if error.is_finite() { Failure::NoContraction } else { Failure::NotFinite };
                        self.step = self.controller.after_rejected(nodes[accepted + 1] - nodes[accepted], error);
                        self.length = accepted.max(1);
                        self.rough = true;
                    } else {
                        self.length = (2 * self.length).min(solver.window);
                        self.rough = false;
                    }
                    if accepted > 0 {
                        self.take(window, accepted);
                        info.linearizations += 1;
                        if let Err(failure) = equations.linearize(self.time, &self.state, &mut left) {
                            return failure.status(self.time);
                        }
                    }
                }
            }
        }
        Status::Converged
    }

    /// Solves one window and estimates its errors.
    fn attempt(
        &self,
        nodes: &[f64],
        left: &Linearization,
        info: &mut NonlinearInfo,
    ) -> Result<(Window, Vec<f64>), Failure> {
        let Task { solver, equations, .. } = self.task;
        let before = self.path.pieces.last();
        let mut window = Window::predicted(nodes, &self.state, before, left.clone(), &equations, info)?;
        window.converge(&solver.newton, &equations, info)?;
        let rough = |k: usize| self.rough && k == 0;
        let errors = (0..window.steps.len())
            .map(|k| estimate::error(&window.steps[k], window.left_of(k), rough(k), &equations, info))
            .collect();
        Ok((window, errors))
    }

    /// Up to `length` steps of the wanted length; requested times on the way are met by even steps.
    fn nodes(&self, length: usize) -> Vec<f64> {
        let step = self.step.min(self.task.solver.max_step);
        let mut nodes = vec![self.time];
        for &goal in &self.task.times[self.path.outputs.len()..] {
            let from = nodes[nodes.len() - 1];
            // A hair more than one step is one step: no short remainders by rounding.
            let count = ((goal - from) / step * (1.0 - 1e-9)).ceil().max(1.0);
            let room = length + 1 - nodes.len();
            let h = (goal - from) / count;
            for k in 1..=room {
                if k as f64 >= count {
                    nodes.push(goal);
                    break;
                }
                nodes.push(from + k as f64 * h);
            }
            if nodes.len() > length {
                break;
            }
        }
        nodes
    }

    /// Takes note of accepted steps for the next one's length.
    fn accept(&mut self, nodes: &[f64], errors: &[f64], accepted: usize, info: &mut NonlinearInfo) {
        info.rejected_steps += errors.len() - accepted;
        for k in 0..accepted {
            info.largest_error = info.largest_error.max(errors[k]);
            let h = nodes[k + 1] - nodes[k];
            let next = self.controller.after_accepted(h, errors[k]);
            // A step shortened only to meet a requested time says nothing against the length wanted before.
            self.step = if h < 0.99 * self.step && next < self.step && !self.rough { self.step } else { next };
        }
    }

    fn take(&mut self, window: Window, accepted: usize) {
        for piece in window.into_pieces(accepted) {
            self.time = piece.end;
            self.state.copy_from_slice(piece.last());
            self.path.pieces.push(piece);
            let outputs = &mut self.path.outputs;
            if self.task.times.get(outputs.len()).is_some_and(|time| *time <= self.time) {
                outputs.push(self.path.pieces.len());
            }
        }
    }

    /// The first step. With `τ = |f| / |J f|` the time in which the slope changes, the error of a step is about
    /// `|f| τ (h / τ)^(s+1)`, in units of the tolerance; it shall be 1. Where `J f` says nothing, the state shall
    /// not change by more than its own size.
    fn first_step(&self, left: &Linearization) -> f64 {
        let Task { solver, equations, times, .. } = self.task;
        let dims = equations.dims();
        let curvature = |d: usize| -> f64 {
            let row = &left.by_state[d * dims..(d + 1) * dims];
            row.iter().zip(&left.rate).map(|(j, f)| j * f).sum()
        };
        let size = |values: &dyn Fn(usize) -> f64| -> f64 {
            let scaled = |d: usize| values(d).abs() / equations.tolerance.of(d, self.state[d].abs());
            (0..dims).map(scaled).fold(0.0, f64::max)
        };
        let (state, rate, curvature) = (size(&|d| self.state[d]), size(&|d| left.rate[d]), size(&curvature));
        let span = (times[times.len() - 1] - times[0]).min(solver.max_step);
        let exponent = 1.0 / (equations.tableau.stages + 1) as f64;
        let by_state = if state > 0.0 && rate > 0.0 { state / rate } else { 1e-3 * span };
        let by_slope = if rate > 0.0 && curvature > 0.0 {
            let time = rate / curvature;
            time * (1.0 / (rate * time)).powf(exponent)
        } else {
            span
        };
        let step = by_state.min(by_slope).min(span);
        if step.is_finite() && step > 0.0 { step } else { 1e-6 * span }
    }
}
