internal import EventLog
internal import UsageEvents

/// A record that a simulated life sends: known by its number, made anew from it wherever it is compared.
enum SimulatedRecord: Equatable {
    case event(Int, received: Int64?)
    case control(Int)
    case tick(Int64)

    /// An event's id with its source.
    struct Key: Hashable {
        let source: Int
        let id: Int
    }

    /// The number of an event; nil for other records.
    var number: Int? { if case .event(let number, _) = self { number } else { nil } }

    /// What the duplicate window knows an event by; nil for one event in eleven, which has no id.
    static func key(_ number: Int) -> Key? {
        // Ids of different sources are equal on purpose.
        number % 11 == 10 ? nil : Key(source: number % 3, id: number / 3)
    }

    /// The event with a number.
    static func event(_ number: Int) -> UsageEvent {
        var random = SplitMix64(seed: UInt64(number))
        let ts = 1_772_000_000_000 + Int64(number) * 977 - Int64(random.below(5_000))
        var event = UsageEvent(
            ts: Timestamp(rawValue: ts), identity: "person-\(random.below(7))@acme.example")
        event.inputTokens = Int64(number)
        event.outputTokens = Int64(random.below(2) == 0 ? 0 : random.below(100_000))
        event.source = ["gateway", "export", "page"][number % 3]
        event.model = random.below(2) == 0 ? "model-\(random.below(4))" : nil
        event.cost = NanoUSD(rawValue: Int64(random.below(5)) * 1_500_000)
        // Now and then a text so long that blocks cross sectors.
        event.sessionID = random.below(4) == 0 ? String(repeating: "s", count: random.below(256)) : nil
        event.requestID = key(number).map { "request-\($0.id)" }
        return event
    }

    /// The content of a control record with a number: from nothing to more than a sector.
    static func payload(_ number: Int) -> [UInt8] {
        var random = SplitMix64(seed: UInt64(number) &+ 1 << 32)
        let count = random.below(3) == 0 ? random.below(1_400) : random.below(40)
        return Array("\(number):".utf8) + (0..<count).map { _ in UInt8(random.below(256)) }
    }

    /// The line that was refused as the nth.
    static func refusedLine(_ number: Int) -> RejectedLine {
        RejectedLine(
            file: "feed", line: number, reason: "malformed", field: nil, detail: "it is not JSON",
            text: payload(number))
    }
}
