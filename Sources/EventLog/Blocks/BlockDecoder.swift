internal import UsageEvents

/// What is wrong inside a block whose header and directory are intact.
enum BlockFault: Error {
    /// The stored bytes of a stream are not those that were written.
    case stream
    /// The checksums agree and the content makes no sense: a fault of the writer, or no accident.
    case content
}

/// Makes columns of a batch from the streams of a block. Keeps its memory between blocks.
///
/// Everything is checked against the header before it is believed: lengths, counts, indices, and the range of
/// times.
struct BlockDecoder: ~Copyable {
    private var streams = StreamReader()
    private var accounts = StreamReader.Accounts()
    private var numbers: [UInt32] = []
    /// The dictionary of the block.
    private var texts: [UInt8] = []
    private var names = BlockNames()
    private var models: [UInt32] = []

    init() {}

    /// The columns of a block, in place of what `batch` holds; labels become numbers of `symbols`.
    ///
    /// `block` reaches from the block's first byte at least to the end of the streams that `columns` needs.
    mutating func events(
        _ block: Span<UInt8>, header: BlockHeader, directory: StreamDirectory, columns: ColumnSet,
        into batch: inout EventBatch, symbols: inout Symbols
    ) throws(BlockFault) {
        var names = BlockNames()
        swap(&names, &self.names)
        try self.names(block, header: header, directory: directory, columns, into: &names, symbols: &symbols)
        try events(block, header: header, directory: directory, columns: columns, names: names, into: &batch)
        swap(&names, &self.names)
    }

    /// The first half of that: the numbers of all texts that the columns may refer to.
    mutating func names(
        _ block: Span<UInt8>, header: BlockHeader, directory: StreamDirectory, _ columns: ColumnSet,
        into names: inout BlockNames, symbols: inout Symbols
    ) throws(BlockFault) {
        // Without these nothing that is wanted refers to the dictionary; its bytes may not even be there.
        names.areKnown =
            columns.contains(.labels) || columns.contains(.shape) || columns.contains(.numbers)
            || (columns.contains(.source) && !directory.range(of: .source).isEmpty)
            || (columns.contains(.details) && !directory.range(of: .mcpTool).isEmpty)
        guard names.areKnown else { return }
        let source = StreamReader.Source(directory: directory, rows: header.count)
        guard let size = try streams.bytes(block, source, .dictionary, into: &texts) else { throw .content }
        let padded = size + LabelText.padding
        if texts.count < padded {
            texts.append(contentsOf: repeatElement(0, count: padded - texts.count))
        }
        try names.intern(
            texts.span.extracting(0..<padded), rows: header.count,
            identities: columns.contains(.labels) || columns.contains(.numbers), symbols: &symbols)
    }

    /// The second half: the columns. It needs no symbols, so blocks may be decoded side by side.
    mutating func events(
        _ block: Span<UInt8>, header: BlockHeader, directory: StreamDirectory, columns: ColumnSet,
        names: borrowing BlockNames, into batch: inout EventBatch
    ) throws(BlockFault) {
        let n = header.count
        // Costs are predicted model by model, so numbers need labels.
        let columns = columns.contains(.numbers) ? columns.union(.labels) : columns
        batch.clear(keeping: columns)
        let source = StreamReader.Source(directory: directory, rows: n)
        try times(block, source, header, into: &batch.ts)
        if names.areKnown {
            // The identities of this block, not those of the one before: they are being read.
            accounts.who.removeAll(keepingCapacity: true)
            accounts.count = names.identities.count
            try streams.identities(block, source, &accounts)
        }
        if columns.contains(.labels) {
            resize(&batch.identity, n)
            DecodeKernels.gather(accounts.who, names.identities, into: &batch.identity)
            try labels(block, source, .team, names, into: &batch.team)
            try labels(block, source, .tool, names, into: &batch.tool)
            try labels(
                block, source, .model, names.labels[LabelKind.model.rawValue], into: &batch.model,
                wantsNumbers: true)
            swap(&numbers, &models)
            try labels(block, source, .mcpServer, names, into: &batch.mcpServer)
            try sparseLabels(block, source, .project, names, into: &batch.project)
        }
        if columns.contains(.shape) {
            try labels(block, source, .shape, names.shapes, into: &batch.shape)
        }
        if columns.contains(.numbers) {
            try integers(block, source, .inputTokens, into: &batch.inputTokens)
            try integers(block, source, .outputTokens, into: &batch.outputTokens)
            try integers(block, source, .cacheReadTokens, into: &batch.cacheReadTokens)
            try integers(block, source, .cacheWriteTokens, into: &batch.cacheWriteTokens)
            try costs(block, source, names, into: &batch)
            try sparse(block, source, .requests, absent: 1, into: &batch.requests)
        }
        if columns.contains(.source) { try sparseLabels(block, source, .source, names, into: &batch.source) }
        if columns.contains(.tsEnd) { try sparse(block, source, .tsEnd, absent: 0, into: &batch.tsEnd) }
        if columns.contains(.details) {
            try sparseLabels(block, source, .mcpTool, names, into: &batch.mcpTool)
            try sparse(block, source, .reasoningTokens, absent: 0, into: &batch.reasoningTokens)
        }
        if columns.contains(.requestID) { batch.requestID = try text(block, source, .requestID) }
        if columns.contains(.texts) {
            batch.sessionID = try text(block, source, .sessionID)
            batch.origin = try text(block, source, .origin)
        }
    }

    /// Interns the labels of a block and reads nothing else.
    mutating func labels(
        _ block: Span<UInt8>, header: BlockHeader, directory: StreamDirectory, symbols: inout Symbols
    ) throws(BlockFault) {
        var names = BlockNames()
        try self.names(block, header: header, directory: directory, .all, into: &names, symbols: &symbols)
    }

    /// The name and the payload of a control record.
    mutating func control(
        _ block: Span<UInt8>, directory: StreamDirectory
    ) throws(BlockFault) -> (name: String, payload: [UInt8]) {
        let source = StreamReader.Source(directory: directory, rows: 0)
        let name = try streams.bytes(block, source, .controlName) ?? []
        let payload = try streams.bytes(block, source, .controlPayload) ?? []
        return (String(decoding: name, as: UTF8.self), payload)
    }

    /// The duplicate window's horizon that a block carries.
    mutating func horizon(
        _ block: Span<UInt8>, directory: StreamDirectory
    ) throws(BlockFault) -> DuplicateHorizon {
        let source = StreamReader.Source(directory: directory, rows: 0)
        var horizon = DuplicateHorizon()
        let range = directory.range(of: .duplicatesFrom)
        if range.count == 1 {
            horizon.from = UInt64(bitPattern: directory.entries[range.lowerBound].constant)
        }
        guard let bytes = try streams.bytes(block, source, .duplicateMarks) else { return horizon }
        var at = 0
        let span = bytes.span
        while at < span.count {
            guard let length = span.varint(at: &at), length <= UInt64(span.count - at) else { throw .content }
            let name = String(decoding: bytes[at..<at + Int(length)], as: UTF8.self)
            at += Int(length)
            guard let from = span.varint(at: &at) else { throw .content }
            horizon.sources.append(DuplicateHorizon.Source(name: name, from: from))
        }
        return horizon
    }

    /// How the rows of a block of a sealed segment arrived; nil where all arrived alike.
    mutating func runs(
        _ block: Span<UInt8>, header: BlockHeader, directory: StreamDirectory
    ) throws(BlockFault) -> BlockRuns? {
        let source = StreamReader.Source(directory: directory, rows: 0)
        guard let bytes = try streams.bytes(block, source, .runs) else { return nil }
        guard let runs = BlockRuns(bytes.span, rows: header.count) else { throw .content }
        return runs
    }

    /// The request ids of a block, or of its companion in a file of ids.
    mutating func requestIDs(
        _ block: Span<UInt8>, header: BlockHeader, directory: StreamDirectory
    ) throws(BlockFault) -> TextColumn {
        try text(block, StreamReader.Source(directory: directory, rows: header.count), .requestID)
    }

    /// Checks every byte of a block against its checksum.
    mutating func check(_ block: Span<UInt8>, header: BlockHeader, directory: StreamDirectory)
        throws(BlockFault)
    {
        for i in directory.entries.indices { try streams.check(block, directory, i) }
        let mark = header.length - LogFormat.endMarkBytes
        guard block.extracting(directory.end..<mark).isZero,
            block.littleEndian(UInt64.self, at: mark) == LogFormat.endMark
        else { throw .stream }
    }

    /// Checks every byte of a block and every number in it; the symbols and columns are thrown away.
    mutating func verify(_ block: Span<UInt8>, header: BlockHeader, directory: StreamDirectory)
        throws(BlockFault)
    {
        try check(block, header: header, directory: directory)
        switch header.kind {
        case .events:
            var batch = EventBatch()
            var symbols = Symbols()
            try events(
                block, header: header, directory: directory, columns: .all, into: &batch, symbols: &symbols)
            _ = try horizon(block, directory: directory)
            _ = try runs(block, header: header, directory: directory)
        case .control:
            _ = try control(block, directory: directory)
        case .tick, .durable, .gap, .footer:
            break
        }
    }

    // MARK: - Times

    private mutating func times(
        _ block: Span<UInt8>, _ source: StreamReader.Source, _ header: BlockHeader, into ts: inout [Int64]
    ) throws(BlockFault) {
        let encoding = try streams.numbers(block, source, .ts, absent: header.minTs, into: &ts)
        if encoding == .constant { return }
        let unit = source.unit(of: .ts)
        guard encoding == .delta, unit > 0 else { throw .content }
        let (low, high) = DecodeKernels.accumulate(&ts, from: header.minTs, unit: unit)
        guard low == header.minTs, high == source.directory.latest(header.minTs) else { throw .content }
    }

    // MARK: - Labels

    private mutating func labels(
        _ block: Span<UInt8>, _ source: StreamReader.Source, _ kind: LabelKind, _ names: borrowing BlockNames,
        into column: inout [UInt32]
    ) throws(BlockFault) {
        try labels(block, source, kind.column, names.labels[kind.rawValue], into: &column)
    }

    /// What a table has for the numbers of a label column.
    private mutating func labels(
        _ block: Span<UInt8>, _ source: StreamReader.Source, _ stream: StreamColumn, _ table: [UInt32],
        into column: inout [UInt32], wantsNumbers: Bool = false
    ) throws(BlockFault) {
        try streams.labels(
            block, source, stream, table, accounts: &accounts, into: &column, numbers: &numbers,
            wantsNumbers: wantsNumbers)
    }

    private mutating func sparseLabels(
        _ block: Span<UInt8>, _ source: StreamReader.Source, _ kind: LabelKind,
        _ names: borrowing BlockNames, into column: inout SparseColumn<UInt32>
    ) throws(BlockFault) {
        if source.directory.range(of: kind.column).isEmpty { return }
        var values: [UInt32] = []
        try labels(block, source, kind, names, into: &values)
        column.replace(values)
    }

    // MARK: - Numbers

    private mutating func integers(
        _ block: Span<UInt8>, _ source: StreamReader.Source, _ column: StreamColumn, absent: Int64 = 0,
        into values: inout [Int64]
    ) throws(BlockFault) {
        switch try streams.numbers(block, source, column, absent: absent, into: &values) {
        case .planes, .constant: break
        case .zigzag: DecodeKernels.unzigzag(&values)
        default: throw .content
        }
    }

    private mutating func sparse(
        _ block: Span<UInt8>, _ source: StreamReader.Source, _ column: StreamColumn, absent: Int64,
        into values: inout SparseColumn<Int64>
    ) throws(BlockFault) {
        if source.directory.range(of: column).isEmpty { return }
        var dense: [Int64] = []
        try integers(block, source, column, absent: absent, into: &dense)
        values.replace(dense)
    }

    private mutating func costs(
        _ block: Span<UInt8>, _ source: StreamReader.Source, _ names: borrowing BlockNames,
        into batch: inout EventBatch
    ) throws(BlockFault) {
        guard let bytes = try streams.bytes(block, source, .rates) else {
            try integers(block, source, .cost, into: &batch.cost)
            return
        }
        guard let rates = CostRates(bytes.span, models: names.labels[LabelKind.model.rawValue].count) else {
            throw .content
        }
        switch try streams.numbers(block, source, .cost, into: &batch.cost) {
        case .constant: break
        case .residual: DecodeKernels.unzigzag(&batch.cost)
        default: throw .content
        }
        rates.addPredictions(
            models: models, input: batch.inputTokens, output: batch.outputTokens,
            cacheRead: batch.cacheReadTokens, cacheWrite: batch.cacheWriteTokens, to: &batch.cost)
    }

    // MARK: - Texts

    private mutating func text(
        _ block: Span<UInt8>, _ source: StreamReader.Source, _ column: StreamColumn
    ) throws(BlockFault) -> TextColumn {
        let range = source.directory.range(of: column)
        if range.isEmpty { return TextColumn() }
        switch source.directory.entries[range.lowerBound].encoding {
        case .hex: return try streams.hexText(block, source, range)
        case .text: return try streams.plainText(block, source, range)
        default: throw .content
        }
    }
}

/// Gives an array a length; what it held is worthless afterwards.
func resize<T: FixedWidthInteger>(_ array: inout [T], _ count: Int) {
    if array.count == count { return }
    array.removeAll(keepingCapacity: true)
    array.append(contentsOf: repeatElement(0, count: count))
}

extension EventBatch {
    /// Empties the columns that are not wanted and those that stay empty where every row has the default. The
    /// others are filled anyway, so they keep their length: setting it to zero and back would write them
    /// twice.
    fileprivate mutating func clear(keeping columns: ColumnSet) {
        if !columns.contains(.labels) {
            identity.removeAll(keepingCapacity: true)
            team.removeAll(keepingCapacity: true)
            tool.removeAll(keepingCapacity: true)
            model.removeAll(keepingCapacity: true)
            mcpServer.removeAll(keepingCapacity: true)
        }
        if !columns.contains(.numbers) {
            inputTokens.removeAll(keepingCapacity: true)
            outputTokens.removeAll(keepingCapacity: true)
            cacheReadTokens.removeAll(keepingCapacity: true)
            cacheWriteTokens.removeAll(keepingCapacity: true)
            cost.removeAll(keepingCapacity: true)
        }
        if !columns.contains(.shape) { shape.removeAll(keepingCapacity: true) }
        project.removeAll()
        requests.removeAll()
        source.removeAll()
        tsEnd.removeAll()
        mcpTool.removeAll()
        reasoningTokens.removeAll()
        requestID.removeAll()
        sessionID.removeAll()
        origin.removeAll()
    }
}
