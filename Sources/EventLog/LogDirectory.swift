/// The names inside the directory of a log.
struct LogDirectory {
    /// Everything that belongs there.
    static let names = [
        "LOCK", "segments", "snapshots", "journal", "operator", "outbox", "inbox", "rejected", "quarantine",
        "private", "SEAL",
    ]

    let path: String

    init(_ path: String) {
        var path = path
        while path.utf8.count > 1, path.hasSuffix("/") { path.removeLast() }
        self.path = path
    }

    var lock: String { path + "/LOCK" }
    var snapshots: String { path + "/snapshots" }
    var secrets: String { path + "/private" }
    /// Which account is being erased, while it is.
    var erasing: String { secrets + "/erasing" }
    /// The lock of whoever rewrites segments that are complete.
    var sealLock: String { path + "/SEAL" }
    var segments: String { path + "/segments" }
    var rejected: String { path + "/rejected" }
    var quarantine: String { path + "/quarantine" }

    func segment(_ firstSequence: UInt64) -> String { segments + "/" + LogFormat.segmentName(firstSequence) }

    /// The file of request ids beside a sealed segment.
    func ids(_ firstSequence: UInt64) -> String { segments + "/" + LogFormat.idsName(firstSequence) }

    /// The file of sums by day beside a sealed segment.
    func cells(_ firstSequence: UInt64) -> String { segments + "/" + LogFormat.cellsName(firstSequence) }

    /// The first sequences of the segments, ascending; nil where there is no log.
    func list<D: Disk>(_ disk: D) throws(LogError) -> [UInt64]? {
        do throws(IOFailure) {
            var found: [UInt64] = []
            for name in try disk.list(segments) {
                if let first = LogFormat.firstSequence(ofSegment: name) { found.append(first) }
            }
            return found
        } catch {
            switch error.cause {
            case .missing: return nil
            case .wrongKind: throw .notALog(path: path, why: "it is not a directory with segments in it")
            default: throw LogError(error)
            }
        }
    }

    /// Throws all snapshots away, durably. Whoever changes what the log says up to now does that first: they
    /// are of what it said before.
    func dropSnapshots<D: Disk>(_ disk: D) throws(IOFailure) {
        do throws(IOFailure) {
            let names = try disk.list(snapshots)
            for name in names { try disk.remove(snapshots + "/" + name) }
            if !names.isEmpty { try disk.syncDirectory(snapshots) }
        } catch {
            guard error.cause == .missing else { throw error }
        }
    }

    /// The parent of the directory, for syncing its entry.
    var parent: String {
        guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }
}
