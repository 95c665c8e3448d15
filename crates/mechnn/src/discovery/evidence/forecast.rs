//! Forecasts that know no equations: what a prediction must be better than.

/// A forecast that knows no equations.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum Forecast {
    /// Everything stays as it was last.
    Constant,
    /// Everything repeats what it was a period before.
    Seasonal {
        /// The period in the data's unit of time.
        period: f64,
    },
}

/// Points over the known part at which periods are looked for.
const POINTS: usize = 240;

/// Shortest period, in these points, and the least number of periods in the known part.
const SHORTEST: usize = 6;
const FEWEST_PERIODS: f64 = 1.8;

/// Two points a period apart differ by no more than this part of what two unrelated ones do, in squares.
const REPEATS: f64 = 0.35;

/// The estimated states of the rows that stay, as what forecasts are made of.
///
/// # Shapes
/// - `times`: `[N]`, increasing
/// - `states`: `[N, D]` row-major
#[derive(Debug, Clone, Copy)]
pub(crate) struct Past<'a> {
    pub(crate) times: &'a [f64],
    pub(crate) states: &'a [f64],
    pub(crate) dims: usize,
}

impl Past<'_> {
    /// The states at a later time, `[D]`, as a forecast has them.
    pub(crate) fn forecast(&self, forecast: Forecast, time: f64) -> Vec<f64> {
        let last = self.times[self.times.len() - 1];
        match forecast {
            Forecast::Constant => self.at(last),
            Forecast::Seasonal { period } => self.at(time - period * ((time - last) / period).ceil().max(1.0)),
        }
    }

    /// The period with which the states repeat themselves, if they do: that at which a state and what it was a period
    /// before differ least, beyond the first turn.
    pub(crate) fn period(&self) -> Option<f64> {
        let (first, last) = (self.times[0], self.times[self.times.len() - 1]);
        let step = (last - first) / (POINTS - 1) as f64;
        let mut rows: Vec<Vec<f64>> = (0..POINTS).map(|i| self.at(first + step * i as f64)).collect();
        // Every state counts by its spread.
        for d in 0..self.dims {
            let mean = rows.iter().map(|row| row[d]).sum::<f64>() / POINTS as f64;
            let spread = (rows.iter().map(|row| (row[d] - mean).powi(2)).sum::<f64>() / POINTS as f64).sqrt();
            rows.iter_mut().for_each(|row| row[d] = if spread > 0.0 { (row[d] - mean) / spread } else { 0.0 });
        }
        let moving = (0..self.dims).filter(|&d| rows.iter().any(|row| row[d] != 0.0)).count();
        if moving == 0 {
            return None;
        }
        // Two unrelated points differ by twice the variance, which is 1.
        let difference = |lag: usize| {
            let squares =
                rows.iter().zip(&rows[lag..]).flat_map(|(a, b)| a.iter().zip(b).map(|(a, b)| (a - b).powi(2)));
            squares.sum::<f64>() / (2.0 * moving as f64 * (POINTS - lag) as f64)
        };
        let most = (POINTS as f64 / FEWEST_PERIODS) as usize;
        let differences: Vec<f64> = (0..=most).map(difference).collect();
        let turn = (1..most).find(|&lag| differences[lag] > differences[lag + 1])?;
        let lag = (turn.max(SHORTEST)..=most).min_by(|&a, &b| differences[a].total_cmp(&differences[b]))?;
        (differences[lag] < REPEATS).then_some(step * lag as f64)
    }

    /// The states at a time, linear between the points, at the ends those of the ends.
    fn at(&self, time: f64) -> Vec<f64> {
        let after = self.times.partition_point(|t| *t < time).clamp(1, self.times.len() - 1);
        let (from, to) = (self.times[after - 1], self.times[after]);
        let share = ((time - from) / (to - from)).clamp(0.0, 1.0);
        let row = |at: usize| &self.states[at * self.dims..][..self.dims];
        row(after - 1).iter().zip(row(after)).map(|(a, b)| a + share * (b - a)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::{Forecast, Past};

    fn past(function: fn(f64) -> f64) -> (Vec<f64>, Vec<f64>) {
        let times: Vec<f64> = (0..200).map(|i| 0.1 * f64::from(i)).collect();
        let states = times.iter().map(|&t| function(t)).collect();
        (times, states)
    }

    #[test]
    fn what_repeats_itself_has_its_period_and_what_does_not_has_none() {
        let period = |function: fn(f64) -> f64| {
            let (times, states) = past(function);
            Past { times: &times, states: &states, dims: 1 }.period()
        };
        let tau = std::f64::consts::TAU;
        for function in [|t: f64| t.sin(), |t: f64| 100.0 + t.sin() + 0.5 * (2.0 * t).cos()] {
            let found = period(function).expect("a period");
            assert!((found / tau - 1.0).abs() < 0.03 || (found / (2.0 * tau) - 1.0).abs() < 0.03, "{found}");
        }
        for function in [|t: f64| t, |t: f64| (-t).exp(), |_: f64| 2.0] {
            assert_eq!(period(function), None);
        }
    }

    #[test]
    fn forecasts_repeat_the_last_state_or_the_last_period() {
        let (times, states) = past(f64::sin);
        let past = Past { times: &times, states: &states, dims: 1 };
        assert_eq!(past.forecast(Forecast::Constant, 50.0), [states[199]]);
        let tau = std::f64::consts::TAU;
        for time in [20.0, 25.0, 31.0] {
            let found = past.forecast(Forecast::Seasonal { period: tau }, time)[0];
            // Linear between points a tenth apart.
            assert!((found - time.sin()).abs() < 2e-3, "{found} at {time}, expected {}", time.sin());
        }
    }
}
