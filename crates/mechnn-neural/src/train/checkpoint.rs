//! Everything a training needs to go on, in one file that appears whole.
//!
//! Layout: `MECHNNCK`, version (u32), length of the header (u64), header (JSON), all numbers (f64), SHA-256 of all
//! before; little-endian. The header names every array with its length.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use mechnn::whole_file;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use thiserror::Error;

use super::adam::Moments;
use super::parameters::NamedValues;
use super::{EpochRecord, TrainerOptions};

const MAGIC: &[u8; 8] = b"MECHNNCK";
const VERSION: u32 = 1;
/// Bytes before the header (magic, version, length), and of the hash.
const PREFIX: usize = 20;
const HASH: usize = 32;

/// Why a checkpoint cannot be written or read.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum CheckpointError {
    /// Input or output.
    #[error("cannot {action} `{}`: {source}", path.display())]
    Io {
        /// What was tried.
        action: &'static str,
        /// The file.
        path: PathBuf,
        /// The system's reason.
        source: io::Error,
    },
    /// Not a checkpoint, cut short, or changed since it was written.
    #[error("`{}` is no intact checkpoint: {reason}", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// Of another model.
    #[error("`{}` is of another model: expected parameter {expected}, found {found}", path.display())]
    Model {
        /// The file.
        path: PathBuf,
        /// Name and shape in the model.
        expected: String,
        /// Name and shape in the file.
        found: String,
    },
    /// Of a training with other settings.
    #[error("`{}` is of a training with other options; resume with the same ones", path.display())]
    Options {
        /// The file.
        path: PathBuf,
    },
}

/// The state of a training between two epochs.
///
/// The order of the examples of an epoch follows from the seed and the epoch alone, so that those two are the random
/// state.
#[derive(Debug, Clone, PartialEq)]
pub struct Checkpoint {
    /// Epochs finished.
    pub epochs: usize,
    /// The settings of the training.
    pub options: TrainerOptions,
    /// Weights.
    pub parameters: Vec<NamedValues>,
    /// Weights of the best epoch.
    pub best: Vec<NamedValues>,
    /// The best epoch and its loss.
    pub best_epoch: Option<(usize, f64)>,
    /// Records of all epochs.
    pub history: Vec<EpochRecord>,
    /// What the caller wants to keep, such as the mask of a discovery.
    pub extra: String,
    pub(super) moments: Moments,
}

#[derive(Serialize, Deserialize)]
struct Header {
    epochs: usize,
    options: TrainerOptions,
    steps: u64,
    best_epoch: Option<usize>,
    /// As bits: infinite before the first epoch, which JSON cannot hold.
    best_loss_bits: u64,
    history: Vec<EpochRecord>,
    extra: String,
    names: Vec<(String, Vec<usize>)>,
    has_best: bool,
}

impl Checkpoint {
    /// Writes the file; see [`mechnn::whole_file`].
    ///
    /// # Errors
    /// [`CheckpointError::Io`]; the file that was there before is whole then.
    pub fn write(&self, path: &Path) -> Result<(), CheckpointError> {
        let failed = |source| CheckpointError::Io { action: "write", path: path.to_owned(), source };
        let bytes = self.bytes().map_err(failed)?;
        whole_file::write(path, bytes).map_err(|error| failed(error.source))
    }

    fn bytes(&self) -> io::Result<Vec<u8>> {
        let header = Header {
            epochs: self.epochs,
            options: self.options.clone(),
            steps: self.moments.steps,
            best_epoch: self.best_epoch.map(|(epoch, _)| epoch),
            best_loss_bits: self.best_epoch.map_or(f64::INFINITY, |(_, loss)| loss).to_bits(),
            history: self.history.clone(),
            extra: self.extra.clone(),
            names: self.parameters.iter().map(|p| (p.name.clone(), p.shape.clone())).collect(),
            has_best: !self.best.is_empty(),
        };
        let header = serde_json::to_vec(&header).map_err(io::Error::other)?;
        let mut bytes = Vec::new();
        bytes.extend_from_slice(MAGIC);
        bytes.extend_from_slice(&VERSION.to_le_bytes());
        bytes.extend_from_slice(&(header.len() as u64).to_le_bytes());
        bytes.extend_from_slice(&header);
        let arrays = self.parameters.iter().chain(&self.best).map(|p| &p.values);
        for array in arrays.chain(&self.moments.first).chain(&self.moments.second) {
            bytes.extend(array.iter().flat_map(|value| value.to_le_bytes()));
        }
        let hash = Sha256::digest(&bytes);
        bytes.extend_from_slice(&hash);
        Ok(bytes)
    }

    /// Reads and verifies a file.
    ///
    /// # Errors
    /// [`CheckpointError::Io`], [`CheckpointError::Damaged`].
    pub fn read(path: &Path) -> Result<Self, CheckpointError> {
        let mut bytes = Vec::new();
        File::open(path).and_then(|mut file| file.read_to_end(&mut bytes)).map_err(|source| CheckpointError::Io {
            action: "read",
            path: path.to_owned(),
            source,
        })?;
        Self::parse(&bytes).map_err(|reason| CheckpointError::Damaged { path: path.to_owned(), reason })
    }

    fn parse(bytes: &[u8]) -> Result<Self, String> {
        let Some((content, hash)) = bytes.split_last_chunk::<HASH>() else {
            return Err("it does not begin like one".to_owned());
        };
        let Some((prefix, rest)) =
            content.split_first_chunk::<PREFIX>().filter(|(prefix, _)| prefix.starts_with(MAGIC))
        else {
            return Err("it does not begin like one".to_owned());
        };
        if Sha256::digest(content).as_slice() != hash {
            return Err("its checksum does not match".to_owned());
        }
        let [.., v0, v1, v2, v3, l0, l1, l2, l3, l4, l5, l6, l7] = *prefix;
        let version = u32::from_le_bytes([v0, v1, v2, v3]);
        if version != VERSION {
            return Err(format!("its version is {version}, expected {VERSION}"));
        }
        let length = usize::try_from(u64::from_le_bytes([l0, l1, l2, l3, l4, l5, l6, l7])).ok();
        let parts = length.and_then(|length| rest.split_at_checked(length));
        let (header, rest) = parts.ok_or("its header is cut short")?;
        let header: Header = serde_json::from_slice(header).map_err(|error| error.to_string())?;

        let mut numbers = rest.as_chunks().0.iter().map(|number| f64::from_le_bytes(*number));
        let sizes: Vec<usize> = header.names.iter().map(|(_, shape)| shape.iter().product()).collect();
        let copies = 3 + usize::from(header.has_best);
        let expected = sizes.iter().try_fold(0usize, |sum, &size| sum.checked_add(size));
        if expected.and_then(|n| n.checked_mul(8 * copies)) != Some(rest.len()) {
            return Err("it holds another number of values than its header says".to_owned());
        }
        let mut arrays = || sizes.iter().map(|&n| numbers.by_ref().take(n).collect()).collect::<Vec<Vec<f64>>>();
        let named = |arrays: Vec<Vec<f64>>| {
            let named = header.names.iter().zip(arrays);
            named
                .map(|((name, shape), values)| NamedValues { name: name.clone(), shape: shape.clone(), values })
                .collect()
        };
        let parameters = named(arrays());
        let best = if header.has_best { named(arrays()) } else { vec![] };
        let (first, second) = (arrays(), arrays());
        let best_loss = f64::from_bits(header.best_loss_bits);
        Ok(Self {
            epochs: header.epochs,
            options: header.options,
            parameters,
            best,
            best_epoch: header.best_epoch.map(|epoch| (epoch, best_loss)),
            history: header.history,
            extra: header.extra,
            moments: Moments { steps: header.steps, first, second },
        })
    }

    /// Checks that the parameters are those of a model.
    pub(super) fn check(&self, model: &[NamedValues], path: &Path) -> Result<(), CheckpointError> {
        let text = |p: Option<&NamedValues>| p.map_or("none".to_owned(), |p| format!("{} {:?}", p.name, p.shape));
        for index in 0..model.len().max(self.parameters.len()) {
            let (expected, found) = (text(model.get(index)), text(self.parameters.get(index)));
            if expected != found {
                return Err(CheckpointError::Model { path: path.to_owned(), expected, found });
            }
        }
        Ok(())
    }
}
