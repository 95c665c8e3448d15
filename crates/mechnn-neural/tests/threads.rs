//! The number of threads changes how long a training takes and nothing else.

use mechnn::data::KnownSystem;
use mechnn_neural::discovery::{NeuralDiscoveryOptions, discover};
use mechnn_neural::train::Silent;

#[test]
fn the_number_of_threads_does_not_change_a_bit() {
    let data = KnownSystem::Lorenz.dataset(700).expect("a trajectory");
    let run = |threads: usize| {
        // Products of 512 x 256 x 256: large enough to be shared among threads.
        let mut options = NeuralDiscoveryOptions { cycles: 1, width: 256, ..NeuralDiscoveryOptions::default() };
        (options.training.epochs, options.training.batch, options.training.threads) = (2, 512, Some(threads));
        let found = discover(&data, &options, 1, &mut Silent).expect("trains");
        let losses: Vec<u64> = found.cycles[0].epochs.iter().map(|epoch| epoch.loss.to_bits()).collect();
        let coefficients = found.model.equations.iter().flat_map(|equation| &equation.terms);
        (losses, coefficients.map(|fitted| fitted.coefficient.to_bits()).collect::<Vec<_>>())
    };
    let one = run(1);
    for threads in [2, 3, 4] {
        assert_eq!(run(threads), one, "{threads} threads");
    }
}
