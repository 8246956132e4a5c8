import Pipeline
import UsageEvents

/// One line of `inventory` or `report` for machines: the same fields as JSON and as CSV.
struct UsageRecord {
    /// What a field holds; nil is null, or an empty cell.
    enum Value {
        case text(String?)
        /// A number's exact text.
        case number(String?)
    }

    private var fields: [(key: String, value: Value)] = []

    mutating func text(_ key: String, _ value: String?) { fields.append((key, .text(value))) }

    mutating func number(_ key: String, _ value: (some BinaryInteger)?) {
        fields.append((key, .number(value.map { "\($0)" })))
    }

    mutating func dollars(_ key: String, _ nano: Int128?) {
        fields.append((key, .number(nano.map(exactDollars))))
    }

    /// Appends what was used and what it cost.
    ///
    /// A cost is null where no event has one: unknown is not zero.
    ///
    /// - Parameter isOfServers: whether the record is about the uses of a server only.
    mutating func sums(_ sums: UsageSums, isOfServers: Bool = false) {
        number("events", sums.events)
        number("requests", isOfServers ? nil : sums.requests)
        number("mcp_uses", sums.uses)
        number("input_tokens", isOfServers ? nil : sums.inputTokens)
        number("output_tokens", isOfServers ? nil : sums.outputTokens)
        number("cache_read_tokens", isOfServers ? nil : sums.cacheReadTokens)
        number("cache_write_tokens", isOfServers ? nil : sums.cacheWriteTokens)
        let isPriced = sums.priced > 0 && !isOfServers
        dollars("cost_usd", isPriced ? sums.cost : nil)
        dollars("billed_usd", isPriced ? sums.billed : nil)
        dollars("list_usd", isPriced ? sums.list : nil)
        dollars("estimated_usd", isPriced ? sums.estimated : nil)
        dollars("included_usd", isPriced ? sums.included : nil)
        dollars("unstated_usd", isPriced ? sums.unstated : nil)
        number("unpriced_events", isOfServers ? nil : sums.unpriced)
    }

    /// As a JSON object. Keys are ours and need no escapes.
    var json: String {
        var out = "{"
        for (key, value) in fields {
            out += (out.utf8.count == 1 ? "\"" : ",\"") + key + "\":"
            switch value {
            case .text(let text): out += text.map(JSONText.quoted) ?? "null"
            case .number(let text): out += text ?? "null"
            }
        }
        return out + "}"
    }

    /// As a line of CSV.
    var csv: String {
        var line = CSVText()
        for (_, value) in fields {
            switch value {
            case .text(let text): line.text(text)
            case .number(let text): line.number(text)
            }
        }
        return line.line
    }

    /// The names of the columns, as the first line of CSV.
    var csvHeader: String { fields.map(\.key).joined(separator: ",") }
}

/// How a command prints: for people, or records.
enum UsageFormat {
    case text
    case json
    case csv
}

extension Output {
    /// Prints records; CSV has its header even where there is none, so `empty` names the columns.
    func records(_ records: some Sequence<UsageRecord>, _ format: UsageFormat, empty: UsageRecord)
        throws(OutputError)
    {
        if format == .csv { try line(empty.csvHeader) }
        for record in records { try line(format == .csv ? record.csv : record.json) }
    }
}
