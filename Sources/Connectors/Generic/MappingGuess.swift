import UsageEvents

/// What the names of columns suggest they mean, for a mapping that is to be read and corrected by a person.
enum MappingGuess {
    /// What the mapping must name, where the names are those of the fields themselves; nil where no event
    /// could come of it.
    static func canonical(_ names: [String]) -> ColumnMapping? {
        let fields = Field.allCases.filter { names.contains($0.key) }
        return isEnough(fields) ? ColumnMapping(fields: fields) : nil
    }

    /// Whether events can come of these fields: each needs a time, and tokens, money or a server. The
    /// account may be given otherwise.
    static func isEnough(_ fields: [Field]) -> Bool {
        let amounts: [Field] = [
            .inputTokens, .outputTokens, .cacheReadTokens, .cacheWriteTokens, .costUSD, .mcpServer,
        ]
        return fields.contains(.ts) && amounts.contains { fields.contains($0) }
    }

    /// Why columns that nobody mapped are refused, with a line to begin from. Paths of JSON keys count as
    /// columns, with dots.
    static func refusal(_ names: [[String]]) -> Refusal {
        let listed = names.prefix(40).map {
            ColumnMapping.Origin.column(path: $0, decimalShift: 0).description
        }
        let rest = names.count > 40 ? " and \(names.count - 40) more" : ""
        return Refusal(
            reason: .missingField,
            detail:
                "nothing says what the columns mean; found \(plain(listed.joined(separator: ", ")))\(rest). "
                + "Correct and type: --map '\(plain(suggestion(names)))'")
    }

    /// A mapping made of guesses; what an event cannot do without and no name suggests stands as `COLUMN`.
    static func suggestion(_ names: [[String]]) -> String {
        var parts: [String] = []
        var taken: [[String]] = []
        for guess in guesses {
            guard let path = match(guess.names, names.filter { !taken.contains($0) }) else {
                if guess.isWanted { parts.append("\(guess.field.key)=COLUMN") }
                continue
            }
            taken.append(path)
            let isCents = simple(path).contains("cents")
            let origin = ColumnMapping.Origin.column(path: path, decimalShift: isCents ? -2 : 0)
            parts.append("\(guess.field.key)=\(origin)")
        }
        let isAmountGuessed = parts.contains { $0.contains("_tokens=") || $0.contains("cost_usd=") }
        return (parts + (isAmountGuessed ? [] : ["cost_usd=COLUMN"])).joined(separator: ",")
    }

    private struct Guess {
        let field: Field
        let isWanted: Bool
        /// Names in lower case with `_` between words, the best first.
        let names: [String]

        init(_ field: Field, isWanted: Bool = false, _ names: String) {
            self.field = field
            self.isWanted = isWanted
            self.names = names.split(separator: " ").map(String.init)
        }
    }

    private static let guesses = [
        Guess(
            .ts, isWanted: true,
            "ts timestamp time datetime date_time created_at created event_time end_time endtime start_time "
                + "starttime occurred_at date usage_date day"),
        Guess(
            .identity, isWanted: true,
            "identity user_email email useremail user_name username user login member employee actor account "
                + "user_id userid account_id"),
        Guess(.team, "team team_name team_alias department group cost_center team_id"),
        Guess(.project, "project project_name repository repo workspace project_id"),
        Guess(.tool, "tool client application app product client_name"),
        Guess(.model, "model model_name model_id model_group engine"),
        Guess(.mcpServer, "mcp_server mcp_server_name server_name"),
        Guess(.mcpTool, "mcp_tool mcp_tool_name tool_name"),
        Guess(
            .inputTokens, "input_tokens prompt_tokens tokens_in input_token_count inputtokens prompttokens"),
        Guess(
            .outputTokens,
            "output_tokens completion_tokens tokens_out output_token_count outputtokens completiontokens "
                + "generated_tokens"),
        Guess(
            .cacheReadTokens,
            "cache_read_tokens cache_read_input_tokens cached_tokens cached_input_tokens cachereadtokens "
                + "cache_read"),
        Guess(
            .cacheWriteTokens,
            "cache_write_tokens cache_creation_input_tokens cache_creation_tokens cachewritetokens "
                + "cache_write"
        ),
        Guess(.reasoningTokens, "reasoning_tokens thinking_tokens reasoning_output_tokens"),
        Guess(
            .costUSD,
            "cost_usd cost total_cost amount_usd response_cost spend amount price usd cost_cents "
                + "amount_cents charged_cents cents"),
        Guess(.requests, "requests request_count num_requests calls"),
        Guess(.requestID, "request_id requestid event_id message_id uuid id"),
        Guess(.sessionID, "session_id sessionid conversation_id thread_id trace_id"),
    ]

    private static func match(_ wanted: [String], _ names: [[String]]) -> [String]? {
        for word in wanted {
            if let path = names.first(where: { simple($0) == word }) { return path }
        }
        return nil
    }

    /// The last part of a name in lower case, with `_` for whatever is no letter or digit.
    private static func simple(_ path: [String]) -> String {
        var out: [UInt8] = []
        for byte in (path.last ?? "").lowercased().utf8 {
            let isWord = (byte >= 48 && byte <= 57) || (byte >= 97 && byte <= 122)
            if isWord {
                out.append(byte)
            } else if let last = out.last, last != 0x5f {
                out.append(0x5f)
            }
        }
        if out.last == 0x5f { out.removeLast() }
        return String(decoding: out, as: UTF8.self)
    }

    /// In printable ASCII, at most 2,000 characters of it.
    private static func plain(_ text: String) -> String {
        var out = ""
        for scalar in text.unicodeScalars.prefix(2_000) {
            out +=
                scalar.value >= 0x20 && scalar.value < 0x7f ? String(scalar) : scalar.escaped(asASCII: true)
        }
        return out
    }
}
