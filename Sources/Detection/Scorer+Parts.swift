extension Scorer {
    /// The same accounts, dealt out to several scorers that share the events.
    ///
    /// - Parameter parts: how many, a power of two.
    public func dealt(into parts: Int) -> [Scorer] {
        precondition(share.shift == 0, "a part is not dealt out again")
        var scorers = (0..<parts).map { Scorer(configuration: configuration, part: $0, of: parts) }
        for part in 0..<parts {
            scorers[part].folding = folding
            for account in stride(from: part, to: now.count, by: parts) {
                scorers[part].take(account, of: self)
            }
        }
        for key in used.keys {
            let account = UInt32(truncatingIfNeeded: key >> 32)
            _ = scorers[Int(account) % parts].used.insert(
                account: account, isServer: key & Self.serverBit != 0,
                value: UInt32(truncatingIfNeeded: key & (Self.serverBit - 1)))
        }
        scorers[0].lateEvents = lateEvents
        return scorers
    }

    /// Takes over the next account of this part.
    private mutating func take(_ account: Int, of whole: Scorer) {
        var own = whole.now[account]
        var state = whole.states[account]
        own.past = cells.copy(of: own.past, in: whole.cells)
        own.ring = cells.copy(of: own.ring, in: whole.cells)
        if own.isWatched { state.watch = watches.resume(whole.watches[state.watch]) }
        now.append(own)
        states.append(state)
    }
}

extension PastBlocks {
    /// A block like one of others.
    fileprivate mutating func copy(of block: UInt32, in others: PastBlocks) -> UInt32 {
        if block == Self.none { return block }
        let units = PastHead(others[block].x).units
        let copy = allocate(units)
        for i in 0..<UInt32(units) { self[copy + i] = others[block + i] }
        return copy
    }
}
