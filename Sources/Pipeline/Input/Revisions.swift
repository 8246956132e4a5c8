import Connectors
import UsageEvents

/// Which copies of which events have been counted, for sources that say a thing more than once.
///
/// The state after a set of copies is the same in whatever order and in however many runs they came: amounts
/// are the largest, the day, project and model the smallest, of all copies. Nothing is ever forgotten, since
/// a copy may come at any time. Memory: about 15 bytes an event; all else lies in `PagedRecords`.
struct Revisions: ~Copyable {
    private var records: PagedRecords
    /// For each event the row among those that are held, or -1.
    private var rows: [Int32] = []
    /// For each message the event that was added last, whose rank is the highest so far.
    private var messages = HashTable()
    /// The other events of messages that have several, by their keys.
    private var others = HashTable()

    /// A record of an event.
    private struct Record {
        var key: Hash128
        var message: Hash128
        var rank: RequestKey.Rank
        /// Whether others of the message came before it.
        var hasOthers: Bool
        var event: RevisedEvent
    }

    /// What a copy means.
    enum Verdict {
        /// The first copy of an event; `replaces` is one of a lower rank that no longer counts.
        case new(replaces: Int?)
        /// Another copy of a known event.
        case copy(of: Int)
        /// A replay of something that is known in its own right.
        case silenced
    }

    /// Nothing known.
    init(records: consuming PagedRecords = PagedRecords()) { self.records = records }

    /// Whether what was remembered is lost, because the system could not read its scratch file.
    var hasFailed: Bool { records.hasFailed }

    // MARK: - Copies

    /// Looks at a copy; after `new` the caller calls `add`.
    mutating func judge(_ key: RequestKey) -> Verdict {
        let (message, hash) = Self.hashes(key)
        guard let (number, _) = newest(of: message) else { return .new(replaces: nil) }
        let newest = record(number)
        if newest.key == hash { return .copy(of: number) }
        if newest.hasOthers, let known = other(hash) {
            return newest.rank <= key.rank ? .copy(of: known) : .silenced
        }
        if key.rank < newest.rank { return .silenced }
        return .new(replaces: key.rank > newest.rank ? number : nil)
    }

    /// Adds the first copy of an event.
    mutating func add(_ key: RequestKey, _ event: RevisedEvent) -> Int {
        let (message, hash) = Self.hashes(key)
        let number = records.count
        records.append()
        rows.append(event.held)
        let before = newest(of: message)
        if let (older, place) = before {
            others.insert(others.tag(record(older).key), older)
            messages.replace(at: place, with: number)
        } else {
            messages.insert(messages.tag(message), number)
        }
        write(
            number,
            Record(key: hash, message: message, rank: key.rank, hasOthers: before != nil, event: event))
        return number
    }

    /// The number of the event of a message that was added last, and its place in the table.
    private mutating func newest(of message: Hash128) -> (number: Int, place: Int)? {
        let tag = messages.tag(message)
        var place = messages.home(tag)
        while let number = messages.next(tag, at: &place) {
            if record(number).message == message { return (number, place) }
            place = messages.after(place)
        }
        return nil
    }

    /// The number of an event that was not the last of its message.
    private mutating func other(_ key: Hash128) -> Int? {
        let tag = others.tag(key)
        var place = others.home(tag)
        while let number = others.next(tag, at: &place) {
            if record(number).key == key { return number }
            place = others.after(place)
        }
        return nil
    }

    private static func hashes(_ key: RequestKey) -> (message: Hash128, key: Hash128) {
        let message = key.message.withUTF8Span { Hash128($0) }
        return (message, key.rank == .message ? message : key.text.withUTF8Span { Hash128($0) })
    }

    // MARK: - Events

    /// What is known of an event.
    mutating func event(_ number: Int) -> RevisedEvent { record(number).event }

    /// Changes what is known of an event.
    mutating func change(_ number: Int, _ body: (inout RevisedEvent) -> Void) {
        var record = record(number)
        body(&record.event)
        rows[number] = record.event.held
        write(number, record)
    }

    /// Says in which row an event is held, or -1 where it is not.
    mutating func move(_ number: Int, to row: Int32) { rows[number] = row }

    private mutating func record(_ number: Int) -> Record {
        let held = rows[number]
        return records.read(number) { words in
            func number(_ i: Int) -> Int64 { Int64(bitPattern: words[i]) }
            var amounts = CopyAmounts()
            amounts.input = number(4)
            amounts.output = number(5)
            amounts.cacheRead = number(6)
            amounts.cacheWrite = number(7)
            amounts.reasoning = number(8)
            amounts.cost = number(9)
            amounts.isStated = words[13] & 4 != 0
            let event = RevisedEvent(
                amounts: amounts, ts: number(10), project: UInt32(truncatingIfNeeded: words[11]),
                model: UInt32(truncatingIfNeeded: words[11] >> 32), requests: number(12), held: held)
            return Record(
                key: Hash128(high: words[0], low: words[1]), message: Hash128(high: words[2], low: words[3]),
                rank: RequestKey.Rank(rawValue: UInt8(words[13] & 3)) ?? .side,
                hasOthers: words[13] & 8 != 0, event: event)
        }
    }

    private mutating func write(_ number: Int, _ record: Record) {
        let event = record.event
        let amounts = event.amounts
        func word(_ value: Int64) -> UInt64 { UInt64(bitPattern: value) }
        records.write(
            number,
            [
                record.key.high, record.key.low, record.message.high, record.message.low,
                word(amounts.input), word(amounts.output), word(amounts.cacheRead), word(amounts.cacheWrite),
                word(amounts.reasoning), word(amounts.cost), word(event.ts),
                UInt64(event.project) | UInt64(event.model) << 32, word(event.requests),
                UInt64(record.rank.rawValue) | (amounts.isStated ? 4 : 0) | (record.hasOthers ? 8 : 0),
            ])
    }
}
