//! One input array of a `.npz` problem: read, checked, and brought into the solver's shape.

use ndarray::{ArrayD, Dimension};

use super::archive::Archive;
use super::batch::BatchAxes;
use crate::failure::Failure;
use mechnn::suggestion::did_you_mean;

/// An input array as it was found, batch axes in front.
pub(super) struct Input {
    pub(super) name: &'static str,
    /// The axes behind the batch axes, as in the documentation.
    pub(super) axes: &'static [&'static str],
    pub(super) array: ArrayD<f64>,
}

impl Input {
    pub(super) fn read(
        archive: &mut Archive,
        name: &'static str,
        axes: &'static [&'static str],
    ) -> Result<Option<Self>, Failure> {
        let Some(array) = archive.take(name)? else { return Ok(None) };
        if array.ndim() < axes.len() {
            let expected = [&[".."], axes].concat().join(", ");
            return Err(Failure::data(format!("`{name}` has shape {:?}; expected ({expected})", array.shape())));
        }
        if let Some((index, value)) = array.indexed_iter().find(|(_, value)| !value.is_finite()) {
            return Err(Failure::data(format!("`{name}` is {value} at index {:?}", index.slice()))
                .hint("every number must be finite; there is no missing value here"));
        }
        Ok(Some(Self { name, axes, array }))
    }

    pub(super) fn required(
        archive: &mut Archive,
        name: &'static str,
        axes: &'static [&'static str],
    ) -> Result<Self, Failure> {
        Self::read(archive, name, axes)?.ok_or_else(|| {
            let meant = did_you_mean(name, archive.remaining());
            Failure::data(format!("there is no array `{name}`")).hint_if(meant)
        })
    }

    pub(super) fn batch_axes(&self) -> &[usize] {
        &self.array.shape()[..self.array.ndim() - self.axes.len()]
    }

    /// Length of an axis behind the batch axes.
    pub(super) fn length(&self, axis: usize) -> usize {
        self.array.shape()[self.batch_axes().len() + axis]
    }

    /// Checks the length of an axis behind the batch axes.
    pub(super) fn expect(&self, axis: usize, allowed: &[usize], why: &str) -> Result<(), Failure> {
        let found = self.length(axis);
        if allowed.contains(&found) {
            return Ok(());
        }
        let mut allowed = allowed.to_vec();
        allowed.dedup();
        let allowed = allowed.iter().map(usize::to_string).collect::<Vec<_>>().join(" or ");
        Err(Failure::data(format!(
            "`{}` has shape {:?}: axis {} ({}) has length {found}, expected {allowed} ({why})",
            self.name,
            self.array.shape(),
            self.batch_axes().len() + axis,
            self.axes[axis],
        )))
    }

    pub(super) fn check_positive(&self) -> Result<(), Failure> {
        match self.array.indexed_iter().find(|(_, value)| **value <= 0.0) {
            None => Ok(()),
            Some((index, value)) => {
                Err(Failure::data(format!("`{}` is {value:e} at index {:?}", self.name, index.slice()))
                    .hint("steps are times between neighbouring points: positive, not the times themselves"))
            }
        }
    }
}

/// The array with its batch axes merged into one.
pub(super) fn flat<I: Dimension>(batch: &BatchAxes, input: Input) -> ndarray::Array<f64, I> {
    let core = input.axes.len();
    fixed(batch.flatten(input.array, core))
}

/// As [`flat`], repeated to the full batch: a cotangent has no broadcast axes.
pub(super) fn flat_full<I: Dimension>(batch: &BatchAxes, count: usize, input: Input) -> ndarray::Array<f64, I> {
    let core = input.axes.len();
    let flat = batch.flatten(input.array, core);
    let mut shape = flat.shape().to_vec();
    shape[0] = count;
    match flat.broadcast(&shape[..]) {
        Some(repeated) => fixed(repeated.to_owned()),
        None => unreachable!("{:?} has neither one nor {count} problems", flat.shape()),
    }
}

/// The number of axes is right by construction: one for the batch, and those of the documentation.
fn fixed<I: Dimension>(array: ArrayD<f64>) -> ndarray::Array<f64, I> {
    match array.into_dimensionality() {
        Ok(array) => array,
        Err(error) => unreachable!("{error}"),
    }
}
