import UsageEvents

/// A reader of records that come in JSON documents, and may come in lists with something beside them.
protocol DocumentReader: RecordReader {
    /// Keys of an object that hold a list of records; an object without any of them is a record.
    static var listKeys: [[UInt8]] { get }

    /// A document begins that is a list, or an object around one.
    mutating func beginDocument()

    /// A member of the object around the list; those in front of the list come before `beginList`.
    mutating func note(_ key: Span<UInt8>, _ value: Span<UInt8>)

    /// The records of a list follow.
    mutating func beginList()
}

extension DocumentReader {
    mutating func beginDocument() {}
    mutating func note(_ key: Span<UInt8>, _ value: Span<UInt8>) {}
    mutating func beginList() {}
}

/// Records in any sequence of JSON documents: objects one after another (one a line, or not), arrays of
/// objects, objects around an array such as the pages of an API.
///
/// Memory is bounded by one record, whatever the length of a list: the caller's buffer must be able to grow
/// to `recordBytesMax` + 1 bytes. A longer record is rejected and skipped. Each rejection carries the line in
/// which its record begins.
///
/// A record whose brackets tie out is rejected or taken by itself. Where brackets or strings do not (a line
/// that was cut, two files run together), the record is rejected once, and reading goes on at the next
/// line that begins with `{` or `[`, as with a new document; what is left of the broken one (brackets,
/// commas, members) is passed over. In a document without line ends the rest of the input is given up.
struct DocumentRecords<Reader: DocumentReader>: RecordFraming {
    var rejections: [Rejection] = []
    var reader: Reader
    var intake: RecordIntake
    let recordBytesMax: Int
    var place = Place.top
    var mode = Mode.start
    /// The value that is not consumed yet.
    var scanner = ValueScanner()
    /// Whether a value has just ended, so that a comma or the end must follow.
    var isBehindValue = false
    /// Whether a comma has just been read, so that a value must follow.
    var isBehindComma = false
    /// Whether the list is a member of an object.
    var isInPage = false
    /// Whether a document has broken off before, so that its remains are passed over.
    var isRecovering = false
    /// LFs consumed, and whether something stands behind the last of them.
    var lineFeeds = 0
    var isInLine = false

    /// What surrounds the next byte.
    enum Place {
        /// Nothing.
        case top
        /// A list.
        case list
        /// An object, behind one of its lists.
        case page
    }

    enum Mode {
        /// At the first byte of the input.
        case start
        case reading
        /// In a value that is too long.
        case skipping
        /// Behind a fault, looking for a line that begins a document.
        case resuming(isAtLineStart: Bool)
        /// Nothing is expected any more.
        case over
    }

    /// A decoder at the start of an input.
    init(_ reader: Reader, options: DecoderOptions, recordBytesMax: Int = Limits.recordBytesMax) {
        self.reader = reader
        intake = RecordIntake(options)
        self.recordBytesMax = recordBytesMax
    }

    var linesRead: Int { lineFeeds + (isInLine ? 1 : 0) }

    mutating func decode(
        _ bytes: Span<UInt8>, isFinal: Bool, into batch: inout EventBatch, symbols: inout Symbols, limit: Int
    ) -> DecodeProgress {
        let rejectionsAtStart = rejections.count
        var at = 0
        while at < bytes.count {
            if batch.count >= limit { return DecodeProgress(consumed: at, stop: .batchFull) }
            if rejections.count - rejectionsAtStart >= NDJSONDecoder.rejectionsPerCall {
                return DecodeProgress(consumed: at, stop: .rejectionsFull)
            }
            let isStepDone: Bool
            switch mode {
            case .start: isStepDone = skipMark(bytes, &at, isFinal)
            case .reading: isStepDone = step(bytes, &at, isFinal, &batch, &symbols)
            case .skipping: isStepDone = skipOn(bytes, &at)
            case .resuming(let isAtLineStart):
                resume(bytes, &at, isAtLineStart)
                isStepDone = true
            case .over:
                consume(bytes, &at, to: bytes.count)
                isStepDone = true
            }
            if !isStepDone { break }
        }
        if isFinal { end(bytes, &at) }
        return DecodeProgress(consumed: at, stop: .needsInput)
    }

    /// What is open at the end of the input has broken off.
    private mutating func end(_ bytes: Span<UInt8>, _ at: inout Int) {
        if case .reading = mode, at < bytes.count || place != .top {
            reject(
                Refusal(
                    reason: .malformedJSON,
                    detail: "the input ends in the middle of a document, its end is wanted"))
        }
        consume(bytes, &at, to: bytes.count)
        mode = .over
    }

    // MARK: - Steps; each returns false where it needs more bytes

    private mutating func skipMark(_ bytes: Span<UInt8>, _ at: inout Int, _ isFinal: Bool) -> Bool {
        let mark: [UInt8] = [0xef, 0xbb, 0xbf]
        var length = 0
        while length < mark.count, length < bytes.count, bytes[length] == mark[length] { length += 1 }
        if length == bytes.count, length < mark.count, !isFinal { return false }
        if length == mark.count { at = length }
        mode = .reading
        return true
    }

    private mutating func step(
        _ bytes: Span<UInt8>, _ at: inout Int, _ isFinal: Bool, _ batch: inout EventBatch,
        _ symbols: inout Symbols
    ) -> Bool {
        skipBlanks(bytes, &at)
        guard at < bytes.count else { return false }
        if place == .top { return readDocument(bytes, &at, &batch, &symbols) }
        let byte = bytes[at]
        let closer = place == .list ? UInt8(ascii: "]") : UInt8(ascii: "}")
        if byte == closer, !isBehindComma {
            consume(bytes, &at, to: at + 1)
            place = place == .list && isInPage ? .page : .top
            isBehindValue = true
            return true
        }
        if isBehindValue {
            guard byte == UInt8(ascii: ",") else {
                fail(bytes, &at, wanted: "',' or \(JSONReader.name(of: closer))")
                return true
            }
            consume(bytes, &at, to: at + 1)
            isBehindValue = false
            isBehindComma = true
            return true
        }
        return place == .list
            ? readElement(bytes, &at, isFinal, &batch, &symbols) : readMember(bytes, &at, isFinal)
    }

    /// A document: a record, a list, or an object around one.
    private mutating func readDocument(
        _ bytes: Span<UInt8>, _ at: inout Int, _ batch: inout EventBatch, _ symbols: inout Symbols
    ) -> Bool {
        switch bytes[at] {
        case UInt8(ascii: "{"): return readValue(bytes, &at, isTop: true, &batch, &symbols)
        case UInt8(ascii: "["):
            consume(bytes, &at, to: at + 1)
            reader.beginDocument()
            beginList(isInPage: false)
        case UInt8(ascii: ","), UInt8(ascii: "]"), UInt8(ascii: "}"), UInt8(ascii: "\""):
            if isRecovering {
                mode = .resuming(isAtLineStart: false)
            } else {
                fail(bytes, &at, wanted: "'{' or '['")
            }
        default: fail(bytes, &at, wanted: "'{' or '['")
        }
        return true
    }

    private mutating func beginList(isInPage: Bool) {
        self.isInPage = isInPage
        place = .list
        isBehindValue = false
        isBehindComma = false
        reader.beginList()
    }

    private mutating func readElement(
        _ bytes: Span<UInt8>, _ at: inout Int, _ isFinal: Bool, _ batch: inout EventBatch,
        _ symbols: inout Symbols
    ) -> Bool {
        if bytes[at] == UInt8(ascii: "{") || bytes[at] == UInt8(ascii: "[") {
            return readValue(bytes, &at, isTop: false, &batch, &symbols)
        }
        switch DocumentTokens.extent(bytes, at, isFinal: isFinal) {
        case .more: return false
        case .fault: fail(bytes, &at, wanted: "an object")
        case .end(let end):
            rejectOther(bytes.extracting(at..<end))
            consume(bytes, &at, to: end)
            isBehindValue = true
            isBehindComma = false
        }
        return true
    }

    /// An object or an array, at the top or in a list.
    private mutating func readValue(
        _ bytes: Span<UInt8>, _ at: inout Int, isTop: Bool, _ batch: inout EventBatch,
        _ symbols: inout Symbols
    ) -> Bool {
        let start = at
        while true {
            switch scan(bytes, start, stopsAtMembers: isTop) {
            case .member(let bracket):
                guard DocumentTokens.isMember(of: Reader.listKeys, bytes, start, bracket) else { continue }
                openPage(bytes, &at, bracket)
                return true
            case .ended(let end):
                let record = bytes.extracting(start..<end)
                if bytes[start] == UInt8(ascii: "{") {
                    read(record, &batch, &symbols)
                } else {
                    rejectOther(record)
                }
                finishValue(&at, end)
                isBehindValue = true
                isBehindComma = false
                return true
            case .needsMore: return waitForValue(bytes, &at, start)
            case .fault(let fault):
                breakOff(bytes, &at, fault)
                return true
            }
        }
    }

    /// The members in front of the list, and the bracket that opens it.
    private mutating func openPage(_ bytes: Span<UInt8>, _ at: inout Int, _ bracket: Int) {
        reader.beginDocument()
        let front = bytes.extracting(at..<bracket + 1)
        var cursor = JSONCursor()
        do throws(Refusal) {
            try cursor.enterObject(front)
            while let key = try cursor.nextKey(front), cursor.at < bracket - at {
                let start = cursor.at
                try cursor.skip(front)
                reader.note(front.extracting(key.range), front.extracting(start..<cursor.at))
            }
        } catch {
            reject(error)
            finishValue(&at, bracket)
            mode = .resuming(isAtLineStart: false)
            return
        }
        finishValue(&at, bracket + 1)
        beginList(isInPage: true)
    }

    /// A member of the object behind a list.
    private mutating func readMember(_ bytes: Span<UInt8>, _ at: inout Int, _ isFinal: Bool) -> Bool {
        // What stands before the value is looked at again with each piece: it is short.
        let keyEnd: Int
        switch DocumentTokens.extent(bytes, at, isFinal: false) {
        case .end(let end) where bytes[at] == UInt8(ascii: "\""): keyEnd = end
        case .more: return false
        default:
            fail(bytes, &at, wanted: "a key")
            return true
        }
        var start = DocumentTokens.indexOfText(bytes, keyEnd)
        guard start < bytes.count else { return false }
        guard bytes[start] == UInt8(ascii: ":") else {
            consume(bytes, &at, to: start)
            fail(bytes, &at, wanted: "':'")
            return true
        }
        start = DocumentTokens.indexOfText(bytes, start + 1)
        guard start < bytes.count else { return false }
        let key = at + 1..<keyEnd - 1
        let isBracket = bytes[start] == UInt8(ascii: "{") || bytes[start] == UInt8(ascii: "[")
        if bytes[start] == UInt8(ascii: "["), isListKey(bytes.extracting(key)) {
            consume(bytes, &at, to: start + 1)
            beginList(isInPage: true)
            return true
        }
        let end: Int
        if isBracket {
            switch scan(bytes, start, stopsAtMembers: false) {
            case .ended(let found): end = found
            case .needsMore, .member: return waitForValue(bytes, &at, start)
            case .fault(let fault):
                countLines(bytes, at..<start)
                breakOff(bytes, &at, fault)
                return true
            }
        } else {
            switch DocumentTokens.extent(bytes, start, isFinal: isFinal) {
            case .end(let found): end = found
            case .more: return false
            case .fault:
                consume(bytes, &at, to: start)
                fail(bytes, &at, wanted: "a value")
                return true
            }
        }
        take(key, start..<end, bytes)
        scanner = ValueScanner()
        consume(bytes, &at, to: end)
        isBehindValue = true
        isBehindComma = false
        return true
    }

    private mutating func take(_ key: Range<Int>, _ value: Range<Int>, _ bytes: Span<UInt8>) {
        let text = bytes.extracting(value)
        var cursor = JSONCursor()
        do throws(Refusal) {
            try cursor.skip(text)
            try cursor.end(text)
            reader.note(bytes.extracting(key), text)
        } catch {
            reject(error)
        }
    }

    private mutating func read(
        _ record: Span<UInt8>, _ batch: inout EventBatch, _ symbols: inout Symbols
    ) {
        do throws(Refusal) {
            try reader.read(record, into: &intake)
            intake.commit(into: &batch, symbols: &symbols)
        } catch {
            intake.drop()
            reject(error)
        }
    }
}
