//! The whole command: exit code, stdout, stderr, files.

mod support;

mod help;

mod solve;

mod discover;

mod demo;

mod infer;

mod inspect;

mod parquet;

mod progress;

mod interrupt;

mod place;

mod narrow_terminal;

mod closed_output;

mod hostile_input;

mod train;

mod bench;

mod book;
