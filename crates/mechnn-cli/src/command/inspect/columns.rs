//! Text in columns of equal width.

/// Rows as lines, each column as wide as its widest cell; the columns at `right` end together, the others begin
/// together.
pub(super) fn aligned(rows: &[Vec<String>], right: &[usize]) -> Vec<String> {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width = |column: usize| rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max();
    let widths: Vec<usize> = (0..columns).map(|column| width(column).unwrap_or(0)).collect();
    // A column that is empty everywhere, its header included, is left out.
    let line = |row: &Vec<String>| {
        let mut line = String::new();
        for (column, cell) in row.iter().enumerate().filter(|(column, _)| widths[*column] > 0) {
            let blanks = " ".repeat(widths[column] - cell.chars().count());
            line += &if right.contains(&column) { format!("{blanks}{cell}  ") } else { format!("{cell}{blanks}  ") };
        }
        line.trim_end().to_owned()
    };
    rows.iter().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::aligned;

    #[test]
    fn columns_line_up() {
        let rows = [vec!["name", "", "n"], vec!["x", "", "10"]].map(|row| row.into_iter().map(String::from).collect());
        assert_eq!(aligned(&rows, &[2]), ["name   n", "x     10"]);
    }
}
