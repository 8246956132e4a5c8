public import UsageEvents

/// Five weeks of an invented organisation: the input of `tidemark demo` and of the tests.
///
/// Ten people and two service accounts in three teams, from Monday 2026-03-02 to Sunday 2026-04-05 (UTC).
/// Nothing in it is real but the names and prices of models. The bytes are a function of `seed` alone, equal
/// on every machine: integers, a seeded generator and the deterministic power of two are all that they come
/// from. Lines stand in arrival order; about 1 % arrive up to two hours late, a few most of a day late, and
/// about 0.3 % arrive twice with the same `request_id`. `Fixtures/corpus/demo.ndjson` holds the same bytes.
public enum DemoCorpus {
    /// What the generators of all accounts are seeded from.
    public static let seed: UInt64 = 0x7469_6465_6d61_726b

    /// The first instant of the five weeks.
    public static let start = utc(3, 2, 0, 0)

    /// The instant after the five weeks.
    public static let end = utc(4, 6, 0, 0)

    /// When the things worth telling begin; before, an engine only learns.
    public static let storyStart = utc(3, 23, 0, 0)

    /// One thing that happens to somebody, and what an attentive observer says about it.
    public struct Incident: Sendable {
        /// A short name, as in `runaway loop`.
        public var name: String
        /// The account; nil where it is the whole team.
        public var identity: String?
        /// The team.
        public var team: String
        /// Its first instant.
        public var start: Timestamp
        /// The instant after its last.
        public var end: Timestamp
        /// What happened, one sentence.
        public var what: String
        /// Kinds of alert of which one must fire between `start` and `end`; empty where it must stay silent.
        public var expected: [String]
        /// Further kinds that are a true word about the same thing.
        public var mayAlsoFire: [String]

        /// Whether an alert about it would be a false one.
        public var mustStaySilent: Bool { expected.isEmpty }

        /// Whether an alert tells of this incident: a right kind, of this account, while it happens.
        public func isTold(byKind kind: String, identity: String?, at: Timestamp) -> Bool {
            identity == self.identity && at >= start && at < end
                && (expected.contains(kind) || mayAlsoFire.contains(kind))
        }
    }

    /// The five things that happen in the last two weeks, in their order.
    public static let story: [Incident] = [
        Incident(
            name: "runaway loop", identity: "svc-triage", team: "search", start: runawayStart,
            end: runawayEnd,
            what: "an agent of svc-triage calls itself for 90 minutes, with a context that doubles",
            expected: ["spend_spike", "token_spike"], mayAlsoFire: []
        ),
        Incident(
            name: "release day", identity: nil, team: "payments", start: releaseDay,
            end: Timestamp(rawValue: releaseDay.rawValue + Timestamp.day),
            what: "payments ships a release and the whole team does 1.7 times a day's work",
            expected: [], mayAlsoFire: []
        ),
        Incident(
            name: "dearer model", identity: "omar@example.com", team: "search", start: dearerStart, end: end,
            what:
                "omar moves everything from claude-haiku-4-5 to claude-opus-4-6, which nobody here has used",
            expected: ["new_model"], mayAlsoFire: ["spend_spike"]
        ),
        Incident(
            name: "new MCP server", identity: "noor@example.com", team: "payments", start: serverStart,
            end: end,
            what: "noor connects the MCP server shadow-notes, which nobody here has used",
            expected: ["new_mcp_server"], mayAlsoFire: []
        ),
        Incident(
            name: "leaked key", identity: "lena@example.com", team: "search", start: leakStart, end: leakEnd,
            what: "somebody else uses lena's key through the night, from a new address",
            expected: ["spend_spike", "token_spike"], mayAlsoFire: []
        ),
    ]

    /// Hands over the corpus as canonical NDJSON, about 64 KiB at a time; each span holds whole lines.
    public static func write(into sink: (Span<UInt8>) -> Void) {
        var out: [UInt8] = []
        for event in events() {
            event.write(into: &out)
            if out.count >= 64 << 10 {
                sink(out.span)
                out.removeAll(keepingCapacity: true)
            }
        }
        if !out.isEmpty { sink(out.span) }
    }

    /// The whole corpus as canonical NDJSON, about 4 MB.
    public static func bytes() -> [UInt8] {
        var out: [UInt8] = []
        for event in events() { event.write(into: &out) }
        return out
    }

    // MARK: - The calendar of the story

    static let runawayStart = utc(3, 24, 14, 10)
    static let runawayEnd = utc(3, 24, 15, 40)
    static let releaseDay = utc(3, 26, 0, 0)
    static let dearerStart = utc(3, 27, 9, 0)
    static let serverStart = utc(3, 31, 10, 0)
    static let leakStart = utc(4, 1, 2, 0)
    static let leakEnd = utc(4, 1, 5, 0)

    /// An instant of 2026 in UTC.
    static func utc(_ month: Int64, _ day: Int64, _ hour: Int64, _ minute: Int64) -> Timestamp {
        guard let days = CivilDate.daysSinceEpoch(year: 2026, month: month, day: day) else {
            preconditionFailure("the story has a date that is not in the calendar")
        }
        return Timestamp(
            milliseconds: days * Timestamp.day + hour * Timestamp.hour + minute * Timestamp.minute)
    }
}
