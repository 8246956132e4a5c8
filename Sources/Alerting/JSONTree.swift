/// A JSON value as a tree, the counterpart of `JSONObjectWriter`: enough to read back what this module wrote.
package enum JSONTree {
    case null
    case bool(Bool)
    /// The text of the number, so that money is read without a detour through a double.
    case number(String)
    case string(String)
    case array([JSONTree])
    case object([(key: String, value: JSONTree)])

    /// Nesting of the deepest value that is read.
    private static let depthMax = 16

    /// Reads a whole text; nil where it is not JSON.
    package init?(_ text: some Collection<UInt8>) {
        var reader = Reader(bytes: Array(text))
        guard let value = reader.value(depth: 0) else { return nil }
        reader.skipBlanks()
        guard reader.at == reader.bytes.count else { return nil }
        self = value
    }

    /// The value of a key; nil where this is no object or has no such key.
    package subscript(key: String) -> JSONTree? {
        guard case .object(let members) = self else { return nil }
        return members.first { $0.key == key }?.value
    }

    package var text: String? {
        guard case .string(let text) = self else { return nil }
        return text
    }

    package var flag: Bool? {
        guard case .bool(let flag) = self else { return nil }
        return flag
    }

    package var whole: Int64? {
        guard case .number(let text) = self else { return nil }
        return Int64(text)
    }

    package var double: Double? {
        guard case .number(let text) = self else { return nil }
        return Double(text)
    }

    package var elements: [JSONTree] {
        guard case .array(let elements) = self else { return [] }
        return elements
    }

    private struct Reader {
        let bytes: [UInt8]
        var at = 0

        init(bytes: [UInt8]) { self.bytes = bytes }

        private var next: UInt8 { at < bytes.count ? bytes[at] : 0 }

        mutating func skipBlanks() {
            while at < bytes.count, next == 0x20 || next == 0x09 || next == 0x0a || next == 0x0d { at += 1 }
        }

        private mutating func take(_ byte: Unicode.Scalar) -> Bool {
            skipBlanks()
            guard next == UInt8(ascii: byte) else { return false }
            at += 1
            return true
        }

        private mutating func take(word: String) -> Bool {
            guard bytes[at...].starts(with: word.utf8) else { return false }
            at += word.utf8.count
            return true
        }

        mutating func value(depth: Int) -> JSONTree? {
            guard depth < JSONTree.depthMax else { return nil }
            skipBlanks()
            guard at < bytes.count else { return nil }
            switch next {
            case UInt8(ascii: "{"): return object(depth)
            case UInt8(ascii: "["): return array(depth)
            case UInt8(ascii: "\""): return string().map(JSONTree.string)
            case UInt8(ascii: "t"): return take(word: "true") ? .bool(true) : nil
            case UInt8(ascii: "f"): return take(word: "false") ? .bool(false) : nil
            case UInt8(ascii: "n"): return take(word: "null") ? .null : nil
            default: return number()
            }
        }

        private mutating func object(_ depth: Int) -> JSONTree? {
            at += 1
            var members: [(key: String, value: JSONTree)] = []
            if take("}") { return .object([]) }
            repeat {
                skipBlanks()
                guard next == UInt8(ascii: "\""), let key = string(), take(":"),
                    let value = value(depth: depth + 1)
                else { return nil }
                members.append((key, value))
            } while take(",")
            return take("}") ? .object(members) : nil
        }

        private mutating func array(_ depth: Int) -> JSONTree? {
            at += 1
            var elements: [JSONTree] = []
            if take("]") { return .array([]) }
            repeat {
                guard let value = value(depth: depth + 1) else { return nil }
                elements.append(value)
            } while take(",")
            return take("]") ? .array(elements) : nil
        }

        private mutating func number() -> JSONTree? {
            let start = at
            var isWhole = true
            scan: while at < bytes.count {
                switch bytes[at] {
                case UInt8(ascii: "0")...UInt8(ascii: "9"): break
                case UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "e"),
                    UInt8(ascii: "E"):
                    isWhole = false
                default: break scan
                }
                at += 1
            }
            let text = String(decoding: bytes[start..<at], as: UTF8.self)
            return isWhole && at > start || Double(text) != nil ? .number(text) : nil
        }

        private mutating func string() -> String? {
            at += 1
            // Nearly all texts are as they stand up to the next quotation mark.
            let start = at
            while at < bytes.count, bytes[at] >= 0x20, bytes[at] != UInt8(ascii: "\\") {
                if bytes[at] == UInt8(ascii: "\"") {
                    at += 1
                    return String(decoding: bytes[start..<at - 1], as: UTF8.self)
                }
                at += 1
            }
            var text = Array(bytes[start..<at])
            while at < bytes.count {
                let byte = next
                at += 1
                switch byte {
                case UInt8(ascii: "\""): return String(decoding: text, as: UTF8.self)
                case UInt8(ascii: "\\"):
                    guard let scalar = escape() else { return nil }
                    text.append(contentsOf: String(Character(scalar)).utf8)
                case 0..<0x20: return nil
                default: text.append(byte)
                }
            }
            return nil
        }

        private mutating func escape() -> Unicode.Scalar? {
            let byte = next
            at += 1
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(byte)
            case UInt8(ascii: "b"): return "\u{8}"
            case UInt8(ascii: "f"): return "\u{c}"
            case UInt8(ascii: "n"): return "\n"
            case UInt8(ascii: "r"): return "\r"
            case UInt8(ascii: "t"): return "\t"
            case UInt8(ascii: "u"):
                guard let high = codeUnit() else { return nil }
                if let scalar = Unicode.Scalar(high) { return scalar }
                guard high < 0xdc00, take(word: "\\u"), let low = codeUnit(), (0xdc00..<0xe000).contains(low)
                else { return nil }
                return Unicode.Scalar(0x10000 + (high - 0xd800) << 10 + (low - 0xdc00))
            default: return nil
            }
        }

        private mutating func codeUnit() -> UInt32? {
            guard at + 4 <= bytes.count else { return nil }
            let digits = bytes[at..<at + 4]
            at += 4
            guard digits.allSatisfy({ Character(UnicodeScalar($0)).isHexDigit }) else { return nil }
            return UInt32(String(decoding: digits, as: UTF8.self), radix: 16)
        }
    }
}
