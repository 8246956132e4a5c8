/// One line of a transcript: where the values stand that mean something. A repeated key counts as its last.
///
/// Finding them is what reads the whole line, so a line is either JSON from end to end or refused. What type
/// it is stands behind its message in most versions, so the message is looked into afterwards.
struct ClaudeCodeLine {
    private enum Key: String, CaseIterable {
        case type, timestamp, uuid, isSidechain, isApiErrorMessage, cwd, costUSD, message
        case sessionID = "sessionId"
        case requestID = "requestId"
    }

    private static let keys = JSONKeys<Key>()

    private(set) var type: JSONCursor?
    private(set) var timestamp: JSONCursor?
    private(set) var uuid: JSONCursor?
    private(set) var isSidechain: JSONCursor?
    private(set) var isError: JSONCursor?
    private(set) var workingDirectory: JSONCursor?
    private(set) var cost: JSONCursor?
    private(set) var message: JSONCursor?
    private(set) var sessionID: JSONCursor?
    private(set) var requestID: JSONCursor?

    init(_ line: Span<UInt8>) throws(Refusal) {
        var cursor = JSONCursor()
        guard try cursor.kind(line) == .object else {
            try cursor.skip(line)
            try cursor.end(line)
            throw Refusal(reason: .notAnObject, detail: "the line is no JSON object, one is wanted")
        }
        try cursor.enterObject(line)
        while let key = try cursor.nextKey(line) {
            let value = JSONCursor(at: cursor.at)
            try cursor.skip(line)
            switch Self.keys.find(key, in: line) {
            case .type: type = value
            case .timestamp: timestamp = value
            case .uuid: uuid = value
            case .isSidechain: isSidechain = value
            case .isApiErrorMessage: isError = value
            case .cwd: workingDirectory = value
            case .costUSD: cost = value
            case .message: message = value
            case .sessionID: sessionID = value
            case .requestID: requestID = value
            case nil: break
            }
        }
        try cursor.end(line)
    }
}
