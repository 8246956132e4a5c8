/// What a first look at a column of numbers tells.
struct IntegerProfile {
    /// The number that all of them are, nil where they differ.
    let constant: Int64?
    /// Whether any is negative.
    var isSigned: Bool { union < 0 }
    /// The bits that any of them has.
    let union: Int64
    let zeros: Int

    /// There must be a number.
    init(_ values: Span<Int64>) {
        let differences: Int64
        (union, differences, zeros) = EncodeKernels.profile(values)
        constant = differences == 0 ? values[0] : nil
    }
}

/// Turns columns of numbers into byte planes.
struct PlaneEncoder {
    private var plane: [UInt8] = []
    private var words: [UInt64] = []
    private var bitmap: [UInt8] = []

    /// Writes numbers: as a constant, or byte by byte; with a presence bitmap where at least an eighth of
    /// them is zero, so that the zeros cost one bit and the others stay dense.
    mutating func write(
        _ values: Span<Int64>, _ column: StreamColumn, absent: Int64 = 0, to streams: inout StreamWriter
    ) {
        let profile = IntegerProfile(values)
        if let constant = profile.constant {
            if constant != absent { streams.add(constant: constant, column) }
            return
        }
        let signed = profile.isSigned
        if !signed, !Self.needsBitmap(zeros: profile.zeros, of: values.count) {
            writePlanes(values, union: UInt64(bitPattern: profile.union), column, .planes, to: &streams)
            return
        }
        resizeWords(values.count)
        EncodeKernels.words(values, signed: signed, into: &words)
        writeWords(values.count, zeros: profile.zeros, column, signed ? .zigzag : .planes, to: &streams)
    }

    /// Writes event times as differences to the row before (to the earliest for the first row), in seconds
    /// where each is whole; nothing where all are the same.
    mutating func writeTimes(
        _ values: Span<Int64>, from earliest: Int64, to latest: Int64, into streams: inout StreamWriter
    ) {
        if earliest == latest { return }
        var unit: Int64 = 1_000
        for i in values.indices where values[i] % 1_000 != 0 {
            unit = 1
            break
        }
        resizeWords(values.count)
        // Wrapping, here and in the reader: the sum gives back the value whatever the difference is.
        EncodeKernels.differences(values, from: earliest, unit: unit, into: &words)
        writeWords(values.count, zeros: 0, .ts, .delta, to: &streams)
        streams.add(constant: latest, .ts, plane: LogFormat.latestPlane)
        if unit != 1 { streams.add(constant: unit, .ts, plane: LogFormat.unitPlane) }
    }

    /// Writes numbers of labels or codes of them, all of whose bits `union` has.
    mutating func writeCodes(
        _ codes: Span<UInt32>, union: UInt32, _ column: StreamColumn, _ encoding: Encoding,
        to streams: inout StreamWriter
    ) {
        writePlanes(codes, union: UInt64(union), column, encoding, to: &streams)
    }

    /// Writes numbers byte by byte, as many bytes of each as `union` has, in which are all of their bits.
    @inline(__always)
    private mutating func writePlanes(
        _ values: Span<some FixedWidthInteger>, union: UInt64, _ column: StreamColumn, _ encoding: Encoding,
        to streams: inout StreamWriter
    ) {
        if plane.count < values.count { plane = [UInt8](repeating: 0, count: values.count) }
        for k in 0..<max(1, (71 - union.leadingZeroBitCount) / 8) {
            EncodeKernels.plane(values, shift: 8 * k, into: &plane)
            streams.add(plane.span.extracting(0..<values.count), column, plane: UInt8(k), encoding)
        }
    }

    private static func needsBitmap(zeros: Int, of rows: Int) -> Bool { zeros * 8 >= rows && rows >= 64 }

    /// Writes differences of costs.
    mutating func writeResiduals(_ values: Span<Int64>, to streams: inout StreamWriter) {
        resizeWords(values.count)
        let zeros = EncodeKernels.profile(values).zeros
        EncodeKernels.words(values, signed: true, into: &words)
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
        let hasBitmap = Self.needsBitmap(zeros: zeros, of: rows)
        if hasBitmap {
            if bitmap.count * 8 < rows { bitmap = [UInt8](repeating: 0, count: (rows + 7) / 8) }
            count = EncodeKernels.gatherPresent(&words, rows: rows, bitmap: &bitmap)
        }
        let union = EncodeKernels.union(words, count: count)
        let words = words
        writePlanes(words.span.extracting(0..<count), union: union, column, encoding, to: &streams)
        if hasBitmap {
            streams.add(
                bitmap.span.extracting(0..<(rows + 7) / 8), column, plane: LogFormat.presencePlane, encoding)
        }
    }
}
