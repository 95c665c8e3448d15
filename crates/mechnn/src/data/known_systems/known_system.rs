//! Systems with known equations: for demonstrations, tests and benchmarks.

use std::str::FromStr;

use super::right_hand_side::{DAMPED_OSCILLATOR, LORENZ, LOTKA_VOLTERRA, Monomial, ROESSLER, TrueTerm, VAN_DER_POL};
use crate::data::fault::DataError;

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
        let largest = terms.map(|term| term.powers.iter().sum()).max();
        largest.unwrap_or_else(|| unreachable!("every known system has terms"))
    }

    pub(super) fn right_hand_side(self) -> &'static [&'static [Monomial]] {
        match self {
            Self::Lorenz => LORENZ,
            Self::LotkaVolterra => LOTKA_VOLTERRA,
            Self::VanDerPol => VAN_DER_POL,
            Self::DampedOscillator => DAMPED_OSCILLATOR,
            Self::Roessler => ROESSLER,
        }
    }
}

impl FromStr for KnownSystem {
    type Err = DataError;

    /// Reads [`KnownSystem::name`]; `_` for `-` and capitals are accepted.
    fn from_str(name: &str) -> Result<Self, DataError> {
        let plain = name.to_lowercase().replace('_', "-");
        let system = Self::ALL.into_iter().find(|system| system.name() == plain);
        let available = || Self::ALL.iter().map(|system| system.name().to_owned()).collect();
        system.ok_or_else(|| DataError::UnknownSystem { name: name.to_owned(), available: available() })
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::KnownSystem;

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
                .map(|e| {
                    e.iter().map(|t| format!("{} {}", t.coefficient, t.expression)).collect::<Vec<_>>().join(", ")
                })
                .collect()
        };
        assert_eq!(text(KnownSystem::Lorenz), ["-10 x, 10 y", "28 x, -1 y, -1 x*z", "-2.6666666666666665 z, 1 x*y"]);
        assert_eq!(text(KnownSystem::VanDerPol), ["1 y", "-1 x, 1 y, -1 x**2*y"]);
        assert_eq!(text(KnownSystem::Roessler), ["-1 y, -1 z", "1 x, 0.2 y", "0.2 1, -5.7 z, 1 x*z"]);
    }
}
