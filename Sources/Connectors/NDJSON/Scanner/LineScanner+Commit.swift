import UsageEvents

extension LineScanner {
    private static let tokenBits: UInt32 =
        Field.inputTokens.bit | Field.outputTokens.bit | Field.cacheReadTokens.bit
        | Field.cacheWriteTokens.bit
    private static let forgottenWhenNull: UInt32 = Field.allCases.reduce(0) {
        FieldReader.isForgottenWhenNull($1) ? $0 | $1.bit : $0
    }
    private static let sparseBits: UInt32 =
        Field.tsEnd.bit | Field.project.bit | Field.mcpTool.bit | Field.reasoningTokens.bit
        | Field.requests.bit
        | Field.source.bit
    private static let otherTextBits: UInt32 = Field.sessionID.bit | Field.origin.bit

    /// Checks what holds between fields, numbers the labels and adds the row; nil to decline, then
    /// nothing is changed.
    ///
    /// Returns whether the cost was estimated here.
    @inline(__always)
    mutating func commit(
        _ input: PaddedBytes, _ values: borrowing LineValues, _ line: Shape, _ rows: inout StagedRows,
        row: Int,
        into batch: inout EventBatch, symbols: inout Symbols
    ) -> Bool? {
        // A null says nothing; which null keys are remembered is told in `FieldReader`.
        let said = line.seen & ~line.nulls
        var present = line.seen & ~(line.nulls & Self.forgottenWhenNull)
        guard said & Field.ts.bit != 0 else { return nil }
        let ts = values.number(.ts, present: said)
        let tsEnd = values.number(.tsEnd, present: said)
        if ts > rules.timestampMax { return nil }
        if said & Field.tsEnd.bit != 0 {
            if tsEnd < ts || (tsEnd == ts && line.grain == .bucket) { return nil }
        } else if line.grain == .bucket {
            return nil
        }
        let inputTokens = values.number(.inputTokens, present: said)
        let outputTokens = values.number(.outputTokens, present: said)
        let cacheRead = values.number(.cacheReadTokens, present: said)
        let cacheWrite = values.number(.cacheWriteTokens, present: said)
        let reasoning = values.number(.reasoningTokens, present: said)
        let requests = values.number(.requests, present: said, else: 1)
        var cost = values.number(.costUSD, present: said)
        let most = max(max(inputTokens, outputTokens), max(max(cacheRead, cacheWrite), reasoning))
        if most > Limits.tokensPerEventMax || cost > NanoUSD.eventMax || requests > Limits.requestsPerEventMax
        {
            return nil
        }
        let server = values.text(.mcpServer, seen: said)
        if said & (Self.tokenBits | Field.reasoningTokens.bit | Field.costUSD.bit) == 0, server.length == 0 {
            return nil
        }
        let who = values.text(.identity, seen: said)
        if who.length == 0, said & Field.identity.bit != 0 || rules.defaultIdentity.isEmpty { return nil }

        // Nothing below declines.
        let team = Self.intern(input, values.text(.team, seen: said), &symbols.teams)
        let tool = Self.intern(input, values.text(.tool, seen: said), &symbols.tools)
        let model = Self.intern(input, values.text(.model, seen: said), &symbols.models)
        let mcpServer = Self.intern(input, server, &symbols.mcpServers)
        var basis = line.basis
        var isEstimated = false
        if said & Field.costUSD.bit == 0, said & Self.tokenBits != 0, basis != .included, model != 0,
            let prices = rules.prices, let known = labels.price(of: model, prices, symbols.models),
            let amount = prices.price(model: known, at: ts)?.cost(
                input: inputTokens, output: outputTokens, cacheRead: cacheRead, cacheWrite: cacheWrite)
        {
            cost = amount.rawValue
            basis = .estimated
            isEstimated = true
        }
        if basis == .estimated {
            if !isEstimated, said & Field.costUSD.bit == 0 { basis = .unstated }
            present &= ~(Field.costUSD.bit | Field.costBasis.bit)
        }
        present |= Field.identity.bit
        rows.append(
            StagedRows.Row(
                ts: ts, identity: who, requestID: values.text(.requestID, seen: said), team: team,
                tool: tool, model: model, mcpServer: mcpServer, inputTokens: inputTokens,
                outputTokens: outputTokens, cacheReadTokens: cacheRead, cacheWriteTokens: cacheWrite,
                cost: cost,
                shape: EventShape(present: present, basis: basis, grain: line.grain).rawValue))
        if labels.hasSparse || line.seen & Self.sparseBits != 0 || !rules.defaultSource.isEmpty {
            appendSparse(input, values, said, tsEnd, reasoning, requests, row, &batch, &symbols)
        }
        if labels.hasOtherTexts || line.seen & Self.otherTextBits != 0 {
            let session = values.text(.sessionID, seen: said)
            let origin = values.text(.origin, seen: said)
            input.with(session.start, session.length) { batch.sessionID.append($0, row: row) }
            input.with(origin.start, origin.length) { batch.origin.append($0, row: row) }
            labels.hasOtherTexts = !batch.sessionID.isDefault || !batch.origin.isDefault
        }
        return isEstimated
    }

    @inline(__always)
    private static func intern(
        _ input: PaddedBytes, _ text: LineValues.Text, _ table: inout SymbolTable
    ) -> UInt32 {
        if text.length == 0 { return SymbolTable.null }
        // Behind a label stands its line's LF, and the padding behind that.
        return input.with(text.start, text.length &+ 16) {
            table.intern(padded: $0, length: text.length, hash: text.hash)
        }
    }

    /// Numbers the identities of the staged rows and appends these to the batch.
    ///
    /// There are many accounts, so that looking one up waits for memory: all are touched first.
    @inline(never)
    mutating func flush(
        _ input: PaddedBytes, _ rows: inout StagedRows, into batch: inout EventBatch,
        symbols: inout Symbols
    ) {
        var touched: UInt8 = 0
        for row in 0..<rows.count { touched ^= symbols.identities.touch(rows.identity(row).hash) }
        labels.touched = touched
        for row in 0..<rows.count {
            rows.setIdentity(row, identitySymbol(input, rows.identity(row), &symbols))
        }
        rows.flush(input, into: &batch)
    }

    /// An account; an e-mail address in lower case.
    @inline(__always)
    private mutating func identitySymbol(
        _ input: PaddedBytes, _ text: LineValues.Text, _ symbols: inout Symbols
    ) -> UInt32 {
        if text.length == 0 {
            if labels.defaultIdentity == 0 {
                labels.defaultIdentity = symbols.identities.intern(rules.defaultIdentity.span)
            }
            return labels.defaultIdentity
        }
        if Self.hasUpperCase(input, text) { return Self.internLowered(input, text, &symbols.identities) }
        return Self.intern(input, text, &symbols.identities)
    }

    @inline(__always)
    private static func hasUpperCase(_ input: PaddedBytes, _ text: LineValues.Text) -> Bool {
        let ones: UInt64 = 0x0101_0101_0101_0101
        var found: UInt64 = 0
        var k = 0
        while k < text.length {
            var word = input.word(text.start &+ k)
            if text.length &- k < 8 { word &= PaddedBytes.lowBytes(text.length &- k) }
            // The high bit is set from 'A' on by the first sum and past 'Z' by the second; bytes past
            // ASCII are none.
            let low = word & (ones &* 0x7f)
            found |= (low &+ (ones &* 0x3f)) & ~(low &+ (ones &* 0x25)) & ~word
            k &+= 8
        }
        return found & (ones &* 0x80) != 0
    }

    @inline(never)
    private static func internLowered(
        _ input: PaddedBytes, _ text: LineValues.Text, _ table: inout SymbolTable
    ) -> UInt32 {
        var copy = input.with(text.start, text.length) { [UInt8](copying: $0) }
        if copy.contains(UInt8(ascii: "@")) {
            for k in copy.indices where copy[k] >= 65 && copy[k] <= 90 { copy[k] |= 0x20 }
        }
        return table.intern(copy.span)
    }

    @inline(never)
    private mutating func appendSparse(
        _ input: PaddedBytes, _ values: borrowing LineValues, _ said: UInt32, _ tsEnd: Int64,
        _ reasoning: Int64,
        _ requests: Int64, _ row: Int, _ batch: inout EventBatch, _ symbols: inout Symbols
    ) {
        batch.tsEnd.append(tsEnd, row: row)
        batch.reasoningTokens.append(reasoning, row: row)
        batch.requests.append(requests, row: row)
        batch.project.append(
            Self.intern(input, values.text(.project, seen: said), &symbols.projects), row: row)
        batch.mcpTool.append(
            Self.intern(input, values.text(.mcpTool, seen: said), &symbols.mcpTools), row: row)
        let named = Self.intern(input, values.text(.source, seen: said), &symbols.sources)
        if named == SymbolTable.null, labels.defaultSource == 0 {
            labels.defaultSource = symbols.sources.intern(rules.defaultSource.span)
        }
        batch.source.append(named == SymbolTable.null ? labels.defaultSource : named, row: row)
        labels.hasSparse =
            !batch.tsEnd.isDefault || !batch.project.isDefault || !batch.mcpTool.isDefault
            || !batch.reasoningTokens.isDefault || !batch.requests.isDefault || !batch.source.isDefault
    }
}
