import UsageEvents

/// The dense columns of a few hundred rows on the stack: filled a row at a time, handed to a batch a
/// column at a time.
///
/// Appending to twelve arrays for each row costs a capacity and a uniqueness check every time; this way
/// a row is twelve stores.
@safe struct StagedRows: ~Copyable {
    /// Rows that fit. 120 bytes each: all of it stays in the second-level cache.
    static let capacity = 256

    private let wide: UnsafeMutablePointer<Int64>
    private let narrow: UnsafeMutablePointer<UInt32>
    private let texts: UnsafeMutablePointer<LineValues.Text>
    /// Rows that are filled.
    private(set) var count = 0

    /// The dense columns of one row.
    struct Row {
        var ts: Int64
        var identity: LineValues.Text
        var requestID: LineValues.Text
        var team: UInt32
        var tool: UInt32
        var model: UInt32
        var mcpServer: UInt32
        var inputTokens: Int64
        var outputTokens: Int64
        var cacheReadTokens: Int64
        var cacheWriteTokens: Int64
        var cost: Int64
        var shape: UInt32
    }

    init() {
        unsafe wide = .allocate(capacity: 6 * Self.capacity)
        unsafe narrow = .allocate(capacity: 6 * Self.capacity)
        unsafe texts = .allocate(capacity: 2 * Self.capacity)
    }

    deinit {
        unsafe wide.deallocate()
        unsafe narrow.deallocate()
        unsafe texts.deallocate()
    }

    /// Takes a row; the caller hands the rows over when `count` is `capacity`.
    @inline(__always)
    mutating func append(_ row: Row) {
        // Six columns of `capacity` values lie one after the other, so each index below is inside the
        // allocation.
        precondition(count < Self.capacity)
        let w = unsafe wide + count
        unsafe w[0] = row.ts
        unsafe w[1 * Self.capacity] = row.inputTokens
        unsafe w[2 * Self.capacity] = row.outputTokens
        unsafe w[3 * Self.capacity] = row.cacheReadTokens
        unsafe w[4 * Self.capacity] = row.cacheWriteTokens
        unsafe w[5 * Self.capacity] = row.cost
        let n = unsafe narrow + count
        unsafe n[1 * Self.capacity] = row.team
        unsafe n[2 * Self.capacity] = row.tool
        unsafe n[3 * Self.capacity] = row.model
        unsafe n[4 * Self.capacity] = row.mcpServer
        unsafe n[5 * Self.capacity] = row.shape
        let t = unsafe texts + count
        unsafe t[0] = row.identity
        unsafe t[1 * Self.capacity] = row.requestID
        count &+= 1
    }

    /// Where the identity of a row stands.
    @inline(__always)
    func identity(_ row: Int) -> LineValues.Text {
        precondition(row >= 0 && row < count)
        return unsafe texts[row]
    }

    /// Where the request id of a row stands.
    @inline(__always)
    private func requestID(_ row: Int) -> LineValues.Text {
        precondition(row >= 0 && row < count)
        return unsafe texts[Self.capacity &+ row]
    }

    /// Sets the number of a row's identity; every row needs one before `flush`.
    @inline(__always)
    func setIdentity(_ row: Int, _ symbol: UInt32) {
        precondition(row >= 0 && row < count)
        unsafe narrow[row] = symbol
    }

    /// Appends the rows, whose texts stand in `input`, to a batch and forgets them.
    mutating func flush(_ input: PaddedBytes, into batch: inout EventBatch) {
        if count == 0 { return }
        appendRequestIDs(input, to: &batch)
        unsafe batch.ts.append(contentsOf: column(wide, 0))
        unsafe batch.inputTokens.append(contentsOf: column(wide, 1))
        unsafe batch.outputTokens.append(contentsOf: column(wide, 2))
        unsafe batch.cacheReadTokens.append(contentsOf: column(wide, 3))
        unsafe batch.cacheWriteTokens.append(contentsOf: column(wide, 4))
        unsafe batch.cost.append(contentsOf: column(wide, 5))
        unsafe batch.identity.append(contentsOf: column(narrow, 0))
        unsafe batch.team.append(contentsOf: column(narrow, 1))
        unsafe batch.tool.append(contentsOf: column(narrow, 2))
        unsafe batch.model.append(contentsOf: column(narrow, 3))
        unsafe batch.mcpServer.append(contentsOf: column(narrow, 4))
        unsafe batch.shape.append(contentsOf: column(narrow, 5))
        count = 0
    }

    private func appendRequestIDs(_ input: PaddedBytes, to batch: inout EventBatch) {
        var total = 0
        for row in 0..<count { total &+= requestID(row).length }
        batch.requestID.append(rows: count, bytes: total, after: batch.count) { space, ends in
            for row in 0..<count {
                let id = requestID(row)
                unsafe space.withUnsafeMutableBufferPointer { room, filled in
                    // The text lies in the input, and the room for all of them was asked for.
                    precondition(id.length <= room.count &- filled)
                    let target = unsafe UnsafeMutableRawBufferPointer(
                        rebasing: UnsafeMutableRawBufferPointer(room)[filled...])
                    unsafe input.copy(id.start, id.length, to: target)
                    filled &+= id.length
                }
                ends.append(space.count)
            }
        }
    }

    /// The filled part of a column: initialised by `append`, as all of it is plain data.
    private func column<Value>(_ base: UnsafeMutablePointer<Value>, _ index: Int) -> UnsafeBufferPointer<
        Value
    > {
        unsafe UnsafeBufferPointer(start: base + index * Self.capacity, count: count)
    }
}
