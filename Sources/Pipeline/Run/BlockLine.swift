import Detection
import EventLog
import UsageEvents

/// The blocks of a log that are being worked on: read in order, decoded in any order, scored in order by each
/// part of the accounts, judged in order.
///
/// It says what may be done next and takes note of what was done. Whoever has been given a thing has it for
/// himself until he says that it is done; only the columns of a block are read by several at once.
struct BlockLine {
    /// One block, or room for one.
    final class Block {
        var raw = RawBlock()
        var batch = EventBatch()
        /// Spellings of models as of this block.
        var folding = ModelFolding(aliases: ModelAliases())
        var record: EventsRecord?
        /// What each part found in it.
        let found: [Found]

        init(parts: Int) { found = (0..<parts).map { _ in Found() } }
    }

    /// The signals of one part in one block.
    final class Found {
        var signals: [Signal] = []
    }

    /// A part of the accounts.
    final class Part {
        let number: Int
        var scorer: Scorer
        fileprivate(set) var blocksScored = 0
        fileprivate(set) var isBusy = false

        init(_ number: Int, _ scorer: Scorer) {
            self.number = number
            self.scorer = scorer
        }
    }

    /// Something that any thread may do.
    enum Task {
        case decode(Block, number: Int)
        case score(Block, Part)
        case stop
    }

    private enum State {
        case read
        case decoding
        case decoded
        /// A check failed: whoever reads the log finds out which.
        case failed
    }

    private let blocks: [Block]
    private var states: [State]
    private var parts: [Part]
    /// Blocks read, and blocks judged.
    private(set) var read = 0
    private(set) var judged = 0
    /// Nothing more is to be done.
    private var isOver = false

    init(blocks count: Int, scorers: [Scorer]) {
        blocks = (0..<count).map { _ in Block(parts: scorers.count) }
        states = Array(repeating: .read, count: count)
        parts = scorers.enumerated().map { Part($0.offset, $0.element) }
    }

    /// Whether all blocks that were read have been judged.
    var isEmpty: Bool { judged == read }

    /// Memory for the next block, where there is some.
    var room: Block? { read - judged < blocks.count ? blocks[read % blocks.count] : nil }

    mutating func stop() { isOver = true }

    /// The block that was given room has been read.
    mutating func append(isDecoded: Bool) {
        states[read % blocks.count] = isDecoded ? .decoded : .read
        read += 1
    }

    // MARK: - Work for any thread

    /// What should be done next, the oldest block first; nil where all that can be done is being done.
    mutating func next() -> Task? {
        if isOver { return .stop }
        var part: Part?
        for other in parts where !other.isBusy && other.blocksScored < read {
            guard states[other.blocksScored % blocks.count] == .decoded,
                other.blocksScored < part?.blocksScored ?? .max
            else { continue }
            part = other
        }
        if let part {
            part.isBusy = true
            return .score(blocks[part.blocksScored % blocks.count], part)
        }
        for number in judged..<read where states[number % blocks.count] == .read {
            states[number % blocks.count] = .decoding
            return .decode(blocks[number % blocks.count], number: number)
        }
        return nil
    }

    mutating func decoded(_ number: Int, isSound: Bool) {
        states[number % blocks.count] = isSound ? .decoded : .failed
    }

    mutating func scored(_ part: Part) {
        part.blocksScored += 1
        part.isBusy = false
    }

    // MARK: - Judging

    /// The oldest block, where a check of it failed.
    var failed: Block? {
        !isEmpty && states[judged % blocks.count] == .failed ? blocks[judged % blocks.count] : nil
    }

    /// The oldest block, where all parts have scored it.
    var scored: Block? {
        !isEmpty && parts.allSatisfy { $0.blocksScored > judged } ? blocks[judged % blocks.count] : nil
    }

    /// The oldest block has been judged; its memory is used again.
    mutating func didJudge() { judged += 1 }

    /// See `Scorer.valuesRefused`; all blocks have been scored.
    var valuesRefused: UInt64 { parts.reduce(0) { $0 + $1.scorer.valuesRefused } }

    /// Takes over the scorers of another line; both are empty.
    mutating func adopt(_ other: BlockLine) {
        for (part, theirs) in zip(parts, other.parts) { part.scorer = theirs.scorer }
    }

    /// The account's scorer adopts a level; all blocks have been judged.
    mutating func adopt(_ level: AcceptedLevel) {
        for part in parts { part.scorer.adopt(level) }
    }
}

extension BlockLine.Task {
    /// Does it; false where the thread may end.
    func run(_ decoder: inout RawBlockDecoder, _ line: Monitor<BlockLine>) -> Bool {
        switch self {
        case .stop: return false
        case .decode(let block, let number):
            let isSound = decoder.decode(block.raw, into: &block.batch)
            line.update { $0.decoded(number, isSound: isSound) }
        case .score(let block, let part):
            let found = block.found[part.number]
            found.signals.removeAll(keepingCapacity: true)
            if let record = block.record {
                part.scorer.learnNames(block.folding)
                part.scorer.observe(
                    block.batch, firstSequence: record.firstSequence, historical: record.received == nil,
                    into: &found.signals)
            }
            line.update { $0.scored(part) }
        }
        return true
    }
}
