internal import EventLog
internal import UsageEvents

/// What is compared after each end of a process.
extension SimulatedLife {
    /// Looks at the log before anybody opens it for writing; drops from `log` what was lost, which must not
    /// have been acknowledged.
    mutating func examine() {
        var reading = read(disk)
        if let error = reading.error {
            guard disk.hasNoise else {
                violated("a crash left what looks like damage: \(error)")
                return
            }
            result.refusals += 1
            if opens(disk) { violated("a reader refuses (\(error)), and a writer does not") }
            // As a person would, who has a copy of the file.
            disk.mend(Self.directory)
            reading = read(disk)
            if let error = reading.error { violated("a refusal changed the log: \(error)") }
        }
        if reading.count < acknowledged {
            violated("\(acknowledged) records acknowledged, \(reading.count) recovered")
        }
        forget(from: reading.count)
        verify(isClosed: false)
        // Refused lines have no checksums: noise in them is for a person to see.
        disk.mend(Self.directory + "/rejected")
        compareRefusedLines()
    }

    /// What opening the log for writing said of it. From now on all of it is safe.
    mutating func opened(_ recovery: RecoveryReport, events: UInt64) {
        let expected = log.count { $0.number != nil }
        if events != expected { violated("recovery finds \(events) events, a reader \(expected)") }
        acknowledged = log.count
        guard recovery.tornBytes > 0 else { return }
        result.tornTails += 1
        if recovery.quarantined.isEmpty { violated("a torn tail is gone and nowhere kept") }
    }

    /// Lets `verify` judge the log: it must not see damage, and in a closed one no torn tail either.
    mutating func verify(isClosed: Bool) {
        do throws(LogError) {
            let found = try LogVerifier.verify(disk, directory: Self.directory)
            if found.isDamaged { violated("verify: \(found.problems)") }
            if isClosed, !found.isSound { violated("verify of a closed log: \(found.problems)") }
            let expected = log.count { $0.number != nil }
            if found.events != expected { violated("verify counts \(found.events), not \(expected)") }
        } catch {
            if case .noSuchLog = error, log.isEmpty { return }
            violated("verify: \(error)")
        }
    }

    // MARK: - Reading

    /// Reads a log from beginning to end beside what it must hold; returns how many records agree, and why
    /// reading stopped before the end.
    private mutating func read(_ disk: SimulatedDisk) -> (count: Int, error: LogError?) {
        var count = 0
        do throws(LogError) {
            var reader = try LogReader(disk, directory: Self.directory)
            var batch = EventBatch()
            var symbols = Symbols()
            while let record = try reader.next(into: &batch, symbols: &symbols) {
                switch record {
                case .durable: continue
                case .tick(let received): compare(.tick(received), &count)
                case .control(let control):
                    let number =
                        Int(String(decoding: control.payload.prefix { $0 != 58 }, as: UTF8.self)) ?? -1
                    compare(.control(number), &count)
                    if control.payload != SimulatedRecord.payload(number) {
                        violated("control \(number) differs")
                    }
                case .events(let block):
                    for row in 0..<batch.count {
                        let event = batch.event(at: row, symbols: symbols)
                        let number = Int(event.inputTokens)
                        compare(.event(number, received: block.received), &count)
                        if event != SimulatedRecord.event(number) { violated("event \(number) is altered") }
                    }
                }
                if !result.violations.isEmpty { return (count, nil) }
            }
        } catch {
            // Before the first directory entry was durable there is no log, and nothing was acknowledged.
            if case .noSuchLog = error { return (0, nil) }
            return (count, error)
        }
        return (count, nil)
    }

    private mutating func compare(_ record: SimulatedRecord, _ count: inout Int) {
        if count >= log.count {
            violated("\(record) was never sent, or is there twice")
        } else if log[count] != record {
            violated("record \(count) is \(record), not \(log[count])")
        }
        count += 1
    }

    private func opens(_ disk: SimulatedDisk) -> Bool {
        do throws(LogError) {
            _ = try LogWriter(disk, directory: Self.directory)
            return true
        } catch { return false }
    }

    // MARK: - Refused lines

    /// Refused lines that were synced are there once; the others once or not at all, or cut.
    private mutating func compareRefusedLines() {
        var counts: [Int: Int] = [:]
        for file in 1...9 {
            guard let bytes = disk.contents("\(Self.directory)/rejected/\(file).ndjson") else { continue }
            for line in bytes.split(separator: 10) {
                let text = String(decoding: line, as: UTF8.self)
                guard text.hasPrefix("{\"file\":\"feed\",\"line\":"), text.hasSuffix("\"}") else { continue }
                guard let number = Int(text.dropFirst(22).prefix { $0.isNumber }) else { continue }
                counts[number, default: 0] += 1
            }
        }
        for number in refusedSafe.sorted() where counts[number] != 1 {
            violated("the refused line \(number) is kept \(counts[number] ?? 0) times")
        }
        for number in counts.keys.sorted() where number >= refused { violated("line \(number) is invented") }
    }

    // MARK: - Damage

    /// Alters a closed log, which is all acknowledged: nobody may take that for a torn tail.
    mutating func damage() {
        verify(isClosed: true)
        do throws(IOFailure) {
            // Files that a crash left unfinished are nobody's.
            let names = try disk.list(Self.directory + "/segments").filter { !$0.hasSuffix(".new") }
            for _ in 0..<2 where result.violations.isEmpty {
                try damage("\(Self.directory)/segments/\(names[random.below(names.count)])")
            }
        } catch { violated("\(error)") }
    }

    private mutating func damage(_ path: String) throws(IOFailure) {
        // Of a last segment without records nothing was acknowledged.
        guard let before = disk.contents(path), before.count > 128 else { return }
        // Request ids that a crash left beside a segment that is still open belong to nobody: bit 1 of the
        // flags in a segment's header says that it has such a file.
        if path.hasSuffix(".ids") {
            guard let segment = disk.contents(path.dropLast(4) + ".seg"), segment[60] & 2 != 0 else { return }
        }
        var bytes = before
        let bit = random.below(8)
        var at = random.below(bytes.count)
        var what = "bit \(bit) of byte \(at) of \(path) flipped"
        if random.below(2) == 0 {
            bytes[at] ^= 1 << UInt8(bit)
        } else {
            // Zeros before the last record, which says that everything before it is durable.
            let count = min(1 + random.below(600), bytes.count - 64)
            at = random.below(bytes.count - 64 - count + 1)
            for i in at..<at + count { bytes[i] = 0 }
            what = "\(count) bytes from \(at) on of \(path) zeroed"
        }
        guard bytes != before else { return }
        let copy = disk.copy()
        copy.place(path, bytes)
        do throws(LogError) {
            let found = try LogVerifier.verify(copy, directory: Self.directory)
            if !found.isDamaged { violated("verify does not see: \(what)") }
        } catch {
            switch error {
            case .damaged, .notALog, .newerFormat: break
            default: violated("\(what): \(error)")
            }
        }
        // It delivers what is whole before the place, unaltered, or all where the bytes mean nothing to it.
        _ = read(copy)
    }
}
