import UsageEvents

/// The dense columns of a few hundred rows on the stack: filled a row at a time, handed to a batch a
/// column at a time.
///
/// Appending to twelve arrays for each row costs a capacity and a uniqueness check every time; this way
/// a row is twelve stores.
@safe struct StagedRows: ~Copyable {
    /// Rows that fit. 72 bytes each: all of it stays in the second-level cache.
    static let capacity = 256

    private let wide: UnsafeMutablePointer<Int64>
    private let narrow: UnsafeMutablePointer<UInt32>
    /// Rows that are filled.
    private(set) var count = 0

    /// The dense columns of one row.
    struct Row {
        var ts: Int64
        var identity: UInt32
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
    }

    deinit {
        unsafe wide.deallocate()
        unsafe narrow.deallocate()
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
        unsafe n[0] = row.identity
        unsafe n[1 * Self.capacity] = row.team
        unsafe n[2 * Self.capacity] = row.tool
        unsafe n[3 * Self.capacity] = row.model
        unsafe n[4 * Self.capacity] = row.mcpServer
        unsafe n[5 * Self.capacity] = row.shape
        count &+= 1
    }

    /// Appends the rows to a batch and forgets them.
    mutating func flush(into batch: inout EventBatch) {
        if count == 0 { return }
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

    /// The filled part of a column: initialised by `append`, as all of it is plain data.
    private func column<Value>(_ base: UnsafeMutablePointer<Value>, _ index: Int) -> UnsafeBufferPointer<
        Value
    > {
        unsafe UnsafeBufferPointer(start: base + index * Self.capacity, count: count)
    }
}
