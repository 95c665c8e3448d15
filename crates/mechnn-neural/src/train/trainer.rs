//! The training loop.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Instant;

use burn::module::Module;
use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;

use super::adam::Moments;
use super::parameters::{change, gradients, parameters, with_parameters};
use super::{
    Checkpoint, CheckpointError, CheckpointPlace, EpochRecord, Flow, Objective, Observer, Stop, Trained,
    TrainerOptions, TrainingError,
};
use crate::array::to_vec;

/// Minimises an [`Objective`] over the parameters of a model by AdamW on mini-batches.
///
/// The state between two epochs is a [`Checkpoint`]; continuing from one gives the same bits as not having stopped.
/// The number of threads does not change a bit either: products of matrices are shared among threads by rows and
/// columns of the result, never along a sum.
#[derive(Debug, Clone, Default)]
pub struct Trainer {
    /// Settings.
    pub options: TrainerOptions,
    /// Where `last.checkpoint` and `best.checkpoint` are written; absent means nowhere.
    pub checkpoints: Option<CheckpointPlace>,
    /// Kept in every checkpoint.
    pub extra: String,
}

/// What no file holds yet.
#[derive(Default)]
struct Unsaved {
    last: bool,
    best: bool,
}

impl Trainer {
    /// A trainer that writes no files.
    pub fn new(options: TrainerOptions) -> Self {
        Self { options, ..Self::default() }
    }

    /// Trains from the model as it is.
    ///
    /// # Errors
    /// [`TrainingError`].
    pub fn train<M: Module>(
        &self,
        model: M,
        objective: &dyn Objective<M>,
        observer: &mut dyn Observer,
    ) -> Result<Trained<M>, TrainingError> {
        self.options.check()?;
        let values = parameters(&model);
        let state = Checkpoint {
            epochs: 0,
            options: self.options.clone(),
            moments: Moments::zeros(values.iter().map(|p| p.values.len())),
            parameters: values,
            best: vec![],
            best_epoch: None,
            history: vec![],
            extra: self.extra.clone(),
        };
        self.in_threads(|| self.run(model, state, objective, observer))
    }

    /// Continues from `last.checkpoint` of [`Self::checkpoints`] if there is one, else trains from the model as it is.
    ///
    /// The epochs of the checkpoint are told to the observer again, so that it sees the same epochs either way.
    ///
    /// # Errors
    /// As [`Self::resume`].
    pub fn train_or_resume<M: Module>(
        &self,
        model: M,
        objective: &dyn Objective<M>,
        observer: &mut dyn Observer,
    ) -> Result<Trained<M>, TrainingError> {
        match self.checkpoints.as_ref().map(CheckpointPlace::last).filter(|last| last.exists()) {
            Some(last) => {
                for record in &Checkpoint::read(&last)?.history {
                    observer.epoch(record).map_err(TrainingError::Observer)?;
                }
                self.resume(model, &last, objective, observer)
            }
            None => self.train(model, objective, observer),
        }
    }

    /// Continues from a checkpoint of the same model and options.
    ///
    /// # Errors
    /// [`TrainingError`]; [`CheckpointError::Model`] and [`CheckpointError::Options`] if the checkpoint is of another
    /// training. More `epochs` than before are allowed.
    pub fn resume<M: Module>(
        &self,
        model: M,
        checkpoint: &Path,
        objective: &dyn Objective<M>,
        observer: &mut dyn Observer,
    ) -> Result<Trained<M>, TrainingError> {
        self.options.check()?;
        let state = Checkpoint::read(checkpoint)?;
        state.check(&parameters(&model), checkpoint)?;
        let epochs = self.options.epochs;
        if (TrainerOptions { epochs, ..state.options.clone() }) != self.options {
            return Err(CheckpointError::Options { path: checkpoint.to_owned() }.into());
        }
        let model = with_parameters(model, &state.parameters);
        self.in_threads(|| self.run(model, state, objective, observer))
    }

    fn in_threads<R: Send>(&self, run: impl FnOnce() -> Result<R, TrainingError> + Send) -> Result<R, TrainingError> {
        match self.options.threads {
            None => run(),
            Some(threads) => rayon::ThreadPoolBuilder::new()
                .num_threads(threads)
                .build()
                .map_err(|error| TrainingError::Threads { threads, reason: error.to_string() })?
                .install(run),
        }
    }

    fn run<M: Module>(
        &self,
        mut model: M,
        mut state: Checkpoint,
        objective: &dyn Objective<M>,
        observer: &mut dyn Observer,
    ) -> Result<Trained<M>, TrainingError> {
        if objective.examples() == 0 {
            return Err(TrainingError::Empty { reason: "there are no examples" });
        }
        let mut written = Instant::now();
        let mut unsaved = Unsaved::default();
        let stop = loop {
            if state.epochs >= self.options.epochs {
                break Stop::Epochs;
            }
            let since_best = state.best_epoch.map_or(0, |(epoch, _)| state.epochs - 1 - epoch);
            if self.options.patience.is_some_and(|patience| since_best >= patience) {
                break Stop::Patience;
            }
            // An epoch moves the moments step by step; one that is not finished is taken back.
            let moments = self.checkpoints.is_some().then(|| state.moments.clone());
            let Some((next, record)) = self.epoch(model.clone(), &mut state, objective, observer)? else {
                state.moments = moments.unwrap_or(state.moments);
                break Stop::Observer;
            };
            model = next;
            observer.epoch(&record).map_err(TrainingError::Observer)?;
            let loss = record.validation.unwrap_or(record.loss);
            state.history.push(record);
            state.parameters = parameters(&model);
            unsaved.last = true;
            if state.best_epoch.is_none_or(|(_, best)| loss < best) {
                state.best_epoch = Some((state.epochs, loss));
                state.best = state.parameters.clone();
                unsaved.best = true;
            }
            state.epochs += 1;
            if self.checkpoints.as_ref().is_some_and(|place| written.elapsed() >= place.pause()) {
                self.save(&state, &mut unsaved)?;
                written = Instant::now();
            }
        };
        // Stopped in the middle of an epoch, too: with a long pause between checkpoints there may be none yet.
        self.save(&state, &mut unsaved)?;
        let Checkpoint { best, best_epoch, history, .. } = state;
        Ok(Trained { model, best, best_epoch, history, stop })
    }

    fn save(&self, state: &Checkpoint, unsaved: &mut Unsaved) -> Result<(), TrainingError> {
        let Some(place) = self.checkpoints.as_ref().filter(|_| unsaved.last) else { return Ok(()) };
        std::fs::create_dir_all(place.folder()).map_err(|source| CheckpointError::Io {
            action: "make folder",
            path: place.folder().to_owned(),
            source,
        })?;
        if unsaved.best {
            state.write(&place.best())?;
        }
        state.write(&place.last())?;
        *unsaved = Unsaved::default();
        Ok(())
    }

    /// One pass over the examples; nothing if the observer stopped it.
    fn epoch<M: Module>(
        &self,
        mut model: M,
        state: &mut Checkpoint,
        objective: &dyn Objective<M>,
        observer: &mut dyn Observer,
    ) -> Result<Option<(M, EpochRecord)>, TrainingError> {
        let options = &self.options;
        let epoch = state.epochs;
        let mut order: Vec<usize> = (0..objective.examples()).collect();
        // A stream for each epoch: the order does not depend on what was drawn before.
        let mut random = ChaCha8Rng::seed_from_u64(options.seed);
        random.set_stream(epoch as u64);
        order.shuffle(&mut random);

        let learning_rate = options.adam.learning_rate * options.schedule.factor(epoch, options.epochs);
        let mut sums: BTreeMap<String, f64> = BTreeMap::new();
        let (mut loss_sum, mut norm_sum, mut steps) = (0.0, 0.0, 0.0);
        for examples in order.chunks(options.batch) {
            let step = state.moments.steps;
            let diverged = |term: String, value: f64| TrainingError::Diverged { epoch, step, term, value };
            let terms =
                objective.terms(&model, examples).map_err(|source| TrainingError::Model { epoch, step, source })?;
            for (name, value) in terms.terms() {
                let value = to_vec(value.clone())[0];
                if !value.is_finite() {
                    return Err(diverged(format!("loss term `{name}`"), value));
                }
                *sums.entry((*name).to_owned()).or_default() += value;
            }
            let total = terms.total(&options.weights);
            let total = total.ok_or(TrainingError::Empty { reason: "every loss term has weight 0" })?;
            loss_sum += to_vec(total.clone())[0];
            if !total.is_tracked() {
                return Err(TrainingError::Empty { reason: "the loss depends on no parameter" });
            }
            let found = gradients(&model, &mut total.backward());
            // The graph holds the parameters until these are gone; without them they are updated in place.
            drop((terms, total));
            let norm = found.iter().flatten().flatten().map(|g| g * g).sum::<f64>().sqrt();
            if !norm.is_finite() {
                return Err(diverged("the norm of the gradient".to_owned(), norm));
            }
            norm_sum += norm;
            steps += 1.0;
            let shorten = options.clip.map_or(1.0, |clip| (clip / norm).min(1.0));
            state.moments.steps += 1;
            let moments = &mut state.moments;
            model = change(model, &mut |index, values| {
                if let Some(gradient) = &found[index] {
                    moments.update(&options.adam, learning_rate, index, values, gradient, shorten);
                }
            });
            if observer.flow() == Flow::Stop {
                return Ok(None);
            }
        }
        let record = EpochRecord {
            epoch,
            steps: state.moments.steps,
            loss: loss_sum / steps,
            terms: sums.into_iter().map(|(name, sum)| (name, sum / steps)).collect(),
            validation: objective.validation(&model).map_err(|source| TrainingError::Model {
                epoch,
                step: state.moments.steps,
                source,
            })?,
            gradient_norm: norm_sum / steps,
            learning_rate,
        };
        if let Some(value) = record.validation.filter(|value| !value.is_finite()) {
            let step = state.moments.steps;
            return Err(TrainingError::Diverged { epoch, step, term: "the validation loss".to_owned(), value });
        }
        Ok(Some((model, record)))
    }
}
