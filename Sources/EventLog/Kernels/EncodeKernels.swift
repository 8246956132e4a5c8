internal import CIntrinsics

// The inner loops of writing. They are `unsafe` because bounds checks would double their time; in each, the
// preconditions at the top state what the pointers may reach, and every index in the loop is below the count
// that was checked. Symbols are below the size of their table by construction of a batch, and that is checked
// before a symbol is an index.

enum EncodeKernels {
    /// What a first look at numbers tells: the bits that any of them has, those in which any differs from
    /// the first, and how many are zero.
    static func profile(_ values: Span<Int64>) -> (union: Int64, differences: Int64, zeros: Int) {
        precondition(!values.isEmpty)
        let first = values[0]
        var union: Int64 = 0
        var differences: Int64 = 0
        var others: UInt64 = 0
        unsafe values.withUnsafeBufferPointer { v in
            guard let p = v.baseAddress else { return }
            var i = 0
            while i < v.count {
                let value = unsafe p[i]
                union |= value
                differences |= value ^ first
                // A number or its opposite has the sign unless it is zero: no branch, which would be a guess.
                others &+= UInt64(bitPattern: value | (0 &- value)) &>> 63
                i &+= 1
            }
        }
        return (union, differences, values.count - Int(others))
    }

    /// The smallest and the largest of some numbers.
    static func range(_ values: Span<Int64>) -> (min: Int64, max: Int64) {
        var low = Int64.max
        var high = Int64.min
        unsafe values.withUnsafeBufferPointer { v in
            for i in 0..<v.count {
                let value = unsafe v[i]
                low = min(low, value)
                high = max(high, value)
            }
        }
        return (low, high)
    }

    /// Copies numbers as bits, or as zigzag.
    static func words(_ values: Span<Int64>, signed: Bool, into words: inout [UInt64]) {
        precondition(words.count >= values.count)
        unsafe values.withUnsafeBufferPointer { v in
            unsafe words.withUnsafeMutableBufferPointer { w in
                if signed {
                    for i in 0..<v.count { unsafe w[i] = zigzag(v[i]) }
                } else {
                    for i in 0..<v.count { unsafe w[i] = UInt64(bitPattern: v[i]) }
                }
            }
        }
    }

    /// Differences to the number before, zigzag.
    static func differences(_ values: Span<Int64>, from first: Int64, unit: Int64, into words: inout [UInt64])
    {
        precondition(words.count >= values.count)
        unsafe values.withUnsafeBufferPointer { v in
            unsafe words.withUnsafeMutableBufferPointer { w in
                var last = first
                if unit == 1 {
                    for i in 0..<v.count {
                        unsafe w[i] = zigzag(v[i] &- last)
                        unsafe last = v[i]
                    }
                } else {
                    for i in 0..<v.count {
                        unsafe w[i] = zigzag((v[i] &- last) / unit)
                        unsafe last = v[i]
                    }
                }
            }
        }
    }

    /// The bits that any of the first `count` words has.
    static func union(_ words: [UInt64], count: Int) -> UInt64 {
        precondition(words.count >= count)
        var all: UInt64 = 0
        unsafe words.withUnsafeBufferPointer { w in
            for i in 0..<count { unsafe all |= w[i] }
        }
        return all
    }

    /// One byte of each of some numbers.
    @inline(__always)
    static func plane<N: FixedWidthInteger>(_ words: Span<N>, shift: Int, into plane: inout [UInt8]) {
        precondition(plane.count >= words.count)
        let shift = N(truncatingIfNeeded: shift)
        unsafe words.withUnsafeBufferPointer { w in
            unsafe plane.withUnsafeMutableBufferPointer { p in
                for i in 0..<w.count { unsafe p[i] = UInt8(truncatingIfNeeded: w[i] &>> shift) }
            }
        }
    }

    /// Moves the words that are not zero to the front, marks their rows in a bitmap, and returns how many
    /// they are.
    static func gatherPresent(_ words: inout [UInt64], rows: Int, bitmap: inout [UInt8]) -> Int {
        precondition(words.count >= rows && bitmap.count * 8 >= rows)
        return unsafe words.withUnsafeMutableBufferPointer { w in
            unsafe bitmap.withUnsafeMutableBufferPointer { bits in
                for i in 0..<(rows + 7) / 8 { unsafe bits[i] = 0 }
                var to = 0
                for i in 0..<rows {
                    let word = unsafe w[i]
                    let present: UInt8 = word != 0 ? 1 : 0
                    unsafe w[to] = word
                    to &+= Int(present)
                    unsafe bits[i &>> 3] |= present &<< UInt8(truncatingIfNeeded: i & 7)
                }
                return to
            }
        }
    }

    /// Numbers the rows of a label column in order of first appearance; returns whether any is null. `local`
    /// holds for each symbol its number and 1, or 0 where it has none yet.
    static func number(
        _ column: Span<UInt32>, local: inout [UInt32], symbols: inout [UInt32], into rows: inout [UInt32]
    ) -> Bool {
        precondition(rows.count == column.count)
        let tableCount = local.count
        var hasNull = false
        unsafe column.withUnsafeBufferPointer { column in
            unsafe rows.withUnsafeMutableBufferPointer { rows in
                unsafe local.withUnsafeMutableBufferPointer { local in
                    for i in 0..<column.count {
                        let symbol = unsafe Int(column[i])
                        precondition(symbol < tableCount)
                        var number = unsafe local[symbol]
                        // Null has a place too: whether a row is null can hardly be guessed.
                        if number == 0 {
                            if symbol == 0 { hasNull = true } else { symbols.append(UInt32(symbol)) }
                            number = symbol == 0 ? 1 : UInt32(symbols.count) + 1
                            unsafe local[symbol] = number
                        }
                        unsafe rows[i] = number &- 1
                    }
                }
            }
        }
        return hasNull
    }

    /// Codes of labels against the four last values of each account, whose words are in `recent`; returns the
    /// bits that any code has.
    static func recentCodes(
        _ rows: Span<UInt32>, identities: Span<UInt32>, recent: inout [UInt64], into codes: inout [UInt32]
    ) -> UInt32 {
        precondition(identities.count == rows.count && codes.count == rows.count)
        let accounts = recent.count
        var union: UInt32 = 0
        unsafe rows.withUnsafeBufferPointer { rows in
            unsafe identities.withUnsafeBufferPointer { identities in
                unsafe recent.withUnsafeMutableBufferPointer { recent in
                    unsafe codes.withUnsafeMutableBufferPointer { codes in
                        for i in 0..<rows.count {
                            let who = unsafe Int(identities[i])
                            precondition(who < accounts)
                            let word = unsafe recent[who]
                            let value = unsafe UInt64(rows[i])
                            let code = recentCode(word, value)
                            union |= code.code
                            unsafe codes[i] = code.code
                            unsafe recent[who] = code.word
                        }
                    }
                }
            }
        }
        return union
    }

    /// The code of a value against the word of its account, and the word afterwards. No branch: which place
    /// it is can hardly be guessed.
    @inline(__always)
    static func recentCode(_ word: UInt64, _ value: UInt64) -> (code: UInt32, word: UInt64) {
        let ones: UInt64 = 0x0001_0001_0001_0001
        let low15: UInt64 = 0x7fff_7fff_7fff_7fff
        // Where a value of the word is this one, the difference has a zero there, and `matches` the high bit.
        let difference = word ^ (value &* ones)
        let matches = ~((difference & low15) &+ low15 | difference | low15)
        // Everything up to the lowest match, which wins; all where there is none.
        let moved = matches ^ (matches &- 1)
        let places = (((moved &>> 15) & ones) &* ones) &>> 48
        // 4 stands for no match: then the code is the value and 4.
        let isNew: UInt64 = matches == 0 ? 1 : 0
        let code = UInt32(truncatingIfNeeded: places &- 1 &+ ((value &+ 1) & (0 &- isNew)))
        return (code, word ^ ((word ^ (word &<< 16 | value)) & moved))
    }

    /// Two digits to a byte; false where one is no lower-case hexadecimal digit. `digits` has an even number
    /// of them.
    static func packHex(_ digits: Span<UInt8>, into out: inout [UInt8]) -> Bool {
        let half = digits.count / 2
        precondition(out.count >= half)
        return unsafe digits.withUnsafeBytes { source in
            unsafe out.withUnsafeMutableBytes { target in
                unsafe tidemark_pack_hex(source.baseAddress, half, target.baseAddress) != 0
            }
        }
    }

    /// The one length of all texts that are not empty, nil where there are several.
    static func commonLength(_ ends: Span<Int>, from start: Int) -> Int? {
        var length = 0
        var isCommon = true
        unsafe ends.withUnsafeBufferPointer { ends in
            var before = start
            for i in 0..<ends.count {
                let n = unsafe ends[i] - before
                unsafe before = ends[i]
                if n == length || n == 0 { continue }
                if length != 0 {
                    isCommon = false
                    return
                }
                length = n
            }
        }
        return isCommon ? length : nil
    }

    /// What is left of costs after the rates, in quanta; returns the bits that costs and residuals need.
    static func residuals(
        _ costs: Span<Int64>, _ rates: CostRates, models: Span<UInt32>, _ input: Span<Int64>,
        _ output: Span<Int64>,
        _ cacheRead: Span<Int64>, _ cacheWrite: Span<Int64>, into residuals: inout [Int64]
    ) -> (plain: Int, left: Int) {
        let n = costs.count
        precondition(
            residuals.count == n && models.count == n && input.count == n && output.count == n
                && cacheRead.count == n && cacheWrite.count == n)
        var plain = 0
        var left = 0
        let (divisor, quantum, offset) = (rates.divisor, rates.quantum, rates.offset)
        let table = rates.rates
        unsafe residuals.withUnsafeMutableBufferPointer { residuals in
            for i in 0..<n {
                let rate = table[Int(models[i])]
                let sum =
                    (rate[0] &* input[i] &+ rate[1] &* output[i])
                    &+ (rate[2] &* cacheRead[i] &+ rate[3] &* cacheWrite[i]) &+ offset
                let cost = costs[i]
                plain &+= 64 &- zigzag(cost).leadingZeroBitCount
                // Mostly the rates hit, which a multiplication shows: the sum lies within the quantum. Costs
                // that large that 1,000 times as much would overflow go the long way.
                let rest = UInt64(bitPattern: sum &- cost &* 1_000)
                if rest < UInt64(bitPattern: divisor), cost.magnitude < 1 << 53 {
                    unsafe residuals[i] = 0
                    continue
                }
                let residual = cost / quantum &- CostRates.floored(sum, divisor)
                unsafe residuals[i] = residual
                left &+= 64 &- zigzag(residual).leadingZeroBitCount
            }
        }
        return (plain, left)
    }
}
