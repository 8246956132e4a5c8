internal import UsageEvents

/// The file of cells beside a sealed segment, opened and checked whole: every byte against its checksum, and
/// the file against the segment that it was made of.
struct CellsFile<D: Disk>: ~Copyable {
    /// Events of the segment, those that were erased left out.
    let events: UInt64
    /// Whether it says no more than that cells would not pay here.
    let isEmpty: Bool

    /// Those of them that are in no cell that was read.
    private var rest: UInt64
    private var file: SegmentFile<D>
    private var position: SegmentFile<D>.Position
    private var streams = StreamDirectory()
    private var decoder = BlockDecoder()

    /// The name of the control record in front, which has the version and the number of events.
    static var recordName: String { "cells" }
    /// The version of the content: what a cell is, and what its columns mean.
    static var version: UInt64 { 1 }

    /// What there is beside a segment.
    enum Opened: ~Copyable {
        case missing
        case usable(CellsFile<D>)
        /// It cannot be used, and why; the events say the same.
        case refused(CellsRefusal)
    }

    /// Opens the file beside a sealed segment.
    static func open(
        _ disk: D, _ directory: LogDirectory, of segment: inout SegmentFile<D>
    ) throws(LogError) -> Opened {
        let first = segment.header.firstSequence
        let path = directory.cells(first)
        func refused(_ reason: CellsRefusal.Reason) -> Opened {
            .refused(
                CellsRefusal(path: path, reason: reason, first: first, end: segment.header.seal?.endSequence))
        }
        let opened: SegmentFile<D>.Opened
        do throws(LogError) {
            opened = try SegmentFile.open(disk, path, firstSequence: first, as: .cells)
        } catch {
            guard case .io(let failure) = error else { return refused(.unreadable) }
            return failure.cause == .missing ? .missing : refused(.unreadable)
        }
        switch consume opened {
        case .torn: return refused(.damaged(offset: 0))
        case .bad(.newerFormat): return refused(.newer)
        case .bad: return refused(.damaged(offset: 0))
        case .segment(let file):
            guard let tie = try CellsTie(&segment), file.header.logID == segment.header.logID,
                file.header.seal?.openLength == tie.length, file.header.seal?.openChain == tie.checksum
            else { return refused(.stale) }
            let end = segment.header.seal?.endSequence ?? first
            return try check(file, eventsMax: end - first, refused)
        }
    }

    /// Compares every byte with its checksum, and reads the record in front.
    private static func check(
        _ opened: consuming SegmentFile<D>, eventsMax: UInt64, _ refused: (CellsRefusal.Reason) -> Opened
    ) throws(LogError) -> Opened {
        var file = opened
        var streams = StreamDirectory()
        var decoder = BlockDecoder()
        var position = file.start
        var events: UInt64?
        var start: SegmentFile<D>.Position?
        var index = IndexCheck()
        while true {
            let found = try file.wholeBlock(
                at: position, directory: &streams, decoder: &decoder, onlySums: true)
            guard case .block(let block, let chain) = found else {
                guard case .end = found, let events, let start,
                    let footer = try file.lastBlock()?.index, index.agrees(with: footer)
                else { return refused(.damaged(offset: position.offset)) }
                let isEmpty = file.header.seal?.endSequence == file.header.firstSequence
                return .usable(CellsFile(events: events, isEmpty: isEmpty, file: file, position: start))
            }
            if events == nil {
                let view = file.view(position.offset, block.length)
                let record: (name: String, payload: [UInt8])
                do throws(BlockFault) {
                    record = try decoder.control(
                        view.window.span.extracting(view.range), directory: streams)
                } catch { return refused(.damaged(offset: position.offset)) }
                guard block.kind == .control, record.name == recordName,
                    let said = facts(record.payload)
                else { return refused(.damaged(offset: position.offset)) }
                guard said.version == version else { return refused(.newer) }
                guard said.events <= eventsMax else { return refused(.damaged(offset: position.offset)) }
                events = said.events
            }
            index.add(block, streams, at: position.offset, isIDs: false)
            position = SegmentFile<D>.Position(
                offset: position.offset + block.length, chain: chain, sequence: block.endSequence)
            if start == nil { start = position }
        }
    }

    /// What the record in front says: the version, and the events of the segment.
    private static func facts(_ payload: [UInt8]) -> (version: UInt64, events: UInt64)? {
        let bytes = payload.span
        var at = 0
        guard let version = bytes.varint(at: &at), let events = bytes.varint(at: &at) else { return nil }
        return (version, events)
    }

    private init(
        events: UInt64, isEmpty: Bool, file: consuming SegmentFile<D>, position: SegmentFile<D>.Position
    ) {
        self.events = events
        rest = events
        self.isEmpty = isEmpty
        self.file = file
        self.position = position
    }

    /// Bytes of the file.
    var length: Int { file.length }

    /// The next cells, those of blocks left out whose days all lie outside of some times; false at the end.
    mutating func next(
        into cells: inout CellBatch, symbols: inout Symbols, times: EventTimes?
    ) throws(LogError) -> Bool {
        while true {
            let found = try file.block(at: position, directory: &streams)
            guard case .block(let block, let chain) = found else {
                guard case .end = found else { throw damaged(position) }
                return false
            }
            let here = position
            position = SegmentFile<D>.Position(
                offset: position.offset + block.length, chain: chain, sequence: block.endSequence)
            guard block.kind == .events,
                times?.meets(block.minTs, streams.latest(block.minTs)) ?? true
            else { continue }
            try file.ensure(here.offset, block.length)
            let view = file.view(here.offset, block.length)
            var batch = EventBatch()
            do throws(BlockFault) {
                try decoder.events(
                    view.window.span.extracting(view.range), header: block, directory: streams,
                    columns: [.ts, .labels, .numbers, .shape, .source, .tsEnd, .details], into: &batch,
                    symbols: &symbols)
            } catch { throw damaged(here) }
            guard cells.unpack(batch) else { throw damaged(here) }
            let told = cells.events.reduce(0) { $0 + UInt64($1) }
            guard told <= rest else { throw damaged(here) }
            rest -= told
            return true
        }
    }

    private func damaged(_ position: SegmentFile<D>.Position) -> LogError {
        let first = file.header.firstSequence
        return .damaged(file.damage(position, .cells, first: first, end: first))
    }
}

/// What ties cells to the segment that they were made of: any other form of it has another index.
struct CellsTie {
    /// Bytes of the sealed segment.
    let length: Int
    /// The checksum in the header of its index, which continues the chain of all its blocks.
    let checksum: UInt32

    /// Nil for a segment that has no intact index, or is the base of a pruned log.
    init?<D: Disk>(_ segment: inout SegmentFile<D>) throws(LogError) {
        guard let seal = segment.header.seal, !seal.isBase, let last = try segment.lastBlock() else {
            return nil
        }
        length = segment.length
        checksum = last.checksum
    }
}

/// Why a file of cells is not used. The events of its segment are read instead.
public struct CellsRefusal: Sendable, Hashable, CustomStringConvertible {
    /// What is wrong with it.
    public enum Reason: Sendable, Hashable {
        /// Bytes are not as they were written.
        case damaged(offset: Int)
        /// It was made of another form of the segment, or of another segment.
        case stale
        /// A later version of the program wrote it.
        case newer
        /// It may not be read, or the device fails.
        case unreadable
    }

    /// The file.
    public let path: String
    /// What is wrong with it.
    public let reason: Reason
    let first: UInt64
    let end: UInt64?

    /// A line for people.
    public var description: String {
        let why =
            switch reason {
            case .damaged(let offset): "is damaged at byte \(offset)"
            case .stale: "belongs to another form of its segment"
            case .newer: "is of a later version of tidemark"
            case .unreadable: "cannot be read"
            }
        return "\(path) \(why): the events of its segment were read instead, which takes longer;"
            + " `tidemark log seal --sums` makes it anew"
    }
}
