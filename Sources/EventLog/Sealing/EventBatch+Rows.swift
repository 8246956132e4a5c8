internal import UsageEvents

/// Moving rows between batches whose labels are numbers of the same tables. A column that a reader left out
/// is empty and stays so.
extension EventBatch {
    /// Some rows of another batch in place of what this one holds.
    mutating func take(_ rows: Range<Int>, of other: EventBatch) {
        removeAll()
        append(rows, of: other)
    }

    /// Adds rows of another batch behind these.
    mutating func append(_ rows: Range<Int>, of other: EventBatch) {
        let before = count
        func dense<Value>(_ column: inout [Value], _ from: [Value]) {
            if !from.isEmpty { column.append(contentsOf: from[rows]) }
        }
        func sparse<Value>(_ column: inout SparseColumn<Value>, _ from: SparseColumn<Value>) {
            if column.isDefault, from.isDefault { return }
            for (k, row) in rows.enumerated() { column.append(from[row], row: before + k) }
        }
        func texts(_ column: inout TextColumn, _ from: TextColumn) {
            if from.isDefault {
                if column.isDefault { return }
                return column.append(rows: rows.count, bytes: 0, after: before) { _, ends in
                    for _ in rows { ends.append(0) }
                }
            }
            let start = from.range(of: rows.lowerBound).lowerBound
            let end = from.range(of: rows.upperBound - 1).upperBound
            column.append(rows: rows.count, bytes: end - start, after: before) { bytes, ends in
                for i in start..<end { bytes.append(from.bytes[i]) }
                for row in rows { ends.append(from.ends[row] - start) }
            }
        }
        if rows.isEmpty { return }
        sparse(&tsEnd, other.tsEnd)
        sparse(&project, other.project)
        sparse(&mcpTool, other.mcpTool)
        sparse(&reasoningTokens, other.reasoningTokens)
        sparse(&requests, other.requests)
        sparse(&source, other.source)
        texts(&requestID, other.requestID)
        texts(&sessionID, other.sessionID)
        texts(&origin, other.origin)
        dense(&identity, other.identity)
        dense(&team, other.team)
        dense(&tool, other.tool)
        dense(&model, other.model)
        dense(&mcpServer, other.mcpServer)
        dense(&inputTokens, other.inputTokens)
        dense(&outputTokens, other.outputTokens)
        dense(&cacheReadTokens, other.cacheReadTokens)
        dense(&cacheWriteTokens, other.cacheWriteTokens)
        dense(&cost, other.cost)
        dense(&shape, other.shape)
        dense(&ts, other.ts)
    }

    /// Empties the rows that a mask leaves out: of such an event there is left that it was there. Its time
    /// becomes that of a neighbour, `fallback` where there is none.
    mutating func erase(keeping mask: [Bool], fallback: Int64) {
        var time = mask.firstIndex(of: true).map { ts[$0] } ?? fallback
        for row in mask.indices {
            if mask[row] { time = ts[row] } else { ts[row] = time }
        }
        func dense(_ column: inout [some FixedWidthInteger]) {
            for row in mask.indices where !mask[row] { column[row] = 0 }
        }
        func sparse<Value>(_ column: inout SparseColumn<Value>) {
            if column.isDefault { return }
            column.replace(mask.indices.map { mask[$0] ? column.values[$0] : column.defaultValue })
        }
        func texts(_ column: inout TextColumn) {
            if column.isDefault { return }
            var bytes: [UInt8] = []
            var ends: [Int] = []
            for row in mask.indices {
                if mask[row] { bytes.append(contentsOf: column.bytes[column.range(of: row)]) }
                ends.append(bytes.count)
            }
            column = bytes.isEmpty ? TextColumn() : TextColumn(bytes: bytes, ends: ends)
        }
        dense(&identity)
        dense(&team)
        dense(&tool)
        dense(&model)
        dense(&mcpServer)
        dense(&inputTokens)
        dense(&outputTokens)
        dense(&cacheReadTokens)
        dense(&cacheWriteTokens)
        dense(&cost)
        dense(&shape)
        sparse(&tsEnd)
        sparse(&project)
        sparse(&mcpTool)
        sparse(&reasoningTokens)
        sparse(&requests)
        sparse(&source)
        texts(&requestID)
        texts(&sessionID)
        texts(&origin)
    }

    /// Whether rows of another batch are these, column by column.
    func isEqual(_ rows: Range<Int>, of other: EventBatch) -> Bool {
        func sparse<Value>(_ a: SparseColumn<Value>, _ b: SparseColumn<Value>) -> Bool {
            if a.isDefault, b.isDefault { return true }
            return rows.enumerated().allSatisfy { a[$0.offset] == b[$0.element] }
        }
        func texts(_ a: TextColumn, _ b: TextColumn) -> Bool {
            if a.isDefault, b.isDefault { return true }
            return rows.enumerated().allSatisfy {
                a.bytes[a.range(of: $0.offset)] == b.bytes[b.range(of: $0.element)]
            }
        }
        return count == rows.count && ts[...] == other.ts[rows] && identity[...] == other.identity[rows]
            && team[...] == other.team[rows] && tool[...] == other.tool[rows]
            && model[...] == other.model[rows] && mcpServer[...] == other.mcpServer[rows]
            && inputTokens[...] == other.inputTokens[rows] && outputTokens[...] == other.outputTokens[rows]
            && cacheReadTokens[...] == other.cacheReadTokens[rows]
            && cacheWriteTokens[...] == other.cacheWriteTokens[rows] && cost[...] == other.cost[rows]
            && shape[...] == other.shape[rows] && sparse(tsEnd, other.tsEnd)
            && sparse(project, other.project) && sparse(mcpTool, other.mcpTool)
            && sparse(reasoningTokens, other.reasoningTokens) && sparse(requests, other.requests)
            && sparse(source, other.source) && texts(requestID, other.requestID)
            && texts(sessionID, other.sessionID) && texts(origin, other.origin)
    }
}

extension EventBatch {
    /// Drops the first rows.
    mutating func dropFirst(_ n: Int) {
        var mask = [Bool](repeating: true, count: count)
        for i in 0..<n { mask[i] = false }
        keep(mask)
    }
}
