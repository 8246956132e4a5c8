/// Text of events as a person may see it, on a terminal, in a line of a log or in a message.
///
/// An identity or the name of a model comes from outside: raw, it could move the cursor, change colours,
/// hide text or turn its direction around. So every control character (C0, DEL, C1), line and paragraph
/// separator, mark of writing direction, invisible character and byte that is not UTF-8 is shown as an
/// escape and never sent.
package enum VisibleText {
    package static func of(_ text: String) -> String {
        if text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7f }) { return text }
        return text.unicodeScalars.reduce(into: "") { append($1, to: &$0) }
    }

    /// The same for bytes that may be no text at all: what is not UTF-8 becomes `\xff`.
    package static func of(bytes: some Sequence<UInt8>) -> String {
        let bytes = Array(bytes)
        var out = ""
        var iterator = bytes.makeIterator()
        var parser = Unicode.UTF8.ForwardParser()
        // Each answer is about the bytes behind those of the answer before.
        var at = 0
        while true {
            switch parser.parseScalar(from: &iterator) {
            case .emptyInput: return out
            case .valid(let encoded):
                append(Unicode.UTF8.decode(encoded), to: &out)
                at += encoded.count
            case .error(let length):
                for byte in bytes[at..<at + length] { out += "\\x" + hex(UInt32(byte), 2) }
                at += length
            }
        }
    }

    private static func append(_ scalar: Unicode.Scalar, to out: inout String) {
        switch scalar.value {
        case 0x09: out += "\\t"
        case 0x0a: out += "\\n"
        case 0x0d: out += "\\r"
        case 0..<0x20, 0x7f: out += "\\x" + hex(scalar.value, 2)
        default:
            if isHidden(scalar) {
                out += "\\u{" + String(scalar.value, radix: 16) + "}"
            } else {
                out.unicodeScalars.append(scalar)
            }
        }
    }

    /// Whether a scalar outside ASCII would control the terminal or deceive its reader.
    private static func isHidden(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x80..<0xa0: true  // C1
        case 0x200d: false  // joins the parts of one emoji
        case 0xfe00...0xfe0f: false  // choose between text and picture
        default:
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned:
                true
            default: scalar.properties.isDefaultIgnorableCodePoint
            }
        }
    }

    private static func hex(_ value: UInt32, _ digits: Int) -> String {
        let text = String(value, radix: 16)
        return String(repeating: "0", count: max(0, digits - text.utf8.count)) + text
    }
}
