internal import UsageEvents

/// One input line that is not a valid event.
public struct RejectedLine: Sendable, Hashable {
    /// The input file, or `-`.
    public var file: String
    /// Its number in the file, from 1 on.
    public var line: Int
    /// Why, as one word that can be counted.
    public var reason: String
    /// The key concerned; nil where it is not about one.
    public var field: String?
    /// The whole sentence for people.
    public var detail: String
    /// The line's bytes, valid UTF-8 or not; the beginning is kept.
    public var text: [UInt8]

    /// Describes a line.
    public init(file: String, line: Int, reason: String, field: String?, detail: String, text: [UInt8]) {
        self.file = file
        self.line = line
        self.reason = reason
        self.field = field
        self.detail = detail
        self.text = text
    }
}

/// Keeps rejected lines in `rejected/<n>.ndjson`, at most `Limits.rejectedBytesMax` bytes in all; what does
/// not fit is counted only.
///
/// The holder of the log's lock writes it. A line is safe once `sync` has returned.
public struct RejectedLines<D: Disk>: ~Copyable {
    /// Lines kept by this run.
    public private(set) var kept = 0
    /// Lines of this run that did not fit.
    public private(set) var dropped = 0

    private let disk: D
    private let directory: LogDirectory
    private var file: OwnedFile<D>?
    private var size = 0
    private var total = 0
    private var number = 1
    private var buffer: [UInt8] = []
    private let totalMax: Int

    /// Bytes after which the next file begins.
    private static var fileBytes: Int { 8 << 20 }

    /// Looks at what is in the directory of a log already; creates nothing yet.
    public init(_ disk: D, directory path: String) throws(LogError) {
        try self.init(disk, directory: path, totalMax: Limits.rejectedBytesMax)
    }

    init(_ disk: D, directory path: String, totalMax: Int) throws(LogError) {
        self.disk = disk
        self.totalMax = totalMax
        directory = LogDirectory(path)
        do throws(IOFailure) {
            for name in try disk.list(directory.rejected) {
                guard name.hasSuffix(".ndjson"), let n = Int(name.dropLast(7)) else { continue }
                number = max(number, n)
                let file = try OwnedFile(disk, directory.rejected + "/" + name, .read)
                total += try disk.size(file.handle)
            }
        } catch {
            guard error.cause == .missing else { throw LogError(error) }
        }
    }

    /// Notes a line; nothing is written before `sync`.
    public mutating func add(_ line: RejectedLine) {
        let start = buffer.count
        append("{\"file\":", line.file)
        buffer.append(contentsOf: ",\"line\":\(line.line)".utf8)
        append(",\"reason\":", line.reason)
        if let field = line.field {
            append(",\"field\":", field)
        } else {
            buffer.append(contentsOf: ",\"field\":null".utf8)
        }
        append(",\"detail\":", line.detail)
        append(",\"text\":", String(decoding: line.text.prefix(Limits.rejectedLineBytesMax), as: UTF8.self))
        buffer.append(contentsOf: "}\n".utf8)
        if total + buffer.count > totalMax {
            buffer.removeLast(buffer.count - start)
            dropped += 1
        } else {
            kept += 1
        }
    }

    /// Writes and syncs what was noted since the last call.
    public mutating func sync() throws(LogError) {
        guard !buffer.isEmpty else { return }
        do throws(IOFailure) {
            if file == nil || size >= Self.fileBytes { try openFile() }
            guard let handle = file?.handle, let path = file?.path else { return }
            try disk.writeAll(handle, at: size, buffer.span, path: path)
            try disk.sync(handle)
        } catch {
            throw LogError(error)
        }
        size += buffer.count
        total += buffer.count
        buffer.removeAll(keepingCapacity: true)
    }

    private mutating func openFile() throws(IOFailure) {
        do throws(IOFailure) {
            try disk.makeDirectory(directory.rejected)
            try disk.syncDirectory(directory.path)
        } catch {
            guard error.cause == .exists else { throw error }
        }
        if file != nil { number += 1 }
        let next = try OwnedFile(disk, "\(directory.rejected)/\(number).ndjson", .updateOrCreate)
        size = try disk.size(next.handle)
        if size >= Self.fileBytes {
            file = consume next
            return try openFile()
        }
        try disk.syncDirectory(directory.rejected)
        // Written once more: after a failed sync the system's cache may show lines that the device never got,
        // and then this run's first line would follow a hole.
        var before: [UInt8] = []
        let n = try disk.readAll(next.handle, at: 0, count: size, into: &before)
        try disk.writeAll(next.handle, at: 0, before.span.extracting(0..<n), path: next.path)
        // A crash may have left half a line: end it, so that the next one stands alone.
        if n > 0, before[n - 1] != 10 { buffer.insert(10, at: 0) }
        file = consume next
    }

    private mutating func append(_ key: String, _ value: String) {
        buffer.append(contentsOf: key.utf8)
        buffer.append(UInt8(ascii: "\""))
        for byte in value.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                buffer.append(UInt8(ascii: "\\"))
                buffer.append(byte)
            case 0..<0x20:
                buffer.append(contentsOf: "\\u00".utf8)
                let digits = Array("0123456789abcdef".utf8)
                buffer.append(digits[Int(byte >> 4)])
                buffer.append(digits[Int(byte & 15)])
            default:
                buffer.append(byte)
            }
        }
        buffer.append(UInt8(ascii: "\""))
    }
}
