internal import UsageEvents

/// Gives the labels of one block small numbers, in order of first appearance; 0 is null.
struct LabelIndex {
    /// For each symbol of the table its number in this block and 1, 0 for none.
    private var local: [UInt32] = []
    /// The symbols in order of their numbers, from 1 on.
    private(set) var symbols: [UInt32] = []
    /// The numbers of the rows.
    private(set) var rows: [UInt32] = []
    /// Whether any row is null.
    private var hasNull = true

    /// The number that all rows have, nil where they differ.
    var constant: UInt32? { symbols.isEmpty ? 0 : symbols.count == 1 && !hasNull ? 1 : nil }

    /// Numbers the rows of a block. O(rows + labels of the last block).
    mutating func assign(_ column: Span<UInt32>, tableCount: Int) {
        forget()
        if local.count < tableCount {
            local.append(contentsOf: repeatElement(0, count: tableCount + tableCount / 4 - local.count))
        }
        if rows.count != column.count { rows = [UInt32](repeating: 0, count: column.count) }
        hasNull = EncodeKernels.number(column, local: &local, symbols: &symbols, into: &rows)
    }

    /// No label in any row.
    mutating func assignNone() {
        forget()
        rows.removeAll(keepingCapacity: true)
    }

    private mutating func forget() {
        for symbol in symbols { local[Int(symbol)] = 0 }
        symbols.removeAll(keepingCapacity: true)
        if !local.isEmpty { local[0] = 0 }
    }
}

/// Writes labels against what the same account had before: team, tool and model of an account hardly ever
/// change, so nearly all codes are 0 and compress to almost nothing.
///
/// One word an account holds its four last distinct values of one column, the newest in the lowest 16 bits.
/// Code 0 to 3 picks one of them and moves it to the front; any other code is the number of a value, plus 4,
/// which moves in.
struct RecentEncoder {
    private var recent: [UInt64] = []
    private(set) var codes: [UInt32] = []
    /// The bits that any code has.
    private(set) var union: UInt32 = 0

    /// Fills `codes` for rows of local numbers, each below 65,536.
    mutating func encode(_ rows: Span<UInt32>, identities: Span<UInt32>, identityCount: Int) {
        recent.removeAll(keepingCapacity: true)
        recent.append(contentsOf: repeatElement(0, count: identityCount + 1))
        if codes.count != rows.count { codes = [UInt32](repeating: 0, count: rows.count) }
        union = EncodeKernels.recentCodes(rows, identities: identities, recent: &recent, into: &codes)
    }
}

/// The word of an account after a code: the value in front, those before it moved up by one place.
@inline(__always)
func movedToFront(_ word: UInt64, value: UInt64, code: UInt64) -> UInt64 {
    let shift = 16 * (code < 3 ? code : 3)
    let below = (UInt64(1) << shift) &- 1
    let above = ~((below << 16) | 0xffff)
    return (word & above) | ((word & below) << 16) | value
}
