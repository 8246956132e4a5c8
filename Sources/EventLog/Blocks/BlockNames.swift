internal import UsageEvents

/// What the dictionary of a block says: the number that each of its texts has in the symbol tables. Keeps
/// its memory between blocks.
struct BlockNames: Sendable {
    /// Whether the block's dictionary was read.
    var areKnown = false
    /// By index in the block, null first.
    private(set) var identities: [UInt32] = []
    /// By `LabelKind`, then by index in the block, null first.
    private(set) var labels: [[UInt32]] = Array(repeating: [], count: LabelKind.allCases.count)
    /// Bits of `EventShape`, by index in the block; the first means nothing.
    private(set) var shapes: [UInt32] = []
    private var texts: [LabelText] = []

    /// Finds the numbers of all texts of a dictionary; `LabelText.padding` more bytes stand behind it.
    mutating func intern(
        _ padded: Span<UInt8>, rows: Int, identities wantsIdentities: Bool, symbols: inout Symbols
    ) throws(BlockFault) {
        let span = padded.extracting(droppingLast: LabelText.padding)
        var at = 0
        var counts: [Int] = []
        var total = 0
        for _ in 0..<(LabelKind.allCases.count + 2) {
            guard let count = span.varint(at: &at), count <= UInt64(rows) else { throw .content }
            counts.append(Int(count))
            total += Int(count)
        }
        let shapeCount = counts.removeLast()
        total -= shapeCount
        guard total <= span.count - at else { throw .content }
        var length = at
        at += total
        func next() throws(BlockFault) -> Range<Int> {
            let size = Int(span[length]) + 1
            length += 1
            guard size <= span.count - at else { throw .content }
            at += size
            return at - size..<at
        }
        texts.removeAll(keepingCapacity: true)
        texts.append(LabelText(start: 0, length: 0, hash: 0))
        let hasher = symbols.identities.hasher
        for _ in 0..<counts[0] {
            let range = try next()
            if !wantsIdentities { continue }
            texts.append(
                LabelText(
                    start: UInt32(range.lowerBound), length: UInt32(range.count),
                    hash: hasher.of(span.extracting(range))))
        }
        resize(&identities, counts[0] + 1)
        if wantsIdentities {
            var numbers: [UInt32] = []
            swap(&numbers, &identities)
            Self.intern(texts.span, padded, into: &numbers, &symbols.identities)
            swap(&numbers, &identities)
        } else {
            DecodeKernels.fill(&identities, with: SymbolTable.null)
        }
        for kind in LabelKind.allCases {
            labels[kind.rawValue].removeAll(keepingCapacity: true)
            labels[kind.rawValue].append(SymbolTable.null)
            for _ in 0..<counts[kind.rawValue + 1] {
                let range = try next()
                labels[kind.rawValue].append(kind.intern(span.extracting(range), in: &symbols))
            }
        }
        guard span.count - at == 4 * shapeCount else { throw .content }
        shapes.removeAll(keepingCapacity: true)
        shapes.append(0)
        for i in 0..<shapeCount {
            let shape = span.littleEndian(UInt32.self, at: at + 4 * i)
            guard EventShape(rawValue: shape).isValid else { throw .content }
            shapes.append(shape)
        }
    }

    /// Finds the numbers of texts: most were there before, and these are looked up side by side, so many at
    /// once.
    private static func intern(
        _ texts: Span<LabelText>, _ padded: Span<UInt8>, into numbers: inout [UInt32],
        _ table: inout SymbolTable
    ) {
        var numbers = numbers.mutableSpan
        var at = 0
        while at < texts.count {
            let end = min(texts.count, at + 64)
            at = table.find(texts.extracting(0..<end), from: at, in: padded, into: &numbers)
            guard at < end else { continue }
            let text = texts[at]
            let range = Int(text.start)..<Int(text.start) + Int(text.length)
            numbers[at] = table.intern(padded.extracting(range), hash: text.hash)
            at += 1
        }
    }
}
