# Recipes for development. `just` lists them; .ci/run is the gate.

_default:
    @just --list

# Everything the gate checks: formatting, lints, documentation, tests
check:
    .ci/run

# All tests, those of the neural part, of Parquet files and documentation examples included
test:
    cargo test --workspace --features mechnn-experiments/neural,mechnn-cli/parquet --locked

# Time and memory of the linear solver against the number of points
bench:
    cargo bench -p mechnn-solver --bench scaling --locked

# The table of reference vectors: largest error of every method on every file (needs ../shared or MECHNN_SHARED)
golden:
    cargo test -p mechnn-solver --test golden --locked -- --nocapture

# The Lorenz table with 20 seeds per noise level (about a minute)
slow-lorenz:
    MECHNN_SEEDS=20 cargo test -p mechnn --test lorenz_discovery --locked -- --nocapture

# All slow suites
slow: golden slow-lorenz

# Licences, advisories, sources and duplicates of the dependencies (needs cargo-deny)
deny:
    cargo deny check

# Build the book into target/book (needs mdbook)
book:
    mdbook build docs

# Build the documentation of the crates, warnings as errors
doc:
    RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps --locked
