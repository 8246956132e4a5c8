public import UsageEvents

/// The one writer of a log: appends blocks, and makes them durable when asked to commit.
///
/// What `commit` has returned for is safe from any crash. What was appended since is either there whole, or
/// gone whole, block by block and in order. It holds the lock for as long as it lives.
public struct LogWriter<D: Disk>: ~Copyable {
    /// How a log is written; the defaults are those of the product.
    public struct Options: Sendable {
        /// A segment that has reached so many bytes is not continued. Below 4 GiB.
        public var segmentBytes = Limits.segmentBytes
        /// The name of a new log; random where it is nil.
        public var logID: LogID?
        /// Whether it is the erasure itself that writes.
        var isErasing = false

        /// The defaults.
        public init() {}
    }

    /// What opening the log found and did.
    public let recovery: RecoveryReport
    /// Sequence of the next event.
    public private(set) var nextSequence: UInt64
    /// Events below this sequence are durable.
    public private(set) var durableSequence: UInt64
    /// Bytes of blocks that were appended through this writer.
    public private(set) var bytesWritten = 0

    private let disk: D
    private let directory: LogDirectory
    private let options: Options
    private let lock: OwnedFile<D>
    private var file: OwnedFile<D>
    private var segment: SegmentHeader
    private var offset: Int
    private var chain: UInt32
    private var durableOffset: Int
    private var durableChain: UInt32
    private var lastReceived: Int64
    private var pendingReceived = LogFormat.noReceived
    /// Whether the last block is a durable record.
    private var isMarked = false
    private var failure: IOFailure?
    private var encoder = BlockEncoder()

    /// Takes the lock of a log, and creates or recovers it.
    ///
    /// Damage is thrown, never repaired; a torn tail, which nobody was told to be safe, is moved to
    /// `quarantine/`.
    public init(_ disk: D, directory path: String, options: Options = Options()) throws(LogError) {
        precondition(options.segmentBytes < 1 << 31, "offsets in a segment have 32 bits")
        let directory = LogDirectory(path)
        try Self.prepare(disk, directory)
        let lock = try directory.takeLock(disk, directory.lock)
        if !options.isErasing { try directory.refuseWhileErasing(disk) }
        let state = try Recovery(disk, directory).run(logID: options.logID)
        do throws(IOFailure) {
            file = try OwnedFile(disk, directory.segment(state.segment.firstSequence), .update)
        } catch { throw LogError(error) }
        self.disk = disk
        self.directory = directory
        self.options = options
        self.lock = lock
        recovery = state.report
        nextSequence = state.nextSequence
        durableSequence = state.nextSequence
        segment = state.segment
        offset = state.end
        chain = state.chain
        durableOffset = state.end
        durableChain = state.chain
        lastReceived = state.lastReceived
        isMarked = state.isMarked
    }

    /// The name of the log.
    public var id: LogID { segment.logID }

    /// The latest wall clock in the log, ms UTC; nil where it holds history only.
    public var received: Int64? { lastReceived == LogFormat.noReceived ? nil : lastReceived }

    // MARK: - Appending

    /// Appends all events of a batch, in blocks of at most `Limits.eventsPerBlock`, and returns the sequence
    /// of the first.
    ///
    /// `received` is the wall clock in ms UTC, nil for history; it is never written as less than it was
    /// before. After an error nothing of what was appended since the last commit is in the log: append it
    /// again, from `nextSequence` on. After `full` this writer can go on once there is space; after
    /// `poisoned` it cannot.
    public mutating func append(
        _ batch: borrowing EventBatch, symbols: borrowing Symbols, received: Int64?,
        duplicates: DuplicateHorizon = DuplicateHorizon()
    ) throws(LogError) -> UInt64 {
        let first = nextSequence
        let batch = copy batch
        let symbols = copy symbols
        var row = 0
        while row < batch.count {
            try beginBlock()
            let rows = BlockEncoder.rowsThatFit(batch, from: row, symbols: symbols)
            let next = encoder.events(
                batch, row..<row + rows, symbols: symbols, header: header(.events, received: received),
                duplicates: duplicates, place: place)
            try write(chain: next)
            nextSequence += UInt64(rows)
            row += rows
        }
        return first
    }

    /// Appends a control record, which stands before the next event and takes no sequence.
    public mutating func appendControl(
        _ name: String, payload: [UInt8], received: Int64? = nil
    ) throws(LogError) {
        guard payload.count + name.utf8.count <= LogFormat.controlBytesMax else {
            throw .tooLarge(name: name, bytes: payload.count)
        }
        try beginBlock()
        let next = encoder.control(
            name: name, payload: payload, header: header(.control, received: received), place: place)
        try write(chain: next)
    }

    /// Appends a tick: the wall clock of a live log that is quiet.
    public mutating func appendTick(received: Int64) throws(LogError) {
        try beginBlock()
        let next = encoder.bare(header(.tick, received: received), place: place)
        try write(chain: next)
    }

    /// Makes everything appended so far durable and returns `durableSequence`, now equal to `nextSequence`.
    ///
    /// A failure is final: the system may have dropped what it could not write, and a second attempt would
    /// succeed without writing it. Open the log again, which reads back what is there.
    @discardableResult
    public mutating func commit() throws(LogError) -> UInt64 {
        if let failure { throw .poisoned(failure) }
        guard offset != durableOffset else { return durableSequence }
        do throws(IOFailure) {
            try disk.sync(file.handle)
        } catch {
            failure = error
            throw .poisoned(error)
        }
        durableOffset = offset
        durableChain = chain
        durableSequence = nextSequence
        return durableSequence
    }

    /// Writes down that everything is durable, so that damage to the last block can be told from a crash.
    /// Does nothing where that is the last record already. Call it when input has been quiet for a second.
    public mutating func markDurable() throws(LogError) {
        try commit()
        guard !isMarked, offset > LogFormat.segmentHeaderBytes else { return }
        let next = encoder.bare(header(.durable, received: nil), place: place)
        try write(chain: next)
        isMarked = true
        try commit()
    }

    /// Commits, marks the end and lets go of the lock.
    public consuming func close() throws(LogError) { try markDurable() }

    // MARK: - Blocks

    private var place: BlockEncoder.Place {
        BlockEncoder.Place(
            file: segment.identity, offset: offset, previous: chain, durableBefore: durableOffset)
    }

    private mutating func header(_ kind: BlockKind, received: Int64?) -> BlockHeader {
        var header = BlockHeader(kind: kind, firstSequence: nextSequence)
        if let received { header.received = max(received, lastReceived) }
        pendingReceived = header.received
        return header
    }

    private mutating func beginBlock() throws(LogError) {
        if let failure { throw .poisoned(failure) }
        if offset >= options.segmentBytes || segment.seal != nil { try rotate() }
    }

    /// Writes the encoder's block; on failure cuts the file back to the last commit.
    private mutating func write(chain next: UInt32) throws(LogError) {
        do throws(IOFailure) {
            try disk.writeAll(file.handle, at: offset, encoder.block.span, path: file.path)
        } catch {
            try cutBack()
            throw LogError(error)
        }
        offset += encoder.block.count
        bytesWritten += encoder.block.count
        chain = next
        isMarked = false
        lastReceived = max(lastReceived, pendingReceived)
    }

    /// Undoes what was appended since the last commit. What a failed write left must not be continued: the
    /// next commit would make half a block durable.
    private mutating func cutBack() throws(LogError) {
        offset = durableOffset
        chain = durableChain
        nextSequence = durableSequence
        do throws(IOFailure) {
            try disk.truncate(file.handle, to: offset)
            // Else a crash could mix what was cut with what comes next, and that would look like damage.
            try disk.sync(file.handle)
        } catch {
            failure = error
            throw .poisoned(error)
        }
    }

    // MARK: - Segments

    /// Goes on in a new segment, whose header and directory entry are durable before its first block is.
    private mutating func rotate() throws(LogError) {
        try commit()
        let next = SegmentHeader(
            logID: segment.logID, firstSequence: nextSequence, previousSegment: segment.firstSequence,
            previousChain: chain, previousLength: offset, lastReceived: lastReceived)
        // Control records take no sequence: a segment full of them has the name that its successor would get.
        guard next.firstSequence != segment.firstSequence else { return }
        file = try SegmentCreator(disk, directory).create(next, failure: &failure)
        segment = next
        offset = LogFormat.segmentHeaderBytes
        chain = SegmentHeader.chain(of: next.encoded().span)
        durableOffset = offset
        durableChain = chain
    }

    // MARK: - Opening

    private static func prepare(_ disk: D, _ directory: LogDirectory) throws(LogError) {
        let names: [String]
        do throws(IOFailure) {
            try makeDirectories(disk, directory.path)
            names = try disk.list(directory.path)
        } catch {
            if error.cause == .wrongKind {
                throw .notALog(path: directory.path, why: "it, or something on the way to it, is a file")
            }
            throw LogError(error)
        }
        if !names.contains("LOCK"), !names.contains("segments"),
            let stranger = names.first(where: { !LogDirectory.names.contains($0) })
        {
            throw .notALog(path: directory.path, why: "it holds other files, such as \(stranger)")
        }
    }

    /// Creates the directory and those above it that are missing.
    private static func makeDirectories(_ disk: D, _ path: String) throws(IOFailure) {
        do throws(IOFailure) {
            try disk.makeDirectory(path)
        } catch {
            let parent = LogDirectory(path).parent
            switch error.cause {
            case .exists: return
            case .missing where parent != path:
                try makeDirectories(disk, parent)
                try disk.makeDirectory(path)
            default: throw error
            }
        }
    }
}
