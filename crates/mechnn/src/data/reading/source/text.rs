//! The text of a file, whatever its encoding.

use std::path::Path;

use encoding_rs::{UTF_16BE, UTF_16LE, WINDOWS_1252};

use crate::data::fault::{DataError, DataWarning};

/// How the characters of a text were written as bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum TextEncoding {
    /// With or without its mark.
    Utf8,
    /// With its mark, which says the order of the bytes.
    Utf16,
    /// The encoding of Western European Windows, for want of a better one.
    Windows1252,
}

/// Bytes as text: UTF-8 and UTF-16 with a byte order mark, UTF-8 without one, else Windows-1252 with a warning.
///
/// # Errors
/// [`DataError::NotText`].
pub(super) fn decode(
    file: &Path,
    bytes: Vec<u8>,
    warnings: &mut Vec<DataWarning>,
) -> Result<(String, TextEncoding), DataError> {
    let not_text = |line| DataError::NotText { file: file.to_owned(), line };
    let (mut text, encoding) = if bytes.starts_with(b"\xFF\xFE") || bytes.starts_with(b"\xFE\xFF") {
        let encoding = if bytes[0] == 0xFF { UTF_16LE } else { UTF_16BE };
        let (text, has_faults) = encoding.decode_without_bom_handling(&bytes[2..]);
        if has_faults {
            let at = text.find(char::REPLACEMENT_CHARACTER).unwrap_or(text.len());
            return Err(not_text(line_of(text.as_bytes(), at)));
        }
        (text.into_owned(), TextEncoding::Utf16)
    } else {
        match String::from_utf8(bytes) {
            Ok(text) => (text, TextEncoding::Utf8),
            Err(error) => {
                let line = line_of(error.as_bytes(), error.utf8_error().valid_up_to());
                let (text, _) = WINDOWS_1252.decode_without_bom_handling(error.as_bytes());
                // The five bytes that Windows-1252 leaves free become control characters, which no table has.
                let is_control = |c: char| c.is_control() && !c.is_ascii_whitespace();
                if let Some(at) = text.find(is_control) {
                    return Err(not_text(line_of(text.as_bytes(), at)));
                }
                warnings.push(DataWarning::Windows1252 { file: file.to_owned(), line });
                (text.into_owned(), TextEncoding::Windows1252)
            }
        }
    };
    if let Some(at) = text.find('\0') {
        return Err(not_text(line_of(text.as_bytes(), at)));
    }
    if text.starts_with('\u{FEFF}') {
        text.remove(0);
    }
    Ok((text, encoding))
}

/// The line, from 1, on which a byte stands.
fn line_of(bytes: &[u8], at: usize) -> usize {
    1 + bytes[..at].iter().filter(|&&byte| byte == b'\n').count()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::path::Path;

    use super::{DataError, DataWarning, decode};

    const TEXT: &str = "t;T (°C)\n0;1,5\n1;−2 µ\n";

    fn read(bytes: &[u8]) -> Result<(String, Vec<DataWarning>), DataError> {
        let mut warnings = Vec::new();
        let (text, _) = decode(Path::new("a.csv"), bytes.to_vec(), &mut warnings)?;
        Ok((text, warnings))
    }

    #[test]
    fn unicode_is_read_with_and_without_its_mark() {
        let with_mark = format!("\u{FEFF}{TEXT}");
        let little: Vec<u8> = with_mark.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = with_mark.encode_utf16().flat_map(u16::to_be_bytes).collect();
        for bytes in [TEXT.as_bytes(), with_mark.as_bytes(), &little, &big] {
            assert_eq!(read(bytes).unwrap(), (TEXT.to_owned(), vec![]));
        }
    }

    #[test]
    fn other_bytes_are_windows_1252_with_a_warning() {
        let (text, warnings) = read(b"t;x\n0;1\n1;\x93\xB0C\x94 \x80\n").unwrap();
        assert_eq!(text, "t;x\n0;1\n1;“°C” €\n");
        assert_eq!(warnings, [DataWarning::Windows1252 { file: "a.csv".into(), line: 3 }]);
    }

    #[test]
    fn what_is_no_text_is_refused_with_its_line() {
        for bytes in [&b"t\n0\0"[..], b"t\n\x81", b"\xFF\xFEt\0\n\0\x00\xD8", b"\xFE\xFF\0t\0\n\0\0", b"t\n\xE9\x01"] {
            assert!(matches!(read(bytes), Err(DataError::NotText { line: 2, .. })), "{bytes:?}");
        }
    }
}
