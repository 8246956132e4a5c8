import Pipeline
import TidemarkTestKit
import UsageEvents

@testable import EventLog

extension FuzzTarget {
    /// What reads sums by day.
    static let cells: [FuzzTarget] = [
        FuzzTarget(name: "cells", seeds: Seeds.cells) { try CellsUnderTest($0).checkRefusal() },
        // Checksums, chain, sequences, header and index are made to agree with whatever the blocks say.
        FuzzTarget(name: "forged-cells", seeds: { try Seeds.cells().map(CellsForgery.withoutIndex) }) {
            try CellsUnderTest(CellsForgery.repaired($0)).checkForgery()
        },
    ]
}

/// Any bytes as the sums beside the first segment of a log of two.
struct CellsUnderTest {
    static let path = "/log/segments/00000000000000000000.cells"

    private let disk: SimulatedDisk

    init(_ bytes: [UInt8]) throws {
        disk = Seeds.logWithCells.disk
        disk.place(Self.path, bytes)
    }

    /// What `report` and `inventory` make of a log, and which sums they could not use.
    private struct Report {
        struct Line: Equatable {
            var names: [String?]
            var period: Int32
            var sums: UsageSums
        }

        var lines: [Line] = []
        var refusals: [CellsRefusal] = []

        /// Of all times, or from within the second day on.
        init(_ disk: SimulatedDisk, isCut: Bool) throws {
            let groupings = [
                UsageGrouping([.identity, .team, .model, .tool], every: .day),
                UsageGrouping([.source, .project, .costKind]),
                UsageGrouping([.identity, .mcpServer], isOfMCPServers: true),
            ]
            var filter = UsageFilter()
            if isCut { filter.since = Timestamp(rawValue: Seeds.logStart + 40 * 3_600_000) }
            var fold = UsageFold(groupings, filter: filter)
            let reading = try UsageReading.log(disk, directory: "/log", into: &fold)
            refusals = reading.refusals
            _ = fold.unpriced(reading.names)
            for table in fold.tables {
                for row in table.rows(by: .cost, perPeriod: true, names: reading.names) {
                    guard case .named(let labels) = row.group else { continue }
                    let names = table.grouping.dimensions.indices.map {
                        reading.names.text(table.grouping.dimensions[$0], labels[$0])
                    }
                    lines.append(Line(names: names, period: row.period, sums: row.sums))
                }
            }
        }
    }

    /// What the reports are without any sums.
    private static let expected: [[Report.Line]] = {
        let disk = Seeds.logWithCells.disk
        for name in (try? disk.list("/log/segments")) ?? [] where name.hasSuffix(".cells") {
            disk.takeAway("/log/segments/" + name)
        }
        return [false, true].map { (try? Report(disk, isCut: $0))?.lines ?? [] }
    }()

    /// The reports are those without sums; returns which sums they did not use.
    private func checkSame() throws -> [[CellsRefusal]] {
        try [false, true].map { isCut in
            let report = try Report(disk, isCut: isCut)
            try promiseEqual(report.lines, Self.expected[isCut ? 1 : 0], "the report with and without sums")
            return report.refusals
        }
    }

    /// Sums that are not as they were written are refused, and the report is what it was.
    func checkRefusal() throws {
        let isIntact = disk.contents(Self.path) == Seeds.logWithCells.disk.contents(Self.path)
        for refusals in try checkSame() {
            try promiseEqual(refusals.map(\.path), isIntact ? [] : [Self.path], "what is refused")
        }
        let found = try LogVerifier.verify(disk, directory: "/log")
        try promiseEqual(found.problems.map(\.damage.kind), isIntact ? [] : [.cells], "what verify says")
    }

    /// Sums under right checksums are used, refused, or called damaged on the way; where `verify` finds
    /// nothing they are true, and a repair takes away those that are not.
    func checkForgery() throws {
        for isCut in [false, true] {
            do {
                _ = try Report(disk, isCut: isCut)
            } catch LogError.damaged(let damage) where damage.kind == .cells {}
        }
        // A repair does what `verify` finds.
        let done = try LogRepairer.repair(disk, directory: "/log")
        try promise(done.losses.isEmpty && done.lostIDs.isEmpty, "\(done)")
        if done.droppedCells.isEmpty {
            for refusal in try checkSame().joined() { try promiseEqual(refusal.reason, .newer, "a refusal") }
        } else {
            try promiseEqual(done.droppedCells, [Self.path], "what a repair takes away")
            try promiseEqual(disk.contents(Self.path), nil, "sums behind a repair")
        }
    }
}

/// Makes a file of sums fit the log under test, whatever its blocks say.
enum CellsForgery {
    /// A file without its last block, if that is an index.
    static func withoutIndex(_ bytes: [UInt8]) -> [UInt8] {
        guard bytes.count >= 16,
            let length = SegmentFooter.length(atEnd: bytes.span.extracting(bytes.count - 16..<bytes.count)),
            length <= bytes.count
        else { return bytes }
        return Array(bytes.dropLast(length))
    }

    /// A copy that is tied to the segment, with right checksums and an index of what is there.
    static func repaired(_ bytes: [UInt8]) -> [UInt8] {
        guard let model = Seeds.logWithCells.disk.contents(CellsUnderTest.path),
            case .header(var header, _) = SegmentHeader.parse(model.span),
            bytes.count >= LogFormat.segmentHeaderBytes
        else { return bytes }
        var out = bytes
        var start = SegmentForgery.Place(
            offset: LogFormat.segmentHeaderBytes, chain: 0, sequence: header.firstSequence)
        // How many cells there are stands in the header, with whose checksum the chain begins.
        let cells = SegmentForgery.repair(&out, header.identity, from: start).last?.sequence
        header.seal?.endSequence = cells ?? header.firstSequence
        out.replaceSubrange(0..<start.offset, with: header.encoded())
        start.chain = SegmentHeader.chain(of: out.span)
        var places = SegmentForgery.repair(&out, header.identity, from: start)
        let end = places.removeLast()
        out.removeLast(out.count - end.offset)
        var index = SegmentFooter()
        for place in places { row(out.span, header.identity, at: place.offset).map { index.rows.append($0) } }
        out += index.block(
            header.identity, offset: end.offset, previous: end.chain, endSequence: end.sequence,
            lastReceived: LogFormat.noReceived)
        return out
    }

    /// What an index says of the block at an offset; nil where no reader would come so far.
    private static func row(
        _ bytes: Span<UInt8>, _ file: FileIdentity, at offset: Int
    ) -> SegmentFooter.Row? {
        let block = bytes.extracting(offset..<bytes.count)
        var directory = StreamDirectory()
        guard case .header(let header, _) = BlockHeader.parse(block, file: file, offset: offset),
            directory.parse(block.extracting(droppingFirst: LogFormat.blockHeaderBytes), header: header)
        else { return nil }
        return SegmentFooter.Row(header, directory, at: offset, isIDs: false)
    }
}
