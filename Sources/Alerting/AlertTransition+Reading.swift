import Detection
import UsageEvents

extension AlertTransition {
    /// Reads back one line that `write` wrote, as it stands in the journal.
    ///
    /// Observed amounts and what is exposed come back exactly, expectations to the three digits that were
    /// written. Keys that are not known are passed over. Nil where a line is no transition, or one of a
    /// kind that this version does not know.
    public init?(json line: some Collection<UInt8>) {
        guard let tree = JSONTree(line) else { return nil }
        self.init(tree: tree)
    }

    /// The same, of a value inside another one.
    package init?(tree: JSONTree) {
        guard let id = tree["id"]?.text, let seq = tree["seq"]?.whole,
            let state = tree["state"]?.text.flatMap(State.init(rawValue:)),
            let at = tree["at"]?.text.flatMap({ Timestamp(rfc3339: $0.utf8) }),
            let startsAt = tree["starts_at"]?.text.flatMap({ Timestamp(rfc3339: $0.utf8) }),
            let kind = tree["kind"]?.text.flatMap({ word in AlertKind.allCases.first { $0.word == word } }),
            let severity = tree["severity"]?.text.flatMap(Severity.init(word:)),
            let title = tree["title"]?.text, let reason = tree["reason"]?.text,
            let observed = tree["observed"], let unit = observed["unit"]?.text,
            let window = observed["window"]?.text,
            let evidence = tree["evidence"],
            let first = evidence["first_sequence"]?.whole, let last = evidence["last_sequence"]?.whole,
            first >= 0, last >= 0
        else { return nil }
        let isMoney = unit == "usd"
        guard let value = observed["value"].flatMap({ Self.amount($0, isMoney: isMoney) }) else { return nil }
        self.init(
            id: id, seq: Int(seq), state: state, at: at, startsAt: startsAt, kind: kind, severity: severity,
            page: tree["page"]?.flag ?? false, historical: tree["historical"]?.flag ?? false,
            retroactive: tree["retroactive"]?.flag ?? false, identity: tree["identity"]?.text,
            team: tree["team"]?.text, tool: tree["tool"]?.text, model: tree["model"]?.text,
            mcpServer: tree["mcp_server"]?.text, title: title, reason: reason, observed: value,
            isMoney: isMoney,
            window: window,
            basis: CostBasis.allCases.first { $0.word == observed["cost_basis"]?.text } ?? .unstated,
            expected: Self.expectation(tree, isMoney: isMoney),
            contributors: (tree["contributors"]?.elements ?? []).compactMap(Self.contributor),
            exposed: tree["exposed_usd"].flatMap { Self.amount($0, isMoney: true) },
            firstSequence: UInt64(first),
            lastSequence: UInt64(last), configuration: evidence["config"]?.text ?? "")
    }

    private static func expectation(_ tree: JSONTree, isMoney: Bool) -> Expectation? {
        guard let expected = tree["expected"],
            let value = expected["value"].flatMap({ amount($0, isMoney: isMoney) }),
            let low = expected["low"].flatMap({ amount($0, isMoney: isMoney) }),
            let high = expected["high"].flatMap({ amount($0, isMoney: isMoney) }),
            let score = tree["score"]?.double, let threshold = tree["threshold"]?.double
        else { return nil }
        return Expectation(
            value: Double(value), low: Double(low), high: Double(high), score: score, threshold: threshold)
    }

    private static func contributor(_ tree: JSONTree) -> Contributor? {
        guard let dimension = tree["dimension"]?.text, let value = tree["value"]?.text,
            let share = tree["share"]?.double
        else { return nil }
        return Contributor(dimension: dimension, value: value, share: share)
    }

    /// Nano-dollars of a decimal text, or whole tokens; nil for anything else.
    private static func amount(_ tree: JSONTree, isMoney: Bool) -> Int64? {
        guard case .number(let text) = tree else { return nil }
        guard isMoney else { return Int64(text) }
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        let isNegative = text.hasPrefix("-")
        guard parts.count <= 2, let dollars = Int64(parts[0]),
            parts.count == 1 || (1...9).contains(parts[1].utf8.count)
        else { return nil }
        var fraction: Int64 = 0
        if parts.count == 2 {
            let digits = parts[1] + String(repeating: "0", count: 9 - parts[1].utf8.count)
            guard digits.utf8.allSatisfy({ $0 >= 48 && $0 <= 57 }), let n = Int64(digits) else { return nil }
            fraction = n
        }
        let (whole, overflow) = dollars.multipliedReportingOverflow(by: NanoUSD.dollar)
        let (sum, tooLarge) = whole.addingReportingOverflow(isNegative ? -fraction : fraction)
        return overflow || tooLarge ? nil : sum
    }
}
