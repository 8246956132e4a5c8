import UsageEvents

@testable import Detection

/// Everything that a signal says, with texts in the place of symbols: what two scorers must agree on.
func text(of signal: Signal, symbols: Symbols, parts withParts: Bool = true) -> String {
    let body =
        switch signal.content {
        case .firstUse(let use):
            "first \(use.kind.word) "
                + (use.kind == .newModel
                    ? symbols.models.text(of: use.value) : symbols.mcpServers.text(of: use.value))
                + " ratio \(use.priceRatio) late \(use.late)"
        case .hourClosed(let totals): "hourClosed \(totals.cost) \(totals.tokens)"
        case .dayClosed(let totals): "dayClosed \(totals.cost) \(totals.tokens)"
        case .excursion(let e): text(of: e, symbols: symbols, parts: withParts)
        case .excursionLasts(let metric): "lasts \(metric)"
        case .excursionEnded(let metric, let reason): "ended \(metric) \(reason)"
        }
    return "\(signal.sequence) at \(signal.at.rawValue) \(body)"
}

private func text(of e: Excursion, symbols: Symbols, parts withParts: Bool) -> String {
    var expected = "-"
    if let x = e.expected { expected = "\(x.value) \(x.low) \(x.high) \(x.score) \(x.threshold)" }
    let parts = e.parts.map { part in
        [
            symbols.tools.text(of: part.facet.tool), symbols.models.text(of: part.facet.model),
            symbols.mcpServers.text(of: part.facet.mcpServer), symbols.projects.text(of: part.facet.project),
        ].joined(separator: "/") + " \(part.totals.cost) \(part.totals.tokens)"
    }
    return "\(e.phase) \(e.metric) \(e.observed) since \(e.startsAt.rawValue) first \(e.firstSequence) "
        + "retroactive \(e.retroactive) have \(e.have)/\(e.need) expected \(expected)"
        + (withParts ? " parts \(parts.sorted())" : "")
}
