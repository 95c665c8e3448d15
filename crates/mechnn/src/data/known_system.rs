//! Systems with known equations: for demonstrations, tests and benchmarks.

use std::str::FromStr;

use differential_equations::prelude::{ExplicitRungeKutta, IVP, ODE};
use ndarray::Array2;

use super::{DataError, Dataset, Trajectory};

/// A system with known polynomial equations, in its textbook parameters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum KnownSystem {
    /// Lorenz 1963, chaotic: sigma = 10, rho = 28, beta = 8/3, from (1, 1, 1).
    Lorenz,
    /// Predator and prey: alpha = 2/3, beta = 4/3, gamma = delta = 1, from (1, 1).
    LotkaVolterra,
    /// Relaxation oscillator with a limit cycle: mu = 1, from (2, 0).
    VanDerPol,
    /// A damped pendulum to third order, v' = -x + x^3/6 - v/10, from (2, 0): sin(x) would not be in a library of
    /// polynomials.
    DampedOscillator,
    /// Rössler 1976, chaotic: a = b = 0.2, c = 5.7, from (1, 1, 1).
    Roessler,
}

/// One term of a true equation.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct TrueTerm {
    /// The monomial as a Python expression: `x*z`, `x**2*y`, `1`.
    pub expression: String,
    /// Its coefficient.
    pub coefficient: f64,
}

/// `coefficient * product of state[d]^powers[d]`: the simulation and the printed equations both come from it.
struct Monomial {
    coefficient: f64,
    powers: [u8; 3],
}

const fn term(coefficient: f64, powers: [u8; 3]) -> Monomial {
    Monomial { coefficient, powers }
}

static LORENZ: &[&[Monomial]] = &[
    &[term(-10.0, [1, 0, 0]), term(10.0, [0, 1, 0])],
    &[term(28.0, [1, 0, 0]), term(-1.0, [0, 1, 0]), term(-1.0, [1, 0, 1])],
    &[term(-8.0 / 3.0, [0, 0, 1]), term(1.0, [1, 1, 0])],
];

static LOTKA_VOLTERRA: &[&[Monomial]] =
    &[&[term(2.0 / 3.0, [1, 0, 0]), term(-4.0 / 3.0, [1, 1, 0])], &[term(-1.0, [0, 1, 0]), term(1.0, [1, 1, 0])]];

static VAN_DER_POL: &[&[Monomial]] =
    &[&[term(1.0, [0, 1, 0])], &[term(-1.0, [1, 0, 0]), term(1.0, [0, 1, 0]), term(-1.0, [2, 1, 0])]];

static DAMPED_OSCILLATOR: &[&[Monomial]] =
    &[&[term(1.0, [0, 1, 0])], &[term(-1.0, [1, 0, 0]), term(-0.1, [0, 1, 0]), term(1.0 / 6.0, [3, 0, 0])]];

static ROESSLER: &[&[Monomial]] = &[
    &[term(-1.0, [0, 1, 0]), term(-1.0, [0, 0, 1])],
    &[term(1.0, [1, 0, 0]), term(0.2, [0, 1, 0])],
    &[term(0.2, [0, 0, 0]), term(-5.7, [0, 0, 1]), term(1.0, [1, 0, 1])],
];

impl KnownSystem {
    /// All known systems.
    pub const ALL: [Self; 5] =
        [Self::Lorenz, Self::LotkaVolterra, Self::VanDerPol, Self::DampedOscillator, Self::Roessler];

    /// The name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Lorenz => "lorenz",
            Self::LotkaVolterra => "lotka-volterra",
            Self::VanDerPol => "van-der-pol",
            Self::DampedOscillator => "damped-oscillator",
            Self::Roessler => "roessler",
        }
    }

    /// Names of the D states.
    pub fn states(self) -> &'static [&'static str] {
        match self {
            Self::Lorenz | Self::Roessler => &["x", "y", "z"],
            Self::LotkaVolterra | Self::VanDerPol => &["x", "y"],
            Self::DampedOscillator => &["x", "v"],
        }
    }

    /// Initial values, `[D]`.
    pub fn initial(self) -> &'static [f64] {
        match self {
            Self::Lorenz | Self::Roessler => &[1.0, 1.0, 1.0],
            Self::LotkaVolterra => &[1.0, 1.0],
            Self::VanDerPol | Self::DampedOscillator => &[2.0, 0.0],
        }
    }

    /// Default number of points: several periods.
    pub fn points(self) -> usize {
        match self {
            Self::Lorenz | Self::Roessler => 10_000,
            Self::LotkaVolterra | Self::VanDerPol | Self::DampedOscillator => 1_000,
        }
    }

    /// Time between two points.
    pub fn step(self) -> f64 {
        match self {
            Self::Lorenz => 0.01,
            Self::Roessler => 0.02,
            Self::LotkaVolterra | Self::VanDerPol | Self::DampedOscillator => 0.05,
        }
    }

    /// The true equations: one list of terms per state, the sum of which is its derivative.
    pub fn equations(self) -> Vec<Vec<TrueTerm>> {
        let states = self.states();
        let expression = |powers: &[u8; 3]| {
            let factors: Vec<String> = states
                .iter()
                .zip(powers)
                .filter(|&(_, &power)| power > 0)
                .map(|(state, &power)| if power == 1 { (*state).to_owned() } else { format!("{state}**{power}") })
                .collect();
            if factors.is_empty() { "1".to_owned() } else { factors.join("*") }
        };
        let equation = |terms: &&[Monomial]| {
            let terms = terms.iter();
            terms.map(|t| TrueTerm { expression: expression(&t.powers), coefficient: t.coefficient }).collect()
        };
        self.right_hand_side().iter().map(equation).collect()
    }

    /// Highest total degree of a term of the true equations.
    pub fn degree(self) -> u8 {
        let terms = self.right_hand_side().iter().flat_map(|terms| terms.iter());
        terms.map(|term| term.powers.iter().sum()).max().unwrap_or_default()
    }

    /// The solution at `points` equally spaced times from 0, without noise, by DOP853 with tolerances 1e-10.
    ///
    /// # Errors
    /// [`DataError::TooFewPoints`] below two points, [`DataError::Integration`] if the integrator gives up.
    pub fn simulate(self, points: usize) -> Result<Trajectory, DataError> {
        if points < 2 {
            return Err(DataError::TooFewPoints { trajectory: self.name().to_owned(), points });
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
        let values =
            Array2::from_shape_vec((points, self.states().len()), values).map_err(|error| failed(error.to_string()))?;
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

    fn right_hand_side(self) -> &'static [&'static [Monomial]] {
        match self {
            Self::Lorenz => LORENZ,
            Self::LotkaVolterra => LOTKA_VOLTERRA,
            Self::VanDerPol => VAN_DER_POL,
            Self::DampedOscillator => DAMPED_OSCILLATOR,
            Self::Roessler => ROESSLER,
        }
    }
}

const TOLERANCE: f64 = 1e-10;

impl ODE<f64, Vec<f64>> for KnownSystem {
    fn diff(&self, _t: f64, y: &Vec<f64>, dydt: &mut Vec<f64>) {
        for (derivative, terms) in dydt.iter_mut().zip(self.right_hand_side()) {
            let value =
                |t: &Monomial| t.coefficient * y.iter().zip(t.powers).map(|(y, p)| y.powi(p.into())).product::<f64>();
            *derivative = terms.iter().map(value).sum();
        }
    }
}

impl FromStr for KnownSystem {
    type Err = DataError;

    /// Reads [`KnownSystem::name`]; `_` for `-` and capitals are accepted.
    fn from_str(name: &str) -> Result<Self, DataError> {
        let plain = name.to_lowercase().replace('_', "-");
        let system = Self::ALL.into_iter().find(|system| system.name() == plain);
        system.ok_or_else(|| DataError::UnknownSystem { name: name.to_owned() })
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use differential_equations::prelude::ODE;

    use super::{DataError, KnownSystem};

    #[test]
    fn names_are_read_back() {
        for system in KnownSystem::ALL {
            assert_eq!(system.name().parse::<KnownSystem>().unwrap(), system);
        }
        assert_eq!("Van_der_Pol".parse::<KnownSystem>().unwrap(), KnownSystem::VanDerPol);
        let error = "lorentz".parse::<KnownSystem>().unwrap_err();
        assert!(error.hint().unwrap().contains("`lorenz`, `lotka-volterra`"));
    }

    #[test]
    fn equations_are_the_textbook_ones() {
        let text = |system: KnownSystem| -> Vec<String> {
            let terms = system.equations().into_iter();
            terms
                .map(|e| e.iter().map(|t| format!("{} {}", t.coefficient, t.expression)).collect::<Vec<_>>().join(", "))
                .collect()
        };
        assert_eq!(text(KnownSystem::Lorenz), ["-10 x, 10 y", "28 x, -1 y, -1 x*z", "-2.6666666666666665 z, 1 x*y"]);
        assert_eq!(text(KnownSystem::VanDerPol), ["1 y", "-1 x, 1 y, -1 x**2*y"]);
        assert_eq!(text(KnownSystem::Roessler), ["-1 y, -1 z", "1 x, 0.2 y", "0.2 1, -5.7 z, 1 x*z"]);
    }

    #[test]
    fn default_simulations_have_the_promised_points() {
        for system in KnownSystem::ALL {
            let trajectory = system.simulate(system.points()).unwrap();
            assert_eq!(trajectory.values.dim(), (system.points(), system.states().len()), "{}", system.name());
            assert_eq!(trajectory.first_values().to_vec(), system.initial(), "{}", system.name());
            assert_eq!(trajectory.observations(), trajectory.values.len(), "{}", system.name());
        }
        assert!(matches!(KnownSystem::Lorenz.simulate(1), Err(DataError::TooFewPoints { points: 1, .. })));
    }

    /// Lotka-Volterra conserves delta x - gamma ln x + beta y - alpha ln y; the tolerance is 100 times the
    /// integrator's over 1000 points.
    #[test]
    fn the_invariant_of_lotka_volterra_is_kept() {
        let trajectory = KnownSystem::LotkaVolterra.simulate(1000).unwrap();
        let invariant = |x: f64, y: f64| x - x.ln() + 4.0 / 3.0 * y - 2.0 / 3.0 * y.ln();
        let start = invariant(1.0, 1.0);
        for row in trajectory.values.rows() {
            assert!((invariant(row[0], row[1]) - start).abs() < 1e-8, "{row}: {:e}", invariant(row[0], row[1]) - start);
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
