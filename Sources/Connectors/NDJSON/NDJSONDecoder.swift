public import UsageEvents

/// Canonical events, one JSON object a line, from bytes into columns.
///
/// The caller offers bytes in pieces of any size and keeps what was not consumed; where the pieces are
/// cut changes nothing. Its buffer must be able to grow to `Limits.lineBytesMax` + 1 bytes: the decoder
/// consumes whole lines only, and gives up on a line when it sees more bytes than that without an LF.
/// Lines end with LF or CRLF; blank lines are skipped; one byte order mark at the start of the input is
/// skipped. Every line is an event, blank, or rejected with a reason.
///
/// A line goes through a scanner that expects the keys of the line before it and accepts valid events
/// only; what it declines goes through a general JSON parser, which decides. Both give the same event
/// for the same line.
public struct NDJSONDecoder: Sendable {
    /// Lines read so far, blank and rejected ones included.
    public private(set) var linesRead = 0
    /// Events accepted so far.
    public internal(set) var accepted = 0
    /// Lines rejected since the caller last emptied the list.
    public var rejections: [Rejection] = []
    /// Keys of accepted events that are no fields.
    public internal(set) var unknownKeys = UnknownKeys()
    /// Accepted events whose cost had more than nine decimals and was rounded.
    public internal(set) var costsRounded = 0
    /// Accepted events whose cost was computed from the price table.
    public internal(set) var costsEstimated = 0

    /// Rejections in one call after which it returns, so that a hostile input cannot fill the memory.
    static let rejectionsPerCall = 1_024

    private let general: GeneralEventDecoder
    private var scanner: LineScanner
    private let usesScanner: Bool
    /// Memory for a copy of one line.
    private var copy: [UInt8] = []
    /// Whether the rest of a line that was too long is still to be skipped.
    private var isSkipping = false

    /// A decoder at the start of an input.
    public init(options: DecoderOptions = DecoderOptions()) { self.init(options: options, usesScanner: true) }

    /// Without the scanner every line goes through the general parser: slow, and what tests compare with.
    init(options: DecoderOptions, usesScanner: Bool) {
        general = GeneralEventDecoder(options: options)
        scanner = LineScanner(options: options)
        self.usesScanner = usesScanner
    }

    /// Decodes whole lines from the front of `bytes` until the batch has `limit` rows.
    ///
    /// With `isFinal` the last line needs no LF. Labels get their numbers from `symbols`, which must be
    /// the same tables for all rows of a batch. The caller calls again with the bytes after `consumed`,
    /// with more behind them if `stop` says so.
    public mutating func decode(
        _ bytes: Span<UInt8>, isFinal: Bool, into batch: inout EventBatch, symbols: inout Symbols, limit: Int
    ) -> DecodeProgress {
        let rejectionsAtStart = rejections.count
        var at = 0
        let lastLineFeed = usesScanner ? LineScanner.lastLineFeed(bytes) : -1
        while at < bytes.count {
            if isSkipping {
                guard let end = bytes.indexOfLineFeed(from: at) else { return stop(.needsInput, bytes.count) }
                at = end + 1
                isSkipping = false
                continue
            }
            if batch.count >= limit { return stop(.batchFull, at) }
            if rejections.count - rejectionsAtStart >= Self.rejectionsPerCall {
                return stop(.rejectionsFull, at)
            }
            // The first line may begin with a byte order mark, which the scanner does not know.
            var isDeclined = false
            if linesRead > 0, at <= lastLineFeed {
                let run = scanner.scan(
                    bytes, from: at, lastLineFeed: lastLineFeed, room: limit - batch.count, into: &batch,
                    symbols: &symbols, unknownKeys: &unknownKeys)
                count(run)
                at = run.end
                linesRead += run.lines
                if batch.count >= limit { return stop(.batchFull, at) }
                isDeclined = at <= lastLineFeed
            }
            guard let lineFeed = bytes.indexOfLineFeed(from: at) else {
                if bytes.count - at > Limits.lineBytesMax {
                    linesRead += 1
                    rejectTooLong(bytes.extracting(at...))
                    isSkipping = true
                    return stop(.needsInput, bytes.count)
                }
                if isFinal, at < bytes.count {
                    decodeLine(
                        bytes.extracting(at...), isDeclined: false, isCutShort: true, into: &batch,
                        symbols: &symbols)
                    at = bytes.count
                }
                return stop(.needsInput, at)
            }
            let line = bytes.extracting(at..<lineFeed)
            at = lineFeed + 1
            if line.count > Limits.lineBytesMax {
                linesRead += 1
                rejectTooLong(line)
            } else {
                decodeLine(
                    line, isDeclined: isDeclined, isCutShort: false, into: &batch, symbols: &symbols)
            }
        }
        return stop(.needsInput, at)
    }

    private func stop(_ stop: DecodeProgress.Stop, _ consumed: Int) -> DecodeProgress {
        DecodeProgress(consumed: consumed, stop: stop)
    }

    private mutating func count(_ run: LineScanner.Run) {
        accepted += run.lines
        costsRounded += run.costsRounded
        costsEstimated += run.costsEstimated
    }

    // MARK: - One line by itself

    /// Decodes a line that the scanner declined, or that stands so near the end of the bytes that it did
    /// not look at it.
    private mutating func decodeLine(
        _ raw: Span<UInt8>, isDeclined: Bool, isCutShort: Bool, into batch: inout EventBatch,
        symbols: inout Symbols
    ) {
        linesRead += 1
        var line = raw
        if linesRead == 1, raw.count >= 3, raw[0] == 0xef, raw[1] == 0xbb, raw[2] == 0xbf {
            line = raw.extracting(3...)
        }
        if line.isBlank { return }
        if usesScanner, scanCopy(line, isDeclined: isDeclined, into: &batch, symbols: &symbols) { return }
        do throws(Refusal) {
            let result = try general.decode(line)
            batch.append(result.event, symbols: &symbols)
            accepted += 1
            if result.isCostRounded { costsRounded += 1 }
            if result.isPriced { costsEstimated += 1 }
            for key in result.unknownKeys { unknownKeys.count(key.span) }
        } catch {
            var refusal = error
            // The cut may go through a character.
            if isCutShort, refusal.reason == .malformedJSON || refusal.reason == .invalidUTF8 {
                refusal.detail += "; the input ends in the middle of a line"
            }
            reject(raw, refusal)
        }
    }

    /// Lets the scanner look at a copy of the line with room behind it and without escapes; returns
    /// whether it took the line.
    private mutating func scanCopy(
        _ line: Span<UInt8>, isDeclined: Bool, into batch: inout EventBatch, symbols: inout Symbols
    ) -> Bool {
        guard let lineFeed = EscapeResolver.resolve(line, into: &copy, orFail: isDeclined) else {
            return false
        }
        // Out of `self`, so that its bytes can be lent while the rest of `self` changes.
        var text: [UInt8] = []
        swap(&text, &copy)
        let run = scanner.scan(
            text.span, from: 0, lastLineFeed: lineFeed, room: 1, into: &batch, symbols: &symbols,
            unknownKeys: &unknownKeys)
        swap(&text, &copy)
        count(run)
        return run.lines == 1
    }

    private mutating func rejectTooLong(_ line: Span<UInt8>) {
        reject(
            line,
            Refusal(
                reason: .tooLong,
                detail: "the line has more than \(Limits.lineBytesMax) bytes, fewer are wanted"))
    }

    private mutating func reject(_ line: Span<UInt8>, _ refusal: Refusal) {
        let kept = min(line.count, Limits.rejectedLineBytesMax)
        rejections.append(
            Rejection(
                line: linesRead, reason: refusal.reason, field: refusal.field, detail: refusal.detail,
                bytes: [UInt8](copying: line.extracting(..<kept)), isTruncated: kept < line.count))
    }
}

/// How often each key that is no field stood in accepted events; the first hundred names, in order of
/// appearance.
public struct UnknownKeys: Sendable {
    /// Names that are kept apart; further ones are counted together.
    public static let namesMax = 100

    private var names = SymbolTable()
    private var counts: [Int] = [0]
    /// How often keys beyond the first hundred names stood.
    public private(set) var others = 0

    /// The names with their counts, in order of first appearance.
    public var all: [(name: String, count: Int)] {
        (0..<counts.count).compactMap { index in
            counts[index] == 0 ? nil : (names.text(of: UInt32(index)), counts[index])
        }
    }

    /// Counts one appearance. The empty key has the number 0, which is its own.
    mutating func count(_ name: Span<UInt8>) {
        let name = name.count > Limits.labelBytesMax ? name.extracting(..<Limits.labelBytesMax) : name
        let symbol: UInt32
        if let known = names.find(name) {
            symbol = known
        } else if counts.count <= Self.namesMax {
            symbol = names.intern(name)
            counts.append(0)
        } else {
            others += 1
            return
        }
        counts[Int(symbol)] += 1
    }
}

extension Span where Element == UInt8 {
    /// Where the next LF is.
    func indexOfLineFeed(from start: Int) -> Int? {
        var i = start
        while i < count {
            if self[i] == 0x0a { return i }
            i += 1
        }
        return nil
    }

    /// Whether all bytes are blanks, tabs or CR.
    var isBlank: Bool {
        for i in 0..<count where self[i] != 0x20 && self[i] != 0x09 && self[i] != 0x0d { return false }
        return true
    }
}

extension Array where Element == UInt8 {
    /// A copy of bytes.
    init(copying bytes: Span<UInt8>) {
        self.init()
        reserveCapacity(bytes.count)
        for i in 0..<bytes.count { append(bytes[i]) }
    }
}
