internal import UsageEvents

/// Makes blocks: columns of a batch into streams, directory and header. Keeps its memory between blocks.
struct BlockEncoder: ~Copyable {
    /// The block made last.
    private(set) var block: [UInt8] = []

    private var streams = StreamWriter()
    private var planes = PlaneEncoder()
    private var texts = TextEncoder()
    private var recent = RecentEncoder()
    private var fitter = RateFitter()
    private var identities = LabelIndex()
    private var labels: [LabelIndex] = Array(repeating: LabelIndex(), count: LabelKind.allCases.count)
    private var shapes = LabelIndex()
    private var shapeTable = ShapeTable()
    private var directory: [UInt8] = []
    private var scratch: [UInt8] = []
    private var residuals: [Int64] = []

    init() {}

    /// Where the block goes and what stands before it.
    struct Place {
        let file: FileIdentity
        let offset: Int
        let previous: UInt32
        let durableBefore: Int
    }

    /// How many rows from `row` on fit into one block.
    static func rowsThatFit(_ batch: EventBatch, from row: Int, symbols: Symbols) -> Int {
        let rows = min(Limits.eventsPerBlock, batch.count - row)
        func text(_ column: TextColumn, _ n: Int) -> Int {
            column.range(of: row + n - 1).upperBound - column.range(of: row).lowerBound
        }
        let bytes =
            text(batch.requestID, rows) + text(batch.sessionID, rows) + text(batch.origin, rows)
            + LabelKind.allCases.reduce(symbols.identities.textBytes) { $0 + $1.table(of: symbols).textBytes }
        // Numbers take at most 100 bytes a row, and labels no more than all labels together.
        if bytes + rows * 128 <= Limits.blockBytesMax { return rows }
        // Else so few rows that even all labels and texts of full length (11 of 256 bytes) fit.
        return min(rows, 8_192)
    }

    /// Makes a block of events and returns its chain value.
    mutating func events(
        _ batch: EventBatch, _ rows: Range<Int>, symbols: Symbols, header: BlockHeader,
        duplicates: DuplicateHorizon, runs: [UInt8] = [], place: Place
    ) -> UInt32 {
        precondition(!rows.isEmpty && rows.count <= Limits.eventsPerBlock)
        streams.begin()
        var header = header
        let times = batch.ts.span.extracting(rows)
        let (earliest, latest) = EncodeKernels.range(times)
        header.count = rows.count
        header.minTs = earliest
        number(batch, rows, symbols: symbols)
        writeDictionary(symbols: symbols)
        planes.writeTimes(times, from: earliest, to: latest, into: &streams)
        let who = identities.rows
        planes.writeCodes(
            who.span, union: UInt32(identities.symbols.count), .identity, .index, to: &streams)
        for kind in LabelKind.detection { writeLabels(labels[kind.rawValue], kind.column) }
        writeLabels(shapes, .shape)
        planes.write(batch.inputTokens.span.extracting(rows), .inputTokens, to: &streams)
        planes.write(batch.outputTokens.span.extracting(rows), .outputTokens, to: &streams)
        planes.write(batch.cacheReadTokens.span.extracting(rows), .cacheReadTokens, to: &streams)
        planes.write(batch.cacheWriteTokens.span.extracting(rows), .cacheWriteTokens, to: &streams)
        writeCosts(batch, rows)
        writeSparse(batch.requests, rows, .requests, absent: 1)
        writeLabels(labels[LabelKind.source.rawValue], .source)
        writeSparse(batch.tsEnd, rows, .tsEnd, absent: 0)
        writeLabels(labels[LabelKind.mcpTool.rawValue], .mcpTool)
        writeSparse(batch.reasoningTokens, rows, .reasoningTokens, absent: 0)
        texts.write(batch.requestID, rows, .requestID, planes: &planes, to: &streams)
        texts.write(batch.sessionID, rows, .sessionID, planes: &planes, to: &streams)
        texts.write(batch.origin, rows, .origin, planes: &planes, to: &streams)
        write(duplicates)
        if !runs.isEmpty { streams.add(runs.span, .runs, plane: 0, .bytes) }
        return finish(header, place)
    }

    /// Makes a control record and returns its chain value.
    mutating func control(name: String, payload: [UInt8], header: BlockHeader, place: Place) -> UInt32 {
        streams.begin()
        streams.add(Array(name.utf8).span, .controlName, plane: 0, .bytes)
        streams.add(payload.span, .controlPayload, plane: 0, .bytes)
        return finish(header, place)
    }

    /// Makes a record that is a header only and returns its chain value.
    mutating func bare(_ header: BlockHeader, place: Place) -> UInt32 {
        streams.begin()
        return finish(header, place)
    }

    private mutating func finish(_ header: BlockHeader, _ place: Place) -> UInt32 {
        directory.removeAll(keepingCapacity: true)
        streams.writeDirectory(into: &directory)
        var header = header
        header.entries = streams.entries.count
        header.previous = place.previous
        header.durableBefore = place.durableBefore
        header.directoryChecksum = CRC32C.of(directory.span)
        let bytes = LogFormat.blockHeaderBytes + directory.count + streams.payload.count
        let padded = (bytes + LogFormat.alignment - 1) / LogFormat.alignment * LogFormat.alignment
        header.length = padded + LogFormat.endMarkBytes
        block.removeAll(keepingCapacity: true)
        block.reserveCapacity(header.length)
        let chain = header.write(into: &block, file: place.file, offset: place.offset)
        block.append(contentsOf: directory)
        block.append(contentsOf: streams.payload)
        block.append(contentsOf: repeatElement(0, count: padded - bytes))
        block.append(littleEndian: LogFormat.endMark)
        return chain
    }

    // MARK: - Labels

    private mutating func number(_ batch: EventBatch, _ rows: Range<Int>, symbols: Symbols) {
        identities.assign(batch.identity.span.extracting(rows), tableCount: symbols.identities.count)
        for kind in LabelKind.allCases {
            let count = kind.table(of: symbols).count
            switch kind {
            case .team: labels[0].assign(batch.team.span.extracting(rows), tableCount: count)
            case .tool: labels[1].assign(batch.tool.span.extracting(rows), tableCount: count)
            case .model: labels[2].assign(batch.model.span.extracting(rows), tableCount: count)
            case .mcpServer: labels[3].assign(batch.mcpServer.span.extracting(rows), tableCount: count)
            case .project: Self.assign(batch.project, rows, count, &labels[4])
            case .source: Self.assign(batch.source, rows, count, &labels[5])
            case .mcpTool: Self.assign(batch.mcpTool, rows, count, &labels[6])
            }
        }
        shapeTable.assign(batch.shape.span.extracting(rows))
        let shapeRows = shapeTable.rows
        shapes.assign(shapeRows.span, tableCount: shapeTable.values.count + 1)
    }

    private static func assign(
        _ column: SparseColumn<UInt32>, _ rows: Range<Int>, _ tableCount: Int, _ index: inout LabelIndex
    ) {
        if column.isDefault {
            index.assignNone()
        } else {
            index.assign(column.values.span.extracting(rows), tableCount: tableCount)
        }
    }

    /// One stream for all texts: a count for each kind, then all lengths, then all bytes; then the shapes,
    /// four bytes each.
    private mutating func writeDictionary(symbols: Symbols) {
        scratch.removeAll(keepingCapacity: true)
        scratch.append(varint: UInt64(identities.symbols.count))
        for kind in LabelKind.allCases { scratch.append(varint: UInt64(labels[kind.rawValue].symbols.count)) }
        scratch.append(varint: UInt64(shapes.symbols.count))
        appendLengths(identities, symbols.identities)
        for kind in LabelKind.allCases { appendLengths(labels[kind.rawValue], kind.table(of: symbols)) }
        appendTexts(identities, symbols.identities)
        for kind in LabelKind.allCases { appendTexts(labels[kind.rawValue], kind.table(of: symbols)) }
        for number in shapes.symbols { scratch.append(littleEndian: shapeTable.values[Int(number) - 1]) }
        addScratch(.dictionary)
    }

    private mutating func addScratch(_ column: StreamColumn) {
        let bytes = scratch
        streams.add(bytes.span, column, plane: 0, .bytes)
    }

    private mutating func appendLengths(_ index: LabelIndex, _ table: SymbolTable) {
        for symbol in index.symbols {
            let length = table.withUTF8(of: symbol) { $0.count }
            precondition(length >= 1 && length <= Limits.labelBytesMax, "connectors reject longer labels")
            scratch.append(UInt8(length - 1))
        }
    }

    private mutating func appendTexts(_ index: LabelIndex, _ table: SymbolTable) {
        for symbol in index.symbols { table.withUTF8(of: symbol) { scratch.append(span: $0) } }
    }

    private mutating func writeLabels(_ index: LabelIndex, _ column: StreamColumn) {
        guard !index.rows.isEmpty else { return }
        if let constant = index.constant {
            if constant != 0 { streams.add(constant: Int64(constant), column) }
            return
        }
        guard index.symbols.count < 1 << 16 else {
            planes.writeCodes(
                index.rows.span, union: UInt32(index.symbols.count), column, .index, to: &streams)
            return
        }
        let who = identities.rows
        recent.encode(index.rows.span, identities: who.span, identityCount: identities.symbols.count)
        let codes = recent.codes
        planes.writeCodes(codes.span, union: recent.union, column, .recent, to: &streams)
    }

    // MARK: - Numbers

    private mutating func writeSparse(
        _ values: SparseColumn<Int64>, _ rows: Range<Int>, _ column: StreamColumn, absent: Int64
    ) {
        guard !values.isDefault else { return }
        planes.write(values.values.span.extracting(rows), column, absent: absent, to: &streams)
    }

    private mutating func writeCosts(_ batch: EventBatch, _ rows: Range<Int>) {
        let costs = batch.cost.span.extracting(rows)
        let profile = IntegerProfile(costs)
        // A few rows cannot pay for the rates.
        guard rows.count >= 64, profile.constant == nil else {
            planes.write(costs, .cost, to: &streams)
            return
        }
        let models = labels[LabelKind.model.rawValue]
        let rates = fitter.fit(batch, rows, numbers: models.rows.span, models: models.symbols)
        if residuals.count != rows.count { residuals = [Int64](repeating: 0, count: rows.count) }
        let (plain, left) = EncodeKernels.residuals(
            costs, rates, models: models.rows.span, batch.inputTokens.span.extracting(rows),
            batch.outputTokens.span.extracting(rows), batch.cacheReadTokens.span.extracting(rows),
            batch.cacheWriteTokens.span.extracting(rows), into: &residuals)
        guard left + rates.rates.count * 80 < plain else {
            planes.write(costs, .cost, to: &streams)
            return
        }
        scratch.removeAll(keepingCapacity: true)
        rates.write(into: &scratch)
        addScratch(.rates)
        let values = residuals
        planes.writeResiduals(values.span, to: &streams)
    }

    private mutating func write(_ duplicates: DuplicateHorizon) {
        if duplicates.from != 0 {
            streams.add(constant: Int64(bitPattern: duplicates.from), .duplicatesFrom)
        }
        guard !duplicates.sources.isEmpty else { return }
        scratch.removeAll(keepingCapacity: true)
        for source in duplicates.sources {
            scratch.append(varint: UInt64(source.name.utf8.count))
            scratch.append(contentsOf: source.name.utf8)
            scratch.append(varint: source.from)
        }
        addScratch(.duplicateMarks)
    }
}
