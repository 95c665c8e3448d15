//! One array in the NPY format.

use ndarray::{ArrayD, IxDyn, ShapeBuilder};
use ndarray_npy::npy::header::Header;
use ndarray_npy::{ReadNpyError, ReadableElement};
use thiserror::Error;

/// As NumPy's own `max_header_size`: a longer header of numbers does not exist.
const MAX_HEADER: usize = 10_000;

/// Brackets in the header of plain numbers: one dictionary, one shape. The header's parser recurses, so this bounds
/// its stack as well.
const MAX_BRACKETS: usize = 2;

/// As NumPy's limit.
const MAX_AXES: usize = 32;

/// Why bytes are not an array of numbers.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ArrayError {
    /// The header cannot be understood.
    #[error("not in the npy format ({0})")]
    Format(String),
    /// The elements are no real numbers, such as texts or complex numbers.
    #[error("elements of type {0}; expected float64, float32 or integers")]
    Type(String),
    /// The header and the data disagree.
    #[error("its header claims shape {shape:?} ({claimed}), but {held} bytes of data are there")]
    Length {
        /// The shape claimed.
        shape: Vec<usize>,
        /// Bytes that it needs.
        claimed: String,
        /// Bytes there are.
        held: usize,
    },
    /// More axes than NumPy itself can have.
    #[error("{axes} axes; at most {MAX_AXES} are supported")]
    Axes {
        /// Axes claimed.
        axes: usize,
    },
}

/// The array of an NPY file: float64, float32 or integers of either byte order, in C or Fortran order.
///
/// # Errors
/// [`ArrayError`]; nothing larger than the bytes at hand is ever allocated.
pub fn read_npy(bytes: &[u8]) -> Result<ArrayD<f64>, ArrayError> {
    check_header(bytes)?;
    let mut data = bytes;
    let header = Header::from_reader(&mut data).map_err(|error| ArrayError::Format(error.to_string()))?;
    let axes = header.shape.len();
    if axes > MAX_AXES {
        return Err(ArrayError::Axes { axes });
    }
    let description = header.type_descriptor.to_string();
    let description = description.trim_matches(['\'', '"']).to_owned();
    let size = element_size(&description).ok_or(ArrayError::Type(description.clone()))?;
    let claimed = header.shape.iter().try_fold(size, |product, &axis| product.checked_mul(axis));
    if claimed != Some(data.len()) {
        let claimed = claimed.map_or("more than fits in memory".to_owned(), |claimed| format!("{claimed} bytes"));
        return Err(ArrayError::Length { shape: header.shape, claimed, held: data.len() });
    }
    let count = data.len() / size;
    let numbers = Numbers { data, header: &header, count };
    let values = match (description.as_bytes().get(1..), &description) {
        (Some(b"f8"), _) => numbers.read::<f64>(|x| x),
        (Some(b"f4"), _) => numbers.read::<f32>(f64::from),
        (Some(b"i1"), _) => numbers.read::<i8>(f64::from),
        (Some(b"u1"), _) => numbers.read::<u8>(f64::from),
        (Some(b"i2"), _) => numbers.read::<i16>(f64::from),
        (Some(b"u2"), _) => numbers.read::<u16>(f64::from),
        (Some(b"i4"), _) => numbers.read::<i32>(f64::from),
        (Some(b"u4"), _) => numbers.read::<u32>(f64::from),
        // Beyond 2^53 the nearest float64, as NumPy's astype.
        (Some(b"i8"), _) => numbers.read::<i64>(|x| x as f64),
        (Some(b"u8"), _) => numbers.read::<u64>(|x| x as f64),
        _ => Err(ArrayError::Type(description.clone())),
    }?;
    // Fails where a shape with an empty axis has others whose product overflows.
    ArrayD::from_shape_vec(IxDyn(&header.shape).set_f(header.layout.is_fortran()), values)
        .map_err(|error| ArrayError::Format(error.to_string()))
}

/// Bounds what the header's parser may allocate and how deep it may recurse.
fn check_header(bytes: &[u8]) -> Result<(), ArrayError> {
    let format = |reason: &str| ArrayError::Format(reason.to_owned());
    // Magic string, version, then a length of 2 bytes in version 1 and of 4 bytes later.
    let (length, start) = match bytes.get(6..) {
        Some([1, _, a, b, ..]) => (usize::from(u16::from_le_bytes([*a, *b])), 10),
        Some([_, _, a, b, c, d, ..]) => (u32::from_le_bytes([*a, *b, *c, *d]) as usize, 12),
        _ => return Err(format("too short")),
    };
    if length > MAX_HEADER {
        return Err(format("its header is too long"));
    }
    let header = bytes.get(start..start + length).ok_or_else(|| format("its header is cut short"))?;
    let brackets = header.iter().filter(|byte| b"([{".contains(byte)).count();
    match brackets <= MAX_BRACKETS {
        true => Ok(()),
        false => Err(ArrayError::Type("with fields".to_owned())),
    }
}

/// Bytes of one element, of the types that are read.
fn element_size(description: &str) -> Option<usize> {
    match description.as_bytes() {
        [b'<' | b'>', b'f', b'4'] => Some(4),
        [b'<' | b'>', b'f', b'8'] => Some(8),
        [b'|', b'i' | b'u', b'1'] => Some(1),
        [b'<' | b'>', b'i' | b'u', size @ (b'2' | b'4' | b'8')] => Some(usize::from(size - b'0')),
        _ => None,
    }
}

struct Numbers<'a> {
    data: &'a [u8],
    header: &'a Header,
    count: usize,
}

impl Numbers<'_> {
    fn read<T: ReadableElement>(&self, convert: impl Fn(T) -> f64) -> Result<Vec<f64>, ArrayError> {
        T::read_to_end_exact_vec(self.data, &self.header.type_descriptor, self.count)
            .map(|values| values.into_iter().map(convert).collect())
            .map_err(|error| ArrayError::Format(ReadNpyError::from(error).to_string()))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn npy(header: &str, data: &[u8]) -> Vec<u8> {
        let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
        bytes.extend(u16::try_from(header.len() + 1).unwrap_or(u16::MAX).to_le_bytes());
        bytes.extend(header.as_bytes());
        bytes.push(b'\n');
        bytes.extend(data);
        bytes
    }

    fn message(bytes: &[u8]) -> String {
        match read_npy(bytes) {
            Ok(array) => panic!("accepted as {array:?}"),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn a_header_claiming_more_than_the_file_holds_is_refused_without_allocating_it() {
        let huge = npy("{'descr': '<f8', 'fortran_order': False, 'shape': (1000000000000, 8)}", &[0; 16]);
        assert!(message(&huge).contains("claims shape [1000000000000, 8] (64000000000000 bytes), but 16 bytes"));
        let overflow = npy("{'descr': '<f8', 'fortran_order': False, 'shape': (9223372036854775807, 9)}", &[0; 16]);
        assert!(message(&overflow).contains("more than fits in memory"));
        let empty_and_huge =
            npy("{'descr': '<f8', 'fortran_order': False, 'shape': (0, 9223372036854775807, 9)}", &[]);
        assert!(message(&empty_and_huge).contains("claims") || message(&empty_and_huge).contains("npy format"));
    }

    #[test]
    fn a_header_with_deep_brackets_does_not_reach_the_recursive_parser() {
        let deep = format!("{}1{}", "(".repeat(4000), ")".repeat(4000));
        assert!(message(&npy(&deep, &[])).contains("with fields"));
    }

    #[test]
    fn a_header_length_beyond_the_file_is_refused() {
        let mut bytes = b"\x93NUMPY\x02\x00".to_vec();
        bytes.extend(u32::MAX.to_le_bytes());
        assert!(message(&bytes).contains("header is too long"));
        assert!(message(b"\x93NUMPY").contains("too short"));
        assert!(message(b"").contains("too short"));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(10_000))]

        #[test]
        fn damaged_bytes_do_not_panic(place in 0_usize..110, byte in any::<u8>(), length in 0_usize..130) {
            let mut bytes = npy("{'descr': '<f8', 'fortran_order': False, 'shape': (2, 1), }", &[0; 16]);
            if let Some(at) = bytes.get_mut(place) {
                *at = byte;
            }
            bytes.truncate(length);
            if let Ok(array) = read_npy(&bytes) {
                prop_assert!(array.len() <= 16);
            }
        }
    }

    #[test]
    fn other_types_are_named() {
        for (kind, size) in [("|b1", 1), ("<c16", 16), ("<f2", 2), ("|O", 8), ("<U3", 12)] {
            let header = format!("{{'descr': '{kind}', 'fortran_order': False, 'shape': (1,)}}");
            assert!(message(&npy(&header, &vec![0; size])).contains(kind), "{kind}");
        }
    }

    #[test]
    fn both_byte_orders_and_both_layouts_are_read() {
        let big = npy("{'descr': '>f4', 'fortran_order': False, 'shape': (1,)}", &1.5_f32.to_be_bytes());
        assert_eq!(read_npy(&big).expect("valid")[[0]], 1.5);
        let fortran = npy("{'descr': '|i1', 'fortran_order': True, 'shape': (2, 2)}", &[1, 2, 3, 4]);
        assert_eq!(read_npy(&fortran).expect("valid")[[0, 1]], 3.0);
    }
}
