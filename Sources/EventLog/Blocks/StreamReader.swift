internal import UsageEvents

/// Checks, decompresses and joins the streams of one column.
struct StreamReader: ~Copyable {
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
        var out: [UInt8] = []
        guard let count = try bytes(block, source, column, into: &out) else { return nil }
        if out.count > count { out.removeLast(out.count - count) }
        return out
    }

    /// The same in the front of `out`, whose memory is used again; returns how many bytes they are.
    mutating func bytes(
        _ block: Span<UInt8>, _ source: Source, _ column: StreamColumn, into out: inout [UInt8]
    ) throws(BlockFault) -> Int? {
        let range = source.directory.range(of: column)
        if range.isEmpty { return nil }
        guard range.count == 1, source.directory.entries[range.lowerBound].encoding == .bytes else {
            throw .content
        }
        try Self.load(block, source.directory, range.lowerBound, zstd, into: &out)
        return source.directory.entries[range.lowerBound].rawLength
    }

    /// A column whose planes have been read.
    struct Loaded {
        let encoding: Encoding
        /// The value of all rows, where there are no planes.
        var constant: Int64 = 0
        /// Bytes a number.
        var width = 0
        /// Numbers in the planes.
        var count = 0
        /// Whether the numbers belong to the rows that the presence bitmap names.
        var hasBitmap = false
    }

    /// Reads the planes of a column and checks that they belong together.
    private mutating func planes(
        _ block: Span<UInt8>, _ source: Source, _ column: StreamColumn, absent: Int64
    ) throws(BlockFault) -> Loaded {
        let range = source.directory.range(of: column)
        guard let first = range.first else { return Loaded(encoding: .constant, constant: absent) }
        let encoding = source.directory.entries[first].encoding
        var loaded = Loaded(encoding: encoding)
        if encoding == .constant {
            guard range.count == 1 else { throw .content }
            loaded.constant = source.directory.entries[first].constant
            return loaded
        }
        loaded.count = source.rows
        var read = 0
        // The bitmap has the highest number and says how long the others are, so it is read first.
        for i in range.reversed() {
            let entry = source.directory.entries[i]
            switch entry.plane {
            case LogFormat.presencePlane:
                guard entry.rawLength == (source.rows + 7) / 8 else { throw .content }
                try Self.load(block, source.directory, i, zstd, into: &presence)
                loaded.count = presentRows(source.rows)
                loaded.hasBitmap = true
            case LogFormat.unitPlane, LogFormat.latestPlane:
                guard entry.encoding == .constant else { throw .content }
            default:
                let plane = Int(entry.plane)
                guard plane < planes.count, entry.encoding == encoding, entry.rawLength == loaded.count else {
                    throw .content
                }
                loaded.width = max(loaded.width, plane + 1)
                read += 1
                try Self.load(block, source.directory, i, zstd, into: &planes[plane])
            }
        }
        // Numbered without a gap, or the number of planes would be below the width.
        guard loaded.width == read, read > 0 else { throw .content }
        return loaded
    }

    /// The numbers of a column as they were before its encoding is undone, in `out`, one a row; returns the
    /// encoding.
    mutating func numbers(
        _ block: Span<UInt8>, _ source: Source, _ column: StreamColumn, absent: Int64 = 0,
        into out: inout [Int64]
    ) throws(BlockFault) -> Encoding {
        let loaded = try planes(block, source, column, absent: absent)
        resize(&out, source.rows)
        if loaded.encoding == .constant {
            DecodeKernels.fill(&out, with: loaded.constant)
            return .constant
        }
        DecodeKernels.join(planes, width: loaded.width, count: loaded.count, into: &out)
        if loaded.hasBitmap { DecodeKernels.spread(presence, count: loaded.count, &out) }
        return loaded.encoding
    }

    /// Who the rows of a block belong to, and what each account had last.
    struct Accounts {
        /// Account of each row, a number of the block's dictionary.
        var who: [UInt32] = []
        /// How many accounts the dictionary has, null included.
        var count = 0
        /// A word an account: the last four values of the column that is being read.
        var recent: [UInt64] = []
    }

    /// The identities of a block, one a row, each below `accounts.count`.
    mutating func identities(
        _ block: Span<UInt8>, _ source: Source, _ accounts: inout Accounts
    ) throws(BlockFault) {
        let loaded = try planes(block, source, .identity, absent: 0)
        guard loaded.encoding == .constant || loaded.encoding == .index else { throw .content }
        try indices(loaded, source.rows, below: accounts.count, into: &accounts.who)
    }

    /// What a table has for the numbers of a label column, in `out`, one a row. The numbers themselves are in
    /// `numbers` where `wantsNumbers`, else worthless.
    mutating func labels(
        _ block: Span<UInt8>, _ source: Source, _ column: StreamColumn, _ table: [UInt32],
        accounts: inout Accounts, into out: inout [UInt32], numbers: inout [UInt32], wantsNumbers: Bool
    ) throws(BlockFault) {
        let loaded = try planes(block, source, column, absent: 0)
        resize(&out, source.rows)
        guard loaded.encoding == .recent else {
            guard loaded.encoding == .constant || loaded.encoding == .index else { throw .content }
            try indices(loaded, source.rows, below: table.count, into: &numbers)
            return DecodeKernels.gather(numbers, table, into: &out)
        }
        guard loaded.width <= 3, !loaded.hasBitmap, accounts.who.count == source.rows else { throw .content }
        if accounts.recent.count < accounts.count {
            accounts.recent = [UInt64](repeating: 0, count: accounts.count)
        }
        if loaded.width == 1 {
            resize(&numbers, wantsNumbers ? source.rows : 0)
            guard
                DecodeKernels.undoRecent(
                    planes[0], who: accounts.who, recent: &accounts.recent, accounts: accounts.count,
                    table: table, into: &out, numbers: &numbers)
            else { throw .content }
        } else {
            resize(&numbers, source.rows)
            DecodeKernels.join(planes, width: loaded.width, count: loaded.count, into: &numbers)
            guard
                DecodeKernels.undoRecent(
                    &numbers, who: accounts.who, recent: &accounts.recent, accounts: accounts.count,
                    dictionary: table.count)
            else { throw .content }
            DecodeKernels.gather(numbers, table, into: &out)
        }
    }

    /// The numbers of a column that was written as they are.
    private func indices(
        _ loaded: Loaded, _ rows: Int, below count: Int, into out: inout [UInt32]
    ) throws(BlockFault) {
        resize(&out, rows)
        if loaded.encoding == .constant {
            guard let value = UInt32(exactly: loaded.constant), value < count else { throw .content }
            return DecodeKernels.fill(&out, with: value)
        }
        guard loaded.width <= 3, !loaded.hasBitmap else { throw .content }
        DecodeKernels.join(planes, width: loaded.width, count: loaded.count, into: &out)
        guard DecodeKernels.all(out, below: count) else { throw .content }
    }

    private func presentRows(_ rows: Int) -> Int {
        var count = 0
        for i in 0..<rows / 8 { count += presence[i].nonzeroBitCount }
        if rows % 8 != 0 { count += (presence[rows / 8] & ((1 << UInt8(rows % 8)) - 1)).nonzeroBitCount }
        return count
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
        let bytes = DecodeKernels.hexDigits(planes[0], count: size)
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
