import UsageEvents

/// Models whose tokens have no price, with how many events they had.
///
/// Events that are included in a plan need none. A thousand names are told apart, further ones count
/// together.
struct UnpricedModels {
    private var events: [String: Int] = [:]
    private var names: [String] = []
    private static let namesMax = 1_000

    /// Models in order of first appearance.
    var all: [(name: String, count: Int)] { names.map { ($0, events[$0] ?? 0) } }

    /// Counts the rows of a batch that have tokens and a model, but no cost.
    mutating func count(_ batch: EventBatch, _ models: SymbolTable) {
        var byModel: [UInt32: Int] = [:]
        for row in batch.shape.indices {
            let shape = EventShape(rawValue: batch.shape[row])
            guard !shape.hasCost, shape.basis != .included, batch.model[row] != SymbolTable.null else {
                continue
            }
            if batch.inputTokens[row] | batch.outputTokens[row] | batch.cacheReadTokens[row]
                | batch.cacheWriteTokens[row] != 0
            {
                byModel[batch.model[row], default: 0] += 1
            }
        }
        for model in byModel.keys.sorted() {
            var name = models.text(of: model)
            if names.count >= Self.namesMax, events[name] == nil { name = SymbolTable.otherName }
            if events[name] == nil { names.append(name) }
            events[name, default: 0] += byModel[model] ?? 0
        }
    }
}
