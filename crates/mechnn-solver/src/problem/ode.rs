//! The ODE as numbers: coefficients, forcing and initial values.

use ndarray::{ArcArray, Array, Dimension, Ix3, Ix4, Ix5};

/// A batch of linear ODE systems with time-varying coefficients.
///
/// $$ \sum_{d} \sum_{k < K} c_{e,d,k}(t_i)\, u_d^{(k)}(t_i) = b_e(t_i) $$
///
/// The number of equations E may be smaller than, equal to or larger than the number of dimensions D; what the
/// equations leave open is filled by the smoothness rows, what they over-determine is balanced by least squares.
///
/// # Shapes
/// - `coefficients`: `[B | 1, N | 1, E, D, K]`, unit of entry k: `[b] [t]^k / [u]`
/// - `forcing`: `[B | 1, N | 1, E]`
///
/// Cloning is cheap: the arrays are shared.
///
/// # References
/// Pervez, Locatello, Gavves, ICML 2024, eq. 5; Chen et al., ICLR 2025, section 3.1.
#[derive(Debug, Clone, PartialEq)]
pub struct LinearOde {
    pub(crate) coefficients: ArcArray<f64, Ix5>,
    pub(crate) forcing: ArcArray<f64, Ix3>,
}

impl LinearOde {
    /// Takes the arrays as they are; [`OdeProblem::new`](crate::OdeProblem::new) checks them.
    pub fn new(coefficients: Array<f64, Ix5>, forcing: Array<f64, Ix3>) -> Self {
        Self { coefficients: standard(coefficients), forcing: standard(forcing) }
    }

    /// `[B | 1, N | 1, E, D, K]`
    pub fn coefficients(&self) -> &ArcArray<f64, Ix5> {
        &self.coefficients
    }

    /// `[B | 1, N | 1, E]`
    pub fn forcing(&self) -> &ArcArray<f64, Ix3> {
        &self.forcing
    }
}

/// Values of the first Q derivatives at the first S points.
///
/// # Shapes
/// - `values`: `[B | 1, S, D, Q]`; `S = 0` or `Q = 0` pins nothing.
#[derive(Debug, Clone, PartialEq)]
pub struct InitialValues {
    pub(crate) values: ArcArray<f64, Ix4>,
}

impl InitialValues {
    /// Takes the array as it is; [`OdeProblem::new`](crate::OdeProblem::new) checks it.
    pub fn new(values: Array<f64, Ix4>) -> Self {
        Self { values: standard(values) }
    }

    /// No initial values: the equations and the smoothness rows alone decide.
    pub fn none() -> Self {
        Self::new(Array::zeros((1, 0, 0, 0)))
    }

    /// `[B | 1, S, D, Q]`
    pub fn values(&self) -> &ArcArray<f64, Ix4> {
        &self.values
    }

    /// True if nothing is pinned (an empty batch alone pins as much as its elements would).
    pub fn is_empty(&self) -> bool {
        let (_, points, dims, derivatives) = self.values.dim();
        points == 0 || dims == 0 || derivatives == 0
    }
}

/// Shares an array in standard (row-major) layout, copying only if it is in another.
pub(crate) fn standard<D: Dimension>(array: Array<f64, D>) -> ArcArray<f64, D> {
    if array.is_standard_layout() {
        array.into_shared()
    } else {
        array.as_standard_layout().into_owned().into_shared()
    }
}
