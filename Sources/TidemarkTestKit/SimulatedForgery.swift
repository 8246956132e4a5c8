internal import EventLog

/// Alters a value in the last block of a segment and makes every checksum agree again.
///
/// To a program that compares checksums this is what a changed byte is to one that does not: the proof that
/// the drill would notice if nobody compared them. The places are those of `docs/log-format.md`.
enum SimulatedForgery {
    private static let segmentHeader = 128
    private static let blockHeader = 56
    private static let entry = 16
    /// The directory's number of the column of input tokens.
    private static let inputTokens: UInt8 = 9

    /// Adds one to the input tokens of the last block, where that is whole and all of its rows have the same.
    static func alter(_ segment: inout [UInt8]) {
        guard segment.count > segmentHeader, Array(segment[..<8]) == Array("TIDEMARK".utf8) else { return }
        var at = segmentHeader
        var last: Int?
        while at + blockHeader <= segment.count, number(segment, at, 4) == 0x4b42_4d54 {
            let length = number(segment, at + 8, 4)
            guard length >= blockHeader, at + length <= segment.count else { break }
            last = at
            at += length
        }
        guard let block = last else { return }
        let directory = block + blockHeader..<block + blockHeader + entry * number(segment, block + 6, 2)
        guard directory.upperBound <= segment.count else { return }
        for entry in stride(from: directory.lowerBound, to: directory.upperBound, by: entry)
        where segment[entry] == inputTokens && segment[entry + 2] == 0 {
            segment[entry + 4] ^= 1
            put(CRC32C.of(segment.span.extracting(directory)), &segment, block + 36)
            // Over log id, first sequence, offset, and the header without the checksum itself.
            var summed = Array(segment[16..<40])
            summed += (0..<8).map { UInt8(truncatingIfNeeded: block >> (8 * $0)) }
            summed += segment[block..<block + 12] + segment[block + 16..<block + blockHeader]
            put(CRC32C.of(summed.span), &segment, block + 12)
            return
        }
    }

    private static func number(_ bytes: [UInt8], _ at: Int, _ count: Int) -> Int {
        (0..<count).reduce(0) { $0 | Int(bytes[at + $1]) << (8 * $1) }
    }

    private static func put(_ sum: UInt32, _ bytes: inout [UInt8], _ at: Int) {
        for i in 0..<4 { bytes[at + i] = UInt8(truncatingIfNeeded: sum >> UInt32(8 * i)) }
    }
}
