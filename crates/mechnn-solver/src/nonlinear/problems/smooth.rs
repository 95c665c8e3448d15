//! Problems that are not stiff.

use super::dual::Real;
use super::elliptic::{jacobi, quarter_period};
use super::equations::{Equations, equations};
use super::standard_problem::{Reference, StandardProblem, problem, uniform};

equations!(Decay, 1, 1, |_t, x, p| [-p[0] * x[0]]);
equations!(PowerDecay, 1, 1, |_t, x, p| [-p[0] * x[0] * x[0] * x[0]]);
equations!(Oscillating, 1, 1, |t, x, p| [p[0] * x[0] * S::from(t.cos())]);
equations!(Logistic, 1, 2, |_t, x, p| [p[0] * x[0] * (S::from(1.0) - x[0] / p[1])]);
equations!(Spiral, 1, 0, |t, x, _p| [(x[0] - S::from(t)) / (x[0] + S::from(t))]);
equations!(LotkaVolterra, 2, 4, |_t, x, p| { [p[0] * x[0] - p[1] * x[0] * x[1], -p[2] * x[1] + p[3] * x[0] * x[1]] });
equations!(RigidBody, 3, 3, |_t, x, p| [p[0] * x[1] * x[2], p[1] * x[0] * x[2], p[2] * x[0] * x[1]]);
equations!(Kepler, 4, 1, |_t, x, p| {
    let cube = (x[0] * x[0] + x[1] * x[1]).powf(1.5);
    [x[2], x[3], -p[0] * x[0] / cube, -p[0] * x[1] / cube]
});
equations!(Lorenz, 3, 3, |_t, x, p| {
    [p[0] * (x[1] - x[0]), x[0] * (p[1] - x[2]) - x[1], x[0] * x[1] - p[2] * x[2]]
});
equations!(Brusselator, 2, 2, |_t, x, p| {
    let reaction = x[0] * x[0] * x[1];
    [p[0] + reaction - (p[1] + S::from(1.0)) * x[0], p[1] * x[0] - reaction]
});
equations!(FitzHughNagumo, 2, 4, |_t, x, p| {
    [x[0] - x[0] * x[0] * x[0] / S::from(3.0) - x[1] + p[3], p[2] * (x[0] + p[0] - p[1] * x[1])]
});
equations!(Pendulum, 2, 1, |_t, x, p| [x[1], -p[0] * x[0].sin()]);
equations!(Riccati, 1, 2, |_t, x, p| [p[0] - p[1] * x[0] * x[0]]);
equations!(Duffing, 2, 2, |t, x, p| { [x[1], -p[0] * x[1] + x[0] - x[0] * x[0] * x[0] + p[1] * S::from(t.cos())] });

/// Position and velocity in an orbit of eccentricity 0.3 and semi-major axis 1, from Kepler's equation.
fn orbit(t: f64) -> Vec<f64> {
    let e: f64 = 0.3;
    let mut anomaly = t;
    for _ in 0..50 {
        anomaly -= (anomaly - e * anomaly.sin() - t) / (1.0 - e * anomaly.cos());
    }
    let (sin, cos) = anomaly.sin_cos();
    let root = (1.0 - e * e).sqrt();
    let speed = 1.0 / (1.0 - e * cos);
    vec![cos - e, root * sin, -sin * speed, root * cos * speed]
}

/// The pendulum released at angle 2.
fn swing(t: f64) -> Vec<f64> {
    let k = 1f64.sin();
    let (sn, cn, _) = jacobi(t + quarter_period(k), k);
    vec![2.0 * (k * sn).asin(), 2.0 * k * cn]
}

pub(super) fn problems() -> Vec<StandardProblem> {
    let none: [f64; 0] = [];
    let rigid = |t: f64| {
        let (sn, cn, dn) = jacobi(t, 0.51f64.sqrt());
        vec![sn, cn, dn]
    };
    let logistic = |t: f64| vec![20.0 / (1.0 + 19.0 * (-0.25 * t).exp())];
    vec![
        problem::<Decay>("decay (A1)", &[1.0], &[1.0], uniform(20.0, 10), Reference::Exact(|t| vec![(-t).exp()])),
        problem::<PowerDecay>(
            "power decay (A2)",
            &[0.5],
            &[1.0],
            uniform(20.0, 10),
            Reference::Exact(|t| vec![1.0 / (1.0 + t).sqrt()]),
        ),
        problem::<Oscillating>(
            "oscillating (A3)",
            &[1.0],
            &[1.0],
            uniform(20.0, 10),
            Reference::Exact(|t| vec![t.sin().exp()]),
        ),
        problem::<Logistic>("logistic (A4)", &[0.25, 20.0], &[1.0], uniform(20.0, 10), Reference::Exact(logistic)),
        problem::<Spiral>("spiral (A5)", &none, &[4.0], uniform(20.0, 10), Reference::Integrate),
        problem::<LotkaVolterra>(
            "Lotka-Volterra (B1)",
            &[2.0, 2.0, 1.0, 1.0],
            &[1.0, 3.0],
            uniform(20.0, 20),
            Reference::Integrate,
        ),
        problem::<RigidBody>(
            "rigid body (B5)",
            &[1.0, -1.0, -0.51],
            &[0.0, 1.0, 1.0],
            uniform(20.0, 20),
            Reference::Exact(rigid),
        ),
        problem::<Kepler>("Kepler e = 0.3 (D2)", &[1.0], &orbit(0.0), uniform(20.0, 20), Reference::Exact(orbit)),
        problem::<Lorenz>(
            "Lorenz, short",
            &[10.0, 28.0, 8.0 / 3.0],
            &[1.0, 1.0, 1.0],
            uniform(3.0, 30),
            Reference::Integrate,
        ),
        problem::<Brusselator>("Brusselator", &[1.0, 3.0], &[1.5, 3.0], uniform(20.0, 20), Reference::Integrate),
        problem::<FitzHughNagumo>(
            "FitzHugh-Nagumo",
            &[0.7, 0.8, 0.08, 0.5],
            &[-1.0, 1.0],
            uniform(100.0, 20),
            Reference::Integrate,
        ),
        problem::<Pendulum>("pendulum", &[1.0], &[2.0, 0.0], uniform(20.0, 20), Reference::Exact(swing)),
        problem::<Riccati>("Riccati", &[1.0, 1.0], &[0.0], uniform(5.0, 10), Reference::Exact(|t| vec![t.tanh()])),
        problem::<Duffing>("Duffing, forced", &[0.3, 0.5], &[1.0, 0.0], uniform(15.0, 15), Reference::Integrate),
    ]
}
