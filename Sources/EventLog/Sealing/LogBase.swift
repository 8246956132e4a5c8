/// Where a log begins that retention has shortened, with the files that keep what was known there.
///
/// They stand beside the segments: `segments/<sequence, 20 digits>.base`, and `<sequence>-<name>.base` for
/// each further name. They count only behind the base segment that ends at their sequence; any other was left
/// by an interrupted run. What is in them is not for this module to know.
public struct LogBase: Sendable, Hashable {
    /// The name of the log.
    public let log: LogID
    /// One past the sequence of the last event that was dropped.
    public let sequence: UInt64
    /// The first file.
    public let path: String
    /// The directory of the files.
    public let folder: String

    /// The first file of a log that begins at a sequence, or a further one.
    public static func path(inLog directory: String, at sequence: UInt64, name: String? = nil) -> String {
        let first = LogDirectory(directory).base(sequence)
        return name.map { first.dropLast(5) + "-" + $0 + ".base" } ?? first
    }

    /// Finds the files of a log; nil where nothing was dropped, or nothing was known.
    public static func find<D: Disk>(_ disk: D, directory path: String) throws(LogError) -> LogBase? {
        let directory = LogDirectory(path)
        let bases = try directory.bases(disk)
        guard !bases.isEmpty, let segments = try directory.list(disk) else { return nil }
        for (name, sequence) in bases.reversed() where name == LogFormat.baseName(sequence) {
            guard let first = segments.last(where: { $0 < sequence }),
                case .segment(let file) = try directory.open(disk, first),
                let seal = file.header.seal, seal.isBase, seal.endSequence == sequence
            else { continue }
            return LogBase(
                log: file.header.logID, sequence: sequence, path: directory.base(sequence),
                folder: directory.segments)
        }
        return nil
    }

    /// All its files.
    public func files<D: Disk>(_ disk: D) throws(IOFailure) -> [String] {
        try disk.list(folder).filter { LogFormat.sequence(ofBase: $0) == sequence }.map { folder + "/" + $0 }
    }
}

extension LogDirectory {
    /// The first file of what was known where the log begins.
    func base(_ sequence: UInt64) -> String { segments + "/" + LogFormat.baseName(sequence) }

    /// All such files, ascending.
    func bases<D: Disk>(_ disk: D) throws(LogError) -> [(name: String, sequence: UInt64)] {
        do throws(IOFailure) {
            return try disk.list(segments).compactMap { name in
                LogFormat.sequence(ofBase: name).map { (name, $0) }
            }
        } catch {
            switch error.cause {
            case .missing, .wrongKind: return []
            default: throw LogError(error)
            }
        }
    }

    /// Removes the files of all beginnings that the log does not have, or no longer has.
    func dropBases<D: Disk>(_ disk: D, except kept: UInt64?) throws(LogError) {
        var isChanged = false
        for (name, sequence) in try bases(disk) where sequence != kept {
            isChanged = try remove(disk, segments + "/" + name) || isChanged
        }
        guard isChanged else { return }
        try systemCalls { () throws(IOFailure) in try disk.syncDirectory(segments) }
    }
}
