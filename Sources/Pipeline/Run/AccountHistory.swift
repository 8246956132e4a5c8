public import Alerting
public import Detection
public import EventLog
public import UsageEvents

/// One account as the log tells it, re-derived event by event: what `explain` shows.
public struct AccountHistory: Sendable {
    /// What an account used in one hour of UTC.
    public struct Hour: Sendable {
        /// The beginning of the hour.
        public var start: Timestamp
        /// Nano-dollars.
        public var cost: Int64
        /// Tokens that were not served from the cache.
        public var tokens: Int64
    }

    /// The account.
    public var identity: String
    /// The team that its last event named.
    public var team: String?
    /// Its events.
    public var events: UInt64 = 0
    /// Its earliest and latest event times.
    public var span: (first: Timestamp, last: Timestamp)?
    /// Its hours with events, ascending.
    public var hours: [Hour] = []
    /// What is normal for it at the end of the log.
    public var profile: AccountProfile?
    /// What was normal directly before the event that raised the alert in question.
    public var profileBefore: AccountProfile?
    /// Every transition about the account, in journal order.
    public var transitions: [AlertTransition] = []
    /// The configuration under which all this holds.
    public var configuration: RunConfiguration
    /// The log's clock.
    public var now: Timestamp?

    /// Folds a log for one account; nil where it has no event of that account.
    ///
    /// - Parameter alert: an alert to explain: the configuration that raised it is used, and the state
    /// before it is kept.
    public static func derive<D: Disk>(
        _ disk: D, directory: String, identity: String, alert: AlertTransition? = nil
    ) throws -> AccountHistory? {
        let known = try configurations(LogReader(disk, directory: directory))
        let chosen = known.last { $0.fingerprint == alert?.configuration } ?? known[known.count - 1]
        var history = AccountHistory(identity: identity, configuration: chosen)
        let start = try FoldStart.find(disk, directory: directory, override: chosen)
        var engine = start.engine
        var symbols = start.symbols
        var reader = try LogReader(disk, directory: directory, from: start.sequence)
        var batch = EventBatch()
        var transitions: [AlertTransition] = []
        var hours: [Int64: Hour] = [:]
        var team: UInt32 = 0
        while let record = try reader.next(into: &batch, symbols: &symbols, columns: .detection) {
            switch record {
            case .events(let block):
                let wall = block.received.map { Timestamp(rawValue: $0) }
                if let account = symbols.identities.find(identity) {
                    history.add(batch, account: account, hours: &hours, team: &team)
                }
                var rest = batch
                var first = block.firstSequence
                // The block in which the alert was raised is observed in two parts: the same by the
                // engine's contract.
                if let at = alert?.lastSequence, alert?.seq == 0, at >= first,
                    at < first + UInt64(block.count)
                {
                    let row = Int(at - first)
                    var part = batch
                    part.keep((0..<batch.count).map { $0 < row })
                    engine.observe(
                        part, firstSequence: first, received: wall, symbols: symbols, into: &transitions)
                    history.profileBefore = engine.profile(of: identity, symbols: symbols)
                    rest.keep((0..<batch.count).map { $0 >= row })
                    first = at
                }
                engine.observe(
                    rest, firstSequence: first, received: wall, symbols: symbols, into: &transitions)
            case .tick(let wall): engine.tick(Timestamp(rawValue: wall), into: &transitions)
            case .control(let control):
                guard control.name == Acceptance.controlName,
                    let acceptance = Acceptance(payload: control.payload)
                else { break }
                engine.accept(acceptance, symbols: symbols, into: &transitions)
            case .durable: break
            }
            history.transitions += transitions.filter { $0.identity == identity }
            transitions.removeAll(keepingCapacity: true)
        }
        guard history.events > 0 else { return nil }
        history.team = symbols.teams.optionalText(of: team)
        history.hours = hours.values.sorted { $0.start < $1.start }
        history.profile = engine.profile(of: identity, symbols: symbols)
        history.now = engine.now
        return history
    }

    /// Adds the account's rows of a batch.
    private mutating func add(
        _ batch: borrowing EventBatch, account: UInt32, hours: inout [Int64: Hour], team: inout UInt32
    ) {
        for row in 0..<batch.count where batch.identity[row] == account {
            let ts = Timestamp(rawValue: batch.ts[row])
            let index = ts.floored(to: Timestamp.hour)
            var hour =
                hours[index] ?? Hour(start: Timestamp(rawValue: index * Timestamp.hour), cost: 0, tokens: 0)
            hour.cost &+= batch.cost[row]
            hour.tokens &+= batch.inputTokens[row] &+ batch.outputTokens[row] &+ batch.cacheWriteTokens[row]
            hours[index] = hour
            events += 1
            team = batch.team[row]
            span = (min(span?.first ?? ts, ts), max(span?.last ?? ts, ts))
        }
    }

    /// The configurations that a log has had from where a reader stands: the one in force there first, the
    /// one in force at the end last.
    static func configurations<D: Disk>(
        _ reader: consuming LogReader<D>,
        after first: RunConfiguration = RunConfiguration(TidemarkConfiguration())
    ) throws -> [RunConfiguration] {
        var found = [first]
        var batch = EventBatch()
        var symbols = Symbols()
        while let record = try reader.next(into: &batch, symbols: &symbols, columns: .ts) {
            guard case .control(let control) = record, control.name == RunConfiguration.controlName else {
                continue
            }
            found.append(RunConfiguration(try RunConfiguration.settings(payload: control.payload)))
        }
        return found
    }

    /// The configuration that a log has in force; the defaults where it has none of its own.
    public static func configuration<D: Disk>(
        _ disk: D, directory: String
    ) throws -> RunConfiguration {
        let store = SnapshotStore(disk, log: directory)
        for name in store.names() {
            do {
                let head = try store.head(name)
                let before = try head.configuration()
                let reader = try head.mark.reader(disk, directory: directory, log: head.log)
                let known = try configurations(reader, after: before)
                return known[known.count - 1]
            } catch is SnapshotRefusal {}
        }
        let known = try configurations(LogReader(disk, directory: directory))
        return known[known.count - 1]
    }
}

/// The accounts of a log.
public enum Accounts {
    /// The names of all accounts, sorted: for a suggestion where a name was not found.
    public static func names<D: Disk>(_ disk: D, directory: String) throws(LogError) -> [String] {
        var reader = try LogReader(disk, directory: directory)
        var batch = EventBatch()
        var symbols = Symbols.forFold
        while try reader.next(into: &batch, symbols: &symbols, columns: .labels) != nil {}
        return (1..<UInt32(max(symbols.identities.count, 1))).map { symbols.identities.text(of: $0) }.sorted()
    }
}
