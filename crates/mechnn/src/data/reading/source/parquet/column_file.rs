//! The columns of a Parquet file and the groups of rows in which they stand.

use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use bytes::Bytes;
use parquet::basic::Type;
use parquet::column::reader::get_column_reader;
use parquet::errors::{ParquetError, Result};
use parquet::file::metadata::{ParquetMetaData, ParquetMetaDataReader, RowGroupMetaData};
use parquet::schema::types::ColumnDescPtr;

use super::super::super::options::DecimalMark;
use super::checked_pages::CheckedPages;
use super::column_cells::ColumnCells;
use super::value_kind::ValueKind;

/// A Parquet file whose pages have not been read yet.
pub(super) struct ColumnFile {
    bytes: Arc<Bytes>,
    metadata: ParquetMetaData,
    columns: Vec<Column>,
}

/// What is known of a column without its values.
pub(super) struct Column {
    pub(super) name: String,
    /// Whether rows have lists of values.
    pub(super) is_list: bool,
    kind: ValueKind,
    descriptor: ColumnDescPtr,
}

impl Column {
    fn of(descriptor: &ColumnDescPtr) -> Self {
        Self {
            name: descriptor.name().to_owned(),
            is_list: descriptor.max_rep_level() > 0,
            kind: ValueKind::of(descriptor),
            descriptor: descriptor.clone(),
        }
    }

    /// Whether numbers may stand in it as text.
    pub(super) fn has_texts(&self) -> bool {
        self.kind == ValueKind::Text && self.descriptor.physical_type() == Type::BYTE_ARRAY
    }

    fn has_gaps(&self) -> bool {
        self.descriptor.max_def_level() > 0
    }
}

impl ColumnFile {
    pub(super) fn open(bytes: Vec<u8>) -> Result<Self> {
        let bytes = Arc::new(Bytes::from(bytes));
        let metadata = ParquetMetaDataReader::new().parse_and_finish(&*bytes)?;
        let columns = metadata.file_metadata().schema_descr().columns().iter().map(Column::of).collect();
        for group in metadata.row_groups() {
            usize::try_from(group.num_rows())?;
            if group.columns().iter().any(|column| column.file_path().is_some()) {
                return Err(ParquetError::General("its values are in another file".to_owned()));
            }
        }
        Ok(Self { bytes, metadata, columns })
    }

    pub(super) fn columns(&self) -> &[Column] {
        &self.columns
    }

    pub(super) fn groups(&self) -> &[RowGroupMetaData] {
        self.metadata.row_groups()
    }

    pub(super) fn rows(&self) -> u64 {
        self.groups().iter().fold(0, |sum, group| sum.saturating_add(group.num_rows().unsigned_abs()))
    }

    /// Bytes of all pages when they are unpacked, as the file says.
    pub(super) fn unpacked_size(&self) -> u64 {
        let sizes = self.groups().iter().flat_map(|group| group.columns()).map(|column| column.uncompressed_size());
        sizes.fold(0, |sum, size| sum.saturating_add(size.unsigned_abs()))
    }

    /// The cells of one column in one group of rows, whose pages take away from `room`.
    pub(super) fn cells(
        &self,
        group: &RowGroupMetaData,
        index: usize,
        decimal: DecimalMark,
        room: &Arc<AtomicU64>,
    ) -> Result<ColumnCells> {
        let column = &self.columns[index];
        let chunk = group.columns().get(index);
        let chunk = chunk.ok_or_else(|| ParquetError::General(format!("column `{}` has no values", column.name)))?;
        let rows = usize::try_from(group.num_rows())?;
        let pages = CheckedPages::new(self.bytes.clone(), chunk, rows, room.clone())?;
        let values = get_column_reader(column.descriptor.clone(), Box::new(pages));
        Ok(ColumnCells::new(values, column.has_gaps(), column.kind, decimal))
    }
}
