/// What is wrong with a configuration: all faults of one file, of the environment or of the flags, in their
/// order.
public struct ConfigurationError: Error, Hashable, Sendable, CustomStringConvertible {
    /// At least one.
    public var faults: [ConfigurationFault]

    /// Collects faults.
    init(faults: [ConfigurationFault]) {
        precondition(!faults.isEmpty)
        self.faults = faults
    }

    /// One line a fault.
    public var description: String { faults.map(\.description).joined(separator: "\n") }
}

/// One fault of a configuration: where it is, what was found, what is wanted.
public struct ConfigurationFault: Hashable, Sendable, CustomStringConvertible {
    /// Where a fault is.
    public enum Place: Hashable, Sendable {
        /// In a file; line and column count from 1, and are 0 where the fault is the whole file's.
        case file(name: String, line: Int, column: Int)
        /// In an environment variable.
        case environment(variable: String)
        /// In a text after `--set`.
        case flag(text: String)
    }

    /// What is wrong.
    public enum Problem: Hashable, Sendable {
        /// The file cannot be read as YAML; the reason is the parser's.
        case notYAML(reason: String)
        /// The file is larger than any configuration is.
        case tooLarge(bytes: Int, most: Int)
        /// The file has more aliases than any configuration needs.
        case tooManyAliases(most: Int)
        /// There is no such key; perhaps another one was meant.
        case unknownKey(nearest: String?)
        /// A key stands twice.
        case repeated
        /// A section holds a value, or a key holds a section or list.
        case wrongShape(found: String, wanted: String)
        /// The value is of another type.
        case wrongType(found: String, wanted: String)
        /// The value has the right type and lies outside what makes sense.
        case outOfRange(found: String, wanted: String)
        /// There is no `=` in it.
        case notAnAssignment
        /// Anything else, said in a sentence.
        case invalid(String)
    }

    /// Where it is.
    public var place: Place
    /// The key, as it was spelt; empty where the fault is the whole file's.
    public var key: String
    /// What is wrong.
    public var problem: Problem

    /// One line: place, key, what was found, what is wanted.
    public var description: String {
        let subject = key.isEmpty ? "" : Self.printable(key) + ": "
        return switch place {
        case .file(let name, 0, _): "\(name): \(subject)\(sentence)"
        case .file(let name, let line, let column): "\(name):\(line):\(column): \(subject)\(sentence)"
        case .environment(let variable):
            variable == key
                ? "environment: \(subject)\(sentence)" : "environment: \(variable): \(subject)\(sentence)"
        case .flag(let text): "--set \(Self.printable(text)): \(sentence)"
        }
    }

    /// What is wrong, without the place.
    public var sentence: String {
        switch problem {
        case .notYAML(let reason): "this is not YAML: \(reason)"
        case .tooLarge(let bytes, let most):
            "\(bytes) bytes are too many for a configuration; \(most) is the most"
        case .tooManyAliases(let most):
            "more than \(most) aliases (*name) are too many for a configuration; write the values out"
        case .unknownKey(let nearest?): "there is no such key; did you mean \(nearest)?"
        case .unknownKey(nil): "there is no such key; `tidemark config show` lists them all"
        case .repeated: "this key stands twice; keep one"
        case .wrongShape(let found, let wanted): "found \(found), wanted \(wanted)"
        case .wrongType(let found, let wanted): "found \(Self.shown(found)), wanted \(wanted)"
        case .outOfRange(let found, let wanted): "\(Self.printable(found)) is out of range, wanted \(wanted)"
        case .invalid(let sentence): Self.printable(sentence, most: 300)
        case .notAnAssignment: "wanted KEY=VALUE, as in detection.spend_spike.sensitivity=3.5"
        }
    }

    private static func shown(_ text: String) -> String {
        text.isEmpty ? "nothing" : "\"\(printable(text))\""
    }

    /// What somebody wrote, fit for a terminal: not too long, control characters as question marks.
    private static func printable(_ text: String, most: Int = 60) -> String {
        let short = text.unicodeScalars.prefix(most).map { scalar in
            scalar.properties.generalCategory == .control ? "?" : String(scalar)
        }
        return short.joined() + (text.unicodeScalars.count > most ? "..." : "")
    }
}
