public import UsageEvents

extension DuplicateWindow {
    /// Writes which ids are remembered and when they are forgotten: sources in the order of their names,
    /// ids in that of their arrival, sixteen bytes each.
    public func write(into w: inout StateWriter) {
        w.unsigned(end)
        let active = sources.filter { $0.keys > 0 }.sorted {
            $0.name.utf8.lexicographicallyPrecedes($1.name.utf8)
        }
        w.count(active.count)
        for source in active { source.write(into: &w) }
    }

    /// Reads what `write` wrote.
    public init(_ r: inout StateReader) throws(StateFault) {
        try self.init(&r, bounds: Bounds())
    }

    init(_ r: inout StateReader, bounds: Bounds) throws(StateFault) {
        self.init(bounds: bounds)
        end = try r.unsigned()
        for _ in 0..<(try r.count()) {
            let name = try r.text()
            if let last = sources.last {
                try r.check(
                    last.name.utf8.lexicographicallyPrecedes(name.utf8), "sources in ascending order")
            }
            var source = SourceWindow(name: name)
            try source.read(&r, bounds: bounds)
            add(source)
        }
        try r.end()
    }
}

extension SourceWindow {
    func write(into w: inout StateWriter) {
        w.text(name)
        older.write(into: &w)
        current.write(into: &w)
        for keys in ids.generations {
            w.count(keys.count)
            for key in keys { w.hash(key) }
        }
    }

    mutating func read(_ r: inout StateReader, bounds: DuplicateWindow.Bounds) throws(StateFault) {
        older = try Generation(&r)
        current = try Generation(&r)
        let before = try Self.keys(&r)
        let now = try Self.keys(&r)
        let sum = before.count + now.count
        try r.check(sum > 0 && sum <= bounds.keysMax, "the ids of a source")
        ids = KeySet(older: before, current: now)
    }

    private static func keys(_ r: inout StateReader) throws(StateFault) -> [Hash128] {
        let count = try r.count(eachAtLeast: 16)
        var keys: [Hash128] = []
        keys.reserveCapacity(count)
        for _ in 0..<count { keys.append(try r.hash()) }
        return keys
    }
}

extension SourceWindow.Generation {
    func write(into w: inout StateWriter) {
        w.unsigned(start)
        w.signed(ts)
        w.count(beyond)
    }

    init(_ r: inout StateReader) throws(StateFault) {
        self.init(start: try r.unsigned(), ts: try r.signed(), beyond: try r.number())
    }
}
