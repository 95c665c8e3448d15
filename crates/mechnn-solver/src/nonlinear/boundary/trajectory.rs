//! All steps of an interval, whose ends are shared.

use crate::nonlinear::step::{Equations, Piece, Tableau, Tolerance};

/// Collocation polynomials from the first to the last time. `pieces[e].start` is the state at the end of the one
/// before.
#[derive(Debug, Clone)]
pub(super) struct Trajectory {
    pub(super) pieces: Vec<Piece>,
}

/// Changes of the states at the ends of steps `[M + 1, D]` and at the stages `[M, s, D]`.
pub(super) struct Correction {
    pub(super) ends: Vec<f64>,
    pub(super) stages: Vec<f64>,
}

impl Trajectory {
    /// Reads states at any time on a mesh.
    pub(super) fn read(mesh: &[f64], tableau: &Tableau, state: impl Fn(f64) -> Vec<f64>) -> Self {
        let ends: Vec<Vec<f64>> = mesh.iter().map(|&t| state(t)).collect();
        let piece = |e: usize| {
            let (time, end) = (mesh[e], mesh[e + 1]);
            let inner = tableau.nodes[..tableau.stages - 1].iter().flat_map(|c| state(time + c * (end - time)));
            let stages = inner.chain(ends[e + 1].iter().copied()).collect();
            Piece { time, end, start: ends[e].clone(), stages }
        };
        Self { pieces: (0..mesh.len() - 1).map(piece).collect() }
    }

    pub(super) fn dims(&self) -> usize {
        self.pieces[0].dims()
    }

    pub(super) fn first(&self) -> &[f64] {
        &self.pieces[0].start
    }

    pub(super) fn last(&self) -> &[f64] {
        self.pieces[self.pieces.len() - 1].last()
    }

    /// Ends of all steps.
    pub(super) fn mesh(&self) -> Vec<f64> {
        std::iter::once(self.pieces[0].time).chain(self.pieces.iter().map(|piece| piece.end)).collect()
    }

    /// State at the e-th end of a step.
    pub(super) fn at_end(&self, e: usize) -> &[f64] {
        if e == 0 { self.first() } else { self.pieces[e - 1].last() }
    }

    /// State at any time within, from the polynomial there.
    pub(super) fn at(&self, time: f64, tableau: &Tableau) -> Vec<f64> {
        let after = self.pieces.partition_point(|piece| piece.end < time);
        self.pieces[after.min(self.pieces.len() - 1)].at(time, tableau)
    }

    /// What the tolerance allows of every dimension, with its largest magnitude anywhere, `[D]`.
    pub(super) fn scales(&self, tolerance: &Tolerance) -> Vec<f64> {
        let dims = self.dims();
        let largest = |d: usize| {
            let ends = self.pieces.iter().map(|piece| piece.last()[d].abs());
            ends.fold(self.first()[d].abs(), f64::max)
        };
        (0..dims).map(|d| tolerance.of(d, largest(d))).collect()
    }

    pub(super) fn moved(&self, correction: &Correction, factor: f64) -> Self {
        let dims = self.dims();
        let size = self.pieces[0].stages.len();
        let add = |x: &[f64], change: &[f64]| x.iter().zip(change).map(|(x, c)| x + factor * c).collect();
        let pieces = self.pieces.iter().enumerate().map(|(e, piece)| Piece {
            time: piece.time,
            end: piece.end,
            start: add(&piece.start, &correction.ends[e * dims..][..dims]),
            stages: add(&piece.stages, &correction.stages[e * size..][..size]),
        });
        Self { pieces: pieces.collect() }
    }

    /// The collocation equations F, `[M, s, D]`; not finite where the rate is not.
    pub(super) fn defects(&self, equations: &Equations<'_>) -> Vec<f64> {
        let (tableau, dims) = (equations.tableau, self.dims());
        let stages = tableau.stages;
        let mut defects = Vec::with_capacity(self.pieces.len() * stages * dims);
        let (mut at_start, mut rates) = (vec![0.0; dims], vec![0.0; stages * dims]);
        let needs_start = tableau.uses_start();
        for piece in &self.pieces {
            let h = piece.step();
            if needs_start {
                equations.dynamics.rate(piece.time, &piece.start, equations.theta, &mut at_start);
            }
            for ((state, rate), c) in
                piece.stages.chunks_exact(dims).zip(rates.chunks_exact_mut(dims)).zip(&tableau.nodes)
            {
                equations.dynamics.rate(piece.time + c * h, state, equations.theta, rate);
            }
            for i in 0..stages {
                for d in 0..dims {
                    let mut sum = tableau.start[i] * at_start[d];
                    for j in 0..stages {
                        sum += tableau.weights[i * stages + j] * rates[j * dims + d];
                    }
                    defects.push(piece.stages[i * dims + d] - piece.start[d] - h * sum);
                }
            }
        }
        defects
    }
}

impl Correction {
    /// The largest entry of the states at the ends, in units of the scales; NaN if one is.
    pub(super) fn largest(&self, scales: &[f64]) -> f64 {
        let sizes =
            self.ends.iter().chain(&self.stages).zip(scales.iter().cycle()).map(|(x, scale)| (x / scale).abs());
        sizes.fold(0.0, |largest, size| if largest >= size { largest } else { size })
    }

    /// Root of the mean square, in units of the scales.
    pub(super) fn size(&self, scales: &[f64]) -> f64 {
        let squares = self.ends.iter().zip(scales.iter().cycle()).map(|(x, scale)| (x / scale).powi(2));
        (squares.sum::<f64>() / self.ends.len() as f64).sqrt()
    }
}
