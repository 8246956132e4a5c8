/// Repairs a damaged log: what is intact stays at its place with its numbers, and a gap that says what is
/// lost comes in the place of what is not.
///
/// Nothing is deleted: damaged bytes are copied to `quarantine/` first. Each segment is replaced in one
/// step, so a crash leaves the old or the new one, and repairing once more ends the work.
public struct LogRepairer<D: Disk> {
    private let disk: D
    private let directory: LogDirectory
    /// Bytes that are copied at a time.
    private static var pieceBytes: Int { 1 << 20 }

    private init(_ disk: D, _ path: String) {
        self.disk = disk
        directory = LogDirectory(path)
    }

    /// Repairs the log in a directory, or with `isDryRun` only says what that would do.
    ///
    /// Holds the lock meanwhile. Throws `beyondRepair` where a whole segment or the header of one is lost.
    public static func repair(
        _ disk: D, directory path: String, isDryRun: Bool = false
    ) throws(LogError) -> LogRepair {
        let repairer = LogRepairer(disk, path)
        // Before the lock, which would make a log of a directory that is none.
        guard try repairer.directory.list(disk) != nil else { throw .noSuchLog(path: path) }
        let lock = try repairer.directory.takeLock(disk, repairer.directory.lock)
        defer { withExtendedLifetime(lock) {} }
        let seal = try repairer.directory.takeLock(disk, repairer.directory.sealLock)
        defer { withExtendedLifetime(seal) {} }
        var planner = RepairPlanner(disk, repairer.directory)
        try planner.run()
        var result = planner.result
        for problem in try LogVerifier.verify(disk, directory: path).problems {
            let file = problem.damage.file
            if file.hasSuffix(".ids"), !result.lostIDs.contains(file) { result.lostIDs.append(file) }
            if file.hasSuffix(".cells"), !result.droppedCells.contains(file) {
                result.droppedCells.append(file)
            }
        }
        if isDryRun { return result }
        try repairer.directory.removeLeftovers(disk)
        do throws(IOFailure) {
            if !planner.segments.isEmpty {
                try disk.ensureDirectory(repairer.directory.quarantine, parent: repairer.directory.path)
                try repairer.directory.dropSnapshots(disk)
            }
        } catch { throw LogError(error) }
        for segment in planner.segments {
            // They have sums of what is lost.
            try repairer.directory.removeCells(disk, segment.header.firstSequence)
            try systemCalls { () throws(IOFailure) in try repairer.rewrite(segment, &result) }
        }
        for path in result.droppedCells where try repairer.directory.remove(disk, path) {
            try systemCalls { () throws(IOFailure) in
                try disk.syncDirectory(repairer.directory.segments)
            }
        }
        for path in result.lostIDs { try repairer.giveUpIDs(path) }
        return result
    }

    /// Writes a sealed segment once more, as one without request ids; what is left of them is kept.
    private func giveUpIDs(_ path: String) throws(LogError) {
        let name = String(path.split(separator: "/").last?.dropLast(3) ?? "")
        guard let first = LogFormat.firstSequence(ofSegment: name + "seg"),
            case .segment(var file) = try directory.open(disk, first),
            let end = try directory.end(disk, of: &file, next: nil, isLastAllowed: false)
        else { return }
        var sealer = try SegmentSealer.begin(disk, directory, file, end: end, keepsIDs: false)
        _ = try sealer.run()
        try systemCalls { () throws(IOFailure) in
            guard try NewFile.exists(disk, path) else { return }
            try disk.ensureDirectory(directory.quarantine, parent: directory.path)
            var number = 0
            while try NewFile.exists(disk, "\(directory.quarantine)/\(name)ids.\(number).damaged") {
                number += 1
            }
            try disk.rename(path, to: "\(directory.quarantine)/\(name)ids.\(number).damaged")
            try disk.syncDirectory(directory.quarantine)
            try disk.syncDirectory(directory.segments)
        }
    }

    private func rewrite(_ segment: SegmentRepair, _ result: inout LogRepair) throws(IOFailure) {
        let path = directory.segment(segment.header.firstSequence)
        let old = try OwnedFile(disk, path, .read)
        for number in segment.holes.map(\.loss) + (segment.trailing.map { [$0] } ?? []) {
            let loss = result.losses[number]
            guard loss.bytes > 0 else { continue }
            result.losses[number].quarantined = try quarantine(
                old, loss.offset..<loss.offset + loss.bytes, segment)
        }
        try disk.syncDirectory(directory.quarantine)
        var new = try NewFile(disk, path)
        for hole in segment.holes {
            try copy(old, new.count..<hole.start, to: &new)
            let loss = result.losses[hole.loss]
            try writeGap(hole, loss, segment.header.identity, to: &new)
        }
        try copy(old, new.count..<segment.newLength, to: &new)
        if let footer = segment.footer { try new.write(footer.span) }
        try new.publish()
    }

    private func writeGap(
        _ hole: SegmentRepair.Hole, _ loss: LogRepair.Loss, _ identity: FileIdentity,
        to new: inout NewFile<D>
    ) throws(IOFailure) {
        let header = BlockHeader.gap(
            loss.firstSequence..<loss.endSequence, isOpen: loss.isOpen, length: hole.end - hole.start,
            resuming: hole.resuming, at: (hole.start, hole.previous))
        var bytes: [UInt8] = []
        _ = header.write(into: &bytes, file: identity, offset: hole.start)
        var zeros = header.length - LogFormat.blockBytesMin
        while zeros > 0 {
            let count = min(zeros, Self.pieceBytes)
            bytes.append(contentsOf: repeatElement(0, count: count))
            zeros -= count
            try new.write(bytes.span)
            bytes.removeAll(keepingCapacity: true)
        }
        bytes.append(littleEndian: LogFormat.endMark)
        try new.write(bytes.span)
    }

    private func copy(
        _ old: borrowing OwnedFile<D>, _ range: Range<Int>, to new: inout NewFile<D>
    ) throws(IOFailure) {
        var piece: [UInt8] = []
        var offset = range.lowerBound
        while offset < range.upperBound {
            let count = min(Self.pieceBytes, range.upperBound - offset)
            let n = try disk.readAll(old.handle, at: offset, count: count, into: &piece)
            guard n == count else {
                throw IOFailure(
                    errno: IOFailure.deviceError, operation: "read (the file became shorter)", path: old.path)
            }
            try new.write(piece.span)
            offset += count
        }
    }

    /// Keeps a copy of damaged bytes, durable when this returns but for its name; returns the path. A repair
    /// that is begun again makes another copy.
    private func quarantine(
        _ old: borrowing OwnedFile<D>, _ range: Range<Int>, _ segment: SegmentRepair
    ) throws(IOFailure) -> String {
        let name = "\(LogFormat.segmentName(segment.header.firstSequence))-\(range.lowerBound)"
        var number = 0
        while try NewFile.exists(disk, "\(directory.quarantine)/\(name).\(number).damaged") { number += 1 }
        let path = "\(directory.quarantine)/\(name).\(number).damaged"
        var copy = try NewFile(disk, path)
        try self.copy(old, range, to: &copy)
        try copy.publish()
        return path
    }
}
