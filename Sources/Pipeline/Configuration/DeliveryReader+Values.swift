import Yams

/// What every section is made of: members, texts, numbers, and faults with their lines.
extension DeliveryReader {
    /// The keys of a section; a list or a single value is a fault.
    mutating func members(_ node: Node, _ path: String, wanted: String) -> [(String, Node)] {
        guard case .mapping(let mapping) = node else {
            if !TidemarkConfiguration.isNothing(node) { shape(node, path, wanted: wanted) }
            return []
        }
        return mapping.compactMap { name, value in
            guard let text = name.scalar?.string else {
                shape(name, path, wanted: "the name of a key")
                return nil
            }
            return (text, value)
        }
    }

    mutating func text(_ node: Node, _ path: String) -> String? {
        guard case .scalar(let scalar) = node, !TidemarkConfiguration.isNothing(node), !scalar.string.isEmpty
        else {
            shape(node, path, wanted: "a text")
            return nil
        }
        return scalar.string
    }

    /// One text, or a list of them.
    mutating func texts(_ node: Node, _ path: String) -> [String] {
        guard case .sequence(let list) = node else { return text(node, path).map { [$0] } ?? [] }
        return list.compactMap { text($0, path) }
    }

    mutating func flag(_ node: Node, _ path: String, _ set: (Bool) -> Void) {
        switch node.scalar?.string {
        case "true": set(true)
        case "false": set(false)
        default: shape(node, path, wanted: "true or false")
        }
    }

    mutating func whole(
        _ node: Node, _ path: String, _ range: ClosedRange<Int>, _ unit: String, _ set: (Int) -> Void
    ) {
        let wanted = "a whole number from \(range.lowerBound) to \(range.upperBound) (\(unit))"
        guard let text = node.scalar?.string, let value = Int(text) else {
            return shape(node, path, wanted: wanted)
        }
        guard range.contains(value) else {
            return add(node, path, .outOfRange(found: text, wanted: wanted))
        }
        set(value)
    }

    /// One number, or a list of them.
    mutating func wholes(_ node: Node, _ path: String, _ range: ClosedRange<Int>, _ unit: String) -> [Int] {
        var found: [Int] = []
        let list: [Node] = if case .sequence(let list) = node { Array(list) } else { [node] }
        for node in list { whole(node, path, range, unit) { found.append($0) } }
        return found
    }

    mutating func shape(_ node: Node, _ path: String, wanted: String) {
        guard case .scalar(let scalar) = node else {
            return add(node, path, .wrongShape(found: TidemarkConfiguration.shape(node), wanted: wanted))
        }
        add(node, path, .wrongType(found: scalar.string, wanted: wanted))
    }

    mutating func unknown(_ node: Node, _ path: String, _ name: String, _ known: [String]) {
        guard let nearest = ConfigurationKeys.nearest(to: name, in: known) else {
            return fault(node, path, "there is no \(name); there is \(known.joined(separator: ", "))")
        }
        fault(node, path, "there is no \(name); did you mean \(nearest)?")
    }

    mutating func fault(_ node: Node, _ path: String, _ sentence: String) {
        add(node, path, .invalid(sentence))
    }

    private mutating func add(_ node: Node, _ path: String, _ problem: ConfigurationFault.Problem) {
        let (line, column) = (node.mark?.line ?? 0, node.mark?.column ?? 0)
        let place = ConfigurationFault.Place.file(name: file, line: line, column: column)
        faults.append((line, ConfigurationFault(place: place, key: path, problem: problem)))
    }
}
