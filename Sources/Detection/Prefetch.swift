import CIntrinsics
import UsageEvents

// Asking for memory before it is needed. `unsafe`, because an instruction takes an address: every address is
// that of an element whose index was compared with the count of its array just before, or lies at most 128
// bytes behind one, and a prefetch reads and writes nothing and traps at no address. Measured: ten million
// events of 45,000 accounts are replayed in 0.93 of the CPU time that it takes without.

extension Scorer {
    /// How many rows ahead an account's line is asked for.
    static let linesAhead = 32
    /// How many rows ahead its state and its past are asked for: the line has come by then.
    static let statesAhead = 16
    /// An account that was silent for so long, in milliseconds, is in no cache.
    static let silence = 20 * Timestamp.minute

    /// Asks for what the rows ahead of one will touch.
    @inline(__always)
    static func prefetch(
        _ row: Int, _ last: Int, _ identity: Span<UInt32>, _ ts: Span<Int64>, _ share: Share,
        _ now: borrowing MutableSpan<AccountNow>, _ states: borrowing MutableSpan<AccountState>,
        _ cells: PastBlocks
    ) {
        let far = identity[min(row &+ linesAhead, last)]
        if share.has(far) { prefetch(now, share.place(of: far), lines: 1) }
        let near = min(row &+ statesAhead, last)
        let account = identity[near]
        guard share.has(account) else { return }
        let a = share.place(of: account)
        let own = now[a]
        if own.time(inSlot: ts[near]) < silence { return }
        prefetch(states, a, lines: 3)
        cells.prefetch(own.past, lines: 3)
        cells.prefetch(own.ring, lines: 2)
    }

    /// Asks for so many lines from an element on, and for the one in which its first 64 bytes end.
    @inline(__always)
    private static func prefetch<T>(_ span: borrowing MutableSpan<T>, _ i: Int, lines: Int) {
        guard i < span.count else { return }
        unsafe span.withUnsafeBufferPointer { elements in
            guard let base = elements.baseAddress else { return }
            let address = unsafe UnsafeRawPointer(base + i)
            for line in 0..<lines { unsafe tidemark_prefetch(address + 64 * line) }
            unsafe tidemark_prefetch(address + (MemoryLayout<T>.stride - 1))
        }
    }
}

extension PastBlocks {
    /// Asks for the first lines of a block.
    @inline(__always)
    func prefetch(_ block: UInt32, lines: Int) {
        guard let address = unsafe place(of: block) else { return }
        for line in 0..<lines { unsafe tidemark_prefetch(address + 64 * line) }
    }
}
