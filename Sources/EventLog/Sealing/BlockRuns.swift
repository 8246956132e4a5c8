/// How the rows of a block arrived that was made of several smaller ones: which rows came with which wall
/// clock, where ticks stood between them, and which rows were erased.
///
/// A reader delivers a block run by run, so detection sees what it saw when the events came. Neighbours that
/// came with the same wall clock are one run: batch sizes decide nothing.
struct BlockRuns: Equatable {
    /// A part of a block.
    enum Run: Equatable {
        /// Events that were committed with one wall clock, ms UTC; nil in history.
        case events(Int, received: Int64?)
        /// A quiet minute.
        case tick(Int64)
        /// Rows of an account that was erased; their sequences are given to nobody else.
        case erased(Int)

        /// Rows of the block.
        var rows: Int {
            switch self {
            case .events(let rows, _), .erased(let rows): rows
            case .tick: 0
            }
        }
    }

    private(set) var runs: [Run] = []

    /// No run.
    init() {}

    /// Rows of all runs.
    var rows: Int { runs.reduce(0) { $0 + $1.rows } }

    /// Rows that were erased.
    var erased: Int { runs.reduce(0) { if case .erased(let rows) = $1 { $0 + rows } else { $0 } } }

    /// The latest wall clock; nil where there is none.
    var received: Int64? {
        var latest: Int64?
        for run in runs {
            switch run {
            case .events(_, let received?), .tick(let received): latest = max(latest ?? received, received)
            case .events, .erased: break
            }
        }
        return latest
    }

    /// The one wall clock that all rows came with, and nothing between them: then the block's header says it
    /// all. `.some(nil)` is history.
    var uniform: Int64?? {
        guard runs.count <= 1 else { return nil }
        guard case .events(_, let received)? = runs.first else { return nil }
        return .some(received)
    }

    /// Adds what came next.
    mutating func append(_ run: Run) {
        switch (runs.last, run) {
        case (.events(let before, let then)?, .events(let more, let now)) where then == now:
            runs[runs.count - 1] = .events(before + more, received: now)
        case (.erased(let before)?, .erased(let more)):
            runs[runs.count - 1] = .erased(before + more)
        default:
            if run.rows > 0 { runs.append(run) } else if case .tick = run { runs.append(run) }
        }
    }

    /// Takes the first rows away and returns how they arrived. Ticks behind the last of them stay: whoever
    /// reads from the next event on must meet them.
    mutating func removeFirst(_ count: Int) -> BlockRuns {
        var front = BlockRuns()
        var rest = BlockRuns()
        var left = count
        for run in runs {
            let taken = min(left, run.rows)
            left -= taken
            switch run {
            case .events(let rows, let received):
                front.append(.events(taken, received: received))
                rest.append(.events(rows - taken, received: received))
            case .erased(let rows):
                front.append(.erased(taken))
                rest.append(.erased(rows - taken))
            case .tick:
                if left > 0 { front.append(run) } else { rest.append(run) }
            }
        }
        runs = rest.runs
        return front
    }

    /// The same rows with some of them erased: `mask` says which stay.
    func erasing(_ mask: [Bool]) -> BlockRuns {
        var result = BlockRuns()
        var row = 0
        for run in runs {
            guard case .events(let rows, let received) = run else {
                result.append(run)
                row += run.rows
                continue
            }
            for at in row..<row + rows {
                result.append(mask[at] ? .events(1, received: received) : .erased(1))
            }
            row += rows
        }
        return result
    }

    // MARK: - Bytes

    private static let live: UInt64 = 0
    private static let history: UInt64 = 1
    private static let tick: UInt64 = 2
    private static let hole: UInt64 = 3

    /// For each run a varint, rows times four plus what it is; behind live events and ticks the difference
    /// to the wall clock before, zigzag.
    func encoded() -> [UInt8] {
        var out: [UInt8] = []
        var clock: Int64 = 0
        for run in runs {
            switch run {
            case .events(let rows, nil): out.append(varint: UInt64(rows) << 2 | Self.history)
            case .erased(let rows): out.append(varint: UInt64(rows) << 2 | Self.hole)
            case .events(let rows, let received?):
                out.append(varint: UInt64(rows) << 2 | Self.live)
                out.append(varint: zigzag(received &- clock))
                clock = received
            case .tick(let received):
                out.append(varint: Self.tick)
                out.append(varint: zigzag(received &- clock))
                clock = received
            }
        }
        return out
    }

    /// Reads the runs of a block with so many rows; nil where they are not all of it, or more.
    init?(_ bytes: Span<UInt8>, rows total: Int) {
        var at = 0
        var clock: Int64 = 0
        var left = total
        while at < bytes.count {
            guard let word = bytes.varint(at: &at), let rows = Int(exactly: word >> 2), rows <= left else {
                return nil
            }
            left -= rows
            let kind = word & 3
            guard (kind == Self.tick) == (rows == 0) else { return nil }
            if kind == Self.live || kind == Self.tick {
                guard let step = bytes.varint(at: &at) else { return nil }
                clock = clock &+ unzigzag(step)
                // What stands for none in a block's header is no wall clock.
                guard clock != LogFormat.noReceived else { return nil }
            }
            switch kind {
            case Self.live: runs.append(.events(rows, received: clock))
            case Self.history: runs.append(.events(rows, received: nil))
            case Self.tick: runs.append(.tick(clock))
            default: runs.append(.erased(rows))
            }
        }
        guard left == 0 else { return nil }
    }
}
