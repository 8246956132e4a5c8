/// What has to be done to one segment.
struct SegmentRepair {
    /// Blocks in whose place a gap comes.
    struct Hole {
        var start: Int
        var end: Int
        /// Chain value of the block before.
        var previous: UInt32
        /// Chain value that the block behind continues.
        var resuming: UInt32
        /// The number of its loss.
        var loss: Int

        var gapBytes: Int { max(end - start, LogFormat.blockBytesMin) }
    }

    let header: SegmentHeader
    /// Bytes of the file as it is.
    let length: Int
    var holes: [Hole] = []
    /// Bytes that the file must have; the gap at the end of a log is as short as can be.
    var newLength: Int
    /// Whether bytes stand behind the end that the next segment states, and the loss that says so.
    var trailing: Int?
    /// The index to write anew behind everything else, where a sealed segment has lost it.
    var footer: [UInt8]?

    var isNeeded: Bool { !holes.isEmpty || trailing != nil || footer != nil }
}

/// Finds what is damaged and how it can be bridged; changes nothing.
struct RepairPlanner<D: Disk> {
    let disk: D
    let directory: LogDirectory
    private(set) var result = LogRepair()
    private(set) var segments: [SegmentRepair] = []
    private var lastTime: Int64?
    private var streams = StreamDirectory()

    init(_ disk: D, _ directory: LogDirectory) {
        self.disk = disk
        self.directory = directory
    }

    /// Looks at every byte of the log. Throws `beyondRepair` where a segment or its header is lost, or where
    /// segments do not belong together.
    mutating func run() throws(LogError) {
        guard let found = try directory.list(disk) else { throw .noSuchLog(path: directory.path) }
        var firsts = found
        if let last = firsts.last, case .torn = try open(last) {
            result.hasTornTail = true
            firsts.removeLast()
        }
        var headers: [SegmentHeader] = []
        for first in firsts {
            guard case .segment(let file) = try open(first) else {
                throw beyond(first, .segmentHeader, first, nil)
            }
            let header = file.header
            // Lengths are looked at below, where they can be put right.
            let before = headers.last
            if let damage = header.contradiction(
                file.path, after: before, length: before == nil ? nil : header.previousLength)
            {
                throw .beyondRepair(damage)
            }
            headers.append(header)
        }
        for (i, first) in firsts.enumerated() {
            guard case .segment(var file) = try open(first) else { continue }
            try plan(&file, next: i + 1 < headers.count ? headers[i + 1] : nil)
        }
    }

    private func open(_ first: UInt64) throws(LogError) -> SegmentFile<D>.Opened {
        switch try SegmentFile.open(disk, directory.segment(first), firstSequence: first) {
        case .bad(.damaged(let damage)): throw .beyondRepair(damage)
        case .bad(let error): throw error
        case .torn(let length): return .torn(length: length)
        case .segment(let file): return .segment(file)
        }
    }

    private func beyond(
        _ segment: UInt64, _ kind: LogDamage.Kind, _ first: UInt64, _ end: UInt64?, at offset: Int = 0
    ) -> LogError {
        .beyondRepair(
            LogDamage(
                file: directory.segment(segment), offset: offset, kind: kind, firstSequence: first,
                endSequence: end))
    }

    // MARK: - One segment

    private mutating func plan(
        _ file: inout SegmentFile<D>, next: SegmentHeader?
    ) throws(LogError) {
        var repair = SegmentRepair(
            header: file.header, length: file.length, newLength: next?.previousLength ?? file.length)
        var position = file.start
        var decoder = BlockDecoder()
        // A sealed segment says itself where it ends.
        if file.header.seal != nil { return try planSealed(&file, &repair) }
        scan: while next.map({ position.offset < $0.previousLength }) ?? true {
            switch try file.wholeBlock(at: position, directory: &streams, decoder: &decoder) {
            case .block(let block, let chain):
                note(block)
                position.offset += block.length
                position.chain = chain
                position.sequence = block.endSequence
            case .end where next == nil:
                break scan
            case .torn where next == nil:
                result.hasTornTail = true
                break scan
            case .damaged(let damage) where damage.kind == .unknownKind:
                // A later version wrote it: nothing is wrong with it.
                throw .newerFormat(path: file.path, version: "\(LogFormat.major).x")
            case .end, .torn, .damaged:
                position = try bridge(&file, from: position, next: next, decoder: &decoder, &repair)
            }
        }
        if let next {
            guard
                position
                    == SegmentFile<D>.Position(
                        offset: next.previousLength, chain: next.previousChain, sequence: next.firstSequence)
            else {
                throw beyond(
                    file.header.firstSequence, .chain, position.sequence, nil, at: position.offset)
            }
            if file.length > next.previousLength {
                repair.trailing = result.losses.count
                lose(
                    file.path, next.previousLength..<file.length, next.firstSequence..<next.firstSequence,
                    isOpen: false)
            }
        }
        if repair.isNeeded { segments.append(repair) }
    }

    /// A sealed segment keeps its length but for its index, which is made anew where it is lost. What it held
    /// is known even where it was cut short: its header says where its sequences end.
    private mutating func planSealed(
        _ file: inout SegmentFile<D>, _ repair: inout SegmentRepair
    ) throws(LogError) {
        guard let seal = file.header.seal else { return }
        var position = file.start
        var decoder = BlockDecoder()
        var index = SegmentFooter()
        var received = file.header.lastReceived
        repair.newLength = file.length
        while true {
            if case .block(let block, let chain) = try file.wholeBlock(
                at: position, directory: &streams, decoder: &decoder)
            {
                note(block)
                received = max(received, block.received)
                if block.kind == .footer { break }
                index.rows.append(SegmentFooter.Row(block, streams, at: position.offset, isIDs: false))
                position = SegmentFile<D>.Position(
                    offset: position.offset + block.length, chain: chain, sequence: block.endSequence)
                continue
            }
            let bad = position
            if let target = try intact(&file, after: bad, before: nil, decoder: &decoder),
                target.sequence >= bad.sequence
            {
                hole(&file, bad, target, end: target.offset, isOpen: false, &repair)
                position = target
                continue
            }
            // Nothing behind it is intact: neither is the index.
            guard seal.endSequence >= bad.sequence else {
                throw beyond(file.header.firstSequence, .sequence, bad.sequence, nil, at: bad.offset)
            }
            var end = bad.offset
            if seal.endSequence > bad.sequence {
                end += LogFormat.blockBytesMin
                let rest = SegmentFile<D>.Position(
                    offset: max(file.length, end), chain: bad.chain, sequence: seal.endSequence)
                hole(&file, bad, rest, end: end, isOpen: false, &repair)
                index.rows.append(
                    SegmentFooter.Row(
                        offset: bad.offset, count: 0, firstSequence: bad.sequence, minTs: 0, maxTs: 0))
            } else {
                repair.trailing = result.losses.count
                lose(
                    file.path, bad.offset..<max(bad.offset, file.length), bad.sequence..<bad.sequence,
                    isOpen: false)
            }
            repair.newLength = end
            repair.footer = index.block(
                file.header.identity, offset: end, previous: bad.chain, endSequence: seal.endSequence,
                lastReceived: received)
            break
        }
        if repair.isNeeded { segments.append(repair) }
    }

    private mutating func hole(
        _ file: inout SegmentFile<D>, _ bad: SegmentFile<D>.Position, _ target: SegmentFile<D>.Position,
        end: Int, isOpen: Bool, _ repair: inout SegmentRepair
    ) {
        repair.holes.append(
            SegmentRepair.Hole(
                start: bad.offset, end: end, previous: bad.chain, resuming: target.chain,
                loss: result.losses.count))
        lose(
            file.path, bad.offset..<max(bad.offset, min(target.offset, file.length)),
            bad.sequence..<target.sequence, isOpen: isOpen)
    }

    private mutating func note(_ block: BlockHeader) {
        guard block.kind == .events else { return }
        result.kept += UInt64(block.count)
        for i in result.losses.indices.reversed() {
            guard result.losses[i].timeAfter == nil else { break }
            result.losses[i].timeAfter = block.minTs
        }
        lastTime = streams.latest(block.minTs)
    }

    private mutating func lose(
        _ path: String, _ bytes: Range<Int>, _ events: Range<UInt64>, isOpen: Bool
    ) {
        result.losses.append(
            LogRepair.Loss(
                file: path, offset: bytes.lowerBound, bytes: bytes.count, firstSequence: events.lowerBound,
                endSequence: events.upperBound, isOpen: isOpen, timeBefore: lastTime))
    }

    /// Plans a gap from a bad block to where the log is intact again, and returns that place.
    private mutating func bridge(
        _ file: inout SegmentFile<D>, from bad: SegmentFile<D>.Position, next: SegmentHeader?,
        decoder: inout BlockDecoder, _ repair: inout SegmentRepair
    ) throws(LogError) -> SegmentFile<D>.Position {
        var target = try intact(&file, after: bad, before: next, decoder: &decoder)
        var isOpen = false
        if target == nil, let next {
            target = SegmentFile<D>.Position(
                offset: next.previousLength, chain: next.previousChain, sequence: next.firstSequence)
        }
        if target == nil {
            // The end of the log: what is left of headers tells how many events stood there.
            let (end, isKnown) = try knownEnd(&file, from: bad)
            isOpen = !isKnown
            target = SegmentFile<D>.Position(offset: file.length, chain: bad.chain, sequence: end)
            repair.newLength = bad.offset + LogFormat.blockBytesMin
        }
        guard let target, target.sequence >= bad.sequence,
            target.offset >= bad.offset + LogFormat.blockBytesMin || target.offset == file.length
        else {
            throw beyond(file.header.firstSequence, .sequence, bad.sequence, nil, at: bad.offset)
        }
        let end = next == nil && target.offset == file.length ? repair.newLength : target.offset
        hole(&file, bad, target, end: end, isOpen: isOpen, &repair)
        return target
    }

    /// The next place at which a whole block stands whose events come later.
    private mutating func intact(
        _ file: inout SegmentFile<D>, after bad: SegmentFile<D>.Position, before next: SegmentHeader?,
        decoder: inout BlockDecoder
    ) throws(LogError) -> SegmentFile<D>.Position? {
        var from = bad
        while let found = try file.resume(after: from) {
            if let next, found.offset >= next.previousLength { return nil }
            if found.sequence >= bad.sequence,
                case .block = try file.wholeBlock(at: found, directory: &streams, decoder: &decoder)
            {
                return found
            }
            from = found
        }
        return nil
    }

    /// Follows intact headers of bad blocks at the end of the log: one past the last event that they name,
    /// and whether they reach to the end of the file.
    private func knownEnd(
        _ file: inout SegmentFile<D>, from bad: SegmentFile<D>.Position
    ) throws(LogError) -> (end: UInt64, isKnown: Bool) {
        var offset = bad.offset
        var end = bad.sequence
        while offset + LogFormat.blockHeaderBytes <= file.length {
            try file.ensure(offset, LogFormat.blockHeaderBytes)
            let view = file.view(offset, LogFormat.blockHeaderBytes)
            guard
                case .header(let block, _) = BlockHeader.parse(
                    view.window.span.extracting(view.range), file: file.header.identity, offset: offset),
                block.firstSequence == end
            else { break }
            end = block.endSequence
            offset += block.length
        }
        return (end, offset == file.length)
    }
}
