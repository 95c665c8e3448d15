//! What kind of file the bytes are.

/// What kind of file the bytes are; decided by the bytes and not by the name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FileFormat {
    /// Delimited text in UTF-8 or Windows-1252.
    Text,
    /// Delimited text in UTF-16, whose byte order mark says so.
    Utf16,
    /// A workbook: `.xlsx`, `.xlsb` and `.ods`, which are ZIP archives, or the older `.xls`.
    Workbook,
    /// One array, `.npy`.
    Array,
    /// Arrays in a ZIP archive, `.npz`.
    Arrays,
    Parquet,
    /// Compressed by gzip, bzip2, xz or zstd.
    Compressed,
}

/// The first bytes of each kind.
const BEGINNINGS: [(&[u8], FileFormat); 11] = [
    (b"\xFF\xFE", FileFormat::Utf16),
    (b"\xFE\xFF", FileFormat::Utf16),
    (b"PK\x03\x04", FileFormat::Workbook),
    (b"PK\x05\x06", FileFormat::Workbook),
    (b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", FileFormat::Workbook),
    (b"\x93NUMPY", FileFormat::Array),
    (b"PAR1", FileFormat::Parquet),
    (b"\x1F\x8B", FileFormat::Compressed),
    (b"BZh", FileFormat::Compressed),
    (b"\xFD7zXZ\0", FileFormat::Compressed),
    (b"\x28\xB5\x2F\xFD", FileFormat::Compressed),
];

impl FileFormat {
    pub(super) fn of(bytes: &[u8]) -> Self {
        let known = BEGINNINGS.iter().find(|(beginning, _)| bytes.starts_with(beginning));
        match known {
            // What begins with these letters may as well be the header of a column.
            Some((_, Self::Parquet | Self::Compressed)) if is_text(bytes) => Self::Text,
            Some((_, Self::Workbook)) if begins_with_an_array(bytes) => Self::Arrays,
            Some(&(_, format)) => format,
            None => Self::Text,
        }
    }
}

/// Whether the first entry of a ZIP archive is an array.
fn begins_with_an_array(bytes: &[u8]) -> bool {
    // The length of its name stands at byte 26, the name at byte 30.
    let length = bytes.get(26..28).map_or(0, |length| usize::from(u16::from_le_bytes([length[0], length[1]])));
    bytes.get(30..30 + length).is_some_and(|name| name.ends_with(b".npy"))
}

fn is_text(bytes: &[u8]) -> bool {
    bytes.iter().take(512).all(|byte| (0x20..0x7F).contains(byte) || byte.is_ascii_whitespace())
}

#[cfg(test)]
mod tests {
    use super::FileFormat;

    #[test]
    fn bytes_say_what_a_file_is() {
        for (bytes, format) in [
            (&b"t,x\n0,1\n"[..], FileFormat::Text),
            (b"", FileFormat::Text),
            (b"PAR1,x\n0,1\n", FileFormat::Text),
            (b"BZh;x\n0;1\n", FileFormat::Text),
            (b"PAR1\x15\x04\x15\x00", FileFormat::Parquet),
            (b"\x1F\x8B\x08\x00", FileFormat::Compressed),
            (b"PK\x03\x04\x14\x00", FileFormat::Workbook),
            (b"\x93NUMPY\x01\x00", FileFormat::Array),
            (b"\xFF\xFEt\0", FileFormat::Utf16),
        ] {
            assert_eq!(FileFormat::of(bytes), format, "{bytes:?}");
        }
    }
}
