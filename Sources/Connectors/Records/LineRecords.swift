import UsageEvents

/// Records that are JSON objects, one a line, in files that a program is still writing.
///
/// Lines end with LF or CRLF; blank lines and one byte order mark at the start are skipped. A last line
/// without LF is read if it is whole; one that is cut short is not consumed and counted as unfinished: what
/// writes the file goes on there. The caller's buffer must be able to grow to `lineBytesMax` + 1 bytes; of a
/// longer line nothing more is held.
struct LineRecords<Reader: RecordReader>: RecordFraming {
    private(set) var linesRead = 0
    private(set) var unfinishedLines = 0
    var rejections: [Rejection] = []
    private var reader: Reader
    var intake: RecordIntake
    private let lineBytesMax: Int
    /// Bytes at the front of what is offered next in which no LF stands.
    private var searched = 0
    /// Whether the rest of a line that was too long is still to be skipped.
    private var isSkipping = false

    /// A decoder at the start of an input. Transcripts hold images, hence the bound of 64 MiB a line.
    init(_ reader: Reader, options: DecoderOptions, lineBytesMax: Int = 64 << 20) {
        self.reader = reader
        intake = RecordIntake(options)
        self.lineBytesMax = lineBytesMax
    }

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
            let lineFeed = bytes.firstIndex(of: 0x0a, from: min(at + searched, bytes.count))
            searched = 0
            if isSkipping {
                guard let lineFeed else { return DecodeProgress(consumed: bytes.count, stop: .needsInput) }
                isSkipping = false
                at = lineFeed + 1
                continue
            }
            let end = lineFeed ?? bytes.count
            if end - at > lineBytesMax {
                linesRead += 1
                reject(
                    Refusal(
                        reason: .tooLong,
                        detail: "the line has more than \(lineBytesMax) bytes, fewer are wanted"))
                isSkipping = lineFeed == nil
            } else if lineFeed != nil {
                readLine(bytes.extracting(at..<end), into: &batch, symbols: &symbols)
            } else if isFinal, Self.isWhole(bytes.extracting(at..<end)) {
                readLine(bytes.extracting(at..<end), into: &batch, symbols: &symbols)
            } else {
                if isFinal { unfinishedLines += 1 } else { searched = end - at }
                return DecodeProgress(consumed: at, stop: .needsInput)
            }
            at = lineFeed.map { $0 + 1 } ?? end
        }
        return DecodeProgress(consumed: at, stop: .needsInput)
    }

    private mutating func readLine(
        _ raw: Span<UInt8>, into batch: inout EventBatch, symbols: inout Symbols
    ) {
        linesRead += 1
        let line = raw.extracting((linesRead == 1 ? Self.markBytes(raw) : 0)...)
        if line.isBlank { return }
        do throws(Refusal) {
            try reader.read(line, into: &intake)
            intake.commit(into: &batch, symbols: &symbols)
        } catch {
            intake.drop()
            reject(error)
        }
    }

    /// Without bytes of the line: they hold what people wrote.
    private mutating func reject(_ refusal: Refusal) {
        rejections.append(
            Rejection(
                line: linesRead, reason: refusal.reason, field: refusal.field, detail: refusal.detail,
                bytes: [], isTruncated: true))
    }

    /// Whether a last line without LF is all there. A fault before its end is one that no more bytes would
    /// mend, so such a line counts as whole, and is rejected by its reader.
    private static func isWhole(_ raw: Span<UInt8>) -> Bool {
        let line = raw.extracting(markBytes(raw)...)
        if line.isBlank { return true }
        var cursor = JSONCursor()
        do throws(Refusal) {
            try cursor.skip(line)
            return true
        } catch {
            // A character of several bytes that is cut through is found at its first one.
            let isCutInCharacter =
                error.reason == .invalidUTF8
                && UTF8Sequence.isBeginning(line.extracting(cursor.at...))
            return cursor.at < line.count && !isCutInCharacter
        }
    }

    /// The length of a byte order mark at the start.
    private static func markBytes(_ line: Span<UInt8>) -> Int {
        line.count >= 3 && line[0] == 0xef && line[1] == 0xbb && line[2] == 0xbf ? 3 : 0
    }
}

extension UTF8Sequence {
    /// Whether one to three bytes can be the beginning of a longer sequence.
    static func isBeginning(_ bytes: Span<UInt8>) -> Bool {
        guard bytes.count >= 1, bytes.count <= 3 else { return false }
        func byte(_ k: Int, _ filler: UInt8) -> UInt8 { k < bytes.count ? bytes[k] : filler }
        // Some follower mends it, if any does: the bounds differ for the second byte only.
        for filler in [UInt8(0x80), 0x90, 0xa0] {
            let length = length(bytes[0], byte(1, filler), byte(2, 0x80), byte(3, 0x80))
            if length > bytes.count { return true }
        }
        return false
    }
}
