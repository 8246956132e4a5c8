internal import UsageEvents

/// Checks, decompresses and joins the streams of one column.
struct StreamReader: ~Copyable {
    /// The numbers of the column read last, before their encoding is undone.
    private(set) var words: [UInt64] = []

    private let zstd = ZstdDecompressor()
    private var planes: [[UInt8]] = Array(repeating: [], count: 8)
    private var presence: [UInt8] = []

    init() {}

    /// What a column is read from.
    struct Source {
        let directory: StreamDirectory
        let rows: Int

        /// The encoding of a column; a column that is not there is constant.
        func encoding(of column: StreamColumn) -> Encoding {
            let range = directory.range(of: column)
            return range.isEmpty ? .constant : directory.entries[range.lowerBound].encoding
        }

        /// The unit in which the values of a column are counted.
        func unit(of column: StreamColumn) -> Int64 {
            for i in directory.range(of: column) where directory.entries[i].plane == LogFormat.unitPlane {
                return directory.entries[i].constant
            }
            return 1
        }
    }

    /// Compares the stored bytes of a stream with their checksum.
    func check(_ block: Span<UInt8>, _ directory: StreamDirectory, _ index: Int) throws(BlockFault) {
        let entry = directory.entries[index]
        if entry.encoding == .constant { return }
        guard CRC32C.of(block.extracting(directory.stored(index))) == entry.checksum else { throw .stream }
    }

    /// The only stream of a column as it was before compression; nil where there is none.
    mutating func bytes(
        _ block: Span<UInt8>, _ source: Source, _ column: StreamColumn
    ) throws(BlockFault) -> [UInt8]? {
        let range = source.directory.range(of: column)
        if range.isEmpty { return nil }
        guard range.count == 1, source.directory.entries[range.lowerBound].encoding == .bytes else {
            throw .content
        }
        var out: [UInt8] = []
        try Self.load(block, source.directory, range.lowerBound, zstd, into: &out)
        if out.count > source.directory.entries[range.lowerBound].rawLength {
            out.removeLast(out.count - source.directory.entries[range.lowerBound].rawLength)
        }
        return out
    }

    /// Puts the numbers of a column into `words`.
    mutating func words(
        _ block: Span<UInt8>, _ source: Source, _ column: StreamColumn, absent: Int64
    ) throws(BlockFault) {
        let n = source.rows
        resize(&words, n)
        let range = source.directory.range(of: column)
        guard let first = range.first else {
            fill(UInt64(bitPattern: absent))
            return
        }
        let entry = source.directory.entries[first]
        if entry.encoding == .constant {
            guard range.count == 1 else { throw .content }
            fill(UInt64(bitPattern: entry.constant))
            return
        }
        var width = 0
        var count = n
        var hasBitmap = false
        for i in range.reversed() {
            let entry = source.directory.entries[i]
            if entry.plane == LogFormat.presencePlane {
                guard entry.rawLength == (n + 7) / 8 else { throw .content }
                try Self.load(block, source.directory, i, zstd, into: &presence)
                count = presentRows(n)
                hasBitmap = true
            } else if entry.plane == LogFormat.unitPlane || entry.plane == LogFormat.latestPlane {
                guard entry.encoding == .constant else { throw .content }
            } else {
                guard entry.plane < 8, entry.encoding == source.directory.entries[first].encoding,
                    entry.rawLength == count
                else { throw .content }
                width = max(width, Int(entry.plane) + 1)
                try Self.load(block, source.directory, i, zstd, into: &planes[Int(entry.plane)])
            }
        }
        // Planes are numbered without a gap: the directory's order then makes their number the width.
        guard width == range.count(where: { source.directory.entries[$0].plane < 8 }), width > 0 else {
            throw .content
        }
        join(width, count)
        if hasBitmap { spread(n, count) }
    }

    private mutating func fill(_ value: UInt64) {
        for i in words.indices { words[i] = value }
    }

    private func presentRows(_ rows: Int) -> Int {
        var count = 0
        for i in 0..<rows / 8 { count += presence[i].nonzeroBitCount }
        if rows % 8 != 0 { count += (presence[rows / 8] & ((1 << UInt8(rows % 8)) - 1)).nonzeroBitCount }
        return count
    }

    private mutating func join(_ width: Int, _ count: Int) {
        for i in 0..<count { words[i] = UInt64(planes[0][i]) }
        for k in 1..<max(width, 1) {
            let shift = UInt64(8 * k)
            for i in 0..<count { words[i] |= UInt64(planes[k][i]) << shift }
        }
    }

    /// Moves the numbers to the rows that the bitmap names, from the last to the first; zero elsewhere.
    private mutating func spread(_ rows: Int, _ count: Int) {
        var from = count
        var row = rows - 1
        while row >= 0 {
            let present = presence[row >> 3] >> UInt8(row & 7) & 1
            from -= Int(present)
            words[row] = present == 1 ? words[from] : 0
            row -= 1
        }
    }

    /// Checks one stream and decompresses it into the front of `out`.
    private static func load(
        _ block: Span<UInt8>, _ directory: StreamDirectory, _ index: Int, _ zstd: borrowing ZstdDecompressor,
        into out: inout [UInt8]
    ) throws(BlockFault) {
        let entry = directory.entries[index]
        let stored = block.extracting(directory.stored(index))
        guard CRC32C.of(stored) == entry.checksum else { throw .stream }
        if entry.compressed {
            guard zstd.decompress(stored, count: entry.rawLength, into: &out) else { throw .content }
        } else {
            out.removeAll(keepingCapacity: true)
            out.append(span: stored)
        }
    }

    // MARK: - Texts

    /// Texts of one even length, two digits a byte.
    mutating func hexText(
        _ block: Span<UInt8>, _ source: Source, _ range: Range<Int>
    ) throws(BlockFault) -> TextColumn {
        let n = source.rows
        var present = n
        var hasBitmap = false
        guard let first = range.first, source.directory.entries[first].plane == 0, range.count <= 2 else {
            throw .content
        }
        if let last = range.last, last != first {
            let entry = source.directory.entries[last]
            guard entry.plane == LogFormat.presencePlane, entry.encoding == .hex,
                entry.rawLength == (n + 7) / 8
            else { throw .content }
            try Self.load(block, source.directory, last, zstd, into: &presence)
            present = presentRows(n)
            hasBitmap = true
        }
        let size = source.directory.entries[first].rawLength
        guard present > 0, size > 0, size % present == 0, size / present <= Limits.labelBytesMax / 2 else {
            throw .content
        }
        try Self.load(block, source.directory, first, zstd, into: &planes[0])
        let digits = Array("0123456789abcdef".utf8)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(2 * size)
        for i in 0..<size {
            bytes.append(digits[Int(planes[0][i] >> 4)])
            bytes.append(digits[Int(planes[0][i] & 15)])
        }
        let length = 2 * (size / present)
        var ends: [Int] = []
        ends.reserveCapacity(n)
        var end = 0
        for row in 0..<n {
            if !hasBitmap || presence[row >> 3] >> UInt8(row & 7) & 1 == 1 { end += length }
            ends.append(end)
        }
        return TextColumn(bytes: bytes, ends: ends)
    }

    /// Texts of any length.
    mutating func plainText(
        _ block: Span<UInt8>, _ source: Source, _ range: Range<Int>
    ) throws(BlockFault) -> TextColumn {
        let n = source.rows
        guard range.count == 2 || range.count == 3 else { throw .content }
        for (k, i) in range.enumerated() {
            let entry = source.directory.entries[i]
            guard entry.plane == k, entry.encoding == .text, k == 0 || entry.rawLength == n else {
                throw .content
            }
            try Self.load(block, source.directory, i, zstd, into: &planes[k])
        }
        let size = source.directory.entries[range.lowerBound].rawLength
        var ends: [Int] = []
        ends.reserveCapacity(n)
        var end = 0
        for row in 0..<n {
            end += Int(planes[1][row])
            if range.count == 3 { end += Int(planes[2][row]) << 8 }
            ends.append(end)
        }
        guard end == size else { throw .content }
        return TextColumn(bytes: Array(planes[0][..<size]), ends: ends)
    }
}
