/// What opening a log for writing found and did.
public struct RecoveryReport: Sendable, Hashable {
    /// Whether there was no log before.
    public var isNew = false
    /// Segments.
    public var segments = 0
    /// Bytes behind the last whole block that were cut off: a write that a crash interrupted. Never
    /// acknowledged.
    public var tornBytes = 0
    /// Where those bytes were kept.
    public var quarantined: [String] = []
    /// Where the duplicate window has to be read from.
    public var duplicates = DuplicateHorizon()
}

/// Creates segments so that no crash leaves a block in a file that is not known to be there.
struct SegmentCreator<D: Disk> {
    let disk: D
    let directory: LogDirectory

    init(_ disk: D, _ directory: LogDirectory) {
        self.disk = disk
        self.directory = directory
    }

    /// Creates a segment: header written and synced, directory synced.
    ///
    /// After a failed sync, `poison` says why the writer must stop. After any other failure nothing is left
    /// behind.
    func create(_ header: SegmentHeader, failure poison: inout IOFailure?) throws(LogError) -> OwnedFile<D> {
        let path = directory.segment(header.firstSequence)
        do throws(IOFailure) {
            let file = try openNew(path)
            do throws(IOFailure) {
                try disk.writeAll(file.handle, at: 0, header.encoded().span, path: path)
            } catch {
                // What is left is removed by the next attempt, or found torn by recovery, if this fails too.
                do throws(IOFailure) { try disk.remove(path) } catch {}
                throw error
            }
            do throws(IOFailure) {
                try disk.sync(file.handle)
                try disk.syncDirectory(directory.segments)
            } catch {
                poison = error
                throw error
            }
            return file
        } catch {
            if let poison { throw .poisoned(poison) }
            throw LogError(error)
        }
    }

    /// Opens a file that is not there. One that is there is what an earlier attempt of this process left: the
    /// caller holds the lock and knows every segment.
    private func openNew(_ path: String) throws(IOFailure) -> OwnedFile<D> {
        do throws(IOFailure) {
            return try OwnedFile(disk, path, .create)
        } catch {
            guard error.cause == .exists else { throw error }
        }
        try disk.remove(path)
        return try OwnedFile(disk, path, .create)
    }
}

/// Brings the end of a log into the state that the writer continues.
struct Recovery<D: Disk> {
    let disk: D
    let directory: LogDirectory

    init(_ disk: D, _ directory: LogDirectory) {
        self.disk = disk
        self.directory = directory
    }

    /// Where the writer goes on.
    struct State {
        var segment: SegmentHeader
        var end: Int
        var chain: UInt32
        var nextSequence: UInt64
        var lastReceived: Int64
        var isMarked: Bool
        var report: RecoveryReport
    }

    /// Recovers the log, or creates it under the given or a random name.
    func run(logID: LogID?) throws(LogError) -> State {
        var report = RecoveryReport()
        try systemCalls { () throws(IOFailure) in
            try makeSubdirectory(directory.segments)
            try makeSubdirectory(directory.quarantine)
            // Also where they were there before: the process that made them may have died before it synced
            // them.
            try disk.syncDirectory(directory.path)
            try disk.syncDirectory(directory.segments)
            do throws(IOFailure) { try disk.syncDirectory(directory.parent) } catch {
                // A parent that may be passed through but not opened is somebody else's to keep.
                guard error.cause == .forbidden else { throw error }
            }
        }
        var segments = try directory.list(disk) ?? []
        while let first = segments.last {
            if let state = try openLast(first, segments, &report) {
                try checkHeaders(segments)
                return state
            }
            segments.removeLast()
        }
        report.isNew = true
        report.segments = 1
        let header = SegmentHeader(logID: logID ?? .random(), firstSequence: 0)
        var failure: IOFailure?
        _ = try SegmentCreator(disk, directory).create(header, failure: &failure)
        return State(
            segment: header, end: LogFormat.segmentHeaderBytes,
            chain: SegmentHeader.chain(of: header.encoded().span),
            nextSequence: 0, lastReceived: LogFormat.noReceived, isMarked: false, report: report)
    }

    private func makeSubdirectory(_ path: String) throws(IOFailure) {
        do throws(IOFailure) {
            try disk.makeDirectory(path)
        } catch {
            guard error.cause == .exists else { throw error }
        }
    }

    /// Recovers the last segment; nil where the file was only being created, and is gone now.
    private func openLast(
        _ first: UInt64, _ segments: [UInt64], _ report: inout RecoveryReport
    ) throws(LogError) -> State? {
        let path = directory.segment(first)
        switch try SegmentFile.open(disk, path, firstSequence: first) {
        case .bad(let error):
            throw error
        case .torn(let length):
            try systemCalls { () throws(IOFailure) in
                if length > 0 { try quarantine(path, first, from: 0, to: length, &report) }
                try disk.remove(path)
                try disk.syncDirectory(directory.segments)
            }
            return nil
        case .segment(var file):
            return try recover(&file, segments, &report)
        }
    }

    private func recover(
        _ file: inout SegmentFile<D>, _ segments: [UInt64], _ report: inout RecoveryReport
    ) throws(LogError) -> State {
        if let seal = file.header.seal { return try continueBehind(&file, seal, segments, &report) }
        let scan = try scan(&file)
        let (path, length, first) = (file.path, file.length, file.header.firstSequence)
        report.segments = segments.count
        try systemCalls { () throws(IOFailure) in
            let writable = try OwnedFile(disk, path, .update)
            let end = scan.position.offset
            if length > end {
                try quarantine(path, first, from: end, to: length, &report)
                try disk.truncate(writable.handle, to: end)
                // Alone: a crash while the rest is written again must not find the torn bytes behind it.
                try disk.sync(writable.handle)
            }
            try rewrite(writable, from: scan.durable, to: end)
            try disk.sync(writable.handle)
        }
        if let duplicates = scan.duplicates {
            report.duplicates = duplicates
        } else {
            report.duplicates = try earlierHorizon(segments)
        }
        return State(
            segment: file.header, end: scan.position.offset, chain: scan.position.chain,
            nextSequence: scan.position.sequence, lastReceived: scan.lastReceived, isMarked: scan.isMarked,
            report: report)
    }

    /// A sealed segment is never appended to, and was synced whole: its index says where the log goes on.
    private func continueBehind(
        _ file: inout SegmentFile<D>, _ seal: SegmentHeader.Seal, _ segments: [UInt64],
        _ report: inout RecoveryReport
    ) throws(LogError) -> State {
        guard let footer = try file.lastBlock() else {
            throw .damaged(file.footerDamage(file.start))
        }
        report.segments = segments.count
        if let horizon = try lastHorizon(&file, footer.index) {
            report.duplicates = horizon
        } else {
            report.duplicates = try earlierHorizon(segments)
        }
        return State(
            segment: file.header, end: seal.openLength, chain: seal.openChain,
            nextSequence: seal.endSequence, lastReceived: footer.header.received, isMarked: true,
            report: report)
    }

    /// The horizon that the last block of events of a sealed segment carries.
    private func lastHorizon(
        _ file: inout SegmentFile<D>, _ index: SegmentFooter
    ) throws(LogError) -> DuplicateHorizon? {
        guard let row = index.rows.last(where: { $0.count > 0 }), let position = try file.position(of: row)
        else { return nil }
        return try horizon(&file, at: position)
    }

    /// Writes bytes once more that no block says were synced.
    ///
    /// They were read from the system's cache. After a failed sync the cache may hold what the device never
    /// got, marked as written: only a new write makes the next sync cover it.
    private func rewrite(_ file: borrowing OwnedFile<D>, from start: Int, to end: Int) throws(IOFailure) {
        guard end > start else { return }
        var bytes: [UInt8] = []
        let n = try disk.readAll(file.handle, at: start, count: end - start, into: &bytes)
        try disk.writeAll(file.handle, at: start, bytes.span.extracting(0..<n), path: file.path)
    }

    /// Copies bytes to a file of their own before they are cut off.
    private func quarantine(
        _ path: String, _ first: UInt64, from start: Int, to end: Int, _ report: inout RecoveryReport
    ) throws(IOFailure) {
        var bytes: [UInt8] = []
        let source = try OwnedFile(disk, path, .read)
        let n = try disk.readAll(source.handle, at: start, count: end - start, into: &bytes)
        let target = try newQuarantineFile("\(LogFormat.segmentName(first))-\(start)")
        try disk.writeAll(target.handle, at: 0, bytes.span.extracting(0..<n), path: target.path)
        try disk.sync(target.handle)
        try disk.syncDirectory(directory.quarantine)
        report.tornBytes += end - start
        report.quarantined.append(target.path)
    }

    /// The same place may tear twice: the name gets a number.
    private func newQuarantineFile(_ name: String) throws(IOFailure) -> OwnedFile<D> {
        var number = 0
        while true {
            do throws(IOFailure) {
                return try OwnedFile(disk, "\(directory.quarantine)/\(name).\(number).torn", .create)
            } catch {
                guard error.cause == .exists else { throw error }
            }
            number += 1
        }
    }

    // MARK: - Reading a segment whole

    private struct Scan {
        var position: SegmentFile<D>.Position
        /// Bytes that a block says were synced; without a block nobody knows even of the header.
        var durable = 0
        var lastReceived: Int64
        var isMarked = false
        var duplicates: DuplicateHorizon?
    }

    /// Reads a segment to its last whole block and compares every byte with its checksum. What the checksums
    /// cover is looked into only where a crash may have been at work: behind what is known to be synced.
    private func scan(_ file: inout SegmentFile<D>) throws(LogError) -> Scan {
        var scan = Scan(position: file.start, lastReceived: file.header.lastReceived)
        var directory = StreamDirectory()
        var decoder = BlockDecoder()
        var doubtful: [SegmentFile<D>.Position] = []
        var lastEvents: SegmentFile<D>.Position?
        reading: while true {
            switch try file.wholeBlock(
                at: scan.position, directory: &directory, decoder: &decoder, onlySums: true)
            {
            case .end, .torn: break reading
            case .damaged(let damage): throw .damaged(damage)
            case .block(let block, let chain):
                if block.durableBefore > scan.durable {
                    scan.durable = block.durableBefore
                    // Blocks end where the next one begins, and nothing is synced in part.
                    doubtful.removeAll { $0.offset < block.durableBefore }
                }
                if block.kind == .events { lastEvents = scan.position }
                doubtful.append(scan.position)
                scan.position.offset += block.length
                scan.position.chain = chain
                scan.position.sequence = block.endSequence
                scan.lastReceived = max(scan.lastReceived, block.received)
                scan.isMarked = block.kind == .durable
            }
        }
        for position in doubtful {
            let found = try file.wholeBlock(at: position, directory: &directory, decoder: &decoder)
            if case .damaged(let damage) = found { throw .damaged(damage) }
        }
        if let lastEvents { scan.duplicates = try horizon(&file, at: lastEvents) }
        return scan
    }

    /// The horizon that a block of events carries; nil where a repair has put a gap in its place.
    private func horizon(
        _ file: inout SegmentFile<D>, at position: SegmentFile<D>.Position
    ) throws(LogError) -> DuplicateHorizon? {
        var directory = StreamDirectory()
        var decoder = BlockDecoder()
        switch try file.wholeBlock(at: position, directory: &directory, decoder: &decoder, onlySums: true) {
        case .block(let block, _) where block.kind == .events:
            let view = file.view(position.offset, block.length)
            do throws(BlockFault) {
                return try decoder.horizon(view.window.span.extracting(view.range), directory: directory)
            } catch { throw .damaged(file.damage(position, .content, block)) }
        case .damaged(let damage): throw .damaged(damage)
        case .block, .end, .torn: return nil
        }
    }

    /// The horizon that the last block of events before the last segment carries.
    private func earlierHorizon(_ segments: [UInt64]) throws(LogError) -> DuplicateHorizon {
        for first in segments.dropLast().reversed() {
            guard
                case .segment(var file) = try SegmentFile.open(
                    disk, directory.segment(first), firstSequence: first)
            else { break }
            if let found = try scan(&file).duplicates { return found }
        }
        return DuplicateHorizon()
    }

    /// Compares the headers of all segments with each other and with the lengths of the files: it takes one
    /// read a segment, and finds what is missing or does not belong here. What is in them is for `verify` and
    /// for readers.
    private func checkHeaders(_ segments: [UInt64]) throws(LogError) {
        var before: (header: SegmentHeader, length: Int)?
        for first in segments {
            let path = directory.segment(first)
            let file: SegmentFile<D>
            switch try SegmentFile.open(disk, path, firstSequence: first) {
            case .segment(let found): file = consume found
            case .bad(let error): throw error
            case .torn:
                throw .damaged(
                    LogDamage(
                        file: path, offset: 0, kind: .segmentHeader, firstSequence: first, endSequence: nil))
            }
            if let damage = file.header.contradiction(path, after: before?.header, length: before?.length) {
                throw .damaged(damage)
            }
            before = (file.header, file.statedLength)
        }
    }
}

extension SegmentHeader {
    /// What keeps this segment from being the one behind another; nil where nothing does.
    func contradiction(_ path: String, after before: SegmentHeader?, length: Int?) -> LogDamage? {
        func damage(_ kind: LogDamage.Kind, _ first: UInt64, _ end: UInt64?) -> LogDamage {
            LogDamage(file: path, offset: 0, kind: kind, firstSequence: first, endSequence: end)
        }
        if seal?.isBase ?? false, before.map({ $0.logID == logID }) ?? true { return nil }
        guard let before else {
            return isFirst ? nil : damage(.missingSegment, 0, firstSequence)
        }
        guard logID == before.logID, previousSegment == before.firstSequence else {
            return damage(.missingSegment, before.firstSequence, firstSequence)
        }
        guard let length, length != previousLength else { return nil }
        return damage(
            length < previousLength ? .missingSegment : .trailingBytes, before.firstSequence, firstSequence)
    }
}
