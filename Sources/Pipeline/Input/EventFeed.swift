import Connectors
import EventLog
public import UsageEvents

/// What a feed reads and how.
public struct FeedOptions: Sendable {
    /// Files, or `-`.
    public var sources: [String]
    /// The account of events that name none.
    public var identity: String?
    /// The source of events that name none.
    public var source: String?
    /// Prices for events without cost.
    public var prices: PriceTable
    /// Whether events are live: then a time more than a day ahead of the wall clock is refused.
    public var isLive = false
    /// Whether files are followed as they grow.
    public var follows = false

    /// Why none of the sources is there, the first of their reasons; nil where one is, or none is named.
    public var absence: InputError? {
        var first: InputError?
        for source in sources {
            do throws(InputError) {
                _ = try FileInput.size(ofFileAt: source)
                return nil
            } catch { first = first ?? error }
        }
        return first
    }

    /// Options for some sources.
    public init(sources: [String], prices: PriceTable) {
        self.sources = sources
        self.prices = prices
    }
}

/// What happened to the lines of a run.
public struct FeedCounts: Sendable {
    /// Lines read.
    public var lines = 0
    /// Events that were valid.
    public var valid = 0
    /// Events dropped as duplicate deliveries.
    public var duplicates = 0
    /// Lines that were no event, by reason, in the order of `RejectionReason`.
    public var rejected: [(reason: String, count: Int)] = []
    /// Lines that were no event.
    public var rejectedLines = 0
    /// Keys that are not of the schema, by name.
    public var unknownKeys: [(name: String, count: Int)] = []
    /// Events priced from the table.
    public var estimated = 0
    /// Costs with more than nine decimals.
    public var rounded = 0
    /// Events without an id: two equal ones are two events.
    public var withoutID = 0
    /// Bytes read, before decompression.
    public var bytes = 0
}

/// A line that was refused, with the input it came from.
public struct RefusedLine: Sendable {
    /// The input's name.
    public var input: String
    /// Number of the line, reason, field, sentence, first bytes.
    public var line: Int
    /// The stable word of the reason.
    public var reason: String
    /// The key at fault.
    public var field: String?
    /// What was found and what is wanted.
    public var detail: String
    /// The first bytes of the line.
    public var bytes: [UInt8]
}

/// Inputs one after the other, as batches of valid events in arrival order.
final class EventFeed {
    /// What a call of `next` brought.
    enum Step {
        /// Zero or more events; all lines up to `counts.lines` are in this batch, in earlier ones, or
        /// refused.
        case batch
        /// Nothing to read now.
        case idle
        /// All inputs have ended.
        case finished
    }

    private(set) var counts = FeedCounts()
    /// Inputs that failed; reading went on with the next.
    private(set) var problems: [InputError] = []
    /// Refused lines since the caller last took them.
    var refused: [RefusedLine] = []
    /// Bytes of all inputs that are regular files, for a progress bar; nil with a pipe among them.
    private(set) var bytesExpected: Int?

    private let options: FeedOptions
    private var nextSource = 0
    private var reader: InputReader?
    private var decoder: NDJSONDecoder
    private var linesBefore = 0
    private var bytesBefore = 0
    private var isAtEnd = false
    private var rejectedBy = [Int](repeating: 0, count: RejectionReason.allCases.count)

    init(_ options: FeedOptions) {
        self.options = options
        decoder = NDJSONDecoder()
        var total: Int? = 0
        for source in options.sources {
            guard let sum = total, let size = try? FileInput.size(ofFileAt: source) else {
                total = nil
                break
            }
            total = sum + size
        }
        bytesExpected = total
    }

    /// Fills a batch with up to a block of events. A pipe that has nothing more for now ends the batch early.
    func next(into batch: inout EventBatch, symbols: inout Symbols) -> Step {
        let step = fill(&batch, &symbols)
        counts.withoutID += batch.requestID.nullCount(rows: batch.count)
        return step
    }

    private func fill(_ batch: inout EventBatch, _ symbols: inout Symbols) -> Step {
        batch.removeAll()
        while true {
            if Interruption.pending != nil { return batch.isEmpty ? .finished : .batch }
            guard openNext(), let open = reader else { return .finished }
            if open.unread > 0 || isAtEnd {
                let stop = decode(open, &batch, &symbols)
                takeRejections()
                counts.lines = linesBefore + decoder.linesRead
                if stop != .needsInput { return .batch }
                if isAtEnd {
                    closeSource(open.bytesRead)
                    if batch.isEmpty, refused.isEmpty { continue }
                    return .batch
                }
                if open.isPipe, !batch.isEmpty, !open.hasMore() { return .batch }
            }
            do throws(InputError) {
                switch try open.fill() {
                case .data: counts.bytes = bytesBefore + open.bytesRead
                case .idle: return batch.isEmpty && refused.isEmpty ? .idle : .batch
                case .end: isAtEnd = true
                }
            } catch {
                problems.append(error)
                // Of an input of another kind nothing is text.
                if case .refused = error { open.consume(open.unread) }
                // What was decompressed before the fault is decoded; the line that it cut is reported as
                // such.
                isAtEnd = true
            }
        }
    }

    /// Where reading stands when the run ends: keys and counts of the decoders.
    func finish() {
        if let bytes = reader?.bytesRead { closeSource(bytes) }
    }

    private func openNext() -> Bool {
        while reader == nil || isClosed {
            guard nextSource < options.sources.count else { return false }
            let path = options.sources[nextSource]
            nextSource += 1
            do throws(InputError) {
                reader = try InputReader(path, follows: options.follows)
                isClosed = false
                isAtEnd = false
                decoder = NDJSONDecoder(
                    options: DecoderOptions(
                        defaultIdentity: options.identity, defaultSource: options.source,
                        prices: options.prices,
                        timestampMax: options.isLive ? wallClock() + Limits.futureMax : nil))
            } catch { problems.append(error) }
        }
        return true
    }

    private var isClosed = false

    private func closeSource(_ bytes: Int) {
        guard !isClosed else { return }
        isClosed = true
        linesBefore += decoder.linesRead
        bytesBefore += bytes
        counts.bytes = bytesBefore
        counts.lines = linesBefore
        counts.valid += decoder.accepted
        counts.estimated += decoder.costsEstimated
        counts.rounded += decoder.costsRounded
        for (name, count) in decoder.unknownKeys.all {
            if let row = counts.unknownKeys.firstIndex(where: { $0.name == name }) {
                counts.unknownKeys[row].count += count
            } else {
                counts.unknownKeys.append((name, count))
            }
        }
    }

    private func decode(
        _ open: InputReader, _ batch: inout EventBatch, _ symbols: inout Symbols
    ) -> DecodeProgress.Stop {
        let isFinal = isAtEnd
        let progress = open.withUnread { bytes in
            decoder.decode(
                bytes, isFinal: isFinal, into: &batch, symbols: &symbols, limit: Limits.eventsPerBlock)
        }
        open.consume(progress.consumed)
        return progress.stop
    }

    private func takeRejections() {
        guard !decoder.rejections.isEmpty else { return }
        let source = options.sources[nextSource - 1]
        for rejection in decoder.rejections {
            counts.rejectedLines += 1
            if let row = RejectionReason.allCases.firstIndex(of: rejection.reason) { rejectedBy[row] += 1 }
            refused.append(
                RefusedLine(
                    input: source == "-" ? "standard input" : source, line: rejection.line,
                    reason: rejection.reason.rawValue, field: rejection.field?.key, detail: rejection.detail,
                    bytes: rejection.bytes))
        }
        decoder.rejections.removeAll(keepingCapacity: true)
        counts.rejected = zip(RejectionReason.allCases, rejectedBy).filter { $0.1 > 0 }.map {
            ($0.rawValue, $1)
        }
    }
}
