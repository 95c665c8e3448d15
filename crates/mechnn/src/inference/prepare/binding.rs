//! A model bound to data: the least-squares problem behind an inference.

use mechnn_solver::smoother::{Dynamics, InitialState, Linearization, RelativeNoise, Segment};

use super::bound_trajectory::BoundTrajectory;
use super::columns::{Columns, SMALLEST_PART};
use super::error::InferenceError;
use super::measured::Row;
use super::unknown::{Slot, Unknown, unknowns};
use crate::data::Dataset;
use crate::inference::description::{Model, Noise};

/// All trajectories.
#[derive(Debug, Clone)]
pub(crate) struct Binding<'a> {
    pub(crate) model: &'a Model,
    pub(crate) unknowns: Vec<Unknown>,
    pub(crate) trajectories: Vec<BoundTrajectory<'a>>,
    origins: Vec<f64>,
    /// Precision of a weak prior about the origins, and of none, `[P]`.
    pub(crate) prior: Vec<f64>,
    pub(crate) no_prior: Vec<f64>,
    /// Of states observed directly, of which there are none, `[D]`.
    pub(crate) unit_noise: Vec<f64>,
}

impl<'a> Binding<'a> {
    /// Binds the model to a table.
    ///
    /// # Errors
    /// [`InferenceError`] for columns that are missing, inputs and errors that cannot be used, too few numbers, and a
    /// fit that needs more than [`MOST_GIB`].
    pub(crate) fn new(model: &'a Model, data: &Dataset) -> Result<Self, InferenceError> {
        let columns = Columns::find(model, data)?;
        let (unknowns, slots) = unknowns(model, data, &columns);
        let trajectories = data
            .trajectories
            .iter()
            .zip(slots)
            .map(|(trajectory, slots)| BoundTrajectory::new(model, trajectory, &columns, slots, unknowns.len()))
            .collect::<Result<_, _>>()?;
        let count = unknowns.len();
        let binding = Self {
            model,
            unknowns,
            trajectories,
            origins: vec![0.0; count],
            prior: vec![WEAK_PRIOR; count],
            no_prior: vec![0.0; count],
            unit_noise: vec![1.0; model.dims()],
        };
        let observations = binding.observations();
        let estimates_noise = model.observations.iter().any(|observation| observation.noise.is_estimated());
        match count {
            0 => Err(InferenceError::NothingToEstimate),
            _ if observations < count => Err(InferenceError::TooFew { observations, parameters: count }),
            _ if observations == count && estimates_noise => Err(InferenceError::NothingLeft { observations }),
            _ => match binding.gib(binding.first_substeps()) {
                gib if gib <= MOST_GIB => Ok(binding),
                gib => Err(InferenceError::TooLarge { gib, limit: MOST_GIB }),
            },
        }
    }

    /// Steps between two rows to begin with: as the model says, or enough that there are [`FIRST_POINTS`] in all.
    pub(crate) fn first_substeps(&self) -> usize {
        self.model.substeps.unwrap_or_else(|| {
            let rows: usize = self.trajectories.iter().map(|trajectory| trajectory.data_times.len()).sum();
            if self.model.is_stochastic() { 1 } else { FIRST_POINTS.div_ceil(rows).max(1) }
        })
    }

    /// About how much memory a fit with so many steps between two rows needs, in GiB: at each point four blocks
    /// D x D of a banded matrix and its factor, two D x P of its border and ten vectors, and four matrices P x P.
    pub(crate) fn gib(&self, substeps: usize) -> f64 {
        let intervals = self.trajectories.iter().map(|trajectory| trajectory.data_times.len() as f64);
        // In floating point nothing overflows.
        let points = intervals.sum::<f64>() * substeps as f64;
        let (dims, unknowns) = (self.model.dims() as f64, self.unknowns.len() as f64);
        let numbers = points * dims * (4.0 * dims + 2.0 * unknowns + 10.0) + 4.0 * unknowns * unknowns;
        numbers * size_of::<f64>() as f64 / (1_u64 << 30) as f64
    }

    /// Measured numbers.
    pub(crate) fn observations(&self) -> usize {
        self.trajectories.iter().map(BoundTrajectory::observations).sum()
    }

    /// Coordinates that θ counts from.
    pub(crate) fn origins(&self) -> &[f64] {
        &self.origins
    }

    /// From now on θ counts from these coordinates.
    pub(crate) fn set_origins(&mut self, origins: &[f64]) {
        self.origins = origins.to_vec();
        for slot in self.trajectories.iter_mut().flat_map(|trajectory| &mut trajectory.slots) {
            if let Slot::Free { index, origin, .. } = slot {
                *origin = origins[*index];
            }
        }
    }

    /// The same with entry `index` of θ given by its coordinate; later entries move up.
    pub(crate) fn with_fixed(&self, index: usize, u: f64) -> Self {
        let mut binding = self.clone();
        let fixed = binding.unknowns.remove(index);
        for entries in [&mut binding.origins, &mut binding.prior, &mut binding.no_prior] {
            entries.remove(index);
        }
        for trajectory in &mut binding.trajectories {
            trajectory.unknowns -= 1;
            for slot in &mut trajectory.slots {
                match slot {
                    Slot::Free { index: at, .. } if *at == index => *slot = Slot::Fixed(fixed.bounds.value(u)),
                    Slot::Free { index: at, .. } if *at > index => *at -= 1,
                    _ => {}
                }
            }
        }
        binding
    }

    /// The same with nothing unknown but the states.
    pub(crate) fn with_all_fixed(&self, theta: &[f64]) -> Self {
        let mut binding = self.clone();
        for (index, (origin, theta)) in self.origins.iter().zip(theta).enumerate().rev() {
            binding = binding.with_fixed(index, origin + theta);
        }
        binding
    }

    pub(crate) fn set_levels(&mut self, levels: &[f64]) {
        self.trajectories.iter_mut().for_each(|trajectory| trajectory.levels = levels.to_vec());
    }

    pub(crate) fn set_ties(&mut self, ties: Option<&[f64]>) {
        self.trajectories.iter_mut().for_each(|trajectory| trajectory.ties = ties.map(<[f64]>::to_vec));
    }

    pub(crate) fn set_substeps(&mut self, substeps: usize) {
        self.trajectories.iter_mut().for_each(|trajectory| trajectory.substeps = substeps);
    }

    /// The meshes; nothing is observed of a state directly, the residuals tell what was.
    pub(crate) fn segments(&self) -> Vec<Segment> {
        let segment = |trajectory: &BoundTrajectory<'_>| {
            let times = trajectory.mesh();
            let observations = vec![f64::NAN; times.len() * self.model.dims()];
            Segment { times, observations, relative_noise: RelativeNoise::Uniform }
        };
        self.trajectories.iter().map(segment).collect()
    }

    /// Predicted values of all measured numbers, trajectory by trajectory and row by row.
    pub(crate) fn predictions(&self, states: &[f64], theta: &[f64]) -> Vec<(Row, f64)> {
        let dims = self.model.dims();
        let mut all = Vec::new();
        let mut offset = 0;
        for trajectory in &self.trajectories {
            let constants = trajectory.constants(theta);
            for (n, (rows, &time)) in trajectory.data.iter().zip(&trajectory.data_times).enumerate() {
                let x = &states[(offset + n * trajectory.substeps) * dims..][..dims];
                let variables = trajectory.variables(time, x);
                all.extend(rows.iter().map(|row| {
                    (*row, self.model.observations[row.observation].expression.evaluate(&variables, &constants))
                }));
            }
            offset += trajectory.points();
        }
        all
    }

    /// Proportional errors as parts of what is predicted now.
    pub(crate) fn reweigh(&mut self, states: &[f64], theta: &[f64]) {
        let is_proportional: Vec<bool> =
            self.model.observations.iter().map(|observation| observation.noise == Noise::Proportional).collect();
        if !is_proportional.contains(&true) {
            return;
        }
        let predictions = self.predictions(states, theta);
        let mut largest = vec![0.0f64; is_proportional.len()];
        for (row, value) in &predictions {
            largest[row.observation] = largest[row.observation].max(value.abs());
        }
        let rows = self.trajectories.iter_mut().flat_map(|trajectory| trajectory.data.iter_mut().flatten());
        for (row, (_, value)) in rows.zip(predictions) {
            let least = SMALLEST_PART * largest[row.observation];
            // Where everything predicted is 0, the part is that of what was measured.
            if is_proportional[row.observation] && least > 0.0 {
                row.relative = value.abs().max(least);
            }
        }
    }
}

/// Memory that a fit may need, in GiB: what a laptop can spare.
pub(crate) const MOST_GIB: f64 = 8.0;

/// Points of the first mesh at least.
const FIRST_POINTS: usize = 100;

/// While the equations are loose, parameters stay within about five units of the start in their coordinates.
const WEAK_PRIOR: f64 = 0.04;

impl Dynamics for Binding<'_> {
    fn dims(&self) -> usize {
        self.model.dims()
    }

    fn parameters(&self) -> usize {
        self.unknowns.len()
    }

    fn rate(&self, t: f64, x: &[f64], theta: &[f64], rate: &mut [f64]) {
        self.trajectories[0].rate(t, x, theta, rate);
    }

    fn linearize(&self, t: f64, x: &[f64], theta: &[f64], out: &mut Linearization) {
        self.trajectories[0].linearize(t, x, theta, out);
    }

    fn of_segment(&self, segment: usize) -> Option<&dyn Dynamics> {
        Some(&self.trajectories[segment])
    }
}

impl InitialState for Binding<'_> {
    fn initial(&self, segment: usize, theta: &[f64], x: &mut [f64], by_parameter: &mut [f64]) {
        self.trajectories[segment].start(theta, x, by_parameter);
    }
}
