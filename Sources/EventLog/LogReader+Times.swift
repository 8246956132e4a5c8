extension LogReader {
    /// The sequence from which on every event of a log lies at or behind a time, ms UTC, and no control
    /// record stands; `UInt64.max` where the log ends in something that cannot be read.
    ///
    /// Reads the indexes of sealed segments and the headers of blocks in others, from the end backwards, up
    /// to the last segment that has something in front.
    public static func end(
        ofEventsBefore time: Int64, _ disk: D, directory path: String
    ) throws(LogError) -> UInt64 {
        let directory = LogDirectory(path)
        for first in (try directory.list(disk) ?? []).reversed() {
            guard
                case .segment(var segment) = try SegmentFile.open(
                    disk, directory.segment(first), firstSequence: first)
            else { return .max }
            let rows = try segment.lastBlock()?.index.rows
            // An index does not say which of the other records are ticks.
            if let rows, rows.allSatisfy({ $0.count > 0 }) {
                guard let last = rows.last(where: { $0.minTs < time }) else { continue }
                return last.firstSequence + UInt64(last.count)
            }
            if let end = try segment.end(ofEventsBefore: time) { return end }
        }
        return 0
    }
}

extension SegmentFile {
    /// As above, for one segment; nil where it has neither.
    fileprivate mutating func end(ofEventsBefore time: Int64) throws(LogError) -> UInt64? {
        var end: UInt64?
        var position = start
        var streams = StreamDirectory()
        while true {
            switch try block(at: position, directory: &streams, skipping: { _ in true }) {
            case .block(let block, let chain):
                if block.kind == .events, block.minTs < time { end = block.endSequence }
                // It stands in front of the event that has its sequence.
                if block.kind == .control { end = block.firstSequence + 1 }
                position = Position(
                    offset: position.offset + block.length, chain: chain, sequence: block.endSequence)
            case .end: return end
            case .torn, .damaged: return .max
            }
        }
    }
}
