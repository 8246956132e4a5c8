public import UsageEvents

/// Remembers which request ids of each source are in the log, so that a delivery that is repeated is not
/// counted twice.
///
/// Exact: keys are 128-bit hashes of the id, one set a source, so two ids are taken for one with odds below
/// 1e-20, and no probabilistic filter ever drops an event. Two generations a source: when the current one has
/// at least `Limits.duplicateKeysMin` keys and its events span `Limits.duplicateSpanMin`, it becomes the
/// older one and the one before is forgotten. So at least the last million ids of a source, and those of its
/// last 24 hours, are remembered. Memory is 24 to 48 bytes a key.
///
/// The state is a function of the events that were admitted, one by one: batches do not matter, and reading
/// the log again from `horizon` gives the same state. Events without a request id are never duplicates.
public struct DuplicateWindow: Sendable {
    private(set) var sources: [SourceWindow] = []
    private var indexes: [String: Int] = [:]
    /// Those of the rows that are looked up next.
    private var hashes = [Hash128](repeating: Hash128(high: 0, low: 0), count: Self.lookAhead)
    var end: UInt64 = 0
    /// How many ids are hashed before they are looked up: enough for the memory to answer meanwhile, few
    /// enough for the answers to stay in the cache.
    private static let lookAhead = KeyGeneration.lookAhead
    private let bounds: Bounds

    /// The sizes of a window.
    struct Bounds: Sendable {
        var keysMin = Limits.duplicateKeysMin
        var spanMin = Limits.duplicateSpanMin
        var keysMax = Limits.duplicateKeysMax
    }

    /// An empty window.
    public init() { bounds = Bounds() }

    init(bounds: Bounds) { self.bounds = bounds }

    /// Takes the events that come next and returns which of them are new, or nil where all are.
    ///
    /// `firstSequence` is the sequence that the first new one gets. Call it once for each event: where the
    /// append fails afterwards, append the same events again without asking again. Throws `tooManyKeys`, and
    /// admits nothing then.
    public mutating func admit(
        _ batch: borrowing EventBatch, symbols: borrowing Symbols, firstSequence: UInt64
    ) throws(LogError) -> [Bool]? {
        let column = batch.requestID
        end = firstSequence
        if column.isDefault {
            end += UInt64(batch.count)
            return nil
        }
        let source = batch.source
        let rows = batch.count
        let numbers = try resolve(source, rows: rows, symbols: symbols.sources)
        var sequence = firstSequence
        var mask = [Bool](repeating: true, count: rows)
        var row = 0
        while row < rows {
            // A run of rows of one source.
            let symbol = source[row]
            let next = source.isDefault ? rows : (row..<rows).first { source[$0] != symbol } ?? rows
            sources[numbers[Int(symbol)]].admit(
                row..<next, batch, &hashes, sequence: &sequence, bounds: bounds, mask: &mask)
            row = next
        }
        end = sequence
        return end - firstSequence == rows ? nil : mask
    }

    /// From where on the log has to be read to make this window again.
    public var horizon: DuplicateHorizon {
        let active = sources.filter { $0.keys > 0 }
        var horizon = DuplicateHorizon(from: active.map(\.start).min() ?? end)
        for window in active where window.start > horizon.from {
            horizon.sources.append(DuplicateHorizon.Source(name: window.name, from: window.start))
        }
        horizon.sources.sort { $0.name < $1.name }
        return horizon
    }

    /// Ids remembered, of all sources.
    public var keys: Int { sources.reduce(0) { $0 + $1.keys } }

    /// The window of a log whose last block carries `horizon`: reads the times, sources and ids behind it.
    public static func restore<D: Disk>(
        _ disk: D, directory: String, horizon: DuplicateHorizon, beforeSegment end: UInt64? = nil
    ) throws(LogError) -> DuplicateWindow {
        try restore(disk, directory: directory, horizon: horizon, beforeSegment: end, bounds: Bounds())
    }

    static func restore<D: Disk>(
        _ disk: D, directory: String, horizon: DuplicateHorizon, beforeSegment end: UInt64? = nil,
        bounds: Bounds
    ) throws(LogError) -> DuplicateWindow {
        var window = DuplicateWindow(bounds: bounds)
        for source in horizon.sources {
            window.sources[window.index(of: source.name)].floor = source.from
        }
        try window.readOn(disk, directory: directory, from: horizon.from, beforeSegment: end)
        return window
    }

    /// Takes the events of a log from a sequence on, up to a segment or to the end.
    public mutating func readOn<D: Disk>(
        _ disk: D, directory: String, from sequence: UInt64, beforeSegment end: UInt64? = nil
    ) throws(LogError) {
        var reader = try LogReader(disk, directory: directory, from: sequence, beforeSegment: end)
        reader.forgetsNames = true
        var batch = EventBatch()
        var symbols = Symbols()
        while let record = try reader.next(into: &batch, symbols: &symbols, columns: .duplicateKeys) {
            guard case .events(let events) = record else { continue }
            _ = try admit(batch, symbols: symbols, firstSequence: events.firstSequence)
        }
        self.end = reader.nextSequence
    }

    // MARK: - Sources

    /// For each source symbol the place of its window.
    private mutating func resolve(
        _ column: SparseColumn<UInt32>, rows: Int, symbols: SymbolTable
    ) throws(LogError) -> [Int] {
        var counts = [Int](repeating: 0, count: symbols.count)
        if column.isDefault {
            counts[0] = rows
        } else {
            for symbol in column.values { counts[Int(symbol)] += 1 }
        }
        var numbers = [Int](repeating: 0, count: symbols.count)
        for symbol in counts.indices where counts[symbol] > 0 {
            let place = index(of: symbols.text(of: UInt32(symbol)))
            numbers[symbol] = place
            guard sources[place].keys + counts[symbol] <= bounds.keysMax else {
                throw .tooManyKeys(source: sources[place].name, keys: bounds.keysMax)
            }
        }
        return numbers
    }

    private mutating func index(of name: String) -> Int {
        if let place = indexes[name] { return place }
        add(SourceWindow(name: name))
        return sources.count - 1
    }

    mutating func add(_ source: SourceWindow) {
        indexes[source.name] = sources.count
        sources.append(source)
    }
}

extension DuplicateWindow: Equatable {
    /// Whether both remember the same ids and forget them at the same event.
    public static func == (a: Self, b: Self) -> Bool {
        let left = a.sources.filter { $0.keys > 0 }.sorted { $0.name < $1.name }
        let right = b.sources.filter { $0.keys > 0 }.sorted { $0.name < $1.name }
        return left == right && a.horizon == b.horizon
    }
}

/// The ids of one source.
struct SourceWindow: Sendable, Equatable {
    let name: String
    /// Events before this sequence do not count: they were forgotten before the restart.
    var floor: UInt64 = 0
    var ids = KeySet()
    var current = Generation()
    var older = Generation()

    init(name: String) { self.name = name }

    struct Generation: Sendable, Equatable {
        /// Sequence and time of its first key.
        var start: UInt64 = 0
        var ts: Int64 = 0
        /// Keys whose time lies at least the span behind that of the first.
        var beyond = 0
    }

    var keys: Int { ids.count }

    /// The sequence from which on this source's events have to be read again.
    var start: UInt64 { ids.olderCount > 0 ? older.start : current.start }

    /// Takes rows of this source: clears `mask` for those that are repeated, and counts `sequence` up for the
    /// others. `hashes` is memory for the hashes of their ids.
    mutating func admit(
        _ rows: Range<Int>, _ batch: borrowing EventBatch, _ hashes: inout [Hash128],
        sequence: inout UInt64, bounds: DuplicateWindow.Bounds, mask: inout [Bool]
    ) {
        let bytes = batch.requestID.bytes
        let ends = batch.requestID.ends
        let times = batch.ts
        let lookAhead = KeyGeneration.lookAhead
        var start = rows.lowerBound == 0 ? 0 : ends[rows.lowerBound - 1]
        var hashed = rows.lowerBound
        var hashedEnd = start
        for row in rows {
            // The memory answers for the rows ahead while this one is looked up.
            while hashed < rows.upperBound, hashed < row + lookAhead {
                let hash = Hash128(bytes.span.extracting(hashedEnd..<ends[hashed]))
                ids.prefetch(hash)
                hashes[hashed % lookAhead] = hash
                hashedEnd = ends[hashed]
                hashed += 1
            }
            let isEmpty = ends[row] == start
            start = ends[row]
            if isEmpty
                || admit(hashes[row % lookAhead], ts: times[row], sequence: sequence, bounds: bounds)
            {
                sequence += 1
            } else {
                mask[row] = false
            }
        }
    }

    /// Whether the key is new; remembers it if so.
    @inline(__always)
    private mutating func admit(_ key: Hash128, ts: Int64, sequence: UInt64, bounds: DuplicateWindow.Bounds)
        -> Bool
    {
        if sequence < floor { return true }
        guard ids.insert(key) else { return false }
        if ids.currentCount == 1 {
            current.start = sequence
            current.ts = ts
        }
        // A sixteenth of the keys has to be a day later, not one: a single wrong clock must not end the
        // generation.
        if ts &- current.ts >= bounds.spanMin { current.beyond += 1 }
        if ids.currentCount >= bounds.keysMin, current.beyond * 16 >= bounds.keysMin {
            ids.turn()
            older = current
            current = Generation()
        }
        return true
    }

    static func == (a: Self, b: Self) -> Bool {
        a.name == b.name && a.current == b.current && a.start == b.start && a.ids.sorted == b.ids.sorted
    }
}
