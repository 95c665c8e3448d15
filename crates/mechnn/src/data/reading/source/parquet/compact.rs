//! The binary form in which a Parquet file describes itself, Thrift's compact protocol: as much of it as is needed to
//! find some numbers and names and to pass over the rest.

/// Reads values one after the other; `None` where there is none, as in a damaged file.
#[derive(Debug, Clone, Copy)]
pub(super) struct Compact<'a> {
    bytes: &'a [u8],
    at: usize,
}

/// The kind of a value, as the protocol numbers them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// In a structure the kind is the value, and takes no room of its own.
    Truth,
    Byte,
    /// Of 16, 32 or 64 bits.
    Integer,
    Double,
    Bytes,
    List,
    Map,
    Structure,
    Uuid,
}

/// Structures within structures: Parquet has fewer.
const DEEPEST: usize = 16;

impl<'a> Compact<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    /// Bytes read.
    pub(super) fn position(&self) -> usize {
        self.at
    }

    /// Hands each field of a structure, by its number and kind, to a function that reads its value, or says `false`
    /// and lets it be passed over.
    pub(super) fn structure(&mut self, mut field: impl FnMut(&mut Self, i64, Kind) -> Option<bool>) -> Option<()> {
        self.structure_at(0, &mut field)
    }

    fn structure_at(
        &mut self,
        depth: usize,
        field: &mut dyn FnMut(&mut Self, i64, Kind) -> Option<bool>,
    ) -> Option<()> {
        let mut number = 0_i64;
        loop {
            let header = self.byte()?;
            if header == 0 {
                return Some(());
            }
            number = match header >> 4 {
                0 => self.integer()?,
                step => number.checked_add(step.into())?,
            };
            let kind = Kind::of(header & 0x0F)?;
            if !field(self, number, kind)? {
                self.pass(kind, depth, true)?;
            }
        }
    }

    /// The kind of the elements of a list, and how many there are: no more than bytes that follow.
    pub(super) fn list(&mut self) -> Option<(Kind, usize)> {
        let header = self.byte()?;
        if header == 0 {
            return Some((Kind::Byte, 0));
        }
        let length = match header >> 4 {
            15 => usize::try_from(self.unsigned()?).ok()?,
            length => length.into(),
        };
        let kind = Kind::of(header & 0x0F)?;
        (length <= self.bytes.len() - self.at).then_some((kind, length))
    }

    pub(super) fn integer(&mut self) -> Option<i64> {
        let number = self.unsigned()?;
        Some((number >> 1) as i64 ^ -((number & 1) as i64))
    }

    pub(super) fn text(&mut self) -> Option<&'a [u8]> {
        let length = usize::try_from(self.unsigned()?).ok()?;
        self.take(length)
    }

    /// A number of seven bits in each byte, the lowest first.
    pub(super) fn unsigned(&mut self) -> Option<u64> {
        let mut number = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            number |= u64::from(byte & 0x7F).checked_shl(shift)?;
            if byte & 0x80 == 0 {
                return Some(number);
            }
        }
        None
    }

    fn byte(&mut self) -> Option<u8> {
        self.take(1).map(|bytes| bytes[0])
    }

    fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let end = self.at.checked_add(length)?;
        let bytes = self.bytes.get(self.at..end)?;
        self.at = end;
        Some(bytes)
    }

    /// Passes over a value, which is that of a field or stands in a list.
    fn pass(&mut self, kind: Kind, depth: usize, in_field: bool) -> Option<()> {
        if depth == DEEPEST {
            return None;
        }
        match kind {
            Kind::Truth if in_field => {}
            Kind::Truth | Kind::Byte => _ = self.byte()?,
            Kind::Integer => _ = self.unsigned()?,
            Kind::Double => _ = self.take(8)?,
            Kind::Uuid => _ = self.take(16)?,
            Kind::Bytes => _ = self.text()?,
            Kind::List => {
                let (kind, length) = self.list()?;
                (0..length).try_for_each(|_| self.pass(kind, depth + 1, false))?;
            }
            Kind::Map => {
                let length = self.unsigned()?;
                let kinds = if length == 0 { 0 } else { self.byte()? };
                for _ in 0..length {
                    self.pass(Kind::of(kinds >> 4)?, depth + 1, false)?;
                    self.pass(Kind::of(kinds & 0x0F)?, depth + 1, false)?;
                }
            }
            Kind::Structure => self.structure_at(depth + 1, &mut |_, _, _| Some(false))?,
        }
        Some(())
    }
}

impl Kind {
    fn of(number: u8) -> Option<Self> {
        Some(match number {
            1 | 2 => Self::Truth,
            3 => Self::Byte,
            4..=6 => Self::Integer,
            7 => Self::Double,
            8 => Self::Bytes,
            // A set is written as a list.
            9 | 10 => Self::List,
            11 => Self::Map,
            12 => Self::Structure,
            13 => Self::Uuid,
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{Compact, Kind};

    #[test]
    fn fields_are_read_or_passed_over() {
        // Field 1 is the integer -3, 2 is true, 3 a structure with a text, 4 a list of two integers, 20 a text.
        let bytes = [0x15, 5, 0x11, 0x1C, 0x18, 2, b'a', b'b', 0, 0x19, 0x25, 2, 4, 0x08, 40, 3, b'x', b'y', b'z', 0];
        let (mut numbers, mut texts) = (Vec::new(), Vec::new());
        let mut compact = Compact::new(&bytes);
        let read = compact.structure(|compact, field, kind| {
            match (field, kind) {
                (1, Kind::Integer) => numbers.push(compact.integer()?),
                (20, Kind::Bytes) => texts.push(compact.text()?),
                _ => return Some(false),
            }
            Some(true)
        });
        assert_eq!((read, numbers, texts), (Some(()), vec![-3], vec![&b"xyz"[..]]));
        assert_eq!(compact.position(), bytes.len());
    }

    #[test]
    fn what_is_cut_or_too_deep_is_none() {
        for bytes in [&[0x15][..], &[0x18, 200, 1], &[0x19, 0xF5, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F], &[0x1C; 100_000]] {
            assert_eq!(Compact::new(bytes).structure(|_, _, _| Some(false)), None);
        }
        assert_eq!(Compact::new(&[0xFF; 12]).unsigned(), None);
    }
}
