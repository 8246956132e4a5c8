import UsageEvents

/// Where values end, what is too long, what breaks off, and in which line all that stands.
extension DocumentRecords {
    // MARK: - Values

    /// Looks for the end of the value at `start`, no further than a record may reach.
    mutating func scan(
        _ bytes: Span<UInt8>, _ start: Int, stopsAtMembers: Bool
    ) -> ValueScanner.Outcome {
        let last = min(bytes.count, start + recordBytesMax)
        return scanner.scan(bytes.extracting(0..<last), from: start, stopsAtMembers: stopsAtMembers)
    }

    /// The value that begins at `at` ends at `end`, and was scanned.
    mutating func finishValue(_ at: inout Int, _ end: Int) {
        lineFeeds += scanner.lineFeeds
        isInLine = true
        scanner = ValueScanner()
        at = end
    }

    /// The bytes are over before the value is; returns whether there is something to do all the same: the
    /// value is too long.
    mutating func waitForValue(_ bytes: Span<UInt8>, _ at: inout Int, _ start: Int) -> Bool {
        guard scanner.scanned >= recordBytesMax else { return false }
        reject(
            Refusal(
                reason: .tooLong, detail: "the record has more than \(recordBytesMax) bytes, fewer are wanted"
            ))
        countLines(bytes, at..<start)
        lineFeeds += scanner.lineFeeds
        isInLine = true
        at = start + scanner.scanned
        scanner.forget()
        mode = .skipping
        return true
    }

    /// Goes on in a value that was rejected for its length.
    mutating func skipOn(_ bytes: Span<UInt8>, _ at: inout Int) -> Bool {
        let outcome = scanner.scan(bytes, from: at, stopsAtMembers: false)
        switch outcome {
        case .ended(let end):
            finishValue(&at, end)
            mode = .reading
            isBehindValue = true
            isBehindComma = false
        case .needsMore, .member:
            lineFeeds += scanner.lineFeeds
            at = bytes.count
            scanner.forget()
        case .fault(let fault): resume(at: fault, &at)
        }
        return true
    }

    // MARK: - Faults

    /// What stands here does not belong here.
    mutating func fail(_ bytes: Span<UInt8>, _ at: inout Int, wanted: String) {
        reject(
            Refusal(
                reason: .malformedJSON, detail: "found \(JSONReader.name(of: bytes[at])), \(wanted) is wanted"
            ))
        mode = .resuming(isAtLineStart: !isInLine)
    }

    /// The value at `at` cannot go on at `fault`.
    mutating func breakOff(_ bytes: Span<UInt8>, _ at: inout Int, _ fault: Int) {
        reject(
            Refusal(
                reason: .malformedJSON,
                detail:
                    "the record breaks off: found \(JSONReader.name(of: bytes[fault])) where it cannot stand")
        )
        resume(at: fault, &at)
    }

    mutating func resume(at fault: Int, _ at: inout Int) {
        lineFeeds += scanner.lineFeeds
        let isAtLineStart = scanner.isAtLineStart
        isInLine = !isAtLineStart
        scanner = ValueScanner()
        at = fault
        mode = .resuming(isAtLineStart: isAtLineStart)
    }

    /// Looks for a line that begins with a bracket.
    mutating func resume(_ bytes: Span<UInt8>, _ at: inout Int, _ isAtLineStart: Bool) {
        if isAtLineStart {
            skipBlanks(bytes, &at)
            guard at < bytes.count else { return }
            if bytes[at] == UInt8(ascii: "{") || bytes[at] == UInt8(ascii: "[") {
                mode = .reading
                place = .top
                isRecovering = true
                return
            }
        }
        isInLine = true
        guard let lineFeed = bytes.firstIndex(of: 0x0a, from: at) else {
            at = bytes.count
            mode = .resuming(isAtLineStart: false)
            return
        }
        at = lineFeed + 1
        lineFeeds += 1
        isInLine = false
        mode = .resuming(isAtLineStart: true)
    }

    mutating func rejectOther(_ value: Span<UInt8>) {
        reject(
            Refusal(
                reason: .notAnObject,
                detail: "found \(DocumentTokens.name(of: value[0])), an object is wanted"))
    }

    /// Without bytes of the record: it may hold what people wrote.
    mutating func reject(_ refusal: Refusal) {
        rejections.append(
            Rejection(
                line: lineFeeds + 1, reason: refusal.reason, field: refusal.field, detail: refusal.detail,
                bytes: [], isTruncated: true))
    }

    // MARK: - Bytes

    func isListKey(_ key: Span<UInt8>) -> Bool {
        Reader.listKeys.contains { $0.span.isEqual(to: key) }
    }

    mutating func skipBlanks(_ bytes: Span<UInt8>, _ at: inout Int) {
        consume(bytes, &at, to: DocumentTokens.indexOfText(bytes, at))
    }

    mutating func consume(_ bytes: Span<UInt8>, _ at: inout Int, to end: Int) {
        countLines(bytes, at..<end)
        at = end
    }

    mutating func countLines(_ bytes: Span<UInt8>, _ range: Range<Int>) {
        for i in range {
            if bytes[i] == 0x0a {
                lineFeeds += 1
                isInLine = false
            } else if !DocumentTokens.isBlank(bytes[i]) {
                isInLine = true
            }
        }
    }
}
