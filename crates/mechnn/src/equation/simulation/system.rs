//! A model as the integrator sees it.

use std::cell::Cell;

use differential_equations::linalg::Matrix;
use differential_equations::ode::ODE;

use super::recorder::{TIME_RESOLUTION, Undefined, within};
use crate::data::InputSignal;
use crate::equation::model::SparseModel;

/// Slopes are cut here: far beyond any scale, and far enough from overflow that errors stay finite.
pub(super) const LARGEST_SLOPE: f64 = 1e150;

/// The model as the integrator sees it: time starts at 0, so that steps are not rounded against a large offset.
pub(super) struct System<'a, const S: usize> {
    pub(super) model: &'a SparseModel,
    pub(super) inputs: &'a [InputSignal],
    pub(super) first: f64,
    /// The last time: inputs need not be known beyond, where the integrator looks when it chooses its first step.
    pub(super) last: f64,
    pub(super) limit: [f64; S],
    pub(super) undefined: &'a Cell<Option<Undefined>>,
}

impl<const S: usize> System<'_, S> {
    fn time(&self, elapsed: f64) -> f64 {
        (self.first + elapsed).min(self.last)
    }

    /// Times at which an input has a kink, strictly inside the span, in order.
    pub(super) fn kinks(&self, span: f64) -> Vec<f64> {
        let times = self.inputs.iter().flat_map(InputSignal::times).map(|time| time - self.first);
        let resolution = TIME_RESOLUTION * span;
        let mut kinks: Vec<f64> = times.filter(|&kink| kink > resolution && kink < span - resolution).collect();
        kinks.sort_by(f64::total_cmp);
        kinks.dedup_by(|later, earlier| *later - *earlier <= resolution);
        kinks
    }
}

impl<const S: usize> ODE<f64, [f64; S]> for System<'_, S> {
    fn diff(&self, elapsed: f64, x: &[f64; S], slope: &mut [f64; S]) {
        let dims = self.model.dims();
        slope[dims..].fill(0.0);
        self.model.evaluate_with(self.inputs, self.time(elapsed), &x[..dims], &mut slope[..dims]);
        // Beyond the limits it is overflow, and no question of where the functions are defined.
        if let Some(state) = slope.iter().position(|slope| slope.is_nan())
            && within(x, &self.limit)
        {
            self.undefined.set(Some(Undefined { state, elapsed }));
        }
        for slope in &mut slope[..dims] {
            // A trial step that is too long can overflow. The integrator's error norm skips NaN and would accept such
            // a step; a large finite slope makes it reject the step and try a shorter one.
            *slope = if slope.is_nan() { LARGEST_SLOPE } else { slope.clamp(-LARGEST_SLOPE, LARGEST_SLOPE) };
        }
    }

    fn jacobian(&self, elapsed: f64, x: &[f64; S], jacobian: &mut Matrix<f64>) {
        let dims = self.model.dims();
        let mut dense = vec![0.0; dims * dims];
        self.model.jacobian_with(self.inputs, self.time(elapsed), &x[..dims], &mut dense);
        for row in 0..S {
            for column in 0..S {
                let inside = row < dims && column < dims;
                jacobian[(row, column)] = if inside { dense[row * dims + column] } else { 0.0 };
            }
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::cell::Cell;

    use differential_equations::ode::ODE;

    use super::{InputSignal, LARGEST_SLOPE, SparseModel, System, Undefined};

    fn slope(text: &str, inputs: &[InputSignal], elapsed: f64, x: f64) -> (f64, Option<Undefined>) {
        let model = SparseModel::from_text_with_controls("t", &["u"], &[("x", text)]).unwrap();
        let undefined = Cell::new(None);
        let system = System { model: &model, inputs, first: 10.0, last: 14.0, limit: [1e6; 2], undefined: &undefined };
        let mut slope = [f64::NAN; 2];
        system.diff(elapsed, &[x, 0.0], &mut slope);
        // What fills up stays where it is.
        assert_eq!(slope[1], 0.0);
        (slope[0], undefined.get())
    }

    fn input() -> Vec<InputSignal> {
        vec![InputSignal::new(vec![9.0, 10.0, 11.0, 11.0 + 1e-14, 14.0], vec![0.0, 1.0, 3.0, 3.0, 3.0]).unwrap()]
    }

    #[test]
    fn time_is_that_of_the_data_and_stops_at_the_last() {
        assert_eq!(slope("u + 0*t", &input(), 0.5, 0.0).0, 2.0);
        assert_eq!(slope("t", &input(), 100.0, 0.0).0, 14.0);
    }

    #[test]
    fn slopes_are_finite_and_the_place_without_one_is_remembered() {
        assert_eq!(slope("1e9*x**200", &input(), 0.0, 10.0).0, LARGEST_SLOPE);
        let (slope, undefined) = slope("log(x)", &input(), 1.0, -1.0);
        let Undefined { state, elapsed } = undefined.unwrap();
        assert_eq!((slope, state, elapsed), (LARGEST_SLOPE, 0, 1.0));
    }

    #[test]
    fn kinks_are_inside_the_span_and_apart() {
        let model = SparseModel::from_text_with_controls("t", &["u"], &[("x", "u")]).unwrap();
        let (undefined, inputs) = (Cell::new(None), input());
        let system =
            System { model: &model, inputs: &inputs, first: 10.0, last: 14.0, limit: [1.0], undefined: &undefined };
        assert_eq!(system.kinks(4.0), [1.0]);
    }
}
