import Detection

extension AlertBook {
    /// Forgets what is open and what was said about an account.
    public mutating func forget(_ account: UInt32) {
        drop { key, _ in key.account == account }
    }

    /// Forgets open alerts with a text that must go.
    public mutating func forget(text mustGo: (String) -> Bool) {
        drop { _, entry in entry.map { mustGo($0.transition.json) || mustGo($0.anomaly.value ?? "") } ?? false
        }
    }

    /// Drops entries, and the names of families that no entry is of any more: they contain labels.
    private mutating func drop(where isGone: (Key, Open?) -> Bool) {
        let gone = Set(open.filter { isGone($0.key, $0.value) }.keys)
            .union(quiet.keys.filter { isGone($0, open[$0]) })
        var numbers: [Int: Int] = [0: 0]
        let kept = open.keys.filter { !gone.contains($0) } + quiet.keys.filter { !gone.contains($0) }
        let used = Set(kept.map(\.family))
        var names: [String: Int] = [:]
        for (name, number) in families.sorted(by: { $0.value < $1.value }) where used.contains(number) {
            names[name] = names.count + 1
            numbers[number] = names.count
        }
        families = names
        func renumbered<Value>(_ entries: [Key: Value]) -> [Key: Value] {
            var out: [Key: Value] = [:]
            for (key, value) in entries where !gone.contains(key) {
                out[Key(account: key.account, family: numbers[key.family] ?? 0)] = value
            }
            return out
        }
        open = renumbered(open)
        deadlines = renumbered(deadlines)
        quiet = renumbered(quiet)
    }
}
