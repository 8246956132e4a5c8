/// A format of usage data: how it is recognised, and what reads it.
public struct EventFormat: Sendable {
    /// The name after `--format`, and the source of its events where they name none.
    public let name: String
    /// What it is, for lists of formats: a phrase without a full stop.
    public let summary: String
    /// In which order its events reach the log.
    public let arrival: Arrival
    /// Whether a record can be said again with other amounts, under the same request id: the copy with the
    /// most tokens counts then (see `RequestKey`).
    public let isRevised: Bool
    /// Whether its records never name an account, so that the user of this machine stands in.
    public let isPersonal: Bool
    /// Whether an input is of this format, by its first bytes; false where that is not certain.
    public let recognises: @Sendable (InputHead) -> Bool
    /// A decoder at the start of an input.
    public let makeDecoder: @Sendable (DecoderOptions, InputHead) -> any EventDecoder
    /// Where a program leaves such files on its user's machine; nil where none does.
    public let place: LocalPlace?

    /// In which order events reach the log.
    public enum Arrival: Sendable {
        /// As they stand in the input: it is a feed of events in its own right.
        case asWritten
        /// By time, over all inputs of the run: files were written side by side, or newest first.
        case byTime
    }

    init(
        name: String, summary: String, arrival: Arrival = .byTime, isRevised: Bool = false,
        isPersonal: Bool = false, place: LocalPlace? = nil,
        recognises: @escaping @Sendable (InputHead) -> Bool,
        makeDecoder: @escaping @Sendable (DecoderOptions, InputHead) -> any EventDecoder
    ) {
        self.name = name
        self.summary = summary
        self.arrival = arrival
        self.isRevised = isRevised
        self.isPersonal = isPersonal
        self.place = place
        self.recognises = recognises
        self.makeDecoder = makeDecoder
    }
}

/// The beginning of an input: what decides of which format it is.
public struct InputHead: Sendable {
    /// How many first bytes are looked at.
    public static let bytesMax = 64 << 10

    /// The path of the input, or `-`.
    public let path: String
    /// Its first bytes, decompressed, without a byte order mark.
    public let bytes: [UInt8]

    /// The head of an input.
    public init(path: String, bytes: [UInt8]) {
        self.path = path
        self.bytes = bytes.starts(with: [0xef, 0xbb, 0xbf]) ? Array(bytes.dropFirst(3)) : bytes
    }

    /// The first byte that is no white space: `{` and `[` begin JSON.
    public var firstByte: UInt8? { bytes.first { $0 != 0x20 && $0 != 0x09 && $0 != 0x0a && $0 != 0x0d } }

    /// The first line, without its end.
    public var firstLine: ArraySlice<UInt8> {
        let line = bytes.prefix { $0 != 0x0a }
        return line.last == 0x0d ? line.dropLast() : line
    }

    /// Whether a JSON key stands somewhere in the head, quoted and followed by a colon.
    public func hasKey(_ key: String) -> Bool {
        let wanted = Array("\"\(key)\"".utf8)
        guard bytes.count > wanted.count else { return false }
        var from = 0
        while let at = bytes[from...].firstIndex(of: 0x22), at + wanted.count < bytes.count {
            if bytes[at..<at + wanted.count].elementsEqual(wanted) {
                let next = bytes[(at + wanted.count)...].first { $0 != 0x20 }
                if next == 0x3a { return true }
            }
            from = at + 1
        }
        return false
    }
}

/// Where a program leaves its files under the home of its user.
public struct LocalPlace: Sendable {
    /// The program, as its makers spell it.
    public let program: String
    /// The environment variable that replaces the folders of `roots`; a comma separates several.
    public let variable: String
    /// Folders under the home directory, the usual one first; empty for itself.
    public let roots: [String]
    /// Folders below each of those that hold the files.
    public let folders: [String]
    /// How the names of its files end.
    public let suffixes: [String]
    /// The name of a folder in which they lie, where others lie beside it; nil where none does.
    public let within: String?

    init(
        program: String, variable: String, roots: [String], folders: [String],
        suffixes: [String] = [".jsonl"],
        within: String? = nil
    ) {
        self.program = program
        self.variable = variable
        self.roots = roots
        self.folders = folders
        self.suffixes = suffixes
        self.within = within
    }
}
