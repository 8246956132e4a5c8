import Alerting

/// A value under a key, whatever its type.
public enum ConfigurationValue: Hashable, Sendable {
    /// A finite number.
    case number(Double)
    /// A whole number.
    case whole(Int)
    /// Yes or no.
    case flag(Bool)
    /// One of the words that a key knows.
    case word(String)
    /// A text, or nothing.
    case text(String?)

    /// As YAML, which is also how `--set` and the environment spell it; a text is quoted.
    public var yaml: String {
        switch self {
        case .number(let value): Self.digits(value)
        case .whole(let value): String(value)
        case .flag(let value): value ? "true" : "false"
        case .word(let word): word
        case .text(nil): "null"
        case .text(let value?): Self.quoted(value)
        }
    }

    /// The shortest decimal text that reads back as the same number; `3`, not `3.0`.
    static func digits(_ value: Double) -> String {
        let text = value.description
        return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }

    /// In double quotes, with the escapes that YAML and JSON share.
    private static func quoted(_ text: String) -> String {
        var out = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\":
                out += "\\"
                out.unicodeScalars.append(scalar)
            case _ where scalar.value < 0x20 || scalar.value == 0x7f:
                let hex = String(scalar.value, radix: 16)
                out += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
            default: out.unicodeScalars.append(scalar)
            }
        }
        return out + "\""
    }
}

/// One key of the configuration: where its value lives, what it may be, and what it is for.
public struct ConfigurationKey: Sendable {
    /// What a value may be.
    public enum Kind: Hashable, Sendable {
        /// A number within a range, in a unit.
        case number(ClosedRange<Double>, unit: String)
        /// A whole number within a range, in a unit.
        case whole(ClosedRange<Int>, unit: String)
        /// `true` or `false`.
        case flag
        /// One of some words.
        case choice([String])
        /// A text, or nothing; the word says what it is.
        case text(String)

        /// What is wanted, for a fault and for help, as in `a number from 0.5 to 20 (standard deviations)`.
        public var wanted: String {
            switch self {
            case .number(let range, let unit):
                let low = ConfigurationValue.digits(range.lowerBound)
                return "a number from \(low) to \(ConfigurationValue.digits(range.upperBound)) (\(unit))"
            case .whole(let range, let unit):
                return "a whole number from \(range.lowerBound) to \(range.upperBound) (\(unit))"
            case .flag: return "true or false"
            case .choice(let words): return "one of " + words.joined(separator: ", ")
            case .text(let noun): return noun
            }
        }
    }

    /// Where it stands in a file: sections and name, joined by dots.
    public let path: String
    /// What a value may be.
    public let kind: Kind
    /// What it is for, one sentence.
    public let help: String
    private let read: @Sendable (TidemarkConfiguration) -> ConfigurationValue
    /// Whether a text is one of what the kind says.
    private var isText: @Sendable (String) -> Bool = { _ in true }
    private let write: @Sendable (inout TidemarkConfiguration, ConfigurationValue) -> Void

    /// The environment variable that sets it.
    public var variable: String {
        "TIDEMARK_" + path.uppercased().split(separator: ".").joined(separator: "_")
    }

    /// Whether alerts depend on it, so that the fingerprint covers it. How the log is cut into files decides
    /// nothing, and a price table counts by its content, not by its name.
    public var decides: Bool {
        path.hasPrefix("detection.") || path.hasPrefix("alerting.") || path == "models.aliases"
    }

    /// The value that a configuration has.
    public func value(in configuration: TidemarkConfiguration) -> ConfigurationValue { read(configuration) }

    /// The value that holds where nobody says otherwise.
    public var defaultValue: ConfigurationValue { read(TidemarkConfiguration()) }

    /// Sets the value that a text spells; returns what is wrong with the text, or nil.
    func set(_ text: String, in configuration: inout TidemarkConfiguration) -> ConfigurationFault.Problem? {
        switch kind {
        case .number(let range, _):
            guard let number = Self.number(text) else { return .wrongType(found: text, wanted: kind.wanted) }
            guard range.contains(number) else { return .outOfRange(found: text, wanted: kind.wanted) }
            write(&configuration, .number(number))
        case .whole(let range, _):
            guard let number = Self.number(text), let whole = Int(exactly: number) else {
                return .wrongType(found: text, wanted: kind.wanted)
            }
            guard range.contains(whole) else { return .outOfRange(found: text, wanted: kind.wanted) }
            write(&configuration, .whole(whole))
        case .flag:
            guard text == "true" || text == "false" else {
                return .wrongType(found: text, wanted: kind.wanted)
            }
            write(&configuration, .flag(text == "true"))
        case .choice(let words):
            guard words.contains(text) else { return .wrongType(found: text, wanted: kind.wanted) }
            write(&configuration, .word(text))
        case .text:
            guard text.isEmpty || isText(text) else { return .wrongType(found: text, wanted: kind.wanted) }
            write(&configuration, .text(text.isEmpty ? nil : text))
        }
        return nil
    }

    /// A decimal number; `_` may stand between digits, as in `1_000_000`. Nothing else that `Double` would
    /// read.
    private static func number(_ text: String) -> Double? {
        var plain = ""
        var previous: Character = " "
        for c in text {
            guard c.isASCII, c.isWholeNumber || "+-.eE_".contains(c) else { return nil }
            if c != "_" {
                plain.append(c)
            } else if !previous.isWholeNumber {
                return nil
            }
            previous = c
        }
        guard previous != "_", let value = Double(plain), value.isFinite else { return nil }
        return value
    }

    // MARK: - One line of the table each

    /// Where the settings of a section live.
    typealias Section<Settings> = any WritableKeyPath<TidemarkConfiguration, Settings> & Sendable
    /// Where a value lives within the settings of a section.
    typealias Place<Settings, Value> = any WritableKeyPath<Settings, Value> & Sendable

    static func number<Settings>(
        _ path: String, _ section: Section<Settings>, _ place: Place<Settings, Double>,
        _ range: ClosedRange<Double>, _ unit: String, _ help: String
    ) -> ConfigurationKey {
        ConfigurationKey(
            path: path, kind: .number(range, unit: unit), help: help,
            read: { .number($0[keyPath: section][keyPath: place]) },
            write: { if case .number(let value) = $1 { $0[keyPath: section][keyPath: place] = value } }
        )
    }

    static func whole<Settings>(
        _ path: String, _ section: Section<Settings>, _ place: Place<Settings, Int>,
        _ range: ClosedRange<Int>, _ unit: String, _ help: String
    ) -> ConfigurationKey {
        ConfigurationKey(
            path: path, kind: .whole(range, unit: unit), help: help,
            read: { .whole($0[keyPath: section][keyPath: place]) },
            write: { if case .whole(let value) = $1 { $0[keyPath: section][keyPath: place] = value } }
        )
    }

    static func choice<Settings, Value: RawRepresentable<String> & CaseIterable & Sendable>(
        _ path: String, _ section: Section<Settings>, _ place: Place<Settings, Value>, _ help: String
    ) -> ConfigurationKey {
        ConfigurationKey(
            path: path, kind: .choice(Value.allCases.map(\.rawValue)), help: help,
            read: { .word($0[keyPath: section][keyPath: place].rawValue) },
            write: {
                guard case .word(let word) = $1, let value = Value(rawValue: word) else { return }
                $0[keyPath: section][keyPath: place] = value
            }
        )
    }

    static func flag<Settings>(
        _ path: String, _ section: Section<Settings>, _ place: Place<Settings, Bool>, _ help: String
    ) -> ConfigurationKey {
        ConfigurationKey(
            path: path, kind: .flag, help: help, read: { .flag($0[keyPath: section][keyPath: place]) },
            write: { if case .flag(let value) = $1 { $0[keyPath: section][keyPath: place] = value } }
        )
    }

    static func severity<Settings>(
        _ path: String, _ section: Section<Settings>, _ place: Place<Settings, Severity>, _ help: String
    ) -> ConfigurationKey {
        ConfigurationKey(
            path: path, kind: .choice(Severity.allCases.map(\.word)), help: help,
            read: { .word($0[keyPath: section][keyPath: place].word) },
            write: {
                guard case .word(let word) = $1, let value = Severity(word: word) else { return }
                $0[keyPath: section][keyPath: place] = value
            }
        )
    }

    static func text<Settings>(
        _ path: String, _ section: Section<Settings>, _ place: Place<Settings, String?>, _ noun: String,
        _ help: String, isText: @escaping @Sendable (String) -> Bool = { _ in true }
    ) -> ConfigurationKey {
        ConfigurationKey(
            path: path, kind: .text(noun), help: help, read: { .text($0[keyPath: section][keyPath: place]) },
            isText: isText,
            write: { if case .text(let value) = $1 { $0[keyPath: section][keyPath: place] = value } }
        )
    }
}
