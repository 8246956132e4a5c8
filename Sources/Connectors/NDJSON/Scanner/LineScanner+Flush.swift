import UsageEvents

extension LineScanner {
    /// Numbers the labels of the staged rows, estimates missing costs, and hands the rows to the batch;
    /// returns how many were estimated. `next` is where their lines end.
    @inline(never)
    mutating func flush(
        _ input: PaddedBytes, _ rows: inout StagedRows, next: Int, into batch: inout EventBatch,
        symbols: inout Symbols
    ) -> Int {
        if rows.count == 0 { return 0 }
        let estimated = rows.withText(input, to: next) { text in
            append(rows, text, to: &batch, symbols: &symbols)
        }
        rows.removeAll(next: next)
        return estimated
    }

    private mutating func append(
        _ rows: borrowing StagedRows, _ text: Span<UInt8>, to batch: inout EventBatch, symbols: inout Symbols
    ) -> Int {
        let before = batch.count
        appendSparse(rows, text, to: &batch, symbols: &symbols)
        appendTexts(rows, .requestID, text, to: &batch.requestID, after: before)
        appendTexts(rows, .sessionID, text, to: &batch.sessionID, after: before)
        appendTexts(rows, .origin, text, to: &batch.origin, after: before)
        appendLabels(rows, .team, text, &symbols.teams, to: &batch.team)
        appendLabels(rows, .tool, text, &symbols.tools, to: &batch.tool)
        appendLabels(rows, .model, text, &symbols.models, to: &batch.model)
        appendLabels(rows, .mcpServer, text, &symbols.mcpServers, to: &batch.mcpServer)
        appendIdentities(rows, text, to: &batch, &symbols.identities)
        let estimated =
            rows.hasUnpriced ? estimate(rows, batch.model.span.extracting(before...), symbols.models) : 0
        unsafe batch.ts.append(contentsOf: rows.numbers(.ts))
        unsafe batch.inputTokens.append(contentsOf: rows.numbers(.inputTokens))
        unsafe batch.outputTokens.append(contentsOf: rows.numbers(.outputTokens))
        unsafe batch.cacheReadTokens.append(contentsOf: rows.numbers(.cacheReadTokens))
        unsafe batch.cacheWriteTokens.append(contentsOf: rows.numbers(.cacheWriteTokens))
        unsafe batch.cost.append(contentsOf: rows.numbers(.costUSD))
        unsafe batch.shape.append(contentsOf: rows.shape)
        return estimated
    }

    // MARK: - Labels

    /// Appends the numbers of a column of labels; those that are new get the next ones, in the order of the
    /// rows. `numbers` is memory for them.
    @inline(__always)
    private static func appendLabels(
        _ rows: borrowing StagedRows, _ field: Field, _ text: Span<UInt8>, _ table: inout SymbolTable,
        to column: inout [UInt32], _ numbers: inout [UInt32],
        number: (LabelText, inout SymbolTable) -> UInt32
    ) {
        let texts = unsafe rows.texts(field)
        let labels = unsafe texts.span
        // Not straight into the column: within its closure the table would be copied for each call.
        var found = numbers.mutableSpan
        var row = 0
        while true {
            row = table.find(labels, from: row, in: text, into: &found)
            if row == labels.count { break }
            found[row] = number(labels[row], &table)
            row += 1
        }
        column.append(addingCapacity: labels.count) { space in
            for row in labels.indices { space.append(numbers[row]) }
        }
    }

    private mutating func appendLabels(
        _ rows: borrowing StagedRows, _ field: Field, _ text: Span<UInt8>, _ table: inout SymbolTable,
        to column: inout [UInt32]
    ) {
        Self.appendLabels(rows, field, text, &table, to: &column, &numbers) { label, table in
            table.intern(text.extracting(label.range), hash: label.hash)
        }
    }

    private mutating func appendIdentities(
        _ rows: borrowing StagedRows, _ text: Span<UInt8>, to batch: inout EventBatch,
        _ table: inout SymbolTable
    ) {
        let texts = unsafe rows.texts(.identity)
        let identities = unsafe texts.span
        var hasNull = false
        for row in identities.indices where identities[row].length == 0 { hasNull = true }
        if labels.defaultIdentity == 0, !rules.defaultIdentity.isEmpty, hasNull {
            // The default is numbered where it first appears.
            for row in identities.indices {
                if identities[row].length == 0 {
                    labels.defaultIdentity = table.intern(rules.defaultIdentity.span)
                    batch.identity.append(labels.defaultIdentity)
                } else {
                    batch.identity.append(Self.identity(identities[row], text, &table))
                }
            }
            return
        }
        let before = batch.identity.count
        // The table has identities in canonical form only, so what it has is in that form.
        Self.appendLabels(rows, .identity, text, &table, to: &batch.identity, &numbers) { label, table in
            Self.identity(label, text, &table)
        }
        if rules.defaultIdentity.isEmpty { return }
        for row in before..<batch.identity.count where batch.identity[row] == SymbolTable.null {
            batch.identity[row] = labels.defaultIdentity
        }
    }

    /// The number of an account; an e-mail address in lower case.
    private static func identity(
        _ label: LabelText, _ text: Span<UInt8>, _ table: inout SymbolTable
    ) -> UInt32 {
        var copy = [UInt8](copying: text.extracting(label.range))
        if copy.contains(UInt8(ascii: "@")) {
            for k in copy.indices where copy[k] >= 65 && copy[k] <= 90 { copy[k] |= 0x20 }
        }
        return table.intern(copy.span)
    }

    // MARK: - Costs

    /// Gives rows without a cost that of the price table, and returns how many.
    private mutating func estimate(
        _ rows: borrowing StagedRows, _ models: Span<UInt32>, _ table: SymbolTable
    ) -> Int {
        guard let prices = rules.prices else { return 0 }
        let shapes = unsafe rows.shape
        let costs = unsafe rows.numbers(.costUSD)
        var estimated = 0
        for row in 0..<rows.count {
            var shape = unsafe shapes[row]
            guard shape & StagedRows.unpriced != 0 else { continue }
            shape &= ~StagedRows.unpriced
            if models[row] != SymbolTable.null, let known = labels.price(of: models[row], prices, table),
                let amount = unsafe prices.price(model: known, at: rows.numbers(.ts)[row])?.cost(
                    input: rows.numbers(.inputTokens)[row], output: rows.numbers(.outputTokens)[row],
                    cacheRead: rows.numbers(.cacheReadTokens)[row],
                    cacheWrite: rows.numbers(.cacheWriteTokens)[row])
            {
                unsafe costs[row] = amount.rawValue
                var priced = EventShape(rawValue: shape & ~(Field.costUSD.bit | Field.costBasis.bit))
                priced.basis = .estimated
                shape = priced.rawValue
                estimated += 1
            }
            unsafe shapes[row] = shape
        }
        return estimated
    }

    // MARK: - Sparse columns

    private func appendTexts(
        _ rows: borrowing StagedRows, _ field: Field, _ text: Span<UInt8>, to column: inout TextColumn,
        after before: Int
    ) {
        let ids = unsafe rows.texts(field)
        if ids.isEmpty, column.isDefault { return }
        var total = 0
        for row in ids.indices { unsafe total &+= Int(ids[row].length) }
        column.append(rows: rows.count, bytes: total, after: before) { space, ends in
            unsafe text.withUnsafeBytes { text in
                // The text outlives the closure, and holds what the rows say.
                let source = unsafe PaddedBytes(text)
                unsafe space.withUnsafeMutableBufferPointer { room, filled in
                    for row in 0..<rows.count {
                        let length = unsafe row < ids.count ? Int(ids[row].length) : 0
                        precondition(length <= room.count &- filled)
                        if length > 0 {
                            let target = unsafe UnsafeMutableRawBufferPointer(
                                rebasing: UnsafeMutableRawBufferPointer(room)[filled...])
                            unsafe source.copy(Int(ids[row].start), length, to: target)
                        }
                        filled &+= length
                        ends.append(filled)
                    }
                }
            }
        }
    }

    private mutating func appendSparse(
        _ rows: borrowing StagedRows, _ text: Span<UInt8>, to batch: inout EventBatch, symbols: inout Symbols
    ) {
        let before = batch.count
        Self.append(rows, .tsEnd, to: &batch.tsEnd, after: before)
        Self.append(rows, .reasoningTokens, to: &batch.reasoningTokens, after: before)
        Self.append(rows, .requests, to: &batch.requests, after: before)
        Self.append(rows, .project, text, &symbols.projects, to: &batch.project, after: before)
        Self.append(rows, .mcpTool, text, &symbols.mcpTools, to: &batch.mcpTool, after: before)
        if rules.defaultSource.isEmpty {
            Self.append(rows, .source, text, &symbols.sources, to: &batch.source, after: before)
            return
        }
        let texts = unsafe rows.texts(.source)
        let sources = unsafe texts.span
        for row in 0..<rows.count {
            var number = SymbolTable.null
            if row < sources.count {
                number = symbols.sources.intern(text.extracting(sources[row].range), hash: sources[row].hash)
            }
            if number == SymbolTable.null {
                if labels.defaultSource == 0 {
                    labels.defaultSource = symbols.sources.intern(rules.defaultSource.span)
                }
                number = labels.defaultSource
            }
            batch.source.append(number, row: before + row)
        }
    }

    private static func append(
        _ rows: borrowing StagedRows, _ field: Field, to column: inout SparseColumn<Int64>, after before: Int
    ) {
        if !rows.has(field), column.isDefault { return }
        let values = unsafe rows.numbers(field)
        for row in 0..<rows.count {
            column.append(unsafe row < values.count ? values[row] : column.defaultValue, row: before + row)
        }
    }

    private static func append(
        _ rows: borrowing StagedRows, _ field: Field, _ text: Span<UInt8>, _ table: inout SymbolTable,
        to column: inout SparseColumn<UInt32>, after before: Int
    ) {
        if !rows.has(field), column.isDefault { return }
        let texts = unsafe rows.texts(field)
        let labels = unsafe texts.span
        for row in 0..<rows.count {
            let number =
                row < labels.count
                ? table.intern(text.extracting(labels[row].range), hash: labels[row].hash) : SymbolTable.null
            column.append(number, row: before + row)
        }
    }
}

extension LabelText {
    /// Where the label stands.
    @inline(__always)
    fileprivate var range: Range<Int> { Int(start)..<Int(start) &+ Int(length) }
}
