/// Why an input could not be read to its end.
public enum InputError: Error, Hashable, Sendable, CustomStringConvertible {
    /// There is nothing of that name.
    case missing(name: String)
    /// A directory stands there.
    case directory(name: String)
    /// Permissions forbid it.
    case forbidden(name: String)
    /// A folder without any file that is read.
    case empty(name: String, suffixes: [String])
    /// No transcripts of a program are on this machine; `looked` are the folders.
    case notHere(program: String, looked: [String], variable: String)
    /// It is of a kind that is not read; the sentence says what to type instead.
    case refused(String)
    /// A compressed input ends in the middle.
    case truncated(name: String)
    /// A compressed input is damaged or is a bomb; the sentence says which.
    case corrupt(name: String, why: String)
    /// The operating system failed to read.
    case failed(name: String, why: String)

    /// What, where, and what to do.
    public var description: String {
        switch self {
        case .missing(let name) where Self.isUnspoken(name):
            "\(name): its name is not UTF-8; rename the file"
        case .missing(let name): "\(name): no such file; check the name, or use - for standard input"
        case .directory(let name):
            "\(name) is a directory; name the event files in it, as in \(name)/*.ndjson"
        case .empty(let name, let suffixes):
            "\(name) is a folder without event files; looked for names that end in "
                + suffixes.joined(separator: ", ") + ", also with .zst behind"
        case .notHere(let program, let looked, let variable):
            "no files of \(program) in \(looked.joined(separator: ", ")); set \(variable) to their folder, "
                + "or name the folder instead"
        case .forbidden(let name): "\(name) may not be read by this user; check its permissions"
        case .refused(let sentence): sentence
        case .truncated(let name):
            "\(name) ends in the middle of its compressed data; what came before is in. Copy the file again, "
                + "then feed it again: events with a request_id are not counted twice"
        case .corrupt(let name, let why):
            "\(name): \(why); what came before is in. Check it with `zstd -t \(name)`"
        case .failed(let name, let why): "\(name) cannot be read: \(why)"
        }
    }

    /// Whether a path stood for bytes that are not UTF-8, so that it names nothing any more.
    static func isUnspoken(_ path: String) -> Bool { path.unicodeScalars.contains("\u{FFFD}") }

    /// Whether the input is missing rather than bad.
    public var isMissing: Bool {
        switch self {
        case .missing, .directory, .forbidden, .empty, .notHere: true
        default: false
        }
    }
}
