//! Solutions of the known systems.

use differential_equations::prelude::{ExplicitRungeKutta, IVP, ODE};
use ndarray::Array2;

use super::known_system::KnownSystem;
use super::right_hand_side::Monomial;
use crate::data::fault::{DataError, TrajectoryError};
use crate::data::trajectories::{Dataset, Trajectory};

const TOLERANCE: f64 = 1e-10;

impl KnownSystem {
    /// The solution at `points` equally spaced times from 0, without noise, by DOP853 with tolerances 1e-10.
    ///
    /// # Errors
    /// [`TrajectoryError::TooFewPoints`] below two points, [`DataError::Integration`] if the integrator gives up.
    pub fn simulate(self, points: usize) -> Result<Trajectory, DataError> {
        if points < 2 {
            return Err(TrajectoryError::TooFewPoints { trajectory: self.name().to_owned(), points }.into());
        }
        let failed = |reason: String| DataError::Integration { system: self.name(), reason };
        let times: Vec<f64> = (0..points).map(|i| i as f64 * self.step()).collect();
        let mut state = self.initial().to_vec();
        let mut values = state.clone();
        for span in times.windows(2) {
            // One integration per interval. Dense output would be faster, but that of DOP853 in
            // differential-equations 0.7.0 exchanges the factors s and 1 - s of its last three terms (Hairer's
            // CONPAR): its points were off by 1e-6 to 2e-5 here, those at the ends of steps by less than 1e-8.
            let method = ExplicitRungeKutta::dop853().rtol(TOLERANCE).atol(TOLERANCE).h0(span[1] - span[0]);
            let solution = IVP::ode(&self, span[0], span[1], state)
                .method(method)
                .solve()
                .map_err(|error| failed(format!("{error:?}")))?;
            state = solution.y.last().cloned().ok_or_else(|| failed("it returned no point".to_owned()))?;
            values.extend_from_slice(&state);
        }
        let values = Array2::from_shape_vec((points, self.states().len()), values)
            .unwrap_or_else(|error| unreachable!("every point has pushed one value for each state: {error}"));
        Trajectory::new(self.name(), times, values)
    }

    /// [`KnownSystem::simulate`] as a data set with the names of time (`t`) and states.
    ///
    /// # Errors
    /// As [`KnownSystem::simulate`].
    pub fn dataset(self, points: usize) -> Result<Dataset, DataError> {
        let states = self.states().iter().map(|&state| state.to_owned()).collect();
        Dataset::new("t", states, vec![self.simulate(points)?])
    }
}

impl ODE<f64, Vec<f64>> for KnownSystem {
    fn diff(&self, _t: f64, y: &Vec<f64>, dydt: &mut Vec<f64>) {
        for (derivative, terms) in dydt.iter_mut().zip(self.right_hand_side()) {
            let value =
                |t: &Monomial| t.coefficient * y.iter().zip(t.powers).map(|(y, p)| y.powi(p.into())).product::<f64>();
            *derivative = terms.iter().map(value).sum();
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use differential_equations::prelude::ODE;

    use super::{DataError, KnownSystem, TrajectoryError};

    #[test]
    fn default_simulations_have_the_promised_points() {
        for system in KnownSystem::ALL {
            let trajectory = system.simulate(system.points()).unwrap();
            assert_eq!(trajectory.values.dim(), (system.points(), system.states().len()), "{}", system.name());
            assert_eq!(trajectory.first_values().to_vec(), system.initial(), "{}", system.name());
            assert_eq!(trajectory.observations(), trajectory.values.len(), "{}", system.name());
        }
        assert!(matches!(
            KnownSystem::Lorenz.simulate(1),
            Err(DataError::Trajectory(TrajectoryError::TooFewPoints { points: 1, .. }))
        ));
    }

    /// Lotka-Volterra conserves delta x - gamma ln x + beta y - alpha ln y; the tolerance is 100 times the
    /// integrator's over 1000 points.
    #[test]
    fn the_invariant_of_lotka_volterra_is_kept() {
        let trajectory = KnownSystem::LotkaVolterra.simulate(1000).unwrap();
        let invariant = |x: f64, y: f64| x - x.ln() + 4.0 / 3.0 * y - 2.0 / 3.0 * y.ln();
        let start = invariant(1.0, 1.0);
        for row in trajectory.values.rows() {
            assert!(
                (invariant(row[0], row[1]) - start).abs() < 1e-8,
                "{row}: {:e}",
                invariant(row[0], row[1]) - start
            );
        }
    }

    /// The classical Runge-Kutta method with 100 steps between two points, good to 1e-10 here, is the oracle.
    #[test]
    fn simulations_agree_with_small_explicit_steps() {
        for system in KnownSystem::ALL {
            let trajectory = system.simulate(100).unwrap();
            let mut x = system.initial().to_vec();
            for i in 0..100 {
                for (found, expected) in trajectory.values.row(i).iter().zip(&x) {
                    assert!((found - expected).abs() < 1e-8, "{} point {i}: {found} and {expected}", system.name());
                }
                for _ in 0..100 {
                    runge_kutta_step(system, &mut x, system.step() / 100.0);
                }
            }
        }
    }

    fn runge_kutta_step(system: KnownSystem, x: &mut [f64], h: f64) {
        let slope = |x: &[f64], k: &[f64], h: f64| {
            let at: Vec<f64> = x.iter().zip(k).map(|(x, k)| x + h * k).collect();
            let mut slope = vec![0.0; x.len()];
            system.diff(0.0, &at, &mut slope);
            slope
        };
        let k1 = slope(x, &vec![0.0; x.len()], 0.0);
        let k2 = slope(x, &k1, h / 2.0);
        let k3 = slope(x, &k2, h / 2.0);
        let k4 = slope(x, &k3, h);
        for d in 0..x.len() {
            x[d] += h / 6.0 * (k1[d] + 2.0 * k2[d] + 2.0 * k3[d] + k4[d]);
        }
    }
}
