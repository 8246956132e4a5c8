import EventLog
import UsageEvents

/// The lines of an outbox: sixteen hexadecimal digits of the record's hash, a blank, the record as JSON.
enum OutboxText {
    static func write(_ record: OutboxRecord, to out: inout [UInt8]) {
        let json = record.json
        out.append(contentsOf: Hash128(json.span).shortHex.utf8)
        out.append(UInt8(ascii: " "))
        out.append(contentsOf: json)
        out.append(UInt8(ascii: "\n"))
    }

    /// The record of a line without its end; nil where the line is not whole.
    static func record(_ line: ArraySlice<UInt8>) -> OutboxRecord? {
        guard line.count > 17, line[line.startIndex + 16] == UInt8(ascii: " ") else { return nil }
        let json = Array(line.dropFirst(17))
        guard line.prefix(16).elementsEqual(Hash128(json.span).shortHex.utf8) else { return nil }
        return OutboxRecord(json: json)
    }

    /// Gives every whole record of a file up to the first line that is none; returns the bytes that they
    /// take.
    static func read<D: Disk>(
        _ disk: D, _ file: D.File, _ body: (OutboxRecord) -> Void
    ) throws(IOFailure) -> Int {
        var buffer: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 1 << 16)
        var whole = 0
        var offset = 0
        while true {
            let n = try disk.read(file, at: offset, count: piece.count, into: &piece)
            if n == 0 { return whole }
            offset += n
            // Only the new piece can hold the end of a line.
            var start = 0
            var from = buffer.count
            buffer.append(contentsOf: piece[..<n])
            while let end = buffer[from...].firstIndex(of: UInt8(ascii: "\n")) {
                guard let record = record(buffer[start..<end]) else { return whole }
                body(record)
                whole += end + 1 - start
                start = end + 1
                from = start
            }
            buffer.removeFirst(start)
        }
    }
}
