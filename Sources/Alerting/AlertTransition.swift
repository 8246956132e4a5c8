public import Detection
public import UsageEvents

/// One change of one alert: what the journal holds, what sinks deliver, what `--json` prints.
///
/// (`id`, `seq`) names it for good: the same log and configuration give the same pair on every machine.
public struct AlertTransition: Sendable {
    /// `al_` and 16 hexadecimal digits.
    public var id: String
    /// 0 for the first firing, then counting up.
    public var seq: Int
    /// Firing or resolved.
    public var state: State
    /// When, on the account's clock.
    public var at: Timestamp
    /// Since when, at the raise.
    public var startsAt: Timestamp
    /// Which detector.
    public var kind: AlertKind
    /// How much it matters.
    public var severity: Severity
    /// A page rather than a digest line.
    public var page: Bool
    /// Raised from imported history.
    public var historical: Bool
    /// Raised by a late event.
    public var retroactive: Bool
    /// The account; nil for an alert about a team.
    public var identity: String?
    /// The team.
    public var team: String?
    /// The dominant tool.
    public var tool: String?
    /// The dominant or new model.
    public var model: String?
    /// The dominant or new MCP server.
    public var mcpServer: String?
    /// One sentence.
    public var title: String
    /// Why this transition: `first`, `grew`, `rollout`, `back_to_normal`, `accepted`, `superseded`,
    /// `expired`, `displaced`.
    public var reason: String
    /// What was observed: nano-dollars or tokens.
    public var observed: Int64
    /// Whether the amount is money.
    public var isMoney: Bool
    /// `1h`, `24h`, or `first_use`.
    public var window: String
    /// Whose dollars.
    public var basis: CostBasis
    /// What was expected, in the unit of `observed`; nil for first uses.
    public var expected: Expectation?
    /// What drove it.
    public var contributors: [Contributor]
    /// Nano-dollars above the expectation so far; nil where it cannot be priced.
    public var exposed: Int64?
    /// First event that counts.
    public var firstSequence: UInt64
    /// The event that caused it.
    public var lastSequence: UInt64
    /// Fingerprint of the configuration.
    public var configuration: String

    /// Firing or resolved.
    public enum State: String, Sendable {
        /// It is going on.
        case firing
        /// It is over.
        case resolved
    }

    /// Version of the detectors; part of each id.
    public static let engineVersion = "1"
}

extension AlertTransition {
    /// Appends the JSON object of the contract, without a line end. Every key is there; what does not apply
    /// is null.
    public func write(into out: inout [UInt8]) {
        let before = consume out
        out = []
        var json = JSONObjectWriter(after: before)
        json.string("id", id)
        json.raw("seq", String(seq))
        json.string("state", state.rawValue)
        json.time("at", at)
        json.time("starts_at", startsAt)
        json.string("kind", kind.word)
        json.string("severity", severity.word)
        json.raw("page", page ? "true" : "false")
        json.raw("historical", historical ? "true" : "false")
        json.raw("retroactive", retroactive ? "true" : "false")
        json.string("identity", identity)
        json.string("person", nil)
        json.string("team", team)
        json.string("project", nil)
        json.string("tool", tool)
        json.string("model", model)
        json.string("mcp_server", mcpServer)
        json.string("title", title)
        json.string("reason", reason)
        json.object("observed") { inner in
            inner.raw("value", amount(Double(observed), exact: observed))
            inner.string("unit", isMoney ? "usd" : "tokens")
            inner.string("window", window)
            inner.string("cost_basis", isMoney ? basis.word : nil)
        }
        if let expected {
            json.object("expected") { inner in
                inner.raw("value", amount(expected.value))
                inner.raw("low", amount(expected.low))
                inner.raw("high", amount(expected.high))
                inner.string("unit", isMoney ? "usd" : "tokens")
            }
            json.raw("score", thousandths(expected.score))
            json.raw("threshold", thousandths(expected.threshold))
        } else {
            json.raw("expected", "null")
            json.raw("score", "null")
            json.raw("threshold", "null")
        }
        json.array("contributors", contributors) { inner, c in
            inner.string("dimension", c.dimension)
            inner.string("value", c.value)
            inner.raw("share", thousandths(c.share))
        }
        json.raw("exposed_usd", exposed.map { NanoUSD(rawValue: $0).description } ?? "null")
        json.object("evidence") { inner in
            inner.raw("first_sequence", String(firstSequence))
            inner.raw("last_sequence", String(lastSequence))
            inner.string("config", configuration)
            inner.string("engine", Self.engineVersion)
        }
        json.raw("labels", "{}")
        out = json.finish()
    }

    /// The JSON object as text.
    public var json: String {
        var out: [UInt8] = []
        write(into: &out)
        return String(decoding: out, as: UTF8.self)
    }

    /// An amount as a JSON number: dollars exactly where `exact` is given, else to three significant digits.
    private func amount(_ value: Double, exact: Int64? = nil) -> String {
        if let exact { return isMoney ? NanoUSD(rawValue: exact).description : String(exact) }
        let whole = roundedToThreeDigits(value)
        return isMoney ? NanoUSD(rawValue: whole).description : String(whole)
    }
}

/// A positive amount to three significant digits, as a whole number; saturates below 2^62.
package func roundedToThreeDigits(_ value: Double) -> Int64 {
    let whole = UInt64(max(0, min(value, 0x1p62)).rounded())
    var unit: UInt64 = 1
    while whole / unit >= 1_000 { unit *= 10 }
    return Int64((whole + unit / 2) / unit * unit)
}

/// A number with three decimals, rounded to nearest, as exact text.
func thousandths(_ value: Double) -> String {
    let n = Int64(max(-9e15, min(9e15, (value * 1_000).rounded())))
    let digits = String(n.magnitude % 1_000)
    return (n < 0 ? "-" : "") + "\(n.magnitude / 1_000)."
        + String(repeating: "0", count: 3 - digits.utf8.count) + digits
}
