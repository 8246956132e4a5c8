/// The names inside the directory of a log.
struct LogDirectory {
    /// Everything that belongs there.
    static let names = [
        "LOCK", "segments", "snapshots", "journal", "operator", "outbox", "inbox", "rejected", "quarantine",
        "private",
    ]

    let path: String

    init(_ path: String) {
        var path = path
        while path.utf8.count > 1, path.hasSuffix("/") { path.removeLast() }
        self.path = path
    }

    var lock: String { path + "/LOCK" }
    var segments: String { path + "/segments" }
    var rejected: String { path + "/rejected" }
    var quarantine: String { path + "/quarantine" }

    func segment(_ firstSequence: UInt64) -> String { segments + "/" + LogFormat.segmentName(firstSequence) }

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

    /// The parent of the directory, for syncing its entry.
    var parent: String {
        guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }
}
