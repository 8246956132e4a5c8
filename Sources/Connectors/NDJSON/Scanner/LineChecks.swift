import UsageEvents

/// What has to hold between the fields of a line, and what a row's shape is.
///
/// Small and without references, so that a loop over lines has a copy of its own.
struct LineChecks: Sendable {
    private static let tokenBits: UInt32 =
        Field.inputTokens.bit | Field.outputTokens.bit | Field.cacheReadTokens.bit
        | Field.cacheWriteTokens.bit
    /// Counts with bits from here on may be too large; the general parser decides.
    private static let tokensDeclined: Int64 = 1 << 39

    private let timestampMax: Int64
    /// Bits of the keys that are forgotten when they are null.
    private let forgottenWhenNull: UInt32
    private let hasDefaultIdentity: Bool
    private let estimatesCosts: Bool

    init(_ rules: RowRules, timestampMax: Int64?) {
        self.timestampMax = min(timestampMax ?? .max, FieldReader.timestampMax)
        forgottenWhenNull = Field.allCases.reduce(0) {
            FieldReader.isForgottenWhenNull($1) ? $0 | $1.bit : $0
        }
        hasDefaultIdentity = !rules.defaultIdentity.isEmpty
        estimatesCosts = rules.prices != nil
    }

    /// Checks a line that was read into the next row, and adds the row; false to decline.
    @inline(__always)
    func admit(_ line: borrowing LineScanner.Line, _ rows: inout StagedRows) -> Bool {
        // A null says nothing; which null keys are remembered is told in `FieldReader`.
        let said = line.seen & ~line.nulls
        var present = line.seen & ~(line.nulls & forgottenWhenNull)
        guard said & Field.ts.bit != 0 else { return false }
        rows.complete(line.seen)
        let ts = rows.number(.ts)
        let tokens =
            rows.number(.inputTokens) | rows.number(.outputTokens) | rows.number(.cacheReadTokens)
            | rows.number(.cacheWriteTokens)
        if ts > timestampMax || tokens >= Self.tokensDeclined { return false }
        if said & Field.reasoningTokens.bit != 0, rows.number(.reasoningTokens) >= Self.tokensDeclined {
            return false
        }
        if said & Field.tsEnd.bit != 0 {
            let end = rows.number(.tsEnd)
            if end < ts || (end == ts && line.grain == .bucket) { return false }
        } else if line.grain == .bucket {
            return false
        }
        if said & Field.requests.bit != 0, rows.number(.requests) > Limits.requestsPerEventMax {
            return false
        }
        if rows.number(.costUSD) > NanoUSD.eventMax { return false }
        if said & (Self.tokenBits | Field.reasoningTokens.bit | Field.costUSD.bit) == 0,
            rows.length(.mcpServer) == 0
        {
            return false
        }
        if rows.length(.identity) == 0, said & Field.identity.bit != 0 || !hasDefaultIdentity {
            return false
        }

        var basis = line.basis
        var mark: UInt32 = 0
        if said & Field.costUSD.bit == 0 {
            if said & Self.tokenBits != 0, basis != .included, estimatesCosts {
                mark = StagedRows.unpriced
            }
            if basis == .estimated {
                basis = .unstated
                present &= ~Field.costBasis.bit
            }
        } else if basis == .estimated {
            present &= ~(Field.costUSD.bit | Field.costBasis.bit)
        }
        present |= Field.identity.bit
        rows.add(shape: EventShape(present: present, basis: basis, grain: line.grain).rawValue | mark)
        return true
    }
}
