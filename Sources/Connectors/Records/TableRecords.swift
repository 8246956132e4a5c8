import UsageEvents

/// What the rows of a table of one format mean.
protocol RowReader: Sendable {
    /// Whether rejections keep the first bytes of their row: only where no column can hold what people or
    /// models wrote, or where the user named the columns.
    static var keepsRejected: Bool { get }

    /// Takes the header. Thrown refusals reject the whole table.
    mutating func begin(_ header: TableHeader) throws(Refusal)

    /// Reads one row, which has as many cells as the header: stages its events in `intake`, or notes
    /// there why it is of no use. Thrown refusals reject the row.
    mutating func read(
        _ cells: TableCells, in row: Span<UInt8>, into intake: inout RecordIntake
    ) throws(Refusal)
}

/// Rows of a CSV with a header, as a stream: see `TableCells` for the syntax, `TableHeader` for the
/// separator.
///
/// Blank lines, a byte order mark and copies of the header between rows are skipped. A row that cannot be
/// read (a quote that never closes or closes in the middle of a cell, no end within `Limits.lineBytesMax`
/// bytes) is rejected with the number of its first line, and reading goes on with the line after that: a
/// stray quote costs one line, not the rest of the file. The caller's buffer must be able to grow to
/// `Limits.lineBytesMax` + 1 bytes.
struct TableRecords<Reader: RowReader>: RecordFraming {
    private(set) var linesRead = 0
    var rejections: [Rejection] = []
    private var reader: Reader
    var intake: RecordIntake
    private var cells = TableCells()
    private var stage = Stage.start
    private var separator = UInt8(ascii: ",")
    private var header: TableHeader?

    /// Where in the table the next byte stands.
    private enum Stage {
        /// At the first byte of the input.
        case start
        /// Before the header.
        case header
        /// Before a row.
        case rows
        /// In a line whose rest is skipped, since its beginning was rejected.
        case skipping
        /// Behind a header that says nothing.
        case over
    }

    init(_ reader: Reader, options: DecoderOptions) {
        self.reader = reader
        intake = RecordIntake(options)
    }

    mutating func decode(
        _ bytes: Span<UInt8>, isFinal: Bool, into batch: inout EventBatch, symbols: inout Symbols, limit: Int
    ) -> DecodeProgress {
        let rejectionsAtStart = rejections.count
        var at = 0
        while at < bytes.count {
            switch stage {
            case .start:
                guard bytes[0] != 0xef || bytes.count >= 3 || isFinal else {
                    return DecodeProgress(consumed: 0, stop: .needsInput)
                }
                if bytes.count >= 3, bytes[0] == 0xef, bytes[1] == 0xbb, bytes[2] == 0xbf { at = 3 }
                stage = .header
                continue
            case .skipping, .over:
                guard let lineFeed = bytes.firstIndex(of: 0x0a, from: at) else {
                    return DecodeProgress(consumed: bytes.count, stop: .needsInput)
                }
                at = lineFeed + 1
                if stage == .skipping { stage = .rows } else { linesRead += 1 }
                continue
            case .header:
                guard let found = TableHeader.separator(bytes, from: at, isFinal: isFinal) else {
                    return DecodeProgress(consumed: at, stop: .needsInput)
                }
                separator = found
            case .rows:
                if batch.count >= limit { return DecodeProgress(consumed: at, stop: .batchFull) }
                if rejections.count - rejectionsAtStart >= NDJSONDecoder.rejectionsPerCall {
                    return DecodeProgress(consumed: at, stop: .rejectionsFull)
                }
            }
            guard let end = readRow(bytes, from: at, isFinal: isFinal, into: &batch, symbols: &symbols)
            else { return DecodeProgress(consumed: at, stop: .needsInput) }
            at = end
        }
        return DecodeProgress(consumed: at, stop: .needsInput)
    }

    /// Reads the row at `at` and returns where the next line begins; nil where more bytes are needed.
    private mutating func readRow(
        _ bytes: Span<UInt8>, from at: Int, isFinal: Bool, into batch: inout EventBatch,
        symbols: inout Symbols
    ) -> Int? {
        switch cells.scan(bytes, from: at, separator: separator, isFinal: isFinal) {
        case .row(let end, let lines):
            let row = bytes.extracting(at..<end)
            if !row.isBlankLine { take(row, into: &batch, symbols: &symbols) }
            linesRead += lines
            return end
        case .incomplete: return nil
        case .stray:
            return rejectLine(
                bytes, from: at, isFinal: isFinal,
                "found text behind the quote that closes a cell, a separator or the end of the row is wanted")
        case .unclosed:
            return rejectLine(
                bytes, from: at, isFinal: isFinal,
                "found a quote that is open at the end of the input, a closing one is wanted")
        case .tooLong(let isQuoted):
            return rejectLine(
                bytes, from: at, isFinal: isFinal, reason: .tooLong,
                "found no end of the row within \(Limits.lineBytesMax) bytes"
                    + (isQuoted ? ": a quote is open" : ""))
        }
    }

    private mutating func take(
        _ row: Span<UInt8>, into batch: inout EventBatch, symbols: inout Symbols
    ) {
        do throws(Refusal) {
            guard let header else {
                let header = try TableHeader(cells, in: row)
                try reader.begin(header)
                self.header = header
                stage = .rows
                return
            }
            guard cells.count == header.names.count else {
                throw Refusal(
                    reason: .malformedCSV,
                    detail: "found \(cells.count) cells, \(header.names.count) are wanted as in the header")
            }
            try reader.read(cells, in: row, into: &intake)
            intake.commit(into: &batch, symbols: &symbols)
        } catch {
            intake.drop()
            if isHeaderAgain(row) { return }
            reject(row, error)
            if stage == .header { stage = .over }
        }
    }

    /// Whether a refused row is the header once more, as where exports were put into one file; the reader
    /// then begins again.
    private mutating func isHeaderAgain(_ row: Span<UInt8>) -> Bool {
        guard let header, let again = try? TableHeader(cells, in: row), again.names == header.names,
            (try? reader.begin(header)) != nil
        else { return false }
        return true
    }

    /// Rejects the line at `at` and returns where the next one begins; nil where its end is not there yet.
    private mutating func rejectLine(
        _ bytes: Span<UInt8>, from at: Int, isFinal: Bool, reason: RejectionReason = .malformedCSV,
        _ detail: String
    ) -> Int? {
        let lineFeed = bytes.firstIndex(of: 0x0a, from: at)
        let end = lineFeed ?? bytes.count
        // However the input is cut into pieces, the same bytes are kept.
        guard lineFeed != nil || isFinal || end - at > Limits.lineBytesMax else { return nil }
        reject(bytes.extracting(at..<end), Refusal(reason: reason, detail: detail))
        linesRead += 1
        if stage == .header {
            stage = .over
        } else if lineFeed == nil {
            stage = .skipping
        }
        return lineFeed.map { $0 + 1 } ?? end
    }

    private mutating func reject(_ row: Span<UInt8>, _ refusal: Refusal) {
        var end = row.count
        while end > 0, row[end - 1] == 0x0a || row[end - 1] == 0x0d { end -= 1 }
        let kept = Reader.keepsRejected ? min(end, Limits.rejectedLineBytesMax) : 0
        rejections.append(
            Rejection(
                line: linesRead + 1, reason: refusal.reason, field: refusal.field, detail: refusal.detail,
                bytes: [UInt8](copying: row.extracting(..<kept)), isTruncated: kept < end))
    }
}

extension Span where Element == UInt8 {
    /// Whether all bytes are blanks, tabs, CR or LF.
    fileprivate var isBlankLine: Bool {
        for i in 0..<count {
            let byte = self[i]
            if byte != 0x20, byte != 0x09, byte != 0x0d, byte != 0x0a { return false }
        }
        return true
    }
}
