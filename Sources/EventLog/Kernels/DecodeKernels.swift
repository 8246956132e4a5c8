// The inner loops of reading. They are `unsafe` because bounds checks would double their time; in each, the
// preconditions at the top state what the pointers may reach, and every index in the loop is below the count
// that was checked. Values that come from a file are used as an index only after a comparison with the size
// of what they index.

enum DecodeKernels {
    /// Joins byte planes, lowest first, into numbers.
    static func join<T: FixedWidthInteger & SIMDScalar>(
        _ planes: [[UInt8]], width: Int, count: Int, into out: inout [T]
    ) {
        precondition(width >= 1 && width <= planes.count && out.count >= count)
        for k in 0..<width { precondition(planes[k].count >= count) }
        unsafe out.withUnsafeMutableBufferPointer { out in
            unsafe planes[0].withUnsafeBufferPointer { low in
                guard width > 1 else {
                    for i in 0..<count { unsafe out[i] = T(truncatingIfNeeded: low[i]) }
                    return
                }
                unsafe planes[1].withUnsafeBufferPointer { high in
                    // Sixteen at a time as 16-bit numbers first: one at a time, or as wide ones from the
                    // start, it takes three times as long.
                    let (a, b) = (UnsafeRawBufferPointer(low), UnsafeRawBufferPointer(high))
                    let c = UnsafeMutableRawBufferPointer(out)
                    let step = 16
                    var i = 0
                    while i + step <= count {
                        let x = unsafe a.loadUnaligned(fromByteOffset: i, as: SIMD16<UInt8>.self)
                        let y = unsafe b.loadUnaligned(fromByteOffset: i, as: SIMD16<UInt8>.self)
                        let words =
                            SIMD16<UInt16>(truncatingIfNeeded: x)
                            | SIMD16<UInt16>(truncatingIfNeeded: y) &<< 8
                        unsafe c.storeBytes(
                            of: SIMD16<T>(truncatingIfNeeded: words),
                            toByteOffset: i &* MemoryLayout<T>.stride, as: SIMD16<T>.self)
                        i &+= step
                    }
                    while i < count {
                        unsafe out[i] = T(truncatingIfNeeded: UInt16(low[i]) | UInt16(high[i]) << 8)
                        i &+= 1
                    }
                }
            }
            for k in 2..<max(width, 2) {
                let shift = T(truncatingIfNeeded: 8 * k)
                unsafe planes[k].withUnsafeBufferPointer { plane in
                    for i in 0..<count { unsafe out[i] |= T(truncatingIfNeeded: plane[i]) &<< shift }
                }
            }
        }
    }

    /// Undoes zigzag.
    static func unzigzag(_ values: inout [Int64]) {
        unsafe values.withUnsafeMutableBufferPointer { v in
            for i in 0..<v.count {
                let word = unsafe UInt64(bitPattern: v[i])
                unsafe v[i] = Int64(bitPattern: (word >> 1) ^ (0 &- (word & 1)))
            }
        }
    }

    /// Moves the first `count` numbers to the rows that a bitmap names, from the last to the first; zero
    /// elsewhere. `count` is the number of its bits among the rows, so the place read from never falls below
    /// 0 nor exceeds the row.
    static func spread(_ presence: [UInt8], count: Int, _ values: inout [Int64]) {
        let rows = values.count
        precondition(count <= rows && presence.count * 8 >= rows)
        if count == rows { return }
        unsafe values.withUnsafeMutableBufferPointer { v in
            unsafe presence.withUnsafeBufferPointer { bits in
                var from = count
                var row = rows - 1
                while row >= 0 {
                    let present = unsafe Int64(bits[row &>> 3] &>> UInt8(truncatingIfNeeded: row & 7) & 1)
                    from &-= Int(present)
                    let value = unsafe v[from]
                    unsafe v[row] = value & (0 &- present)
                    row &-= 1
                }
            }
        }
    }

    /// Turns zigzag differences, in units, into times; returns the earliest and the latest.
    static func accumulate(_ values: inout [Int64], from first: Int64, unit: Int64) -> (Int64, Int64) {
        var last = first
        var low = Int64.max
        var high = Int64.min
        unsafe values.withUnsafeMutableBufferPointer { v in
            for i in 0..<v.count {
                let word = unsafe UInt64(bitPattern: v[i])
                last = last &+ Int64(bitPattern: (word >> 1) ^ (0 &- (word & 1))) &* unit
                low = last < low ? last : low
                high = last > high ? last : high
                unsafe v[i] = last
            }
        }
        return (low, high)
    }

    /// Turns codes, one byte each, into numbers of the dictionary, and those into what `table` has for them;
    /// false where one is not below `table.count`. `recent` has a word an account, and each of `who` is below
    /// `accounts`. `numbers` takes the numbers themselves, or is empty where nobody wants them.
    ///
    /// Only codes from 4 on bring a number in, 251 at most; all others pick one that came in before, or 0. So
    /// a table of 256 has room for each.
    static func undoRecent(
        _ codes: [UInt8], who: [UInt32], recent: inout [UInt64], accounts: Int, table: [UInt32],
        into out: inout [UInt32], numbers: inout [UInt32]
    ) -> Bool {
        let n = who.count
        precondition(
            codes.count >= n && out.count == n && recent.count >= accounts && !table.isEmpty
                && (numbers.isEmpty || numbers.count == n))
        var all = [UInt32](repeating: 0, count: 256)
        for i in 0..<min(table.count, all.count) { all[i] = table[i] }
        return unsafe numbers.withUnsafeMutableBufferPointer { numbers in
            let highest =
                numbers.isEmpty
                ? undo(codes, who, &recent, accounts, all, &out) { _, _ in }
                : undo(codes, who, &recent, accounts, all, &out) { row, number in
                    unsafe numbers[row] = number
                }
            return highest < table.count
        }
    }

    /// Returns the highest number.
    @inline(__always)
    private static func undo(
        _ codes: [UInt8], _ who: [UInt32], _ recent: inout [UInt64], _ accounts: Int, _ table: [UInt32],
        _ out: inout [UInt32], _ note: (_ row: Int, _ number: UInt32) -> Void
    ) -> Int {
        var highest: UInt64 = 0
        unsafe codes.withUnsafeBytes { codes in
            unsafe who.withUnsafeBufferPointer { who in
                unsafe out.withUnsafeMutableBufferPointer { out in
                    unsafe table.withUnsafeBufferPointer { table in
                        unsafe recent.withUnsafeMutableBufferPointer { recent in
                            for i in 0..<accounts { unsafe recent[i] = 0 }
                            func take(_ row: Int) {
                                let code = unsafe UInt64(codes[row])
                                let account = unsafe Int(who[row])
                                let word = unsafe recent[account]
                                // Without a branch for code 0: models change too often.
                                let value = code < 4 ? (word &>> (16 &* code)) & 0xffff : code &- 4
                                highest = max(highest, value)
                                unsafe out[row] = table[Int(value)]
                                note(row, UInt32(truncatingIfNeeded: value))
                                unsafe recent[account] = movedToFront(word, value: value, code: code)
                            }
                            let n = who.count
                            var row = 0
                            while row &+ 8 <= n {
                                // Eight rows that repeat what their accounts had are the rule for all but
                                // models.
                                if unsafe codes.loadUnaligned(fromByteOffset: row, as: UInt64.self) == 0 {
                                    for i in row..<row &+ 8 {
                                        let number = unsafe recent[Int(who[i])] & 0xffff
                                        unsafe out[i] = table[Int(number)]
                                        note(i, UInt32(truncatingIfNeeded: number))
                                    }
                                } else {
                                    for i in row..<row &+ 8 { take(i) }
                                }
                                row &+= 8
                            }
                            while row < n {
                                take(row)
                                row &+= 1
                            }
                        }
                    }
                }
            }
        }
        return Int(highest)
    }

    /// The same for codes of more than a byte, in place.
    static func undoRecent(
        _ codes: inout [UInt32], who: [UInt32], recent: inout [UInt64], accounts: Int, dictionary: Int
    ) -> Bool {
        precondition(who.count == codes.count && recent.count >= accounts)
        var highest: UInt64 = 0
        unsafe codes.withUnsafeMutableBufferPointer { codes in
            unsafe who.withUnsafeBufferPointer { who in
                unsafe recent.withUnsafeMutableBufferPointer { recent in
                    for i in 0..<accounts { unsafe recent[i] = 0 }
                    for i in 0..<codes.count {
                        let code = unsafe UInt64(codes[i])
                        let account = unsafe Int(who[i])
                        let word = unsafe recent[account]
                        let value = code < 4 ? (word &>> (16 &* code)) & 0xffff : code &- 4
                        highest = max(highest, value)
                        unsafe codes[i] = UInt32(truncatingIfNeeded: value)
                        unsafe recent[account] = movedToFront(word, value: value & 0xffff, code: code)
                    }
                }
            }
        }
        return highest < UInt64(dictionary)
    }

    /// Whether all numbers are below a bound.
    static func all(_ values: [UInt32], below bound: Int) -> Bool {
        var highest: UInt32 = 0
        unsafe values.withUnsafeBufferPointer { v in
            for i in 0..<v.count { unsafe highest = max(highest, v[i]) }
        }
        return values.isEmpty || Int(highest) < bound
    }

    /// Looks numbers up in a table; each is below its size.
    static func gather(_ numbers: [UInt32], _ table: [UInt32], into out: inout [UInt32]) {
        precondition(out.count == numbers.count)
        unsafe out.withUnsafeMutableBufferPointer { out in
            unsafe numbers.withUnsafeBufferPointer { numbers in
                unsafe table.withUnsafeBufferPointer { table in
                    for i in 0..<out.count { unsafe out[i] = table[Int(numbers[i])] }
                }
            }
        }
    }

    /// Sets all numbers to one.
    static func fill<T: FixedWidthInteger>(_ out: inout [T], with value: T) {
        unsafe out.withUnsafeMutableBufferPointer { unsafe $0.update(repeating: value) }
    }

    /// Two lower-case hexadecimal digits for each byte.
    static func hexDigits(_ bytes: [UInt8], count: Int) -> [UInt8] {
        precondition(bytes.count >= count)
        return unsafe [UInt8](unsafeUninitializedCapacity: 2 * count) { out, initialized in
            unsafe bytes.withUnsafeBufferPointer { bytes in
                for i in 0..<count {
                    let byte = unsafe UInt16(bytes[i])
                    // Both digits at once: 6 is added where a nibble is above 9, and 0x27 more makes it a
                    // letter.
                    let nibbles = byte >> 4 | (byte & 15) << 8
                    let letters = ((nibbles &+ 0x0606) >> 4) & 0x0101
                    let digits = nibbles &+ 0x3030 &+ letters &* 0x27
                    unsafe out[2 * i] = UInt8(truncatingIfNeeded: digits)
                    unsafe out[2 * i + 1] = UInt8(truncatingIfNeeded: digits >> 8)
                }
            }
            initialized = 2 * count
        }
    }
}

extension CostRates {
    /// Adds what the rates predict to the residuals in `batch.cost`, or to zero. Each of `models` is below
    /// `rates.count`.
    func addPredictions(
        models: [UInt32], input: [Int64], output: [Int64], cacheRead: [Int64], cacheWrite: [Int64],
        to cost: inout [Int64]
    ) {
        // A constant divisor is a multiplication; whole micro-dollars are the common case.
        if divisor == 1_000_000 {
            add(models, input, output, cacheRead, cacheWrite, &cost) {
                // Hardly any is negative, and the others are divided in fewer steps.
                $0 >= 0 ? Int64(UInt64($0) / 1_000_000) : Self.floored($0, 1_000_000)
            }
        } else {
            let divisor = divisor
            add(models, input, output, cacheRead, cacheWrite, &cost) { Self.floored($0, divisor) }
        }
    }

    @inline(__always)
    private func add(
        _ models: [UInt32], _ input: [Int64], _ output: [Int64], _ cacheRead: [Int64], _ cacheWrite: [Int64],
        _ cost: inout [Int64], _ divide: (Int64) -> Int64
    ) {
        let n = cost.count
        precondition(
            models.count == n && input.count == n && output.count == n && cacheRead.count == n
                && cacheWrite.count == n)
        let (offset, quantum) = (offset, quantum)
        unsafe cost.withUnsafeMutableBufferPointer { cost in
            unsafe models.withUnsafeBufferPointer { models in
                unsafe rates.withUnsafeBufferPointer { rates in
                    unsafe input.withUnsafeBufferPointer { a in
                        unsafe output.withUnsafeBufferPointer { b in
                            unsafe cacheRead.withUnsafeBufferPointer { c in
                                unsafe cacheWrite.withUnsafeBufferPointer { d in
                                    for i in 0..<n {
                                        let rate = unsafe rates[Int(models[i])]
                                        let sum =
                                            unsafe rate[0] &* a[i] &+ rate[1] &* b[i] &+ rate[2] &* c[i]
                                            &+ rate[3] &* d[i] &+ offset
                                        unsafe cost[i] = (divide(sum) &+ cost[i]) &* quantum
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}
