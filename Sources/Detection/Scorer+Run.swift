import UsageEvents

// The only unsafe code of detection, for the only loop that runs for every event: with array subscripts it
// pays for a uniqueness check and a bounds check at each of some thirty accesses, and takes three times as
// long (`Benchmarks`, observe).
//
// Proof: a row's account is compared with the count of `now` before either pointer is used, `rings` holds
// `slots` totals for each element of `now` (`makeRoom` grows both), a ring index is below `slots`, and
// neither array changes its size while the pointers live.

extension Scorer {
    /// Takes events as long as they are of no note: in order, in the account's hour, of a known model and
    /// server, below every trigger, nobody watching. Returns the first row that is not, with nothing done
    /// for it, or the number of rows.
    mutating func addRun(_ batch: borrowing EventBatch, from start: Int, firstSequence: UInt64) -> Int {
        let ts = batch.ts.span
        let identity = batch.identity.span
        let model = batch.model.span
        let server = batch.mcpServer.span
        let shape = batch.shape.span
        let cost = batch.cost.span
        let input = batch.inputTokens.span
        let output = batch.outputTokens.span
        let written = batch.cacheWriteTokens.span
        return unsafe now.withUnsafeMutableBufferPointer { now in
            unsafe rings.withUnsafeMutableBufferPointer { rings in
                var row = start
                while row < ts.count {
                    let a = Int(identity[row])
                    guard a < now.count, let states = now.baseAddress, let totals = rings.baseAddress,
                        EventShape(rawValue: shape[row]).grain == .request
                    else { return row }
                    let added = unsafe (states + a).pointee.add(
                        ts: ts[row],
                        Totals(cost: cost[row], tokens: input[row] &+ output[row] &+ written[row]),
                        model: model[row], server: server[row], sequence: firstSequence &+ UInt64(row),
                        ring: UnsafeMutableBufferPointer(
                            start: totals + a * Scorer.slots, count: Scorer.slots))
                    guard added else { return row }
                    row += 1
                }
                return row
            }
        }
    }
}

extension Scorer {
    /// The clock of an account enters another slot.
    mutating func rollRing(_ account: Int, to ts: Int64) {
        precondition(account < now.count && rings.count >= now.count * Self.slots)
        unsafe now.withUnsafeMutableBufferPointer { now in
            unsafe rings.withUnsafeMutableBufferPointer { rings in
                let ring = rings.extracting(account * Self.slots..<(account + 1) * Self.slots)
                unsafe now[account].rollRing(to: ts, ring)
            }
        }
    }
}

extension AccountNow {
    /// Adds an event of no note; returns false, with nothing done that matters, for any other.
    @inline(__always)
    fileprivate mutating func add(
        ts: Int64, _ totals: Totals, model: UInt32, server: UInt32, sequence: UInt64,
        ring: UnsafeMutableBufferPointer<Totals>
    ) -> Bool {
        guard ts >= clock, watch == 0, model == 0 || any(models .== model),
            server == 0 || any(servers .== server)
        else { return false }
        if ts >= slotEnd {
            // A new slot of the same hour: what leaves the rolling hour leaves it whatever becomes of the
            // event.
            guard Int32(truncatingIfNeeded: floorDivide(ts, Timestamp.hour)) == hour else { return false }
            unsafe rollRing(to: ts, ring)
        }
        var next = sums
        next.addHour(totals)
        next.addDay(totals)
        if next.reaches(triggers) { return false }
        sums = next
        clock = ts
        hourTotals += totals
        hourFirstSequence = min(hourFirstSequence, sequence)
        ringMask |= 1 << UInt16(ringIndex)
        unsafe ring[Int(ringIndex)] += totals
        return true
    }

    /// The clock enters another slot: those that leave the rolling hour are emptied.
    @inline(__always)
    fileprivate mutating func rollRing(to ts: Int64, _ ring: UnsafeMutableBufferPointer<Totals>) {
        let slots = Int32(Scorer.slots)
        let newSlot = Int32(truncatingIfNeeded: floorDivide(ts, 5 * Timestamp.minute))
        let gap = slot == Int32.min ? slots : min(newSlot - slot, slots)
        // The `gap` slots behind the current one, as bits of a ring of twelve.
        let turned = ((UInt32(1) << UInt32(gap)) - 1) << (UInt32(ringIndex) + 1)
        var emptied = UInt16(truncatingIfNeeded: (turned | turned >> 12) & 0xfff) & ringMask
        ringMask &= ~emptied
        while emptied != 0 {
            let at = emptied.trailingZeroBitCount
            unsafe sums.spendHour &-= ring[at].cost
            unsafe sums.tokensHour &-= ring[at].tokens
            unsafe ring[at] = Totals()
            emptied &= emptied - 1
        }
        ringIndex = UInt8((UInt32(ringIndex) + UInt32(gap)) % UInt32(slots))
        slot = newSlot
        slotEnd = (Int64(newSlot) + 1) * 5 * Timestamp.minute
    }
}
