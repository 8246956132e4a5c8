/// A column of values that are nearly always the same: it stores nothing until one differs from the default.
public struct SparseColumn<Value: Sendable & Equatable>: Sendable {
    /// All values, or nothing while each is the default.
    public internal(set) var values: [Value] = []
    /// What an absent value reads as.
    public let defaultValue: Value

    /// An empty column.
    public init(default defaultValue: Value) { self.defaultValue = defaultValue }

    /// The value of a row.
    @inlinable public subscript(row: Int) -> Value { values.isEmpty ? defaultValue : values[row] }

    /// Whether every value is the default.
    @inlinable public var isDefault: Bool { values.isEmpty }

    /// Sets the value of the row that comes next; `row` is the number of rows so far.
    @inlinable
    public mutating func append(_ value: Value, row: Int) {
        if values.isEmpty, value == defaultValue { return }
        appendSlow(value, row: row)
    }

    @usableFromInline
    mutating func appendSlow(_ value: Value, row: Int) {
        if values.isEmpty, row > 0 { values = [Value](repeating: defaultValue, count: row) }
        values.append(value)
    }

    /// Replaces the whole column; `values` is empty or has one value a row.
    public mutating func replace(_ newValues: [Value]) { values = newValues }

    /// Forgets all rows, keeps the memory.
    public mutating func removeAll() { values.removeAll(keepingCapacity: true) }

    /// Keeps the rows that a mask names.
    mutating func keep(_ mask: [Bool]) {
        guard !values.isEmpty else { return }
        var to = 0
        for from in mask.indices where mask[from] {
            values[to] = values[from]
            to += 1
        }
        values.removeLast(values.count - to)
    }
}

/// A column of short texts that hardly ever repeat (request ids, sessions): bytes one after the other, not
/// interned.
///
/// Stores nothing until one is not empty. An empty text stands for null.
public struct TextColumn: Sendable {
    /// All bytes in the order of the rows.
    public private(set) var bytes: [UInt8] = []
    /// Where the text of each row ends; empty while no row has a text.
    public private(set) var ends: [Int] = []

    /// An empty column.
    public init() {}

    /// A column from its parts; `ends` rises and ends at the number of bytes, or is empty.
    public init(bytes: [UInt8], ends: [Int]) {
        self.bytes = bytes
        self.ends = ends
    }

    /// Whether no row has a text.
    @inlinable public var isDefault: Bool { ends.isEmpty }

    /// Where the bytes of a row are.
    public func range(of row: Int) -> Range<Int> {
        ends.isEmpty ? 0..<0 : (row == 0 ? 0 : ends[row - 1])..<ends[row]
    }

    /// How many of the first `rows` rows have no text.
    public func nullCount(rows: Int) -> Int {
        var count = ends.isEmpty ? rows : 0
        var start = 0
        for end in ends {
            if end == start { count += 1 }
            start = end
        }
        return count
    }

    /// The text of a row; nil for null.
    public subscript(row: Int) -> String? {
        let r = range(of: row)
        return r.isEmpty ? nil : String(decoding: bytes[r], as: UTF8.self)
    }

    /// Sets the text of the row that comes next; `row` is the number of rows so far.
    public mutating func append(_ text: Span<UInt8>, row: Int) {
        if ends.isEmpty {
            if text.isEmpty { return }
            ends = [Int](repeating: 0, count: row)
        }
        ByteBlocks.append(text, to: &bytes)
        ends.append(bytes.count)
    }

    /// Sets the text of the row that comes next; nil is null.
    mutating func append(_ text: String?, row: Int) {
        if ends.isEmpty {
            if text?.isEmpty ?? true { return }
            ends = [Int](repeating: 0, count: row)
        }
        if let text { bytes.append(contentsOf: text.utf8) }
        ends.append(bytes.count)
    }

    /// Sets the texts of the rows that come next, behind the first `row`: `fill` appends all their bytes,
    /// exactly `total`, and where each ends among all bytes of the call.
    public mutating func append(
        rows: Int, bytes total: Int, after row: Int,
        fill: (_ bytes: inout OutputSpan<UInt8>, _ ends: inout OutputSpan<Int>) -> Void
    ) {
        if ends.isEmpty {
            if total == 0 { return }
            ends = [Int](repeating: 0, count: row)
        }
        let before = bytes.count
        bytes.append(addingCapacity: total) { space in
            ends.append(addingCapacity: rows) { places in fill(&space, &places) }
        }
        precondition(bytes.count == before + total && ends.count == row + rows)
        if before > 0 { for i in row..<ends.count { ends[i] += before } }
    }

    /// Forgets all rows, keeps the memory.
    public mutating func removeAll() {
        bytes.removeAll(keepingCapacity: true)
        ends.removeAll(keepingCapacity: true)
    }

    /// Keeps the rows that a mask names.
    mutating func keep(_ mask: [Bool]) {
        guard !ends.isEmpty else { return }
        var to = 0
        var row = 0
        var start = 0
        for from in mask.indices {
            let end = ends[from]
            if mask[from] {
                if to != start {
                    for k in 0..<(end - start) { bytes[to + k] = bytes[start + k] }
                }
                to += end - start
                ends[row] = to
                row += 1
            }
            start = end
        }
        bytes.removeLast(bytes.count - to)
        ends.removeLast(ends.count - row)
    }
}
