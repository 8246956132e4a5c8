internal import UsageEvents

/// What a log holds and what it costs on disk.
public struct LogStatistics: Sendable, Hashable {
    /// Events.
    public private(set) var events: UInt64 = 0
    /// Segment files.
    public private(set) var segments = 0
    /// Records: blocks of events and others.
    public private(set) var blocks = 0
    /// Bytes of all segment files and of what stands beside them.
    public private(set) var bytes = 0
    /// Segments that are sealed.
    public private(set) var sealedSegments = 0
    /// Bytes of request ids, sessions and origins, with their part of the directories.
    public private(set) var idsBytes = 0
    /// Earliest event time, ms UTC; nil where there is no event.
    public private(set) var firstTs: Int64?
    /// Latest event time, ms UTC.
    public private(set) var lastTs: Int64?
    /// Distinct identities.
    public private(set) var accounts = 0
    /// Bytes on disk for each column, in the order of the format; `framing` is headers and padding.
    public private(set) var columns: [Column] = []
    /// Whether the last block is not whole.
    public private(set) var hasTornTail = false

    /// One column and what it takes.
    public struct Column: Sendable, Hashable {
        /// Its name, as in `input_tokens`.
        public let name: String
        /// Bytes on disk.
        public let bytes: Int
    }

    /// Bytes of sums by day beside sealed segments.
    public private(set) var cellsBytes = 0
    /// Bytes of what was known where retention cut the log off.
    public private(set) var baseBytes = 0

    /// Bytes of the events themselves: of everything but ids, sums and what was known.
    public var eventsBytes: Int { bytes - idsBytes - cellsBytes - baseBytes }

    /// Bytes of all files for each event; 0 where there is no event.
    public var bytesPerEvent: Double { events == 0 ? 0 : Double(bytes) / Double(events) }

    /// Reads headers, directories and dictionaries of a log, nothing else, so it takes a fraction of the time
    /// of reading it.
    public init<D: Disk>(_ disk: D, directory path: String) throws(LogError) {
        let directory = LogDirectory(path)
        guard let found = try directory.list(disk) else { throw .noSuchLog(path: path) }
        var sizes = [Int](repeating: 0, count: 256)
        var symbols = Symbols.forFold
        for (i, first) in found.enumerated() {
            switch try SegmentFile.open(disk, directory.segment(first), firstSequence: first) {
            case .bad(let error): throw error
            case .torn:
                hasTornTail = true
            case .segment(var file):
                segments += 1
                try add(&file, isLast: i == found.count - 1, sizes: &sizes, symbols: &symbols)
                guard let seal = file.header.seal else { continue }
                sealedSegments += 1
                cellsBytes += try directory.bytes(disk, of: directory.cells(first))
                guard seal.hasIDs else { continue }
                var ids = IDsFile(disk, directory, first)
                let length = try ids.length() ?? 0
                bytes += length
                sizes[Int(StreamColumn.requestID.rawValue)] += length
            }
        }
        accounts = symbols.identities.count - 1
        var framing = bytes
        for column in StreamColumn.allCases where sizes[Int(column.rawValue)] > 0 {
            let size = sizes[Int(column.rawValue)]
            framing -= size
            if [.requestID, .sessionID, .origin].contains(column) { idsBytes += size }
            if let last = columns.last, last.name == column.name {
                columns[columns.count - 1] = Column(name: last.name, bytes: last.bytes + size)
            } else {
                columns.append(Column(name: column.name, bytes: size))
            }
        }
        columns.append(Column(name: "framing", bytes: framing))
        for path in try Self.baseFiles(disk, path) {
            baseBytes += try directory.bytes(disk, of: path)
        }
        bytes += cellsBytes + baseBytes
    }

    private static func baseFiles<D: Disk>(_ disk: D, _ path: String) throws(LogError) -> [String] {
        guard let base = try LogBase.find(disk, directory: path) else { return [] }
        return try systemCalls { () throws(IOFailure) in try base.files(disk) }
    }

    /// Events of a block that were erased.
    private func erased<D: Disk>(
        _ file: inout SegmentFile<D>, _ block: BlockHeader, _ directory: StreamDirectory,
        at position: SegmentFile<D>.Position, _ decoder: inout BlockDecoder
    ) throws(LogError) -> UInt64 {
        try file.ensure(position.offset, block.length)
        let view = file.view(position.offset, block.length)
        do throws(BlockFault) {
            let runs = try decoder.runs(
                view.window.span.extracting(view.range), header: block, directory: directory)
            return UInt64(runs?.erased ?? 0)
        } catch { throw .damaged(file.damage(position, error == .stream ? .stream : .content, block)) }
    }

    private mutating func add<D: Disk>(
        _ file: inout SegmentFile<D>, isLast: Bool, sizes: inout [Int], symbols: inout Symbols
    ) throws(LogError) {
        var position = file.start
        var directory = StreamDirectory()
        var decoder = BlockDecoder()
        while true {
            switch try file.block(at: position, directory: &directory) {
            case .torn where !isLast:
                throw .damaged(file.damage(position, .blockHeader, first: position.sequence, end: nil))
            case .end, .torn:
                hasTornTail = hasTornTail || position.offset < file.length
                bytes += position.offset
                return
            case .damaged(let damage):
                throw .damaged(damage)
            case .block(let block, let chain):
                // A footer has no directory; this one is still that of the block before.
                for entry in directory.entries where block.kind != .footer {
                    sizes[Int(entry.column)] += entry.storedLength + LogFormat.entryBytes
                }
                blocks += 1
                if block.kind == .events {
                    events += UInt64(block.count)
                    if !directory.range(of: .runs).isEmpty {
                        events -= try erased(&file, block, directory, at: position, &decoder)
                    }
                    firstTs = min(firstTs ?? block.minTs, block.minTs)
                    let latest = directory.latest(block.minTs)
                    lastTs = max(lastTs ?? latest, latest)
                    let needed = directory.dictionaryEnd
                    try file.ensure(position.offset, needed)
                    let view = file.view(position.offset, needed)
                    do throws(BlockFault) {
                        try decoder.labels(
                            view.window.span.extracting(view.range), header: block, directory: directory,
                            symbols: &symbols)
                    } catch {
                        throw .damaged(file.damage(position, error == .stream ? .stream : .content, block))
                    }
                }
                position.offset += block.length
                position.chain = chain
                position.sequence = block.endSequence
            }
        }
    }
}
