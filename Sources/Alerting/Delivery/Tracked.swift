/// A dictionary that remembers which of its entries were touched since its state was last written down.
struct Tracked<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    /// What it holds.
    private(set) var entries: [Key: Value] = [:]
    /// Keys that were set, changed or removed.
    private(set) var touched: Set<Key> = []

    var count: Int { entries.count }

    subscript(key: Key) -> Value? {
        get { entries[key] }
        set {
            touched.insert(key)
            entries[key] = newValue
        }
    }

    /// Removes the entries that are not wanted any more.
    mutating func keep(_ isWanted: (Value) -> Bool) {
        for (key, value) in entries where !isWanted(value) { self[key] = nil }
    }

    /// The state was written down.
    mutating func settle() { touched.removeAll(keepingCapacity: true) }
}
