import UsageEvents

/// Decodes one line by the general JSON reader: what decides about every line that the schema-directed
/// scanner declines.
///
/// The order of its checks is the order in which reasons win: syntax from left to right, repeated keys,
/// then each key in the order of `Field`, then what holds between keys.
struct GeneralEventDecoder {
    /// A line that was accepted, and what is counted about it.
    struct Accepted {
        var event: UsageEvent
        /// Keys that are no fields, as often as they stood in the line.
        var unknownKeys: [[UInt8]]
        /// Whether the cost had more than nine decimals.
        var isCostRounded: Bool
        /// Whether the cost was computed from the price table.
        var isPriced: Bool
    }

    let options: DecoderOptions
    private let rules: EventRules
    private let fieldsByKey: [[UInt8]: Field]

    init(options: DecoderOptions) {
        self.options = options
        rules = EventRules(options)
        fieldsByKey = Dictionary(uniqueKeysWithValues: Field.allCases.map { (Array($0.key.utf8), $0) })
    }

    /// The event of a line, or why it is none. The line comes without its LF.
    func decode(_ line: Span<UInt8>) throws(Refusal) -> Accepted {
        var values = [JSONValue?](repeating: nil, count: Field.allCases.count)
        let unknownKeys = try readObject(line, into: &values)
        var fields = FieldReader(values: values)
        var event = try readTimes(line, &fields)
        try readLabels(&fields, &event)
        try readCounts(line, &fields, &event)
        let isCostRounded = try readMoney(line, &fields, &event)
        event.requestID = try fields.label(.requestID)
        event.sessionID = try fields.label(.sessionID)
        event.origin = try fields.label(.origin)
        event.source = try fields.label(.source) ?? options.defaultSource
        event.shape.rawValue |= fields.present
        try rules.check(event, hasServer: event.mcpServer != nil)
        var models = ModelNumbers()
        let model = event.model.flatMap { rules.number(of: $0, &models) }
        let isPriced = rules.estimate(&event, model: model)
        return Accepted(
            event: event, unknownKeys: unknownKeys, isCostRounded: isCostRounded, isPriced: isPriced)
    }

    // MARK: - Syntax

    private func readObject(_ line: Span<UInt8>, into values: inout [JSONValue?]) throws(Refusal) -> [[UInt8]]
    {
        var reader = JSONReader()
        var unknownKeys: [[UInt8]] = []
        var repeated: Field?
        reader.skipWhitespace(line)
        guard reader.peek(line) == UInt8(ascii: "{") else {
            let value = try reader.value(line, depth: 0, keepText: false)
            try expectEnd(&reader, line)
            throw Refusal(reason: .notAnObject, detail: "found \(value.name), an object is wanted")
        }
        reader.advance()
        reader.skipWhitespace(line)
        if reader.peek(line) == UInt8(ascii: "}") {
            reader.advance()
        } else {
            while true {
                guard reader.peek(line) == UInt8(ascii: "\"") else {
                    throw reader.unexpected(line, wanted: "a key")
                }
                let key = try reader.string(line, keepText: true)
                reader.skipWhitespace(line)
                try reader.expect(UInt8(ascii: ":"), line)
                reader.skipWhitespace(line)
                let field = fieldsByKey[key]
                let value = try reader.value(line, depth: 1, keepText: field != nil)
                if let field {
                    if values[Int(field.rawValue)] != nil { repeated = repeated ?? field }
                    values[Int(field.rawValue)] = value
                } else {
                    unknownKeys.append(key)
                }
                reader.skipWhitespace(line)
                if reader.peek(line) == UInt8(ascii: "}") {
                    reader.advance()
                    break
                }
                try reader.expect(UInt8(ascii: ","), line)
                reader.skipWhitespace(line)
            }
        }
        try expectEnd(&reader, line)
        if let repeated {
            throw Refusal(
                reason: .duplicateKey, field: repeated, detail: "\(repeated.key) stands twice, once is wanted"
            )
        }
        return unknownKeys
    }

    private func expectEnd(_ reader: inout JSONReader, _ line: Span<UInt8>) throws(Refusal) {
        reader.skipWhitespace(line)
        guard reader.isAtEnd(line) else { throw reader.unexpected(line, wanted: "the end of the line") }
    }

    // MARK: - Fields

    private func readTimes(_ line: Span<UInt8>, _ fields: inout FieldReader) throws(Refusal) -> UsageEvent {
        guard let ts = try fields.time(.ts, line) else { throw .missing(.ts, "each event needs a time") }
        let tsEnd = try fields.time(.tsEnd, line)
        var event = UsageEvent(ts: ts, identity: "")
        event.tsEnd = tsEnd
        return event
    }

    private func readLabels(_ fields: inout FieldReader, _ event: inout UsageEvent) throws(Refusal) {
        if fields.isNull(.identity) {
            guard let identity = options.defaultIdentity, !identity.isEmpty else {
                throw Refusal.missing(.identity, "no account is named and there is no default")
            }
            event.identity = EventRules.canonicalIdentity(identity)
        } else {
            guard let identity = try fields.label(.identity) else {
                throw Refusal(
                    reason: .outOfRange, field: .identity,
                    detail: "identity is empty, 1 to \(Limits.labelBytesMax) bytes are wanted")
            }
            event.identity = EventRules.canonicalIdentity(identity)
        }
        event.team = try fields.label(.team)
        event.project = try fields.label(.project)
        event.tool = try fields.label(.tool)
        event.model = try fields.label(.model)
        event.mcpServer = try fields.label(.mcpServer)
        event.mcpTool = try fields.label(.mcpTool)
    }

    private func readCounts(
        _ line: Span<UInt8>, _ fields: inout FieldReader, _ event: inout UsageEvent
    ) throws(Refusal) {
        if let word = try fields.word(.grain) {
            guard let grain = Grain.allCases.first(where: { $0.word == word }) else {
                throw Self.unknown(.grain, word, Grain.allCases.map(\.word))
            }
            event.shape.grain = grain
        }
        let isCorrection = event.shape.grain == .correction
        let tokens = Limits.tokensPerEventMax
        event.inputTokens = try fields.integer(.inputTokens, line, max: tokens, isCorrection) ?? 0
        event.outputTokens = try fields.integer(.outputTokens, line, max: tokens, isCorrection) ?? 0
        event.cacheReadTokens = try fields.integer(.cacheReadTokens, line, max: tokens, isCorrection) ?? 0
        event.cacheWriteTokens = try fields.integer(.cacheWriteTokens, line, max: tokens, isCorrection) ?? 0
        event.reasoningTokens = try fields.integer(.reasoningTokens, line, max: tokens, isCorrection) ?? 0
        event.requests =
            try fields.integer(.requests, line, max: Limits.requestsPerEventMax, isCorrection) ?? 1
    }

    private func readMoney(
        _ line: Span<UInt8>, _ fields: inout FieldReader, _ event: inout UsageEvent
    ) throws(Refusal) -> Bool {
        if let word = try fields.word(.costBasis) {
            guard let basis = CostBasis.allCases.first(where: { $0.word == word }) else {
                throw Self.unknown(.costBasis, word, CostBasis.allCases.compactMap(\.word))
            }
            event.shape.basis = basis
        }
        guard let cost = try fields.money(.costUSD, line, isCorrection: event.shape.grain == .correction)
        else {
            return false
        }
        event.cost = cost.amount
        return cost.isRounded
    }

    private static func unknown(_ field: Field, _ word: String, _ wanted: [String]) -> Refusal {
        Refusal(
            reason: .unknownValue, field: field,
            detail:
                "\(field.key) is \(Printable.quote(word)), wanted one of \(wanted.joined(separator: ", "))")
    }
}
