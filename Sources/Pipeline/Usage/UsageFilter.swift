import EventLog
public import UsageEvents

/// Which events a report is about; what is nil does not matter.
public struct UsageFilter: Sendable {
    /// The earliest event time.
    public var since: Timestamp?
    /// The event time before which they lie.
    public var until: Timestamp?
    /// Names that events must have.
    public private(set) var names: [(dimension: UsageDimension, text: String)] = []

    /// Every event.
    public init() {}

    /// The times that matter.
    var times: EventTimes { EventTimes(since: since?.rawValue, until: until?.rawValue) }

    /// Asks for a name in a dimension that events have as a symbol: account, team, tool, model or MCP server.
    ///
    /// An account that is an e-mail address may be written with capitals: events have it without.
    public mutating func require(_ text: String, in dimension: UsageDimension) {
        guard dimension == .identity, text.contains("@") else { return names.append((dimension, text)) }
        let lower = text.utf8.map { $0 >= 65 && $0 <= 90 ? $0 | 0x20 : $0 }
        names.append((dimension, String(decoding: lower, as: UTF8.self)))
    }

    /// The names as numbers, and the times that count; nil where one of them has not been seen, so that
    /// nothing matches.
    func resolved(_ symbols: borrowing Symbols, within times: EventTimes) -> Resolved? {
        var found = Resolved(times: times)
        for (dimension, text) in names {
            let number: UInt32?
            switch dimension {
            case .identity: number = symbols.identities.find(text)
            case .team: number = symbols.teams.find(text)
            case .tool: number = symbols.tools.find(text)
            case .model: number = symbols.models.find(text)
            default: number = symbols.mcpServers.find(text)
            }
            guard let number else { return nil }
            switch dimension {
            case .identity: found.identity = number
            case .team: found.team = number
            case .tool: found.tool = number
            case .model: found.model = number
            default: found.server = number
            }
        }
        return found
    }

    /// A filter over numbers.
    struct Resolved {
        var times: EventTimes
        var identity: UInt32?
        var team: UInt32?
        var tool: UInt32?
        var model: UInt32?
        var server: UInt32?

        @inline(__always)
        func admits(_ batch: borrowing EventBatch, _ row: Int) -> Bool {
            if !times.contains(batch.ts[row]) { return false }
            if let identity, batch.identity[row] != identity { return false }
            if let team, batch.team[row] != team { return false }
            if let tool, batch.tool[row] != tool { return false }
            if let model, batch.model[row] != model { return false }
            if let server, batch.mcpServer[row] != server { return false }
            return true
        }
    }
}
