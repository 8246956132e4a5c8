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

    /// One byte of each of the first `count` words.
    static func plane(_ words: [UInt64], shift: Int, count: Int, into plane: inout [UInt8]) {
        precondition(words.count >= count && plane.count >= count)
        let shift = UInt64(shift)
        unsafe words.withUnsafeBufferPointer { w in
            unsafe plane.withUnsafeMutableBufferPointer { p in
                for i in 0..<count { unsafe p[i] = UInt8(truncatingIfNeeded: w[i] &>> shift) }
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

    /// Numbers the rows of a label column in order of first appearance.
    static func number(
        _ column: Span<UInt32>, local: inout [UInt32], symbols: inout [UInt32], into rows: inout [UInt32]
    ) {
        precondition(rows.count == column.count)
        let tableCount = local.count
        unsafe column.withUnsafeBufferPointer { column in
            unsafe rows.withUnsafeMutableBufferPointer { rows in
                unsafe local.withUnsafeMutableBufferPointer { local in
                    for i in 0..<column.count {
                        let symbol = unsafe Int(column[i])
                        precondition(symbol < tableCount)
                        var number = unsafe local[symbol]
                        if number == 0, symbol != 0 {
                            symbols.append(UInt32(symbol))
                            number = UInt32(symbols.count)
                            unsafe local[symbol] = number
                        }
                        unsafe rows[i] = number
                    }
                }
            }
        }
    }

    /// Codes of labels against the four last values of each account, whose words are in `recent`.
    static func recentCodes(
        _ rows: Span<UInt32>, identities: Span<UInt32>, recent: inout [UInt64], into codes: inout [UInt32]
    ) {
        precondition(identities.count == rows.count && codes.count == rows.count)
        let accounts = recent.count
        unsafe rows.withUnsafeBufferPointer { rows in
            unsafe identities.withUnsafeBufferPointer { identities in
                unsafe recent.withUnsafeMutableBufferPointer { recent in
                    unsafe codes.withUnsafeMutableBufferPointer { codes in
                        for i in 0..<rows.count {
                            let who = unsafe Int(identities[i])
                            precondition(who < accounts)
                            let word = unsafe recent[who]
                            let value = unsafe UInt64(rows[i])
                            // Where a value of the word is this one, the difference has a zero there, and
                            // `matches` the high bit. No branch: which place it is can hardly be guessed.
                            let difference = word ^ (value &* 0x0001_0001_0001_0001)
                            let low15: UInt64 = 0x7fff_7fff_7fff_7fff
                            let matches = ~((difference & low15) &+ low15 | difference | low15)
                            // The lowest match wins; the writer and the reader move it to the front alike.
                            let place = UInt64(truncatingIfNeeded: matches.trailingZeroBitCount &>> 4)
                            // 4 stands for no match: then the code is the value and 4.
                            unsafe codes[i] = UInt32(
                                truncatingIfNeeded: place &+ (value & (0 &- (place &>> 2))))
                            unsafe recent[who] = movedToFront(word, value: value, code: place)
                        }
                    }
                }
            }
        }
    }

    /// Whether all bytes are lower-case hexadecimal digits.
    static func isHex(_ bytes: Span<UInt8>) -> Bool {
        var strange: UInt8 = 0
        unsafe bytes.withUnsafeBufferPointer { p in
            for i in 0..<p.count {
                let b = unsafe p[i]
                let isDigit: UInt8 = b &- 48 < 10 ? 1 : 0
                let isLetter: UInt8 = b &- 97 < 6 ? 1 : 0
                strange |= (isDigit | isLetter) ^ 1
            }
        }
        return strange == 0
    }

    /// Two digits to a byte; `digits` has an even number of them.
    static func packHex(_ digits: Span<UInt8>, into out: inout [UInt8]) {
        let half = digits.count / 2
        precondition(out.count >= half)
        unsafe digits.withUnsafeBytes { source in
            unsafe out.withUnsafeMutableBytes { target in
                var i = 0
                while i + 8 <= half {
                    let digits = unsafe source.loadUnaligned(fromByteOffset: 2 * i, as: SIMD2<UInt64>.self)
                    // A letter has bit 6; its low four bits are 1 for `a`.
                    let letters = (digits &>> 6) & SIMD2(repeating: 0x0101_0101_0101_0101)
                    let nibbles =
                        (digits & SIMD2(repeating: 0x0f0f_0f0f_0f0f_0f0f)) &+ letters &+ (letters &<< 3)
                    let pairs = (nibbles &<< 4 | nibbles &>> 8) & SIMD2(repeating: 0x00ff_00ff_00ff_00ff)
                    let quads = (pairs | pairs &>> 8) & SIMD2(repeating: 0x0000_ffff_0000_ffff)
                    let packed = quads | quads &>> 16
                    unsafe target.storeBytes(
                        of: packed[0] & 0xffff_ffff | packed[1] &<< 32, toByteOffset: i, as: UInt64.self)
                    i &+= 8
                }
                while i < half {
                    let (a, b) = unsafe (source[2 * i], source[2 * i + 1])
                    unsafe target[i] = ((a & 15) &+ (a >> 6) &* 9) << 4 | ((b & 15) &+ (b >> 6) &* 9)
                    i &+= 1
                }
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
