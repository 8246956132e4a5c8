/// The blocks that were found in a segment, for comparing them with what its index says.
struct IndexCheck {
    private var rows: [SegmentFooter.Row] = []
    /// Where gaps stand: what the index says of such places a repair has replaced.
    private var gaps: [Range<Int>] = []

    /// Notes a block.
    mutating func add(_ block: BlockHeader, _ directory: StreamDirectory, at offset: Int, isIDs: Bool) {
        if block.kind == .footer { return }
        if block.kind == .gap { gaps.append(offset..<offset + block.length) }
        rows.append(SegmentFooter.Row(block, directory, at: offset, isIDs: isIDs))
    }

    /// Whether an index names the blocks that are there, and no others.
    func agrees(with footer: SegmentFooter) -> Bool {
        func isReplaced(_ row: SegmentFooter.Row) -> Bool { gaps.contains { $0.contains(row.offset) } }
        return footer.rows.filter { !isReplaced($0) } == rows.filter { !isReplaced($0) }
    }

    /// Whether the blocks of a file of ids have the sequences of these blocks of events.
    func hasCompanions(_ ids: IndexCheck) -> Bool {
        var at = 0
        for row in rows where row.count > 0 {
            while at < ids.rows.count, ids.rows[at].firstSequence < row.firstSequence { at += 1 }
            guard at < ids.rows.count, ids.rows[at].firstSequence == row.firstSequence,
                ids.rows[at].count == row.count
            else { return false }
            at += 1
        }
        return true
    }
}
