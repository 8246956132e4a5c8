import UsageEvents

/// Rows that were scanned and not handed to a batch yet: numbers, and where their texts stand in the input. A
/// value is written into its column as soon as it is read; the row counts once the whole line is good.
///
/// Appending to the arrays of a batch for each row costs a capacity and a uniqueness check every time; this
/// way a value is one store, and labels are looked up a column at a time.
///
/// Proof. Each table has `capacity` places a column and there are `fields` columns. A field is a constant or
/// the number of a `KeyPattern` whose kind has values, which is that of a field. The row that is written is
/// below `capacity`, since the rows are handed over when they are that many, and the one behind it is asked
/// for only where two fit. What is read of a column was written: by the line, by `complete`, or by `add`.
@safe struct StagedRows: ~Copyable {
    /// Rows that fit: few enough for columns, lines and symbol tables to stay in the second-level cache.
    static let capacity = 128
    /// Keys that are no fields, at most so many a line; a line with more goes to the general parser.
    static let unknownMax = 16
    fileprivate static let fields = 22

    /// Columns that every row needs: they are dense in a batch.
    private static let dense: UInt32 = [
        Field.ts, .identity, .team, .tool, .model, .mcpServer, .inputTokens, .outputTokens,
        .cacheReadTokens, .cacheWriteTokens, .costUSD, .requestID,
    ].reduce(0) { $0 | $1.bit }
    /// Columns of numbers or texts.
    private static let stored: UInt32 = (1 << 22 - 1) & ~(Field.costBasis.bit | Field.grain.bit)

    private let numbers: UnsafeMutablePointer<Int64>
    private let texts: UnsafeMutablePointer<LabelText>
    private let shapes: UnsafeMutablePointer<UInt32>
    private let unknown: UnsafeMutablePointer<(start: Int, length: Int)>
    /// Rows that are filled.
    private(set) var count = 0
    /// Columns that have a value in each row.
    private(set) var columns = Self.dense
    /// Whether a row's cost is to be estimated; its shape then has the bit `unpriced`.
    private(set) var hasUnpriced = false
    /// Where the first row's line begins: texts count from there.
    private var origin: Int
    /// A bit of a shape that has no meaning there.
    static let unpriced: UInt32 = 1 << 31

    init(from origin: Int) {
        self.origin = origin
        unsafe numbers = .allocate(capacity: Self.fields * Self.capacity)
        unsafe texts = .allocate(capacity: Self.fields * Self.capacity)
        unsafe shapes = .allocate(capacity: Self.capacity)
        // The last one's length is how many there are.
        unsafe unknown = .allocate(capacity: Self.unknownMax + 1)
        unsafe unknown.initialize(repeating: (0, 0), count: Self.unknownMax + 1)
    }

    deinit {
        // All of it is plain data.
        unsafe numbers.deallocate()
        unsafe texts.deallocate()
        unsafe shapes.deallocate()
        unsafe unknown.deallocate()
    }

    /// Whether the rows have to be handed over before the next one.
    @inline(__always) var isFull: Bool { count == Self.capacity }
    /// Whether two more rows fit.
    @inline(__always) var hasRoomForTwo: Bool { count < Self.capacity &- 1 }

    // MARK: - The next row

    /// The next row, or with `ahead` 1 the one behind it, for which there must be room.
    @inline(__always)
    func next(ahead: Int = 0) -> StagedRow { row(count &+ ahead) }

    @inline(__always)
    private func row(_ row: Int) -> StagedRow {
        assert(row >= 0 && row < Self.capacity)
        return unsafe StagedRow(numbers: numbers + row, texts: texts + row, origin: origin)
    }

    /// The next row has no unknown keys yet.
    @inline(__always)
    func beginRow() { unsafe unknown[Self.unknownMax] = (0, 0) }

    /// Notes where an unknown key of the next row stands; false where there are too many.
    func addUnknownKey(_ start: Int, _ length: Int) -> Bool {
        let count = unknownKeys
        if count == Self.unknownMax { return false }
        unsafe unknown[count] = (start, length)
        unsafe unknown[Self.unknownMax].length = count + 1
        return true
    }

    /// How many unknown keys the next row has.
    @inline(__always)
    var unknownKeys: Int { unsafe unknown[Self.unknownMax].length }

    /// See `addUnknownKey`.
    func unknownKey(_ k: Int) -> (start: Int, length: Int) {
        precondition(k >= 0 && k < Self.unknownMax)
        return unsafe unknown[k]
    }

    /// A number of the next row, which its line must have.
    @inline(__always)
    func number(_ field: Field) -> Int64 { unsafe numbers[Int(field.rawValue) &* Self.capacity &+ count] }

    /// The length of a text of the next row, which its line must have.
    @inline(__always)
    func length(_ field: Field) -> UInt32 {
        unsafe texts[Int(field.rawValue) &* Self.capacity &+ count].length
    }

    /// Gives the next row a null in each column that its line, which had the keys `seen`, left out.
    @inline(__always)
    mutating func complete(_ seen: UInt32) {
        let new = seen & Self.stored & ~columns
        if new != 0 { begin(new) }
        let missing = columns & ~seen
        if missing != 0 { clear(missing, rows: count..<count &+ 1) }
    }

    /// The first line of these with a sparse column: the rows before it have none.
    @inline(never)
    private mutating func begin(_ new: UInt32) {
        clear(new, rows: 0..<count)
        columns |= new
    }

    @inline(never)
    private func clear(_ fields: UInt32, rows: Range<Int>) {
        var rest = fields
        while rest != 0 {
            for number in rows { row(number).clear(rest.trailingZeroBitCount) }
            rest &= rest &- 1
        }
    }

    /// Takes the next row, which is complete.
    @inline(__always)
    mutating func add(shape: UInt32) {
        precondition(count < Self.capacity)
        unsafe shapes[count] = shape
        hasUnpriced = hasUnpriced || shape & Self.unpriced != 0
        count &+= 1
    }

    // MARK: - All rows

    /// Whether a column has values.
    @inline(__always)
    func has(_ field: Field) -> Bool { columns & field.bit != 0 }

    /// The numbers of a column that has values.
    func numbers(_ field: Field) -> UnsafeMutableBufferPointer<Int64> {
        unsafe UnsafeMutableBufferPointer(
            start: numbers + Int(field.rawValue) * Self.capacity, count: has(field) ? count : 0)
    }

    /// Where the texts of a column that has values stand, from `start` of `text` on.
    func texts(_ field: Field) -> UnsafeBufferPointer<LabelText> {
        unsafe UnsafeBufferPointer(
            start: texts + Int(field.rawValue) * Self.capacity, count: has(field) ? count : 0)
    }

    /// The shapes.
    var shape: UnsafeMutableBufferPointer<UInt32> {
        unsafe UnsafeMutableBufferPointer(start: shapes, count: count)
    }

    /// The bytes that the texts stand in, up to `end`, with what has to stand behind a label.
    func withText<Result>(_ input: PaddedBytes, to end: Int, _ body: (Span<UInt8>) -> Result) -> Result {
        // Behind each line there are more bytes than that.
        input.with(origin, end - origin + LabelText.padding, body)
    }

    /// Forgets the rows; the next one begins at `origin` or behind it.
    mutating func removeAll(next origin: Int) {
        self.origin = origin
        count = 0
        hasUnpriced = false
    }
}

/// A row of `StagedRows`, which outlives it, that is being written.
@safe struct StagedRow {
    private let numbers: UnsafeMutablePointer<Int64>
    private let texts: UnsafeMutablePointer<LabelText>
    private let origin: Int

    @inline(__always)
    fileprivate init(
        numbers: UnsafeMutablePointer<Int64>, texts: UnsafeMutablePointer<LabelText>, origin: Int
    ) {
        unsafe self.numbers = numbers
        unsafe self.texts = texts
        self.origin = origin
    }

    /// Sets a number.
    @inline(__always)
    func set(_ field: Int, number: Int64) {
        assert(field >= 0 && field < StagedRows.fields)
        unsafe numbers[field &* StagedRows.capacity] = number
    }

    /// Sets a text.
    @inline(__always)
    func set(_ field: Int, text start: Int, length: Int, hash: UInt64) {
        assert(field >= 0 && field < StagedRows.fields)
        // A line has at most 2^20 bytes and the length was checked, so both fit.
        unsafe texts[field &* StagedRows.capacity] = LabelText(
            start: UInt32(truncatingIfNeeded: start &- origin), length: UInt32(truncatingIfNeeded: length),
            hash: hash)
    }

    /// Sets a value to null.
    @inline(__always)
    func clear(_ field: Int) {
        assert(field >= 0 && field < StagedRows.fields)
        unsafe numbers[field &* StagedRows.capacity] = field == Int(Field.requests.rawValue) ? 1 : 0
        unsafe texts[field &* StagedRows.capacity] = LabelText(start: 0, length: 0, hash: 0)
    }
}

extension Field {
    /// The bit of `EventShape`.
    @inline(__always) var bit: UInt32 { 1 &<< UInt32(rawValue) }
}
