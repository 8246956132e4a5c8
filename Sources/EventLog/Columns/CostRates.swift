/// The prices that a block's costs follow, found from the costs: so that a cost is stored as what is left
/// after prediction, which is nothing where the source multiplied tokens by a price list.
///
/// Rates are whole pico-dollars a token, so the prediction is integer arithmetic. It wraps, in the writer and
/// in the reader alike: whatever the rates are, `quantum * (prediction + residual)` is the cost that went in,
/// exactly.
struct CostRates: Equatable {
    /// Pico-dollars a token of input, output, cache read, cache write.
    typealias Rate = SIMD4<Int64>

    /// All costs of the block are multiples of this many nano-dollars: a power of ten.
    var quantum: Int64 = 1
    /// Added before rounding down, in pico-dollars: 0 where the source cut, half a quantum where it rounded.
    var offset: Int64 = 0
    /// By the block's number of the model; 0 is "no model".
    var rates: [Rate] = []

    /// The cost in quanta that the rates give.
    @inline(__always)
    static func predict(_ rate: Rate, _ tokens: Rate, offset: Int64, divisor: Int64) -> Int64 {
        let product = rate &* tokens
        let sum = (product[0] &+ product[1]) &+ (product[2] &+ product[3]) &+ offset
        return floored(sum, divisor)
    }

    /// Division that rounds down; `divisor` is positive.
    @inline(__always)
    static func floored(_ a: Int64, _ divisor: Int64) -> Int64 {
        let q = a / divisor
        return q &- (a &- q &* divisor < 0 ? 1 : 0)
    }

    /// Pico-dollars in a quantum.
    var divisor: Int64 { quantum &* 1_000 }

    /// The bytes of the stream.
    func write(into out: inout [UInt8]) {
        out.append(varint: UInt64(bitPattern: quantum))
        out.append(varint: UInt64(bitPattern: offset))
        for rate in rates {
            for k in 0..<4 { out.append(varint: zigzag(rate[k])) }
        }
    }

    /// Reads the stream for so many models, null included; nil where it is not one.
    init?(_ bytes: Span<UInt8>, models: Int) {
        var at = 0
        guard let quantum = bytes.varint(at: &at), quantum > 0, quantum <= 1_000_000_000,
            let offset = bytes.varint(at: &at), offset <= quantum * 1_000
        else { return nil }
        self.quantum = Int64(quantum)
        self.offset = Int64(offset)
        rates.reserveCapacity(models)
        for _ in 0..<models {
            var rate = Rate()
            for k in 0..<4 {
                guard let value = bytes.varint(at: &at) else { return nil }
                rate[k] = unzigzag(value)
            }
            rates.append(rate)
        }
        guard at == bytes.count else { return nil }
    }

    init() {}
}
