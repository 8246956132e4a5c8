/// Why the log could not do what it was asked to do. Each description says what, where, and what to do.
public enum LogError: Error, Hashable, Sendable {
    /// There is no log in the directory.
    case noSuchLog(path: String)
    /// The directory, or a file in it, is something else.
    case notALog(path: String, why: String)
    /// The log was written in a format that this program does not know.
    case newerFormat(path: String, version: String)
    /// Another process writes to the log.
    case locked(path: String, holder: Int?)
    /// Bytes that had been written whole have changed since.
    case damaged(LogDamage)
    /// Too much is gone for what is left to be put together again.
    case beyondRepair(LogDamage)
    /// No space is left; nothing that was acknowledged is lost, and the writer can be used again once there
    /// is some.
    case full(IOFailure)
    /// The file system or the permissions forbid it.
    case readOnly(IOFailure)
    /// A system call failed.
    case io(IOFailure)
    /// Syncing failed, so nothing is known about what was written since the last commit; this writer refuses
    /// to go on.
    case poisoned(IOFailure)
    /// A source sent more distinct request ids than the duplicate window may hold.
    case tooManyKeys(source: String, keys: Int)
    /// A control record is larger than a block may be.
    case tooLarge(name: String, bytes: Int)
    /// An account is being erased, or the erasure was interrupted.
    case erasing(path: String)

    /// Sorts a failed system call into the case that its reader can act upon.
    init(_ failure: IOFailure) {
        self =
            switch failure.cause {
            case .full: .full(failure)
            case .forbidden: .readOnly(failure)
            default: .io(failure)
            }
    }
}

/// Where and how bytes of the log differ from what was written.
public struct LogDamage: Hashable, Sendable {
    /// What a check found.
    public enum Kind: String, Sendable, CaseIterable {
        /// The header of a segment.
        case segmentHeader = "segment header"
        /// The header of a block.
        case blockHeader = "block header"
        /// The directory of a block.
        case directory = "block directory"
        /// The stored bytes of a column.
        case stream = "block content"
        /// A block whose parts are intact but that does not follow the one before it.
        case chain = "block chain"
        /// Sequence numbers that do not follow each other.
        case sequence = "sequence numbers"
        /// Content that its own header contradicts, although all checksums agree.
        case content = "block content against its header"
        /// A record of a kind that this version does not know.
        case unknownKind = "record kind"
        /// A segment that is missing, or one that does not belong here.
        case missingSegment = "missing segment"
        /// The index at the end of a sealed segment.
        case footer = "index at the end of a sealed segment"
        /// The file of request ids beside a sealed segment.
        case ids = "file of request ids"
        /// The file of sums by day beside a sealed segment, which can be made again.
        case cells = "file of sums by day"
        /// Bytes behind the end that the next segment states.
        case trailingBytes = "bytes behind the end of a segment"
    }

    /// The file.
    public let file: String
    /// Where in the file the block or header begins, in bytes.
    public let offset: Int
    /// What is wrong.
    public let kind: Kind
    /// The sequence number of the first event at risk.
    public let firstSequence: UInt64
    /// One past the last event at risk; nil where it cannot be known.
    public let endSequence: UInt64?

    /// Records damage.
    public init(file: String, offset: Int, kind: Kind, firstSequence: UInt64, endSequence: UInt64?) {
        self.file = file
        self.offset = offset
        self.kind = kind
        self.firstSequence = firstSequence
        self.endSequence = endSequence
    }

    /// The same at another place in the file.
    func at(_ offset: Int) -> LogDamage {
        LogDamage(
            file: file, offset: offset, kind: kind, firstSequence: firstSequence, endSequence: endSequence)
    }
}

extension LogDamage: CustomStringConvertible {
    /// What is wrong, where, and which events are at risk.
    public var description: String {
        let events: String
        if let endSequence {
            events =
                endSequence > firstSequence
                ? "events \(firstSequence) to \(endSequence - 1) are at risk" : "no event is at risk"
        } else {
            events = "events from \(firstSequence) on are at risk"
        }
        return "\(kind.rawValue) damaged in \(file) at byte \(offset); \(events)"
    }
}

extension LogError: CustomStringConvertible {
    /// One or two sentences: what, where, what to do.
    public var description: String {
        switch self {
        case .noSuchLog(let path):
            "There is no log in \(path). Name one with -L DIR, or make one with `tidemark ingest`."
        case .notALog(let path, let why):
            "\(path) is not a log: \(why). Name another directory with -L DIR; nothing was changed."
        case .newerFormat(let path, let version):
            "\(path) is written in log format \(version), and this program reads format \(LogFormat.version)."
                + " Use the release that wrote it; nothing was changed."
        case .locked(let path, let holder):
            "Another process\(holder.map { " (\($0))" } ?? "") writes to the log \(path)."
                + " Wait until it ends, or stop it; reading is possible meanwhile."
        case .damaged(let damage):
            "The log is damaged: \(damage)."
                + " Run `tidemark log verify` for the whole list; `tidemark log repair` goes on without what"
                + " is lost, and keeps a copy of it."
        case .beyondRepair(let damage):
            "The log cannot be repaired: \(damage). Put the file back from a backup, or begin a new log in"
                + " another directory and ingest the sources again; nothing was changed."
        case .full(let failure):
            "\(failure). Everything acknowledged is safe; free some space and go on."
        case .readOnly(let failure):
            "\(failure). Check the permissions and the mount of the directory, or name another with -L DIR."
        case .io(let failure):
            "\(failure). Everything acknowledged is safe; check the device and the path."
        case .poisoned(let failure):
            "\(failure). What was written since the last commit may be lost, so nothing more is accepted:"
                + " check the device, then start again; everything acknowledged is kept."
        case .tooLarge(let name, let bytes):
            "A record of \(name) has \(bytes) bytes, more than the \(LogFormat.controlBytesMax) that one"
                + " record of the log may have. Make it smaller."
        case .erasing(let path):
            "An account is being erased from the log \(path), or that was interrupted."
                + " Wait until it is done, or finish it with `tidemark log erase --finish`."
        case .tooManyKeys(let source, let keys):
            "Source \(source.isEmpty ? "(unnamed)" : source) sent \(keys) distinct request ids within the"
                + " duplicate window, the most that are remembered."
                + " Split it into several sources with --source."
        }
    }
}

/// Runs system calls and throws their failures as what the caller of the log sees.
func systemCalls<R: ~Copyable>(_ body: () throws(IOFailure) -> R) throws(LogError) -> R {
    do throws(IOFailure) {
        return try body()
    } catch {
        throw LogError(error)
    }
}
