/// The request id of an event whose source says things more than once, in parts.
///
/// Written as `message`, `message/request`, `message+side` or with `~revision` behind: the text is what the
/// log keeps, so that a later run knows which copies have been counted. Copies of one key are one event, and
/// the one with the most tokens counts. Among the keys of one message those with a request win over the one
/// without, and that wins over a replay on a side chain, which counts only where nothing else is known.
public struct RequestKey: Hashable, Sendable {
    /// What ranks keys of one message; a higher one silences the lower.
    public enum Rank: UInt8, Comparable, Sendable {
        /// A replay on a side chain.
        case side = 0
        /// No request is named.
        case message = 1
        /// A request of the message.
        case request = 2

        /// Lower ranks first.
        public static func < (a: Rank, b: Rank) -> Bool { a.rawValue < b.rawValue }
    }

    /// What copies and replays share.
    public let message: String
    /// The request, where one is named and the copy is not on a side chain.
    public let request: String?
    /// What ranks it.
    public let rank: Rank

    /// A key from its parts; characters that separate parts are replaced by `_`.
    public init(message: String, request: String? = nil, isSide: Bool = false) {
        self.message = Self.plain(message)
        self.request = isSide ? nil : request.map(Self.plain)
        rank = isSide ? .side : request == nil ? .message : .request
    }

    /// Reads a request id as the log keeps it; a revision is left out.
    public init(text: String) {
        let key = text.prefix { $0 != "~" }
        if key.hasSuffix("+side") {
            self.init(message: String(key.dropLast(5)), isSide: true)
        } else if let slash = key.firstIndex(of: "/") {
            self.init(
                message: String(key[..<slash]), request: String(key[key.index(after: slash)...]))
        } else {
            self.init(message: String(key))
        }
    }

    /// The request id.
    public var text: String {
        switch rank {
        case .side: message + "+side"
        case .message: message
        case .request: message + "/" + (request ?? "")
        }
    }

    private static func plain(_ text: String) -> String {
        guard text.utf8.contains(where: separates) else { return text }
        return String(decoding: text.utf8.map { separates($0) ? 0x5f : $0 }, as: UTF8.self)
    }

    private static func separates(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "/") || byte == UInt8(ascii: "+") || byte == UInt8(ascii: "~")
    }
}
