internal import UsageEvents

/// What an erasure removed, or would remove. It does not say whom it was about.
public struct LogErasure: Sendable, Hashable {
    /// Events of the account.
    public internal(set) var events: UInt64 = 0
    /// Segments that hold, or held, some of them.
    public internal(set) var segments = 0
    /// Lines of the journal and of other files that mention the account.
    public internal(set) var lines = 0
    /// Whether one of them names the account as such, not only by a word of a sentence.
    public internal(set) var isNamed = false
    /// Snapshots, and copies of damaged bytes, which cannot be searched: all of them go.
    public internal(set) var files = 0
    /// Control records whose content mentions the account. They stay: they decide about others too.
    public internal(set) var controls = 0
    /// Whether this run ended what an earlier one had begun.
    public internal(set) var isResumed = false
}

/// Erases one account from a log: its events become holes with numbers that nobody else gets, its name and
/// its ids are gone from every file, and a receipt without the name is left in the log.
///
/// The intent is durable before anything is changed. Until the erasure is done no reader and no writer opens
/// the log; one that was interrupted is ended by `finish`.
public struct LogEraser<D: Disk>: ~Copyable {
    private let disk: D
    private let directory: LogDirectory
    private let identity: String
    private var result = LogErasure()
    private var streams = StreamDirectory()
    private var decoder = BlockDecoder()

    /// The name of the control record that is the receipt.
    public static var receiptName: String { "erasure" }

    private init(_ disk: D, _ path: String, _ identity: String) {
        self.disk = disk
        self.identity = identity
        directory = LogDirectory(path)
    }

    /// What erasing an account would remove; changes nothing.
    public static func plan(
        _ disk: D, directory path: String, identity: String
    ) throws(LogError) -> LogErasure {
        var eraser = LogEraser(disk, path, identity)
        guard let segments = try eraser.directory.list(disk) else { throw .noSuchLog(path: path) }
        for first in segments { try eraser.count(first) }
        try eraser.scrub(isDryRun: true)
        try eraser.removeFiles(isDryRun: true)
        return eraser.result
    }

    /// Erases an account. Throws `locked` while somebody writes to the log or seals it, and `erasing` where
    /// the erasure of another account has to be finished first.
    ///
    /// - Parameter forget: called before any line of the journal goes; it takes the account out of the file
    ///   of the log's beginning (`LogBase`). It may be called once more, after a crash.
    public static func erase(
        _ disk: D, directory path: String, identity: String, forget: (Mention) throws -> Void = { _ in }
    ) throws -> LogErasure {
        var eraser = LogEraser(disk, path, identity)
        return try eraser.run(isResumed: false, forget)
    }

    /// Ends an erasure that was interrupted; nil where there is none.
    public static func finish(
        _ disk: D, directory path: String, forget: (Mention) throws -> Void = { _ in }
    ) throws -> LogErasure? {
        let directory = LogDirectory(path)
        guard try directory.list(disk) != nil else { throw LogError.noSuchLog(path: path) }
        let name: [UInt8]
        do throws(IOFailure) {
            name = try disk.contents(directory.erasing)
        } catch {
            guard error.cause == .missing else { throw LogError(error) }
            return nil
        }
        var eraser = LogEraser(disk, path, String(decoding: name, as: UTF8.self))
        return try eraser.run(isResumed: true, forget)
    }

    private mutating func run(
        isResumed: Bool, _ forget: (Mention) throws -> Void
    ) throws -> LogErasure {
        guard try directory.list(disk) != nil else { throw LogError.noSuchLog(path: directory.path) }
        let sealing = try directory.takeLock(disk, directory.sealLock)
        defer { withExtendedLifetime(sealing) {} }
        if !isResumed { try directory.refuseWhileErasing(disk) }
        guard let writing = try directory.takeWriterLock(disk, isErasing: true) else {
            throw LogError.locked(path: directory.path, holder: nil)
        }
        result.isResumed = isResumed
        if !isResumed { try declare() }
        try directory.removeLeftovers(disk)
        let segments = try directory.list(disk) ?? []
        for (i, first) in segments.enumerated() {
            try erase(first, next: i + 1 < segments.count ? segments[i + 1] : nil)
        }
        try forget(Mention(identity))
        try scrub(isDryRun: false)
        try removeFiles(isDryRun: false)
        withExtendedLifetime(writing) {}
        _ = consume writing
        try leaveReceipt()
        try systemCalls { () throws(IOFailure) in
            try disk.remove(directory.erasing)
            try disk.syncDirectory(directory.secrets)
        }
        return result
    }

    /// Writes down whom it is about, durably, before anything is changed.
    private func declare() throws(LogError) {
        try systemCalls { () throws(IOFailure) in
            try disk.ensureDirectory(directory.secrets, parent: directory.path)
            var file = try NewFile(disk, directory.erasing)
            try file.write(Array(identity.utf8).span)
            try file.publish()
        }
    }

    private func leaveReceipt() throws(LogError) {
        var options = LogWriter<D>.Options()
        options.isErasing = true
        var writer = try LogWriter(disk, directory: directory.path, options: options)
        let text =
            "{\"events\":\(result.events),\"segments\":\(result.segments),\"lines\":\(result.lines),"
            + "\"files\":\(result.files),\"resumed\":\(result.isResumed)}"
        try writer.appendControl(Self.receiptName, payload: Array(text.utf8))
        try writer.close()
    }

    // MARK: - Segments

    private mutating func erase(_ first: UInt64, next: UInt64?) throws(LogError) {
        let before = result.events
        try count(first)
        guard result.events > before else { return }
        result.events = before
        guard case .segment(var file) = try directory.open(disk, first),
            let end = try directory.end(disk, of: &file, next: next, isLastAllowed: true)
        else { return }
        var sealer = try SegmentSealer.begin(
            disk, directory, file, end: end, keepsIDs: true, erasing: identity)
        result.events += try sealer.run().erased
    }

    /// Counts the account's events in a segment.
    private mutating func count(_ first: UInt64) throws(LogError) {
        guard case .segment(var file) = try directory.open(disk, first) else { return }
        var position = file.start
        let before = result.events
        while true {
            switch try file.block(at: position, directory: &streams) {
            case .end, .torn:
                if result.events > before { result.segments += 1 }
                return
            case .damaged(let damage): throw .damaged(damage)
            case .block(let block, let chain):
                if block.kind == .events || block.kind == .control {
                    try file.ensure(position.offset, block.length)
                    let view = file.view(position.offset, block.length)
                    do throws(BlockFault) {
                        try count(view.window.span.extracting(view.range), block)
                    } catch { throw .damaged(file.damage(position, .content, block)) }
                }
                position = SegmentFile<D>.Position(
                    offset: position.offset + block.length, chain: chain, sequence: block.endSequence)
            }
        }
    }

    private mutating func count(_ bytes: Span<UInt8>, _ block: BlockHeader) throws(BlockFault) {
        if block.kind == .control {
            let content = try decoder.control(bytes, directory: streams)
            if Mention(identity).isIn(content.payload.span) { result.controls += 1 }
            return
        }
        var symbols = Symbols()
        try decoder.labels(bytes, header: block, directory: streams, symbols: &symbols)
        guard let account = symbols.identities.find(identity) else { return }
        var batch = EventBatch()
        try decoder.events(
            bytes, header: block, directory: streams, columns: .labels, into: &batch, symbols: &symbols)
        result.events += UInt64(batch.identity.count { $0 == account })
    }

    // MARK: - Other files

    /// Removes the lines that mention the account from all files of lines.
    private mutating func scrub(isDryRun: Bool) throws(LogError) {
        for name in ["journal", "operator", "outbox", "inbox", "rejected"] {
            try scrub(directory.path + "/" + name, depth: 0, isDryRun: isDryRun)
        }
    }

    private mutating func scrub(_ path: String, depth: Int, isDryRun: Bool) throws(LogError) {
        let names: [String]
        do throws(IOFailure) {
            names = try disk.list(path)
        } catch {
            guard error.cause == .missing else { throw LogError(error) }
            return
        }
        for name in names {
            let inner = path + "/" + name
            let bytes: [UInt8]
            do throws(IOFailure) {
                bytes = try disk.contents(inner)
            } catch {
                guard error.cause == .wrongKind, depth < 4 else { throw LogError(error) }
                try scrub(inner, depth: depth + 1, isDryRun: isDryRun)
                continue
            }
            let mention = Mention(identity)
            let (kept, dropped) = mention.linesWithout(bytes)
            guard dropped > 0 else { continue }
            result.lines += dropped
            result.isNamed = result.isNamed || mention.isIn(bytes.span, isWhole: true)
            if isDryRun { continue }
            try systemCalls { () throws(IOFailure) in
                var file = try NewFile(disk, inner)
                try file.write(kept.span)
                try file.publish()
            }
        }
    }

    /// Removes what cannot be searched: state of the engine, and copies of bytes that were damaged.
    private mutating func removeFiles(isDryRun: Bool) throws(LogError) {
        for path in [directory.snapshots, directory.quarantine] {
            do throws(IOFailure) {
                let names = try disk.list(path)
                result.files += names.count
                if isDryRun || names.isEmpty { continue }
                for name in names { try disk.remove(path + "/" + name) }
                try disk.syncDirectory(path)
            } catch {
                guard error.cause == .missing else { throw LogError(error) }
            }
        }
    }
}
