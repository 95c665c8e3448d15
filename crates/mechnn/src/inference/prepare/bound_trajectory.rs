//! One trajectory of a model bound to data: its numbers, its rates, and what was measured of it.

use mechnn_solver::smoother::{Dynamics, Linearization, Residuals};

use super::columns::Columns;
use super::error::InferenceError;
use super::measured::{Row, measured_rows};
use super::unknown::Slot;
use crate::data::{Between, Trajectory};
use crate::equation::InputSignal;
use crate::inference::description::{InitialValue, Input, Model};

/// A trajectory: what its numbers are, what was measured at each point of the mesh.
#[derive(Debug, Clone)]
pub(crate) struct BoundTrajectory<'a> {
    pub(crate) model: &'a Model,
    pub(crate) slots: Vec<Slot>,
    pub(crate) inputs: Vec<InputSignal>,
    /// Of the rows used, and of the moments at which a held input changes: no step goes across such a change.
    pub(crate) data_times: Vec<f64>,
    /// Which of these are rows.
    pub(crate) rows: Vec<usize>,
    /// Measured at each of them.
    pub(crate) data: Vec<Vec<Row>>,
    /// Steps between two of them.
    pub(crate) substeps: usize,
    pub(crate) unknowns: usize,
    /// Standard deviation of each observation, `[observations]`.
    pub(crate) levels: Vec<f64>,
    /// If the start is tied to its expression by residuals, their standard deviations, `[D]`.
    pub(crate) ties: Option<Vec<f64>>,
}

impl<'a> BoundTrajectory<'a> {
    /// Binds the model to a trajectory, with one step between two rows and all levels 1.
    ///
    /// # Errors
    /// [`InferenceError`] for inputs and standard deviations that cannot be used.
    pub(crate) fn new(
        model: &'a Model,
        trajectory: &Trajectory,
        columns: &Columns,
        slots: Vec<Slot>,
        unknowns: usize,
    ) -> Result<Self, InferenceError> {
        let signal = |(input, column): (&Input, &usize)| {
            let values = trajectory.values.column(*column).to_vec();
            let signal = InputSignal::of_rows(trajectory.times.clone(), values, input.between);
            signal.map_err(|source| InferenceError::Input {
                input: input.name.clone(),
                trajectory: trajectory.name.clone(),
                source,
            })
        };
        let (row_times, measured) = measured_rows(model, trajectory, columns)?;
        let inputs = model.inputs.iter().zip(&columns.inputs).map(signal).collect::<Result<Vec<_>, _>>()?;
        let mut changes: Vec<f64> = model
            .inputs
            .iter()
            .zip(&inputs)
            .filter(|(input, _)| input.between == Between::Held)
            .flat_map(|(_, signal)| changes(signal))
            .collect();
        changes.sort_by(f64::total_cmp);
        let (data_times, data, rows) = with_changes(&row_times, measured, &changes);
        let levels = vec![1.0; model.observations.len()];
        Ok(Self { model, slots, inputs, data_times, rows, data, substeps: 1, unknowns, levels, ties: None })
    }
}

/// When an input begins to change, and when it has changed.
fn changes(signal: &InputSignal) -> Vec<f64> {
    let pairs = signal.times().windows(2).zip(signal.values().windows(2));
    pairs.filter(|(_, values)| values[0] != values[1]).flat_map(|(times, _)| times.to_vec()).collect()
}

/// Times and what was measured at them, with the changes between the first row and the last, at which nothing was; and
/// which of them are rows.
fn with_changes(row_times: &[f64], measured: Vec<Vec<Row>>, changes: &[f64]) -> (Vec<f64>, Vec<Vec<Row>>, Vec<usize>) {
    let (mut times, mut data, mut rows) = (Vec::new(), Vec::new(), Vec::new());
    let mut changes = changes.iter().copied().peekable();
    for (&time, here) in row_times.iter().zip(measured) {
        while let Some(change) = changes.next_if(|&change| change < time) {
            // Nothing begins before the first row, and two inputs may change at once.
            if times.last().is_some_and(|&last| last < change) {
                times.push(change);
                data.push(Vec::new());
            }
        }
        rows.push(times.len());
        times.push(time);
        data.push(here);
    }
    (times, data, rows)
}

impl BoundTrajectory<'_> {
    pub(crate) fn points(&self) -> usize {
        (self.data_times.len() - 1) * self.substeps + 1
    }

    /// Measured numbers.
    pub(crate) fn observations(&self) -> usize {
        self.data.iter().map(Vec::len).sum()
    }

    pub(crate) fn mesh(&self) -> Vec<f64> {
        let count = self.substeps;
        let mut mesh = vec![self.data_times[0]];
        for ends in self.data_times.windows(2) {
            let step = (ends[1] - ends[0]) / count as f64;
            mesh.extend((1..count).map(|k| ends[0] + k as f64 * step));
            mesh.push(ends[1]);
        }
        mesh
    }

    /// The numbers of the model for θ, `[M]`.
    pub(crate) fn constants(&self, theta: &[f64]) -> Vec<f64> {
        let value = |slot: &Slot| match *slot {
            Slot::Fixed(value) => value,
            Slot::Free { index, bounds, origin } => bounds.value(origin + theta[index]),
        };
        self.slots.iter().map(value).collect()
    }

    /// States, inputs and time.
    pub(crate) fn variables(&self, t: f64, x: &[f64]) -> Vec<f64> {
        let mut variables = Vec::with_capacity(x.len() + self.inputs.len() + 1);
        variables.extend_from_slice(x);
        let value = |input: &InputSignal| match input.value(t) {
            Some(value) => value,
            None => unreachable!("inputs have a value in every row, and {t} is between the first and the last"),
        };
        variables.extend(self.inputs.iter().map(value));
        variables.push(t);
        variables
    }

    /// Adds the derivatives by the model's numbers as ones by θ.
    pub(crate) fn chain(&self, theta: &[f64], by_constant: &[f64], factor: f64, row: &mut [f64]) {
        for (slot, slope) in self.slots.iter().zip(by_constant) {
            if let Slot::Free { index, bounds, origin } = *slot
                && *slope != 0.0
            {
                row[index] += factor * slope * bounds.slope(origin + theta[index]);
            }
        }
    }
}

impl Dynamics for BoundTrajectory<'_> {
    fn dims(&self) -> usize {
        self.model.dims()
    }

    fn parameters(&self) -> usize {
        self.unknowns
    }

    fn rate(&self, t: f64, x: &[f64], theta: &[f64], rate: &mut [f64]) {
        let (constants, variables) = (self.constants(theta), self.variables(t, x));
        for (rate, equation) in rate.iter_mut().zip(&self.model.equations) {
            *rate = equation.evaluate(&variables, &constants);
        }
    }

    fn linearize(&self, t: f64, x: &[f64], theta: &[f64], out: &mut Linearization) {
        let (dims, unknowns) = (x.len(), self.unknowns);
        let (constants, variables) = (self.constants(theta), self.variables(t, x));
        let (mut by_variable, mut by_constant) = (vec![0.0; variables.len()], vec![0.0; constants.len()]);
        out.by_parameter.fill(0.0);
        for (d, equation) in self.model.equations.iter().enumerate() {
            out.rate[d] = equation.gradient_into(&variables, &constants, &mut by_variable, &mut by_constant);
            out.by_state[d * dims..][..dims].copy_from_slice(&by_variable[..dims]);
            self.chain(theta, &by_constant, 1.0, &mut out.by_parameter[d * unknowns..][..unknowns]);
        }
    }

    fn residuals(&self) -> usize {
        self.model.observations.len() + self.ties.as_ref().map_or(0, Vec::len)
    }

    fn residual(&self, point: usize, x: &[f64], theta: &[f64], out: &mut Residuals) {
        out.value.fill(0.0);
        out.by_state.fill(0.0);
        out.by_parameter.fill(0.0);
        let (dims, unknowns) = (x.len(), self.unknowns);
        if point.is_multiple_of(self.substeps) {
            let n = point / self.substeps;
            let (constants, variables) = (self.constants(theta), self.variables(self.data_times[n], x));
            let (mut by_variable, mut by_constant) = (vec![0.0; variables.len()], vec![0.0; constants.len()]);
            for row in &self.data[n] {
                let k = row.observation;
                let observation = &self.model.observations[k];
                let scale = (self.levels[k] * row.relative).recip();
                if let Some(d) = observation.state {
                    out.value[k] = scale * (x[d] - row.value);
                    out.by_state[k * dims + d] = scale;
                    continue;
                }
                let predicted =
                    observation.expression.gradient_into(&variables, &constants, &mut by_variable, &mut by_constant);
                out.value[k] = scale * (predicted - row.value);
                let by_state = &mut out.by_state[k * dims..][..dims];
                by_state.iter_mut().zip(&by_variable).for_each(|(out, slope)| *out = scale * slope);
                self.chain(theta, &by_constant, scale, &mut out.by_parameter[k * unknowns..][..unknowns]);
            }
        }
        if let Some(ties) = self.ties.as_ref().filter(|_| point == 0) {
            let (mut start, mut by_parameter) = (vec![0.0; dims], vec![0.0; dims * unknowns]);
            self.start(theta, &mut start, &mut by_parameter);
            let first = self.model.observations.len();
            for d in 0..dims {
                let scale = ties[d].recip();
                out.value[first + d] = scale * (x[d] - start[d]);
                out.by_state[(first + d) * dims + d] = scale;
                let row = &mut out.by_parameter[(first + d) * unknowns..][..unknowns];
                row.iter_mut().zip(&by_parameter[d * unknowns..]).for_each(|(out, slope)| *out = -scale * slope);
            }
        }
    }
}

impl BoundTrajectory<'_> {
    /// The state at the first time, and its derivatives by θ.
    pub(crate) fn start(&self, theta: &[f64], x: &mut [f64], by_parameter: &mut [f64]) {
        let constants = self.constants(theta);
        let mut by_constant = vec![0.0; constants.len()];
        by_parameter.fill(0.0);
        for (d, initial) in self.model.initial.iter().enumerate() {
            match initial {
                InitialValue::Expression(expression) => {
                    x[d] = expression.gradient_into(&[], &constants, &mut [], &mut by_constant);
                }
                InitialValue::Parameter(number) => {
                    x[d] = constants[*number];
                    by_constant.fill(0.0);
                    by_constant[*number] = 1.0;
                }
            }
            self.chain(theta, &by_constant, 1.0, &mut by_parameter[d * self.unknowns..][..self.unknowns]);
        }
    }
}
