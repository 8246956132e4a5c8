internal import UsageEvents

/// Finds the rates of a block by least squares, one model at a time, and keeps them for the next block.
///
/// Floating point is used to guess only: a bad guess costs bytes, never a cost.
struct RateFitter {
    /// Rates by model symbol that predicted well in an earlier block.
    private var known: [UInt32: CostRates.Rate] = [:]
    /// Rows of each model that judge a guess, `sampleMax` places a model.
    private var samples: [Int32] = []
    private var rowCounts: [Int] = []
    private var systems: [NormalEquations] = []
    private static let sampleMax = 32
    /// A model with fewer rows than this is not worth ten bytes of rates.
    private static let rowsMin = 8

    /// The rates of rows whose models have local numbers below `models.count + 1`; `models` holds their
    /// symbols.
    mutating func fit(
        _ batch: EventBatch, _ rows: Range<Int>, numbers: Span<UInt32>, models: [UInt32]
    ) -> CostRates {
        var result = CostRates()
        result.quantum = Self.quantum(batch.cost.span.extracting(rows))
        result.rates = [CostRates.Rate](repeating: .zero, count: models.count + 1)
        sample(numbers, models: models.count + 1)
        var best = -1
        // The rows decide whether the source rounded, or cut: the guesses below hardly depend on it.
        var unknown = false
        for number in 0...models.count where rowCounts[number] >= Self.rowsMin {
            if let rate = known[number == 0 ? 0 : models[number - 1]] {
                result.rates[number] = rate
            } else {
                unknown = true
            }
        }
        for offset in [result.divisor / 2, 0, result.divisor - 1] {
            let hits = score(batch, rows, result.rates, offset: offset, divisor: result.divisor)
            if hits > best {
                best = hits
                result.offset = offset
            }
        }
        var total = 0
        for count in rowCounts { total += min(count, Self.sampleMax) }
        if unknown || best * 20 < total * 19 { refit(batch, rows, numbers: numbers, models: models, &result) }
        for number in 0...models.count where rowCounts[number] >= 4 * Self.rowsMin {
            let symbol = number == 0 ? 0 : models[number - 1]
            if known.count > 100_000 { known.removeAll() }
            known[symbol] = result.rates[number]
        }
        return result
    }

    /// The largest power of ten, up to a thousandth of a dollar, that divides every cost.
    private static func quantum(_ costs: Span<Int64>) -> Int64 {
        var i = 0
        // Divisors that are known when this is compiled: division by another takes ten times as long.
        if isMultiple(costs, of: 1_000_000, from: &i) { return 1_000_000 }
        if isMultiple(costs, of: 100_000, from: &i) { return 100_000 }
        if isMultiple(costs, of: 10_000, from: &i) { return 10_000 }
        if isMultiple(costs, of: 1_000, from: &i) { return 1_000 }
        if isMultiple(costs, of: 100, from: &i) { return 100 }
        return isMultiple(costs, of: 10, from: &i) ? 10 : 1
    }

    /// Moves `i` to the first cost that the divisor does not divide; true where there is none.
    @inline(__always)
    private static func isMultiple(_ costs: Span<Int64>, of divisor: Int64, from i: inout Int) -> Bool {
        while i < costs.count, costs[i] % divisor == 0 { i += 1 }
        return i == costs.count
    }

    private mutating func sample(_ numbers: Span<UInt32>, models: Int) {
        rowCounts = [Int](repeating: 0, count: models)
        if samples.count < models * Self.sampleMax {
            samples = [Int32](repeating: 0, count: models * Self.sampleMax)
        }
        // Rows spread over the block, so that a change of prices in its middle is seen.
        let stride = max(1, numbers.count / 16_384)
        var phase = 0
        for i in numbers.indices {
            let model = Int(numbers[i])
            let n = rowCounts[model]
            if n < Self.sampleMax {
                samples[model * Self.sampleMax + n] = Int32(i)
            } else if phase == 0 {
                samples[model * Self.sampleMax + (n &* 7 + i) % Self.sampleMax] = Int32(i)
            }
            rowCounts[model] = n + 1
            phase = phase + 1 == stride ? 0 : phase + 1
        }
    }

    private func score(
        _ batch: EventBatch, _ rows: Range<Int>, _ rates: [CostRates.Rate], offset: Int64, divisor: Int64
    ) -> Int {
        var hits = 0
        for model in rates.indices where rowCounts[model] >= Self.rowsMin {
            hits += score(batch, rows, model: model, rates[model], offset: offset, divisor: divisor)
        }
        return hits
    }

    /// How many sampled rows of a model are predicted exactly.
    private func score(
        _ batch: EventBatch, _ rows: Range<Int>, model: Int, _ rate: CostRates.Rate, offset: Int64,
        divisor: Int64
    ) -> Int {
        var hits = 0
        for k in 0..<min(rowCounts[model], Self.sampleMax) {
            let row = rows.lowerBound + Int(samples[model * Self.sampleMax + k])
            let predicted = CostRates.predict(rate, batch.tokens(row), offset: offset, divisor: divisor)
            if predicted &* (divisor / 1_000) == batch.cost[row] { hits += 1 }
        }
        return hits
    }

    private mutating func refit(
        _ batch: EventBatch, _ rows: Range<Int>, numbers: Span<UInt32>, models: [UInt32],
        _ result: inout CostRates
    ) {
        systems = [NormalEquations](repeating: NormalEquations(), count: models.count + 1)
        for i in numbers.indices {
            let row = rows.lowerBound + i
            systems[Int(numbers[i])].add(batch.tokens(row), cost: batch.cost[row])
        }
        var best = -1
        var chosen = result
        for offset in [result.divisor / 2, 0, result.divisor - 1] {
            var candidate = result
            candidate.offset = offset
            // A source that cuts is on average half a quantum below its prices.
            let bias = Double(result.divisor / 2 - offset) / 1_000
            var hits = 0
            for model in candidate.rates.indices where rowCounts[model] >= Self.rowsMin {
                var top = score(
                    batch, rows, model: model, candidate.rates[model], offset: offset, divisor: result.divisor
                )
                if top * 20 < min(rowCounts[model], Self.sampleMax) * 19 {
                    let raw = systems[model].solve(bias: bias)
                    // Price lists are whole thousandths of a dollar per million tokens: try those first.
                    for unit: Int64 in [1_000, 100, 1] {
                        let rate = raw.snapped(to: unit)
                        let n = score(
                            batch, rows, model: model, rate, offset: offset, divisor: result.divisor)
                        if n > top || (unit == 1 && top == 0) {
                            top = n
                            candidate.rates[model] = rate
                        }
                    }
                }
                hits += top
            }
            if hits > best {
                best = hits
                chosen = candidate
            }
        }
        result = chosen
    }
}

extension EventBatch {
    /// Input, output, cache read and cache write tokens of a row.
    @inline(__always)
    func tokens(_ row: Int) -> CostRates.Rate {
        CostRates.Rate(inputTokens[row], outputTokens[row], cacheReadTokens[row], cacheWriteTokens[row])
    }
}

/// Least squares of cost over four token counts: the sums of products, 4 by 4, and of products with the cost.
struct NormalEquations {
    private var products: (SIMD4<Double>, SIMD4<Double>, SIMD4<Double>, SIMD4<Double>) = (
        .zero, .zero, .zero, .zero
    )
    private var costs = SIMD4<Double>.zero
    private var sums = SIMD4<Double>.zero

    /// Takes one row; `cost` is in nano-dollars.
    @inline(__always)
    mutating func add(_ tokens: CostRates.Rate, cost: Int64) {
        let x = SIMD4<Double>(tokens)
        products.0 += x * x[0]
        products.1 += x * x[1]
        products.2 += x * x[2]
        products.3 += x * x[3]
        costs += x * Double(cost)
        sums += x
    }

    /// Nano-dollars a token, where each cost lies `bias` above what is stored. A count that is always zero,
    /// or that cannot be told from another one, gets rate 0.
    func solve(bias: Double) -> FittedRate {
        var a = [products.0, products.1, products.2, products.3]
        var b = costs + sums * bias
        var x = SIMD4<Double>.zero
        var isPivot = [false, false, false, false]
        for k in 0..<4 {
            let size = [products.0[0], products.1[1], products.2[2], products.3[3]][k]
            guard size > 0, a[k][k] > size * 1e-10 else { continue }
            isPivot[k] = true
            for r in 0..<4 where r != k {
                let factor = a[r][k] / a[k][k]
                a[r] -= a[k] * factor
                b[r] -= b[k] * factor
            }
        }
        for k in 0..<4 where isPivot[k] { x[k] = b[k] / a[k][k] }
        return FittedRate(nanoDollars: x)
    }
}

/// Rates as least squares found them, in nano-dollars a token.
struct FittedRate {
    let nanoDollars: SIMD4<Double>

    /// The rates in whole pico-dollars, rounded to a multiple of `unit`; 0 for what no price can be.
    func snapped(to unit: Int64) -> CostRates.Rate {
        var rate = CostRates.Rate()
        for k in 0..<4 {
            let pico = nanoDollars[k] * 1_000
            // A million dollars a token is beyond any price, and below what an Int64 holds.
            guard pico.isFinite, pico.magnitude < 1e15 else { continue }
            let units = (pico / Double(unit)).rounded()
            rate[k] = Int64(units) * unit
        }
        return rate
    }
}
