//! What is being measured.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::baseline::Stlsq;
use mechnn::data::Dataset;
use mechnn::discovery::{DiscoveryOptions, Observer, discover};
use mechnn::equation::SparseModel;

/// A way from data to equations.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Method {
    /// [`discover`]; with default options what `mechnn discover FILE.csv` does.
    Direct,
    /// [`Stlsq`], the baseline.
    Stlsq,
}

impl Method {
    /// The equations for the data, or why there are none; `options` are for [`discover`]. What the observer stops may
    /// be unfinished.
    pub(super) fn fit(
        self,
        data: &Dataset,
        options: &DiscoveryOptions,
        observer: &mut dyn Observer,
    ) -> Result<SparseModel, String> {
        match self {
            Self::Direct => {
                discover(data, options, observer).map(|result| result.model).map_err(|error| error.to_string())
            }
            Self::Stlsq => Stlsq::default().fit(data).map_err(|error| error.to_string()),
        }
    }
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Direct => "direct",
            Self::Stlsq => "stlsq",
        })
    }
}

impl FromStr for Method {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "direct" => Ok(Self::Direct),
            "stlsq" => Ok(Self::Stlsq),
            _ => Err("expected direct or stlsq".to_owned()),
        }
    }
}
