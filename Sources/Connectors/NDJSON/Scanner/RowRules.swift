import UsageEvents

/// What the options say, in the form in which the scanner uses it.
struct RowRules: Sendable {
    /// In canonical form; empty where there is none.
    let defaultIdentity: [UInt8]
    let defaultSource: [UInt8]
    let prices: PriceTable?

    init(options: DecoderOptions) {
        defaultIdentity = Array(EventRules.canonicalIdentity(options.defaultIdentity ?? "").utf8)
        defaultSource = Array((options.defaultSource ?? "").utf8)
        prices = options.prices
    }
}

/// What depends on the symbol tables of a call: numbers of defaults, prices by model.
///
/// Made anew for each call, since the next one may come with other tables.
struct LabelState: Sendable {
    /// Numbers of the defaults, 0 while they are not needed.
    var defaultIdentity: UInt32 = 0
    var defaultSource: UInt32 = 0
    /// By model symbol: its number in the price table, -1 where it has none, -2 while nobody asked.
    private var priceOfModel: [Int32] = []

    mutating func begin() {
        defaultIdentity = 0
        defaultSource = 0
        priceOfModel.removeAll(keepingCapacity: true)
    }

    /// The number of a model in the price table; nil where it has no price.
    mutating func price(of model: UInt32, _ prices: PriceTable, _ models: SymbolTable) -> Int? {
        let index = Int(model)
        while priceOfModel.count <= index { priceOfModel.append(-2) }
        if priceOfModel[index] == -2 {
            priceOfModel[index] = prices.model(named: models.text(of: model)).map { Int32($0) } ?? -1
        }
        return priceOfModel[index] < 0 ? nil : Int(priceOfModel[index])
    }
}
