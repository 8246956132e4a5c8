import Yams

extension TidemarkConfiguration {
    /// Bytes of the largest file that is taken for a configuration.
    public static let fileBytesMax = 1 << 20

    /// Aliases (`*name`) that a file may have. The parser spells out what they stand for wherever it compares
    /// keys, so that each could double the work of all the others.
    public static let aliasesMax = 8

    /// Takes over the values of a YAML file; `file` is its name for messages.
    ///
    /// A key may stand below its sections or be spelt whole, with dots; so the canonical text is a file, too.
    /// The sections that say who is told are not the log's: `DeliveryConfiguration` reads them.
    /// - Throws: every fault of the file, or the first hundred; then nothing was taken over.
    public mutating func apply(yaml bytes: [UInt8], file: String) throws(ConfigurationError) {
        guard let root = try Self.compose(yaml: bytes, file: file) else { return }
        var reader = YAMLReader(file: file, configuration: self)
        reader.read(section: root, path: "")
        guard reader.faults.isEmpty else { throw ConfigurationError(faults: reader.faults) }
        self = reader.configuration
    }

    /// The tree of a file; nil where it says nothing.
    static func compose(yaml bytes: [UInt8], file: String) throws(ConfigurationError) -> Node? {
        func whole(_ problem: ConfigurationFault.Problem, line: Int = 0, column: Int = 0)
            -> ConfigurationError
        {
            let place = ConfigurationFault.Place.file(name: file, line: line, column: column)
            return ConfigurationError(faults: [ConfigurationFault(place: place, key: "", problem: problem)])
        }
        guard bytes.count <= Self.fileBytesMax else {
            throw whole(.tooLarge(bytes: bytes.count, most: Self.fileBytesMax))
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw whole(.notYAML(reason: "it is not UTF-8"))
        }
        guard Self.aliases(bytes) <= Self.aliasesMax else {
            throw whole(.tooManyAliases(most: Self.aliasesMax))
        }
        let root: Node?
        do {
            root = try Yams.compose(yaml: text)
        } catch let error as YamlError {
            switch error {
            case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
                .composer(_, let problem, let mark, _):
                throw whole(.notYAML(reason: problem), line: mark.line, column: mark.column)
            case .reader(let problem, _, _, _): throw whole(.notYAML(reason: problem))
            case .duplicatedKeysInMapping(let keys, let context):
                let place = ConfigurationFault.Place.file(
                    name: file, line: context.mark.line, column: context.mark.column
                )
                let faults = keys.map { ConfigurationFault(place: place, key: $0, problem: .repeated) }
                throw ConfigurationError(faults: faults)
            default: throw whole(.notYAML(reason: "\(error)"))
            }
        } catch {
            throw whole(.notYAML(reason: "\(error)"))
        }
        guard let root, !Self.isNothing(root) else { return nil }
        return root
    }

    /// How often a star stands before a letter, digit, `-` or `_`: nothing else begins an alias.
    private static func aliases(_ bytes: [UInt8]) -> Int {
        zip(bytes, bytes.dropFirst()).count { star, next in
            star == UInt8(ascii: "*")
                && (next == 0x2d || next == 0x5f || (0x30...0x39).contains(next)
                    || (0x41...0x5a).contains(next & 0xdf))
        }
    }

    /// What a node is, for a fault.
    static func shape(_ node: Node) -> String {
        switch node {
        case .scalar: "a single value"
        case .mapping: "a section"
        case .sequence: "a list"
        case .alias: "an alias"
        }
    }

    /// Whether a node is an empty value or says null.
    static func isNothing(_ node: Node) -> Bool {
        guard case .scalar(let scalar) = node, scalar.style == .plain else { return false }
        return ["", "~", "null"].contains(scalar.string)
    }
}

/// Walks the tree of a file and collects what is wrong with it.
private struct YAMLReader {
    let file: String
    var configuration: TidemarkConfiguration
    var faults: [ConfigurationFault] = []
    private var seen: Set<String> = []

    /// What somebody may still want to read; each costs a search for the key that was meant.
    private static let faultsMax = 100

    init(file: String, configuration: TidemarkConfiguration) {
        self.file = file
        self.configuration = configuration
    }

    mutating func read(section node: Node, path: String) {
        guard case .mapping(let mapping) = node else {
            let found = Self.shape(node)
            fault(
                node, path,
                .wrongShape(found: found, wanted: path.isEmpty ? "sections with keys" : "keys below it"))
            return
        }
        for (name, value) in mapping {
            if faults.count >= Self.faultsMax { return }
            guard let text = name.scalar?.string else {
                fault(name, path, .wrongShape(found: Self.shape(name), wanted: "the name of a key"))
                continue
            }
            let full = path.isEmpty ? text : path + "." + text
            if let key = ConfigurationKeys.key(full) {
                read(key, at: name, value)
            } else if ConfigurationKeys.isSection(full) {
                if !TidemarkConfiguration.isNothing(value) { read(section: value, path: full) }
            } else if !DeliveryConfiguration.sections.contains(full) {
                let nearest =
                    ConfigurationKeys.nearest(to: full)
                    ?? ConfigurationKeys.nearest(to: full, in: DeliveryConfiguration.sections)
                fault(name, full, .unknownKey(nearest: nearest))
            }
        }
    }

    private mutating func read(_ key: ConfigurationKey, at name: Node, _ value: Node) {
        guard seen.insert(key.path).inserted else { return fault(name, key.path, .repeated) }
        guard case .scalar(let scalar) = value else {
            return fault(value, key.path, .wrongShape(found: Self.shape(value), wanted: key.kind.wanted))
        }
        var text = scalar.string
        if case .text = key.kind {
            if TidemarkConfiguration.isNothing(value) { text = "" }
        } else if scalar.style == .singleQuoted || scalar.style == .doubleQuoted {
            return fault(value, key.path, .wrongShape(found: "a text in quotes", wanted: key.kind.wanted))
        } else if TidemarkConfiguration.isNothing(value) {
            return fault(name, key.path, .wrongType(found: "", wanted: key.kind.wanted))
        }
        if let problem = key.set(text, in: &configuration) { fault(value, key.path, problem) }
    }

    private mutating func fault(_ node: Node, _ key: String, _ problem: ConfigurationFault.Problem) {
        let place = ConfigurationFault.Place.file(
            name: file, line: node.mark?.line ?? 0, column: node.mark?.column ?? 0)
        faults.append(ConfigurationFault(place: place, key: key, problem: problem))
    }

    private static func shape(_ node: Node) -> String { TidemarkConfiguration.shape(node) }
}
