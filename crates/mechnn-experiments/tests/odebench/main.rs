//! The protocol on folders that the tests write.
#![allow(clippy::unwrap_used)]

mod folder;

mod reading;

mod structure;

mod campaign;

mod rows;

mod development_systems;
