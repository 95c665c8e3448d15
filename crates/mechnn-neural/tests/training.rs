//! The trainer: learns, is deterministic, stops, resumes, and says when it diverges.

use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use burn::tensor::Device;
use mechnn_neural::encoder::Mlp;
use mechnn_neural::head::{EquationHead, Initial, Latent, OdeHead, Parameter, ParametricRightHandSide, Source, Steps};
use mechnn_neural::loss::{LossTerms, mean_square};
use mechnn_neural::train::{
    Adam, Checkpoint, CheckpointError, CheckpointPlace, EpochRecord, Flow, MetricsFile, Objective, Observer, Schedule,
    Silent, Stop, Trainer, TrainerOptions, TrainingError, parameters,
};
use mechnn_neural::{
    Activation, InitialWeights, LayerError, MechanisticBlock, OdeLayer, Window, device, from_slice, to_vec,
};

const POINTS: usize = 21;

type Model = MechanisticBlock<Mlp, EquationHead<ParametricRightHandSide>>;

/// Curves x' = -k x from 1 with their own k: the network reads k off the curve.
struct Decays {
    rates: Vec<f64>,
    device: Device,
}

impl Decays {
    fn new(count: usize) -> Self {
        Self { rates: (0..count).map(|i| 0.5 + 1.5 * i as f64 / count as f64).collect(), device: device() }
    }

    fn window(&self, examples: &[usize]) -> Window {
        let curve = |&i: &usize| (0..POINTS).map(move |n| (-self.rates[i] * 0.1 * n as f64).exp());
        let values: Vec<f64> = examples.iter().flat_map(curve).collect();
        let times: Vec<f64> = (0..POINTS).map(|n| 0.1 * n as f64).collect();
        Window {
            values: from_slice(&values, [examples.len(), POINTS, 1], &self.device),
            times: from_slice(&times, [1, POINTS, 1], &self.device),
        }
    }

    fn model(&self, seed: u64) -> Model {
        let mut weights = InitialWeights::new(seed, &self.device);
        let parameter = Parameter { name: "k".into(), low: 0.1, high: 4.0, start: 1.0 };
        let rate = ParametricRightHandSide::new(&["-k*x"], &["x"], vec![parameter], Source::Features, &weights);
        let rate = rate.expect("a polynomial");
        let (latent, initial) = (Latent::data(), Initial::Data { points: 1 });
        let head = EquationHead::new(rate, 1, 1, 3, latent, initial, Steps::fixed(0.1)).expect("fits");
        let widths = [POINTS, 8, OdeHead::features(&head)];
        let encoder = Mlp::new(&widths, Activation::Tanh, &mut weights).expect("two widths");
        MechanisticBlock::new(encoder, head, OdeLayer::new(POINTS))
    }

    fn rate(&self, model: &Model, example: usize) -> f64 {
        let window = self.window(&[example]);
        let features = mechnn_neural::encoder::Encoder::encode(model.encoder(), window.values).expect("fits");
        to_vec(model.head().right_hand_side().parameters(features))[0]
    }
}

impl Objective<Model> for Decays {
    fn examples(&self) -> usize {
        self.rates.len()
    }

    fn terms(&self, model: &Model, examples: &[usize]) -> Result<LossTerms, LayerError> {
        let window = self.window(examples);
        Ok(LossTerms::new().with("fit", mean_square(model.forward(&window)?.states(), window.values)))
    }
}

fn options(epochs: usize) -> TrainerOptions {
    TrainerOptions {
        epochs,
        batch: 4,
        adam: Adam { learning_rate: 0.02, weight_decay: 1e-4, ..Adam::default() },
        schedule: Schedule::Step { every: 20, factor: 0.5 },
        clip: Some(1.0),
        seed: 3,
        ..TrainerOptions::default()
    }
}

fn bits(model: &Model) -> Vec<u64> {
    parameters(model).iter().flat_map(|p| p.values.iter().map(|v| v.to_bits())).collect()
}

#[test]
fn end_to_end_training_finds_the_rates() {
    let data = Decays::new(16);
    let before = data.rate(&data.model(1), 0);
    let trained = Trainer::new(options(60)).train(data.model(1), &data, &mut Silent).expect("trains");
    assert_eq!(trained.stop, Stop::Epochs);
    assert_eq!(trained.history.len(), 60);
    for example in [0, 8, 15] {
        // Second-order rows on 21 points leave a few percent.
        let (found, truth) = (data.rate(&trained.model, example), data.rates[example]);
        assert!((found - truth).abs() < 0.08, "rate {found}, true {truth}, before training {before}");
    }
}

#[test]
fn the_same_seed_gives_the_same_bits_and_another_does_not() {
    let data = Decays::new(8);
    let run = |seed: u64, threads: Option<usize>| {
        let options = TrainerOptions { threads, ..options(3) };
        bits(&Trainer::new(options).train(data.model(seed), &data, &mut Silent).expect("trains").model)
    };
    let one = run(1, Some(1));
    assert_eq!(one, run(1, Some(1)));
    assert_eq!(run(1, Some(2)), run(1, Some(2)));
    assert_ne!(one, run(2, Some(1)));
}

/// Stops in the middle of an epoch, as Ctrl-C does.
struct StopAfter(AtomicUsize);

impl Observer for StopAfter {
    fn epoch(&mut self, _: &EpochRecord) -> std::io::Result<()> {
        Ok(())
    }

    fn flow(&mut self) -> Flow {
        if self.0.fetch_sub(1, Ordering::Relaxed) == 1 { Flow::Stop } else { Flow::Continue }
    }
}

#[test]
fn resuming_gives_the_bits_of_the_uninterrupted_run() {
    let data = Decays::new(10);
    let whole = Trainer::new(options(8)).train(data.model(1), &data, &mut Silent).expect("trains");
    // 3 steps an epoch: step 5 is inside the second, 14 inside the fifth epoch.
    for stop in [5, 14] {
        let folder = tempfile::tempdir().expect("a folder");
        let trainer = Trainer {
            checkpoints: Some(CheckpointPlace::new(folder.path())),
            extra: "mask".into(),
            ..Trainer::new(options(8))
        };
        let mut observer = StopAfter(AtomicUsize::new(stop));
        let stopped = trainer.train(data.model(1), &data, &mut observer).expect("stops");
        assert_eq!(stopped.stop, Stop::Observer);
        let last = folder.path().join("last.checkpoint");
        assert_eq!(Checkpoint::read(&last).expect("whole").extra, "mask");
        // Another initial model: everything comes from the checkpoint.
        let resumed = trainer.resume(data.model(99), &last, &data, &mut Silent).expect("resumes");
        assert_eq!(bits(&resumed.model), bits(&whole.model), "stopped at step {stop}");
        assert_eq!(resumed.history, whole.history);
        assert_eq!(resumed.best, whole.best);
    }
}

#[test]
fn a_stopped_training_leaves_its_last_whole_epoch_whatever_the_pause() {
    let data = Decays::new(10);
    let whole = Trainer::new(options(8)).train(data.model(1), &data, &mut Silent).expect("trains");
    let folder = tempfile::tempdir().expect("a folder");
    let place = CheckpointPlace::new(folder.path()).with_pause(std::time::Duration::from_secs(1000));
    let trainer = Trainer { checkpoints: Some(place.clone()), ..Trainer::new(options(8)) };
    // 3 steps an epoch: in the first there is nothing to leave, step 11 is inside the fourth.
    trainer.train(data.model(1), &data, &mut StopAfter(AtomicUsize::new(2))).expect("stops");
    assert!(!place.last().exists());
    trainer.train(data.model(1), &data, &mut StopAfter(AtomicUsize::new(11))).expect("stops");
    assert_eq!(Checkpoint::read(&place.last()).expect("whole").epochs, 3);
    let resumed = trainer.resume(data.model(99), &place.last(), &data, &mut Silent).expect("resumes");
    assert_eq!(bits(&resumed.model), bits(&whole.model));
    assert_eq!(resumed.history, whole.history);
}

#[test]
fn damaged_and_foreign_checkpoints_are_refused() {
    let data = Decays::new(4);
    let folder = tempfile::tempdir().expect("a folder");
    let trainer = Trainer { checkpoints: Some(CheckpointPlace::new(folder.path())), ..Trainer::new(options(1)) };
    trainer.train(data.model(1), &data, &mut Silent).expect("trains");
    let last = folder.path().join("last.checkpoint");
    let bytes = std::fs::read(&last).expect("written");
    let resume = |trainer: &Trainer, path: &Path| match trainer.resume(data.model(1), path, &data, &mut Silent) {
        Err(TrainingError::Checkpoint(error)) => error,
        other => panic!("expected a refusal, got {:?}", other.map(|t| t.stop)),
    };
    // Every cut and every changed byte is noticed; a sample of each.
    let broken = folder.path().join("broken");
    for at in (0..bytes.len()).step_by(bytes.len() / 40) {
        std::fs::write(&broken, &bytes[..at]).expect("writes");
        assert!(matches!(resume(&trainer, &broken), CheckpointError::Damaged { .. }), "cut at {at}");
        let mut changed = bytes.clone();
        changed[at] ^= 1;
        std::fs::write(&broken, &changed).expect("writes");
        assert!(matches!(resume(&trainer, &broken), CheckpointError::Damaged { .. }), "changed at {at}");
    }
    let other = Trainer::new(TrainerOptions { batch: 2, ..options(2) });
    assert!(matches!(resume(&other, &last), CheckpointError::Options { .. }));
    assert!(matches!(resume(&trainer, &folder.path().join("none")), CheckpointError::Io { .. }));
    // The same numbers in another arrangement.
    struct Other;
    impl Objective<Mlp> for Other {
        fn examples(&self) -> usize {
            1
        }
        fn terms(&self, _: &Mlp, _: &[usize]) -> Result<LossTerms, LayerError> {
            Ok(LossTerms::new())
        }
    }
    let mlp = Mlp::new(&[2, 3], Activation::Relu, &mut InitialWeights::new(0, &device())).expect("two widths");
    let refused = trainer.resume(mlp, &last, &Other, &mut Silent);
    assert!(matches!(refused, Err(TrainingError::Checkpoint(CheckpointError::Model { .. }))));
}

#[test]
fn divergence_names_epoch_and_term() {
    struct Explodes(Decays);
    impl Objective<Model> for Explodes {
        fn examples(&self) -> usize {
            1
        }
        fn terms(&self, model: &Model, examples: &[usize]) -> Result<LossTerms, LayerError> {
            let terms = self.0.terms(model, examples)?;
            let fit = terms.terms()[0].1.clone();
            // 0 before the first step, infinite after it.
            Ok(terms.with("explosion", (fit * 1e300).exp()))
        }
    }
    match Trainer::new(options(3)).train(Decays::new(4).model(1), &Explodes(Decays::new(4)), &mut Silent) {
        Err(TrainingError::Diverged { epoch: 0, step: 0, term, value }) => {
            assert!(term.contains("explosion") && value.is_infinite(), "{term} {value}");
        }
        other => panic!("expected divergence, got {:?}", other.map(|t| t.stop)),
    }
}

#[test]
fn patience_and_settings() {
    let data = Decays::new(4);
    // A rate far too small to ever improve on a validation loss that grows with every epoch.
    struct Worse(Decays, AtomicUsize);
    impl Objective<Model> for Worse {
        fn examples(&self) -> usize {
            4
        }
        fn terms(&self, model: &Model, examples: &[usize]) -> Result<LossTerms, LayerError> {
            self.0.terms(model, examples)
        }
        fn validation(&self, _: &Model) -> Result<Option<f64>, LayerError> {
            Ok(Some(self.1.fetch_add(1, Ordering::Relaxed) as f64))
        }
    }
    let patient = TrainerOptions { patience: Some(3), ..options(50) };
    let objective = Worse(Decays::new(4), AtomicUsize::new(0));
    let trained = Trainer::new(patient).train(data.model(1), &objective, &mut Silent).expect("trains");
    assert_eq!((trained.stop, trained.history.len(), trained.best_epoch), (Stop::Patience, 4, Some((0, 0.0))));

    let bad = TrainerOptions { adam: Adam { learning_rate: f64::NAN, ..Adam::default() }, ..options(1) };
    let error = Trainer::new(bad).train(data.model(1), &data, &mut Silent);
    assert!(matches!(error, Err(TrainingError::Setting { name: "adam.learning_rate", .. })));
    let mut weightless = options(1);
    weightless.weights.insert("fit".into(), 0.0);
    let error = Trainer::new(weightless).train(data.model(1), &data, &mut Silent);
    assert!(matches!(error, Err(TrainingError::Empty { .. })));
}

#[test]
fn metrics_are_lines_of_json_with_every_term() {
    let data = Decays::new(4);
    let mut metrics = MetricsFile(Vec::new());
    Trainer::new(options(2)).train(data.model(1), &data, &mut metrics).expect("trains");
    let text = String::from_utf8(metrics.0).expect("text");
    let records: Vec<EpochRecord> = text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert_eq!(records.len(), 2);
    assert!(records.iter().all(|r| r.terms.contains_key("fit") && r.loss.is_finite() && r.gradient_norm > 0.0));
}
