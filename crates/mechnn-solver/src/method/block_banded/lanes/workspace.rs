//! What the sweeps of a group keep between them.

use super::point::{Block, Point, zero_block, zero_point};
use crate::lanes::Real;

/// Points that are read, and written, at a time: what is on its way between natural layout and lanes stays in the
/// first-level cache.
pub(super) const CHUNK: usize = 32;

/// For a lane group of N points, reused from group to group.
pub(super) struct Workspace<V, const D: usize, const K: usize> {
    /// Factor of each point's block; one more than points, since the elimination of a point begins the next one.
    pub(super) factors: Vec<Block<V, D, K>>,
    /// Coefficients and forcing with their weight, read once for all sweeps; one entry where they are constant.
    pub(super) coefficients: Vec<[Point<V, D, K>; D]>,
    pub(super) forcing: Vec<[V; D]>,
    /// Steps of the intervals, and one unused.
    pub(super) steps: Vec<V>,
    /// Right-hand sides after the elimination of the points before.
    pub(super) right: Vec<Point<V, D, K>>,
    /// Solutions, or adjoints.
    pub(super) values: Vec<Point<V, D, K>>,
    /// Right-hand sides of random numbers, where they are needed.
    pub(super) random: Vec<Point<V, D, K>>,
    pub(super) initial: Vec<V>,
    /// A chunk of points on its way in or out.
    pub(super) points: Vec<Point<V, D, K>>,
}

impl<V: Real, const D: usize, const K: usize> Workspace<V, D, K> {
    pub(super) fn new(points: usize, initial: usize) -> Self {
        let zero = V::splat(0.0);
        Self {
            factors: vec![zero_block(); points + 1],
            coefficients: vec![[zero_point(); D]; points],
            forcing: vec![[zero; D]; points],
            steps: vec![zero; points],
            right: vec![zero_point(); points],
            values: vec![zero_point(); points],
            random: Vec::new(),
            initial: vec![zero; initial],
            points: vec![zero_point(); CHUNK],
        }
    }
}

/// Numbers of a workspace for each point and lane, but for what does not grow with N.
pub(super) fn numbers_per_point(dims: usize, orders: usize) -> usize {
    let block = dims * orders;
    block * block + 3 * block + dims * (block + 1) + 1
}
