import Connectors
import EventLog
import UsageEvents

/// Inputs as batches of valid events: those that are feeds in their own right as they stand, one after the
/// other, and those that were written side by side together, in the order of time.
final class EventFeed {
    /// What a call of `next` brought.
    enum Step {
        /// Zero or more events; all lines up to `counts.lines` are in this batch, in earlier ones, or
        /// refused.
        case batch
        /// Nothing to read now.
        case idle
        /// Before the first input that may say again what an earlier run has counted: whoever has a log shows
        /// its events to `recall`.
        case recall
        /// All inputs have ended.
        case finished
    }

    private(set) var counts = FeedCounts()
    /// Inputs that failed; reading went on with the next.
    private(set) var problems: [InputError]
    /// Refused lines since the caller last took them.
    var refused: [RefusedLine] = []
    /// Whether an event may leave a second time, as a repeated delivery: not where all inputs are of formats
    /// whose events are counted once here.
    var mayRepeat: Bool { !queue.isAllRevised }
    /// Bytes of all inputs that are regular files, for a progress bar; nil with a pipe among them.
    var bytesExpected: Int? { queue.bytesExpected }

    private let options: FeedOptions
    /// Events that are held before the oldest leave, and at most.
    private let heldMax: (oldest: Int, all: Int)
    private var queue: InputQueue
    private var path = ""
    private var reader: InputReader?
    /// Nil until the first bytes of the input have said what it is.
    private var format: EventFormat?
    private var decoder: any EventDecoder = NDJSONDecoder()
    private var bytesBefore = 0
    private var linesBefore = 0
    private var isAtEnd = false
    private var rejectedBy = [Int](repeating: 0, count: RejectionReason.allCases.count)
    private var unpriced = UnpricedModels()

    /// Files that are looked at again and again; nil where inputs end, or one is waited for at its end.
    private var followed: FollowedFiles?
    /// Whether what was there when the run began has been read.
    private var isCaughtUp = false
    /// Where in the file the reader began.
    private var openedAt = 0
    /// What the decoder of a file that is gone on with had counted before.
    private var counted = (lines: 0, accepted: 0, estimated: 0, rounded: 0)

    private var held = HeldEvents()
    private var read = EventBatch()
    private var isRecalled = false
    /// Bytes read since the caller last heard from a run that only holds events.
    private var quietBytes = 0
    private static let quietBytesMax = 16 << 20
    /// When followed files are looked at again, on the clock of `monotonicSeconds`.
    private var nextLook = 0.0

    init(
        _ options: FeedOptions, heldMax: (oldest: Int, all: Int) = (Limits.heldEvents, Limits.heldEventsMax)
    ) {
        self.options = options
        self.heldMax = heldMax
        queue = InputQueue(options)
        problems = queue.problems
        followed = FollowedFiles.areNeeded(for: options) ? FollowedFiles() : nil
    }

    /// Whether events that come now happen now: what lay in followed files before is history.
    var isLive: Bool { options.isLive && (followed == nil || isCaughtUp) }

    /// Fills a batch with up to a block of events. A pipe that has nothing more for now ends the batch early.
    func next(into batch: inout EventBatch, symbols: inout Symbols) -> Step {
        let step = fill(&batch, &symbols)
        counts.withoutID += batch.requestID.nullCount(rows: batch.count)
        unpriced.count(batch, symbols.models)
        return step
    }

    /// The caller begins new symbol tables, as it may between two batches.
    func forgetNumbers() { held.forgetNumbers() }

    /// Learns from events of the log which of those to come have been counted.
    func recall(_ logged: EventBatch, symbols: Symbols) {
        held.recall(logged, symbols: symbols) { [options] source in
            source == options.source || ConnectorRegistry.format(named: source)?.isRevised == true
        }
    }

    private func fill(_ batch: inout EventBatch, _ symbols: inout Symbols) -> Step {
        batch.removeAll()
        while true {
            if held.hasFailed { return lose() }
            if held.isLeaving {
                held.move(into: &batch, symbols: &symbols)
                // Of the copies of an event only the one that counts has a cost that counts.
                counts.estimated += batch.shape.count { EventShape(rawValue: $0).basis == .estimated }
                settleLines()
                return .batch
            }
            if options.interruption() != nil { return batch.isEmpty ? .finished : .batch }
            guard openNext(), let open = reader else {
                if held.count > 0 {
                    held.release(before: nil)
                    continue
                }
                guard followed != nil else { return .finished }
                return lookAgain()
            }
            guard let format else {
                if let step = recognise(open) { return step }
                continue
            }
            if format.isRevised, !isRecalled {
                isRecalled = true
                return .recall
            }
            if open.unread > 0 || isAtEnd {
                guard format.arrival == .asWritten else {
                    hold(open, revised: format.isRevised)
                    if quietBytes >= Self.quietBytesMax || !refused.isEmpty {
                        quietBytes = 0
                        return .batch
                    }
                    continue
                }
                if let step = decode(open, into: &batch, &symbols) { return step }
                // At its end it is closed, and is not to be read once more.
                guard reader != nil else { continue }
            }
            if let step = readOn(open, isEmpty: batch.isEmpty) { return step }
        }
    }

    /// Ends the run: without what it remembers, events would count twice.
    private func lose() -> Step {
        problems.append(
            .failed(name: "the scratch file", why: "what the run remembered in it is lost; run it again"))
        return .finished
    }

    // MARK: - Events as they stand

    private func decode(
        _ open: InputReader, into batch: inout EventBatch, _ symbols: inout Symbols
    ) -> Step? {
        let stop = decode(open, &batch, &symbols)
        takeRejections()
        settleLines()
        if stop != .needsInput { return .batch }
        if isAtEnd {
            closeSource()
            return batch.isEmpty && refused.isEmpty ? nil : .batch
        }
        return open.isPipe && !batch.isEmpty && !open.hasMore() ? .batch : nil
    }

    /// Lines of inputs whose events wait are not settled before those have left.
    private func settleLines() {
        guard held.count == 0 else { return }
        counts.lines = linesBefore + (reader == nil ? 0 : decoder.linesRead - counted.lines)
    }

    private func decode(
        _ open: InputReader, _ batch: inout EventBatch, _ symbols: inout Symbols
    ) -> DecodeProgress.Stop {
        let isFinal = isAtEnd && followed == nil
        let progress = open.withUnread { bytes in
            decoder.decode(
                bytes, isFinal: isFinal, into: &batch, symbols: &symbols, limit: Limits.eventsPerBlock)
        }
        open.consume(progress.consumed)
        return progress.stop
    }

    // MARK: - Events in the order of time

    private func hold(_ open: InputReader, revised: Bool) {
        let before = open.unread
        let stop = decode(open, &read, &held.symbols)
        takeRejections()
        quietBytes += before - open.unread
        held.take(read, revised: revised)
        read.removeAll()
        counts.copies = held.copies
        if stop == .needsInput {
            if isAtEnd {
                closeSource()
            } else {
                _ = readOn(open, isEmpty: true)
            }
        }
        guard held.count >= heldMax.oldest else { return }
        if held.count >= heldMax.all {
            counts.splits += 1
            held.release(before: nil)
        } else if reader == nil, let limit = queue.earliestToCome {
            held.release(before: limit)
        }
    }

    // MARK: - Inputs

    private func openNext() -> Bool {
        while reader == nil {
            guard let input = queue.pop() else { return false }
            path = input.file.path
            do throws(InputError) {
                let place = followed?.place(of: input.file)
                reader = try InputReader(
                    path, follows: options.follows && followed == nil, from: place?.offset ?? 0)
                isAtEnd = false
                openedAt = place?.offset ?? 0
                counted = (0, 0, 0, 0)
                if let place {
                    goOn(place)
                    continue
                }
                format = options.format ?? input.file.format.flatMap { ConnectorRegistry.format(named: $0) }
                if let format { begin(format, InputHead(path: path, bytes: [])) }
            } catch {
                if input.file.isFound, case .missing = error {
                    counts.vanished += 1
                } else {
                    note(error)
                }
            }
        }
        return true
    }

    /// Files that are looked at again and again fail again and again: that is said once.
    private func note(_ error: InputError) {
        if followed == nil || !problems.contains(error) { problems.append(error) }
    }

    /// Reads until the first bytes decide what the input is: as many as are looked at, or what is there when
    /// the input ends or falls silent after a line.
    private func recognise(_ open: InputReader) -> Step? {
        if open.unread < InputHead.bytesMax, !isAtEnd {
            let step = open.isPipe && open.unread > 0 && !open.hasMore() ? .idle : readOn(open, isEmpty: true)
            if let step {
                guard open.head(path: path).bytes.contains(0x0a) else { return step }
            } else if open.unread < InputHead.bytesMax, !isAtEnd {
                return nil
            }
        }
        let head = open.head(path: path)
        let found = ConnectorRegistry.recognise(head)
        format = found
        begin(found, head)
        return nil
    }

    private func begin(_ format: EventFormat, _ head: InputHead) {
        var decoding = DecoderOptions(
            defaultIdentity: options.identity ?? (format.isPersonal ? options.localIdentity : nil),
            defaultSource: options.source ?? (format.arrival == .asWritten ? nil : format.name),
            prices: options.prices,
            timestampMax: options.isLive ? wallClock() + Limits.futureMax : nil)
        decoding.path = path
        decoding.mapping = options.mapping
        decoder = format.makeDecoder(decoding, head)
        FeedCounts.add([(format.name, 1)], to: &counts.files)
    }

    /// Reads one more piece of an input; what there is to tell the caller, if anything.
    private func readOn(_ open: InputReader, isEmpty: Bool) -> Step? {
        do throws(InputError) {
            switch try open.fill() {
            case .data: counts.bytes = bytesBefore + open.bytesRead
            case .idle: return isEmpty && refused.isEmpty ? .idle : .batch
            case .end: isAtEnd = true
            }
        } catch {
            note(error)
            // Of an input of another kind nothing is text.
            if case .refused = error { open.consume(open.unread) }
            // What was decompressed before the fault is decoded; the line that it cut is reported as such.
            isAtEnd = true
        }
        return nil
    }

    private func closeSource() {
        guard let open = reader else { return }
        reader = nil
        linesBefore += decoder.linesRead - counted.lines
        bytesBefore += open.bytesRead
        counts.bytes = bytesBefore
        counts.valid += decoder.accepted - counted.accepted
        if format?.arrival == .asWritten {
            counts.estimated += decoder.costsEstimated - counted.estimated
        }
        counts.rounded += decoder.costsRounded - counted.rounded
        if followed == nil {
            addNames(of: decoder)
        } else if let format {
            let size = openedAt + open.bytesRead
            // The rest of a line waits; of what is compressed, there is none.
            let rest = open.isCompressed ? 0 : open.unread
            followed?.note(
                path,
                FollowedFiles.Place(
                    offset: size - rest, identity: open.identity, size: size, decoder: decoder, format: format
                ))
        }
        settleLines()
    }

    private func addNames(of decoder: any EventDecoder) {
        counts.unfinished += decoder.unfinishedLines
        FeedCounts.add(decoder.unknownKeys.all, to: &counts.unknownKeys)
        FeedCounts.add(decoder.ignored.all, to: &counts.ignored)
    }

    /// Where reading stands when the run ends: keys and counts of the decoders.
    func finish() {
        closeSource()
        for (_, place) in (followed?.places ?? [:]).sorted(by: { $0.key < $1.key }) {
            addNames(of: place.decoder)
        }
        counts.unpriced = unpriced.all
    }

    // MARK: - Files that grow

    private func goOn(_ place: FollowedFiles.Place) {
        decoder = place.decoder
        format = place.format
        counted = (
            decoder.linesRead, decoder.accepted, decoder.costsEstimated, decoder.costsRounded
        )
    }

    /// Everything that was there has been read: waits a moment, then reads what has changed.
    private func lookAgain() -> Step {
        isCaughtUp = true
        pause(milliseconds: FollowedFiles.pauseMilliseconds)
        let began = monotonicSeconds()
        guard began >= nextLook else { return .idle }
        // However many files there are, to look at them takes a twentieth of the time at most.
        defer { nextLook = began + 20 * (monotonicSeconds() - began) }
        let list = SourceList(machine: options.machine)
        let files = options.sources.flatMap { (try? list.files(of: $0)) ?? [] }
        queue = InputQueue(files: followed?.changed(of: files) ?? [])
        return .idle
    }

    private func takeRejections() {
        guard !decoder.rejections.isEmpty else { return }
        for rejection in decoder.rejections {
            counts.rejectedLines += 1
            if let row = RejectionReason.allCases.firstIndex(of: rejection.reason) { rejectedBy[row] += 1 }
            refused.append(
                RefusedLine(
                    input: path == "-" ? "standard input" : path, line: rejection.line,
                    reason: rejection.reason.rawValue, field: rejection.field?.key, detail: rejection.detail,
                    bytes: rejection.bytes))
        }
        decoder.rejections.removeAll(keepingCapacity: true)
        counts.rejected = zip(RejectionReason.allCases, rejectedBy).filter { $0.1 > 0 }.map {
            ($0.rawValue, $1)
        }
    }
}
