/// What a first look at a column of numbers tells.
struct IntegerProfile {
    var min = Int64.max
    var max = Int64.min
    var zeros = 0

    init(_ values: Span<Int64>) {
        var low = Int64.max
        var high = Int64.min
        var none = 0
        for i in values.indices {
            let v = values[i]
            low = v < low ? v : low
            high = v > high ? v : high
            none += v == 0 ? 1 : 0
        }
        min = low
        max = high
        zeros = none
    }
}

/// Turns columns of numbers into byte planes.
struct PlaneEncoder {
    private var plane: [UInt8] = []
    private var words: [UInt64] = []

    /// Writes numbers: as a constant, or byte by byte; with a presence bitmap where at least an eighth of them is zero,
    /// so that the zeros cost one bit and the others stay dense.
    mutating func write(
        _ values: Span<Int64>, _ column: StreamColumn, absent: Int64 = 0, to streams: inout StreamWriter
    ) {
        let profile = IntegerProfile(values)
        if profile.min == profile.max {
            if profile.min != absent { streams.add(constant: profile.min, column) }
            return
        }
        let signed = profile.min < 0
        resizeWords(values.count)
        for i in values.indices { words[i] = signed ? zigzag(values[i]) : UInt64(bitPattern: values[i]) }
        writeWords(values.count, zeros: profile.zeros, column, signed ? .zigzag : .planes, to: &streams)
    }

    /// Writes event times as differences to the row before (to `first` for the first row), in seconds where each is whole.
    mutating func writeTimes(_ values: Span<Int64>, first: Int64, to streams: inout StreamWriter) {
        let profile = IntegerProfile(values)
        if profile.min == profile.max { return }
        var unit: Int64 = 1_000
        for i in values.indices where values[i] % 1_000 != 0 {
            unit = 1
            break
        }
        resizeWords(values.count)
        var last = first
        for i in values.indices {
            // Wrapping, here and in the reader: the sum gives back the value whatever the difference is.
            words[i] = zigzag(unit == 1 ? values[i] &- last : (values[i] &- last) / unit)
            last = values[i]
        }
        writeWords(values.count, zeros: 0, .ts, .delta, to: &streams)
        streams.add(constant: profile.max, .ts, plane: LogFormat.latestPlane)
        if unit != 1 { streams.add(constant: unit, .ts, plane: LogFormat.unitPlane) }
    }

    /// Writes the first `count` of `words` that a caller has filled.
    mutating func writeCodes(
        _ codes: Span<UInt32>, _ column: StreamColumn, _ encoding: Encoding, to streams: inout StreamWriter
    ) {
        resizeWords(codes.count)
        for i in codes.indices { words[i] = UInt64(codes[i]) }
        writeWords(codes.count, zeros: 0, column, encoding, to: &streams)
    }

    /// Writes differences of costs.
    mutating func writeResiduals(_ values: Span<Int64>, to streams: inout StreamWriter) {
        resizeWords(values.count)
        var zeros = 0
        for i in values.indices {
            words[i] = zigzag(values[i])
            zeros += values[i] == 0 ? 1 : 0
        }
        // All zero is the common case: the prices were found. A constant says so.
        if zeros == values.count {
            streams.add(constant: 0, .cost)
        } else {
            writeWords(values.count, zeros: zeros, .cost, .residual, to: &streams)
        }
    }

    private mutating func resizeWords(_ count: Int) {
        if words.count < count { words = [UInt64](repeating: 0, count: count) }
    }

    private mutating func writeWords(
        _ rows: Int, zeros: Int, _ column: StreamColumn, _ encoding: Encoding, to streams: inout StreamWriter
    ) {
        var count = rows
        var bitmap = false
        if zeros * 8 >= rows, rows >= 64 {
            bitmap = true
            count = gatherPresent(rows)
        }
        var all: UInt64 = 0
        for i in 0..<count { all |= words[i] }
        let width = max(1, (64 - all.leadingZeroBitCount + 7) / 8)
        var kept: [UInt8] = []
        if bitmap { swap(&kept, &plane) }
        if plane.count < count { plane = [UInt8](repeating: 0, count: count) }
        for k in 0..<width {
            let shift = UInt64(8 * k)
            for i in 0..<count { plane[i] = UInt8(truncatingIfNeeded: words[i] >> shift) }
            streams.add(plane.span.extracting(0..<count), column, plane: UInt8(k), encoding)
        }
        if bitmap {
            streams.add(
                kept.span.extracting(0..<(rows + 7) / 8), column, plane: LogFormat.presencePlane, encoding)
            plane = kept
        }
    }

    /// Moves the words that are not zero to the front and leaves the bitmap of their rows in `plane`.
    private mutating func gatherPresent(_ rows: Int) -> Int {
        let bytes = (rows + 7) / 8
        if plane.count < rows { plane = [UInt8](repeating: 0, count: rows) }
        for i in 0..<bytes { plane[i] = 0 }
        var to = 0
        for i in 0..<rows {
            let word = words[i]
            let present = word != 0
            words[to] = word
            to += present ? 1 : 0
            plane[i >> 3] |= (present ? 1 : 0) << UInt8(i & 7)
        }
        return to
    }
}
