import UsageEvents

/// What the events of one input of Cursor share: what stands for what they leave out, and how many of them
/// were equal.
struct CursorContext: Sendable {
    let tool = Array("cursor".utf8)
    let source: [UInt8]
    /// The account of events that name none; empty where there is no default.
    let identity: [UInt8]
    /// Memory for the parts of a key.
    var parts = KeyParts()
    /// The request id of the event that was identified last.
    private(set) var requestID = Array("cur-00000000000000000000000000000000-0".utf8)
    private var twins = CursorTwins()
    /// The kind of the record before, and whether nothing is billed for it.
    private var lastKind: (text: [UInt8], isFree: Bool) = ([], false)

    init(_ options: DecoderOptions) {
        source = Array((options.defaultSource ?? "cursor").utf8)
        identity = Array((options.defaultIdentity ?? "").utf8)
    }

    /// Begins a list of events that has nothing to do with the one before.
    mutating func restart() { twins.restart() }

    /// Whether nothing is billed for events of a kind; see `CursorKind`.
    mutating func isFree(kind: Span<UInt8>) -> Bool {
        if !lastKind.text.span.isEqual(to: kind) {
            let text = [UInt8](copying: kind)
            lastKind = (text, CursorKind.isFree(text))
        }
        return lastKind.isFree
    }

    /// Makes the request id of an event with a key: `cur-`, 32 hexadecimal digits, and how many equal calls
    /// stood before it. It is a plain `RequestKey`.
    mutating func identify(_ key: Hash128) {
        let ordinal = twins.ordinal(of: key)
        if requestID.count > 38 { requestID.removeLast(requestID.count - 38) }
        var text = requestID.mutableSpan
        for k in 0..<16 {
            text[4 &+ k] = Self.digit(key.high, k)
            text[20 &+ k] = Self.digit(key.low, k)
        }
        text[37] = UInt8(ascii: "0")
        if ordinal > 0 {
            requestID.removeLast()
            requestID.append(contentsOf: String(ordinal).utf8)
        }
    }

    /// A hexadecimal digit of a word, from the front.
    @inline(__always)
    private static func digit(_ word: UInt64, _ k: Int) -> UInt8 {
        let nibble = UInt8(truncatingIfNeeded: word &>> (60 &- 4 &* UInt64(truncatingIfNeeded: k))) & 15
        return nibble < 10 ? 48 &+ nibble : 87 &+ nibble
    }
}

/// Counts calls whose keys are equal: parallel agents can be alike to the millisecond and the token.
///
/// It starts again with each list of events, so that the same list read twice gives the same keys. Memory:
/// the keys of the last 8,192 to 16,384 calls, 24 bytes a key; a twin further behind its sibling is taken for
/// a copy.
struct CursorTwins: Sendable {
    private static let keysMax = 8_192
    private var recent = KeyCounts()
    private var older = KeyCounts()

    /// Begins a list that has nothing to do with the one before.
    mutating func restart() {
        recent.removeAll()
        older.removeAll()
    }

    /// How many calls with this key stood before in the list.
    mutating func ordinal(of key: Hash128) -> Int {
        if recent.keys >= Self.keysMax {
            swap(&recent, &older)
            recent.removeAll()
        }
        let place = recent.place(of: key)
        let count = recent.counts[place] > 0 ? recent.counts[place] : older.counts[older.place(of: key)]
        recent.set(key, at: place, to: count + 1)
        return Int(count)
    }

    /// Counts by key: open addressing over a table that is at most half full.
    private struct KeyCounts {
        private static let slots = 2 * keysMax
        /// Whoever makes up calls cannot choose their places.
        private let seed = UInt64.random(in: .min ... .max)
        private(set) var keys = 0
        private var hashes = [Hash128](repeating: Hash128(high: 0, low: 0), count: slots)
        /// 0 where the slot is free.
        private(set) var counts = [Int32](repeating: 0, count: slots)

        mutating func removeAll() {
            guard keys > 0 else { return }
            keys = 0
            for i in counts.indices { counts[i] = 0 }
        }

        /// The slot that has the key, or the free one where it belongs.
        func place(of key: Hash128) -> Int {
            let product = (key.low ^ seed).multipliedFullWidth(by: key.high | 1)
            var at = Int(truncatingIfNeeded: product.high ^ product.low) & (Self.slots - 1)
            while counts[at] != 0, hashes[at] != key { at = (at + 1) & (Self.slots - 1) }
            return at
        }

        mutating func set(_ key: Hash128, at place: Int, to count: Int32) {
            if counts[place] == 0 { keys += 1 }
            hashes[place] = key
            counts[place] = count
        }
    }
}
