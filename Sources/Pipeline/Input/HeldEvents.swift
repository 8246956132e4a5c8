import Connectors
import UsageEvents

/// Events of inputs that were not written in the order of time, held until they can be put in it, with each
/// event that was said several times counted once.
///
/// Memory: about 120 bytes an event that is held, and `Revisions`.
struct HeldEvents: ~Copyable {
    /// The tables whose numbers the held rows have.
    var symbols = Symbols()
    /// Copies of events that were counted already, or replaced by a larger one.
    private(set) var copies = 0

    private var batch = EventBatch()
    private var isDropped: [Bool] = []
    /// For each row the event that it holds, or -1.
    private var eventOfRow: [Int32] = []
    private var revisions: Revisions
    /// Rows that are on their way out, in order, and how many of them are out.
    private var leaving: [Int32] = []
    private var left = 0
    private var translation = SymbolTranslation()

    init(revisions: consuming Revisions = Revisions()) { self.revisions = revisions }

    /// Whether what was remembered of events is lost: what comes from then on is worth nothing.
    var hasFailed: Bool { revisions.hasFailed }

    /// Rows that wait, dropped ones included.
    var count: Int { batch.count }

    /// Whether rows are on their way out.
    var isLeaving: Bool { left < leaving.count }

    // MARK: - In

    /// Takes decoded rows, whose labels are numbers of `symbols`. With `revised` rows that have a request id
    /// may be copies of others.
    mutating func take(_ read: EventBatch, revised: Bool) {
        for row in 0..<read.count {
            let id = revised ? read.requestID[row] : nil
            if let id { take(row, of: read, RequestKey(text: id)) } else { append(row, of: read, event: -1) }
        }
    }

    private mutating func append(_ row: Int, of read: EventBatch, event: Int32) {
        batch.append(row: row, of: read)
        isDropped.append(false)
        eventOfRow.append(event)
    }

    private mutating func take(_ row: Int, of read: EventBatch, _ key: RequestKey) {
        switch revisions.judge(key) {
        case .silenced: copies += 1
        case .copy(let number):
            copies += 1
            merge(row, of: read, key, into: number)
        case .new(let replaced):
            if let replaced {
                copies += 1
                retire(replaced, row, of: read, key)
            }
            let event = RevisedEvent(
                amounts: CopyAmounts(read, row: row), ts: read.ts[row], project: read.project[row],
                model: read.model[row], requests: read.requests[row], held: Int32(batch.count))
            append(row, of: read, event: Int32(revisions.add(key, event)))
        }
    }

    /// Another copy of an event: the larger amounts, the earlier day, the smaller names count.
    private mutating func merge(_ row: Int, of read: EventBatch, _ key: RequestKey, into number: Int) {
        let old = revisions.event(number)
        let copy = CopyAmounts(read, row: row)
        var new = old
        new.amounts = max(old.amounts, copy)
        new.project = Self.smaller(old.project, read.project[row], symbols.projects)
        new.model = Self.smaller(old.model, read.model[row], symbols.models)
        if old.held >= 0 {
            new.ts = min(old.ts, read.ts[row])
            guard new != old else { return }
            var event =
                old.amounts < copy
                ? read.event(at: row, symbols: symbols) : batch.event(at: Int(old.held), symbols: symbols)
            event.ts = Timestamp(rawValue: new.ts)
            event.project = symbols.projects.optionalText(of: new.project)
            event.model = symbols.models.optionalText(of: new.model)
            drop(Int(old.held))
            new.held = Int32(batch.count)
            append(event, holding: Int32(number))
        } else {
            if Self.day(read.ts[row]) < Self.day(old.ts) { new.ts = read.ts[row] }
            correct(old, new, row, of: read, key)
        }
        revisions.change(number) { $0 = new }
    }

    /// The day of a time, in days of UTC since 1970; times are never negative.
    private static func day(_ ts: Int64) -> Int64 { ts / Timestamp.day }

    /// The smaller of two labels by their text; none is larger than any.
    private static func smaller(_ a: UInt32, _ b: UInt32, _ table: SymbolTable) -> UInt32 {
        if a == b || b == SymbolTable.null { return a }
        if a == SymbolTable.null { return b }
        return table.utf8(of: a).lexicographicallyPrecedes(table.utf8(of: b)) ? a : b
    }

    /// Takes back an event of which a better copy has come.
    private mutating func retire(_ number: Int, _ row: Int, of read: EventBatch, _ key: RequestKey) {
        let old = revisions.event(number)
        if old.held >= 0 {
            drop(Int(old.held))
        } else if !old.isNothing {
            let id = key.message + (key.rank == .request ? "" : "+side")
            append(
                CopyAmounts() - old.amounts, requests: -old.requests, at: old, row, of: read,
                id: "\(id)~\(old.amounts.fingerprint(ts: old.ts, place: []))-")
        }
        revisions.change(number) { event in
            event.amounts = CopyAmounts()
            event.requests = 0
            event.held = -1
        }
    }

    /// What a better copy of an event changes about what the log says: one row more, or two where day,
    /// project or model are others.
    private mutating func correct(
        _ old: RevisedEvent, _ new: RevisedEvent, _ row: Int, of read: EventBatch, _ key: RequestKey
    ) {
        let place =
            Array(symbols.projects.utf8(of: new.project)) + [0] + Array(symbols.models.utf8(of: new.model))
        let id = "\(key.text)~\(new.amounts.fingerprint(ts: new.ts, place: place))"
        if old.ts == new.ts, old.project == new.project, old.model == new.model {
            guard !(new.amounts - old.amounts).isZero else { return }
            append(new.amounts - old.amounts, requests: 0, at: new, row, of: read, id: id)
        } else {
            if !old.isNothing {
                append(
                    CopyAmounts() - old.amounts, requests: -old.requests, at: old, row, of: read, id: id + "-"
                )
            }
            if !new.isNothing {
                append(new.amounts, requests: new.requests, at: new, row, of: read, id: id + "+")
            }
        }
    }

    /// Appends a correction with the labels of a row.
    private mutating func append(
        _ amounts: CopyAmounts, requests: Int64, at place: RevisedEvent, _ row: Int, of read: EventBatch,
        id: String
    ) {
        var event = read.event(at: row, symbols: symbols)
        event.ts = Timestamp(rawValue: place.ts)
        event.project = symbols.projects.optionalText(of: place.project)
        event.model = symbols.models.optionalText(of: place.model)
        event.inputTokens = amounts.input
        event.outputTokens = amounts.output
        event.cacheReadTokens = amounts.cacheRead
        event.cacheWriteTokens = amounts.cacheWrite
        event.reasoningTokens = amounts.reasoning
        event.cost = NanoUSD(rawValue: amounts.cost)
        event.requests = requests
        event.requestID = id
        event.shape.grain = .correction
        event.shape.insert(.grain)
        event.shape.insert(.requests)
        if amounts.cost != 0, !event.shape.hasCost { event.shape.basis = .estimated }
        append(event, holding: -1)
    }

    private mutating func append(_ event: UsageEvent, holding number: Int32) {
        batch.append(event, symbols: &symbols)
        isDropped.append(false)
        eventOfRow.append(number)
    }

    private mutating func drop(_ row: Int) {
        isDropped[row] = true
        eventOfRow[row] = -1
    }

    // MARK: - Out

    /// The tables of the batches that rows leave in are others from now on.
    mutating func forgetNumbers() { translation = SymbolTranslation() }

    /// Lets go of the rows before a time, or of all: they then leave in the order of time, those of one
    /// instant in the order in which they came.
    mutating func release(before limit: Int64?) {
        precondition(!isLeaving)
        leaving = batch.ts.indices.filter { row in
            !isDropped[row] && (limit.map { batch.ts[row] < $0 } ?? true)
        }.map { Int32($0) }
        let ts = batch.ts
        leaving.sort { (ts[Int($0)], $0) < (ts[Int($1)], $1) }
        left = 0
        if leaving.isEmpty { compact() }
    }

    /// Moves up to a block of leaving rows into a batch.
    mutating func move(into out: inout EventBatch, symbols target: inout Symbols) {
        let end = min(leaving.count, left + Limits.eventsPerBlock - out.count)
        for at in left..<end {
            out.append(
                row: Int(leaving[at]), of: batch, from: symbols, symbols: &target, translation: &translation)
        }
        left = end
        if !isLeaving { compact() }
    }

    /// Forgets the rows that have left and those that were replaced.
    private mutating func compact() {
        for row in leaving {
            let number = eventOfRow[Int(row)]
            if number >= 0 { revisions.move(Int(number), to: -1) }
            drop(Int(row))
        }
        leaving = []
        left = 0
        let kept = isDropped.map { !$0 }
        batch.keep(kept)
        var to = 0
        for row in kept.indices where kept[row] {
            eventOfRow[to] = eventOfRow[row]
            if eventOfRow[to] >= 0 { revisions.move(Int(eventOfRow[to]), to: Int32(to)) }
            to += 1
        }
        eventOfRow.removeLast(eventOfRow.count - to)
        isDropped = [Bool](repeating: false, count: to)
    }
}

// MARK: - What the log says

extension HeldEvents {
    /// Learns from rows of the log which copies have been counted; they come in the order of the log.
    mutating func recall(_ logged: EventBatch, symbols logSymbols: Symbols, isRevised: (String) -> Bool) {
        var isWanted = [Bool?](repeating: nil, count: logSymbols.sources.count)
        for row in 0..<logged.count {
            let source = Int(logged.source[row])
            let wanted = isWanted[source] ?? isRevised(logSymbols.sources.text(of: UInt32(source)))
            isWanted[source] = wanted
            guard wanted, let id = logged.requestID[row] else { continue }
            let key = RequestKey(text: id)
            var event = RevisedEvent(
                amounts: CopyAmounts(logged, row: row), ts: logged.ts[row],
                project: symbols.projects.intern(logSymbols.projects.text(of: logged.project[row])),
                model: symbols.models.intern(logSymbols.models.text(of: logged.model[row])),
                requests: logged.requests[row], held: -1)
            switch revisions.judge(key) {
            case .new: _ = revisions.add(key, event)
            case .silenced: break
            case .copy(let number):
                let old = revisions.event(number)
                // A correction without requests leaves time and place; one that gives them back moves both.
                if logged.requests[row] <= 0 {
                    event.ts = old.ts
                    event.project = old.project
                    event.model = old.model
                }
                event.amounts += old.amounts
                event.requests += old.requests
                revisions.change(number) { $0 = event }
            }
        }
    }
}
