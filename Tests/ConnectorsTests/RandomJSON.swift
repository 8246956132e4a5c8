import UsageEvents

/// Seeded JSON values, spelled in many ways and damaged.
struct RandomJSON {
    private var random: SplitMix64

    init(seed: UInt64) { random = SplitMix64(seed: seed) }

    private mutating func chance(_ percent: Int) -> Bool { random.below(100) < percent }
    private mutating func pick<Value>(_ values: [Value]) -> Value { values[random.below(values.count)] }

    /// A value with containers nested up to `depth`.
    mutating func tree(depth: Int) -> JSONCursorTests.Tree {
        switch random.below(depth > 0 ? 8 : 5) {
        case 0: return .null
        case 1: return .bool(chance(50))
        case 2: return .number(Array(number().utf8))
        case 3, 4: return .text(text())
        case 5: return .array((0..<random.below(5)).map { _ in tree(depth: depth - 1) })
        default:
            return .object(
                (0..<random.below(6)).map { _ in .init(key: text(), value: tree(depth: depth - 1)) })
        }
    }

    private mutating func number() -> String {
        pick([
            "0", "-0", "7", "-12", "1.5", "0.001", "1e3", "1E+2", "-2.50e-7",
            "123456789012345678901234567890",
        ])
    }

    /// Text with letters of every length in UTF-8, quotes, controls; now and then long.
    private mutating func text() -> [UInt8] {
        let letters = [
            "a", "B", " ", "\"", "\\", "/", "\n", "\t", "\u{1}", "é", "語", "😀", "{", "]", "0", "ud8",
        ]
        let length = random.below(chance(10) ? 70 : 12)
        return (0..<length).reduce(into: []) { out, _ in out.append(contentsOf: pick(letters).utf8) }
    }

    /// A spelling of a value.
    mutating func spelled(_ tree: JSONCursorTests.Tree) -> [UInt8] {
        var out: [UInt8] = []
        spell(tree, into: &out)
        return out
    }

    private mutating func blanks(into out: inout [UInt8]) {
        while chance(8) { out.append(pick([0x20, 0x09, 0x0d, 0x0a])) }
    }

    private mutating func spell(_ tree: JSONCursorTests.Tree, into out: inout [UInt8]) {
        blanks(into: &out)
        switch tree {
        case .null: out.append(contentsOf: "null".utf8)
        case .bool(let value): out.append(contentsOf: (value ? "true" : "false").utf8)
        case .number(let digits): out.append(contentsOf: digits)
        case .text(let text): spell(text, into: &out)
        case .array(let elements):
            out.append(UInt8(ascii: "["))
            for (i, element) in elements.enumerated() {
                if i > 0 { out.append(UInt8(ascii: ",")) }
                spell(element, into: &out)
            }
            blanks(into: &out)
            out.append(UInt8(ascii: "]"))
        case .object(let members):
            out.append(UInt8(ascii: "{"))
            for (i, member) in members.enumerated() {
                if i > 0 { out.append(UInt8(ascii: ",")) }
                blanks(into: &out)
                spell(member.key, into: &out)
                blanks(into: &out)
                out.append(UInt8(ascii: ":"))
                spell(member.value, into: &out)
            }
            blanks(into: &out)
            out.append(UInt8(ascii: "}"))
        }
        blanks(into: &out)
    }

    private mutating func spell(_ text: [UInt8], into out: inout [UInt8]) {
        out.append(UInt8(ascii: "\""))
        for scalar in String(decoding: text, as: UTF8.self).unicodeScalars {
            if scalar == "\"" || scalar == "\\" {
                out.append(UInt8(ascii: "\\"))
                out.append(UInt8(scalar.value))
            } else if scalar == "\n", chance(50) {
                out.append(contentsOf: "\\n".utf8)
            } else if scalar.value < 0x20 || chance(10) {
                for unit in String(scalar).utf16 {
                    let hex = String(unit, radix: 16, uppercase: chance(50))
                    out.append(contentsOf: "\\u\(String(repeating: "0", count: 4 - hex.count))\(hex)".utf8)
                }
            } else {
                out.append(contentsOf: String(scalar).utf8)
            }
        }
        out.append(UInt8(ascii: "\""))
    }

    /// Changes, drops, doubles or cuts a few bytes.
    mutating func damage(_ bytes: inout [UInt8]) {
        for _ in 0...random.below(3) where !bytes.isEmpty {
            let at = random.below(bytes.count)
            switch random.below(5) {
            case 0: bytes.remove(at: at)
            case 1: bytes[at] = UInt8(truncatingIfNeeded: random.next())
            case 2: bytes.insert(pick(Array(#""\{}[],:0-.eutfnd8 "#.utf8)), at: at)
            case 3: bytes.insert(bytes[at], at: at)
            default: bytes.removeSubrange(at..<min(bytes.count, at + random.below(6)))
            }
        }
    }
}
