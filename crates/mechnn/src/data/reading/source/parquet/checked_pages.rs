//! The pages of one column, checked before they are unpacked.

use std::io::{Read, copy, sink};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;
use parquet::basic::{Compression, Encoding, Type};
use parquet::column::page::{Page, PageMetadata, PageReader};
use parquet::errors::{ParquetError, Result};
use parquet::file::metadata::ColumnChunkMetaData;
use parquet::file::properties::ReaderProperties;
use parquet::file::serialized_reader::SerializedPageReader;

use super::compact::Compact;
use super::page_header::PageHeader;

/// The pages of one column in one group of rows.
///
/// The decoder allocates what the header of a page says that it holds, however short the page is. Here a page is
/// refused before, if it cannot hold so much, or if all pages of the file together hold more than `room`.
pub(super) struct CheckedPages {
    pages: SerializedPageReader<Bytes>,
    bytes: Arc<Bytes>,
    /// Where the next page stands in the file, and where the last one ends.
    at: usize,
    end: usize,
    compression: Compression,
    /// The fewest bytes that a value of a dictionary takes.
    value_bytes: i64,
    /// Values of the column in this group of rows.
    values: i64,
    has_gaps: bool,
    /// Whether there was a dictionary, which the decoder thinks a page cannot do without.
    has_dictionary: bool,
    /// Bytes that the pages of the file may still hold.
    room: Arc<AtomicU64>,
}

fn damaged(what: &str) -> ParquetError {
    ParquetError::General(what.to_owned())
}

impl CheckedPages {
    pub(super) fn new(
        bytes: Arc<Bytes>,
        chunk: &ColumnChunkMetaData,
        rows: usize,
        room: Arc<AtomicU64>,
    ) -> Result<Self> {
        let start = chunk.dictionary_page_offset().unwrap_or_else(|| chunk.data_page_offset());
        let range = (usize::try_from(start)?, usize::try_from(chunk.compressed_size())?);
        let end = range.0.checked_add(range.1).filter(|&end| end <= bytes.len());
        let end = end.ok_or_else(|| damaged("a column ends after the end of the file"))?;
        // Of the several things that the name LZ4 meant only one says how long a page is.
        let properties = ReaderProperties::builder().set_backward_compatible_lz4(false).build();
        let pages = SerializedPageReader::new_with_properties(bytes.clone(), chunk, rows, None, Arc::new(properties))?;
        let column = chunk.column_descr();
        let value_bytes = match chunk.column_type() {
            Type::BOOLEAN => 1,
            Type::INT32 | Type::FLOAT | Type::BYTE_ARRAY => 4,
            Type::INT64 | Type::DOUBLE => 8,
            Type::INT96 => 12,
            Type::FIXED_LEN_BYTE_ARRAY => column.type_length().max(1).into(),
        };
        let (compression, values) = (chunk.compression(), chunk.num_values());
        let has_gaps = column.max_def_level() > 0;
        Ok(Self {
            pages,
            bytes,
            at: range.0,
            end,
            compression,
            value_bytes,
            values,
            has_gaps,
            has_dictionary: false,
            room,
        })
    }

    /// Passes to the end of the next page that the decoder reads; an error if it must not.
    fn check_next(&mut self) -> Result<()> {
        while self.at < self.end {
            let header = PageHeader::read(&self.bytes[self.at..self.end]);
            let header = header.ok_or_else(|| damaged("a page has no header"))?;
            let start = self.at + header.length;
            let end = usize::try_from(header.compressed).ok().and_then(|length| start.checked_add(length));
            self.at = end.filter(|&end| end <= self.end).ok_or_else(|| damaged("a page ends after its column"))?;
            if !header.is_other() {
                return self.check(&header, &self.bytes[start..self.at]);
            }
        }
        Ok(())
    }

    fn check(&self, header: &PageHeader, page: &[u8]) -> Result<()> {
        let size = u64::try_from(header.uncompressed)?;
        if header.uncompressed > i32::MAX.into() || header.levels < 0 || header.levels > header.uncompressed {
            return Err(damaged("a page has a size that cannot be"));
        }
        if most_unpacked(self.compression, page.len() as u64).is_some_and(|most| size > most) {
            return Err(damaged("a page is said to hold more than its bytes can"));
        }
        let room = |left: u64| left.checked_sub(size);
        self.room
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, room)
            .map_err(|_| damaged("its pages hold more than is read of one table"))?;
        let fewest = header.dictionary_values.checked_mul(self.value_bytes);
        if header.dictionary_values > self.values.max(0) || fewest.is_none_or(|fewest| fewest > header.uncompressed) {
            return Err(damaged("a dictionary is said to hold more values than it can"));
        }
        // These two are unpacked to their end, whatever the header says.
        let packed = page.get(usize::try_from(header.levels)?..).unwrap_or_default();
        let unpacked = match self.compression {
            Compression::GZIP(_) => unpacked_size(flate2::read::MultiGzDecoder::new(packed), size),
            Compression::BROTLI(_) => unpacked_size(brotli::Decompressor::new(packed, 4096), size),
            _ => 0,
        };
        if unpacked > size { Err(damaged("a page holds more than it says")) } else { Ok(()) }
    }

    /// Checks that a page has the dictionary that it refers to, and where the lengths of texts stand before them how
    /// many there are: the decoder reserves room for so many.
    fn check_unpacked(&self, page: &Page) -> Result<()> {
        let (bytes, encoding, values, start) = match page {
            Page::DataPage { buf, encoding, num_values, .. } => {
                let levels =
                    buf.first_chunk().filter(|_| self.has_gaps).map_or(0, |n| 4 + u32::from_le_bytes(*n) as usize);
                (buf, *encoding, *num_values, levels)
            }
            Page::DataPageV2 { buf, encoding, num_values, def_levels_byte_len, rep_levels_byte_len, .. } => {
                (buf, *encoding, *num_values, *def_levels_byte_len as usize + *rep_levels_byte_len as usize)
            }
            Page::DictionaryPage { .. } => return Ok(()),
        };
        match encoding {
            Encoding::PLAIN_DICTIONARY | Encoding::RLE_DICTIONARY if !self.has_dictionary => {
                Err(damaged("a page refers to a dictionary that is not there"))
            }
            Encoding::DELTA_LENGTH_BYTE_ARRAY => {
                let mut lengths = Compact::new(bytes.get(start..).unwrap_or_default());
                let count = lengths.unsigned().and_then(|_block| lengths.unsigned()).and_then(|_| lengths.unsigned());
                match count.is_some_and(|count| count <= values.into()) {
                    true => Ok(()),
                    false => Err(damaged("a page is said to hold more texts than values")),
                }
            }
            // Here a second number of lengths follows the first lengths.
            Encoding::DELTA_BYTE_ARRAY => Err(damaged("the encoding DELTA_BYTE_ARRAY of texts is not read")),
            _ => Ok(()),
        }
    }
}

/// The most bytes that so many hold at best, where the compression has such a limit.
fn most_unpacked(compression: Compression, bytes: u64) -> Option<u64> {
    let factor = match compression {
        // An element of three bytes repeats 64.
        Compression::SNAPPY => 22,
        // A byte prolongs a repetition by 255.
        Compression::LZ4 | Compression::LZ4_RAW => 256,
        // Two bits repeat 258 bytes.
        Compression::GZIP(_) => 1032,
        _ => return None,
    };
    // A few bytes more for what the beginning of a page may hold.
    Some(bytes.saturating_add(16).saturating_mul(factor))
}

/// How much there is to read, but no more than is needed to see that it is more than `limit`; what cannot be unpacked
/// is for the decoder to refuse.
fn unpacked_size(packed: impl Read, limit: u64) -> u64 {
    copy(&mut packed.take(limit + 1), &mut sink()).unwrap_or(0)
}

impl Iterator for CheckedPages {
    type Item = Result<Page>;

    fn next(&mut self) -> Option<Result<Page>> {
        self.get_next_page().transpose()
    }
}

impl PageReader for CheckedPages {
    fn get_next_page(&mut self) -> Result<Option<Page>> {
        self.check_next()?;
        let page = self.pages.get_next_page()?;
        if let Some(page) = &page {
            self.has_dictionary |= matches!(page, Page::DictionaryPage { .. });
            self.check_unpacked(page)?;
        }
        Ok(page)
    }

    fn peek_next_page(&mut self) -> Result<Option<PageMetadata>> {
        self.pages.peek_next_page()
    }

    fn skip_next_page(&mut self) -> Result<()> {
        Err(damaged("pages are not skipped"))
    }
}
