//! What the tests share: the command in a folder of its own, tables and arrays to give it, documents that it writes.

pub(crate) mod process;

pub(crate) mod table;

pub(crate) mod document;

pub(crate) mod arrays;
