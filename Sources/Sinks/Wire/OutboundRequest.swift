/// One thing to do, which the service does.
public enum OutboundRequest: Sendable {
    /// Send a request by HTTP.
    case http(HTTPMessage)
    /// Append bytes, which end with a line end, to the file of the settings.
    case file(lines: [UInt8])
    /// Run the command of the settings with these bytes as its standard input.
    case process(input: [UInt8])
    /// Write bytes to a connection, or send them as one datagram if the address begins with `udp:`.
    case stream(url: Secret, bytes: [UInt8])
}

/// A request by HTTP.
public struct HTTPMessage: Sendable {
    /// One header.
    public struct Header: Hashable, Sendable {
        /// In lower case.
        public var name: String
        /// Visible ASCII and spaces only.
        public var value: String

        /// A header.
        public init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    /// `POST`.
    public var method = "POST"
    /// Where to; may hold a token.
    public var url: Secret
    /// In the order in which they are sent. The service adds `host` and `content-length`.
    public var headers: [Header]
    /// Exactly these bytes were signed.
    public var body: [UInt8]
    /// Texts in headers or body that must not be shown.
    var concealed: [Secret] = []

    init(url: Secret, headers: [Header], body: [UInt8], concealed: [Secret] = []) {
        self.url = url
        self.headers = headers
        self.body = body
        self.concealed = concealed
    }
}

extension OutboundRequest: CustomStringConvertible {
    /// What `--dry-run` prints: everything but secrets, several lines for a person.
    public var description: String {
        switch self {
        case .http(let message):
            let head = "\(message.method) \(shownAddress(message.url))\n"
            let headers = message.headers.map { "\($0.name): \($0.value)\n" }.joined()
            return conceal(head + headers + "\n" + String(decoding: message.body, as: UTF8.self))
        case .file(let bytes), .process(let bytes): return String(decoding: bytes, as: UTF8.self)
        case .stream(let url, let bytes):
            return "\(shownAddress(url))\n\n" + String(decoding: bytes, as: UTF8.self)
        }
    }

    /// A text in which no secret of this request is left: for what a receiver answered. Receivers like to
    /// name the path that they were asked for.
    func conceal(_ text: String) -> String {
        let (urls, others): ([Secret], [Secret]) =
            switch self {
            case .http(let message): ([message.url], message.concealed)
            case .stream(let url, _): ([url], [])
            case .file, .process: ([], [])
            }
        var out = text
        // Receivers echo pieces, too: after what is whole, the words that are long enough for a token.
        for isWord in [false, true] {
            for secret in urls + others {
                secret.withText { whole in
                    let path = whole.split(separator: "/", maxSplits: 3, omittingEmptySubsequences: false)
                        .dropFirst(3)
                    let query = whole.split(separator: "?", maxSplits: 1).dropFirst()
                    let parts = [whole] + (path + query).map(String.init)
                    let words = (path + query).flatMap { $0.split { "/?&=".contains($0) } }.map(String.init)
                    for part in isWord ? words : parts where part.utf8.count >= (isWord ? 8 : 4) {
                        out = replacing(out, part, by: secret.description)
                    }
                }
            }
        }
        return out
    }
}

/// An address as it may be shown: without user, path and query, which may hold a token.
public func shownAddress(_ url: Secret) -> String {
    url.withText { text in
        guard let scheme = text.firstRange(of: "://") else { return url.description }
        let rest = text[scheme.upperBound...]
        let authority = rest.prefix { !"/?#\\".contains($0) }
        let host = authority.split(separator: "@", omittingEmptySubsequences: false).last ?? ""
        let tail = authority.endIndex < rest.endIndex ? "/" + url.description : ""
        return shown(String(text[..<scheme.upperBound]) + host) + tail
    }
}
