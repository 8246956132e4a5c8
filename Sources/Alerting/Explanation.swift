import Detection
package import UsageEvents

/// The one sentence that says what happened, to somebody who knows nothing of the arithmetic.
package enum Explanation {
    static func title(of anomaly: Anomaly, identity: String) -> String {
        switch anomaly.kind {
        case .spendSpike, .tokenSpike: spike(anomaly, identity)
        case .newModel, .newMCPServer: firstUse(anomaly, identity)
        }
    }

    private static func spike(_ a: Anomaly, _ identity: String) -> String {
        // A late event shows an hour that need not be the last one.
        let window =
            a.metric?.isHour != true
            ? "in the last 24 hours" : a.retroactive ? "in one hour" : "in the last hour"
        let caution = a.basis == .list || a.basis == .estimated ? " (a plan may bill less)" : ""
        let amount =
            a.isMoney
            ? "spent \(money(a.observed, a.basis))\(caution) \(window)"
            : "used \(tokens(a.observed)) \(window)"
        guard let expected = a.expected else { return "\(identity) \(amount)" }
        let usual =
            a.isMoney
            ? NanoUSD(rawValue: roundedToThreeDigits(expected.value)).dollars
            : tokens(roundedToThreeDigits(expected.value))
        switch a.comparison {
        case .organisation:
            let verb = a.isMoney ? "spend" : "use"
            return
                "\(identity) \(amount) and has no history; accounts here usually \(verb) \(usual)"
        default:
            let ratio = multiple(Double(a.observed) / max(expected.value, 1))
            return "\(identity) \(amount), \(ratio) its usual \(usual)"
        }
    }

    private static func firstUse(_ a: Anomaly, _ identity: String) -> String {
        let what = a.kind == .newModel ? "model" : "MCP server"
        let value = a.value ?? "?"
        var scope = "which nobody in the organisation had used before"
        if case .newToTeam = a.comparison { scope = "which is new to team \(a.team ?? "?")" }
        if a.adopters > 1 {
            return
                "\(a.adopters) accounts took up \(what) \(value) within a day, first \(identity): a rollout?"
        }
        let price = a.priceRatio >= 1.5 ? ", at \(multiple(a.priceRatio)) its usual price per token" : ""
        return "\(identity) used \(what) \(value), \(scope)\(price)"
    }

    /// `$41.20`, or `≈ $41.20 at list price` where it is not what will be billed.
    package static func money(_ nano: Int64, _ basis: CostBasis) -> String {
        let dollars = NanoUSD(rawValue: nano).dollars
        switch basis {
        case .list, .estimated: return "≈ \(dollars) at list price"
        case .included: return "\(dollars) (included in a plan)"
        case .billed, .unstated: return dollars
        }
    }

    /// `812 tokens`, `48,200 tokens`, `4.2M tokens`.
    package static func tokens(_ n: Int64) -> String {
        let m = n.magnitude
        let sign = n < 0 ? "-" : ""
        if m < 100_000 { return "\(sign)\(groupedDigits(m)) tokens" }
        var (unit, letter) = (UInt64(1_000_000_000), "B")
        // The first unit of which it is, rounded, less than a thousand.
        for (smaller, name) in [(UInt64(1_000), "k"), (1_000_000, "M")]
        where (m + smaller / 2) / smaller < 1_000 {
            (unit, letter) = (smaller, name)
            break
        }
        let tenths = (m + unit / 20) / (unit / 10)
        return tenths >= 1_000 || tenths % 10 == 0
            ? "\(sign)\(groupedDigits((m + unit / 2) / unit))\(letter) tokens"
            : "\(sign)\(tenths / 10).\(tenths % 10)\(letter) tokens"
    }

    /// `3.4x` below ten, `18x` above.
    static func multiple(_ ratio: Double) -> String {
        let tenths = Int64(max(0, min(ratio, 1e12)) * 10 + 0.5)
        return tenths < 100 && tenths % 10 != 0
            ? "\(tenths / 10).\(tenths % 10)x" : "\(groupedDigits(UInt64((tenths + 5) / 10)))x"
    }
}
