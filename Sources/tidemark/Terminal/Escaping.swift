/// Text of events made fit for a terminal.
///
/// An identity or the name of a model comes from outside: raw, it could move the cursor, change colours,
/// hide text or turn its direction around. So every control character (C0, DEL, C1), line and paragraph
/// separator, mark of writing direction, invisible character and byte that is not UTF-8 is shown as an
/// escape and never sent.
func escaped(_ text: String) -> String {
    if text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7f }) { return text }
    return escaped(bytes: text.utf8)
}

/// The same for bytes that may be no text at all: what is not UTF-8 becomes `\xff`.
func escaped(bytes: some Sequence<UInt8>) -> String {
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

private func append(_ scalar: Unicode.Scalar, to out: inout String) {
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
private func isHidden(_ scalar: Unicode.Scalar) -> Bool {
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

private func hex(_ value: UInt32, _ digits: Int) -> String {
    let text = String(value, radix: 16)
    return String(repeating: "0", count: max(0, digits - text.utf8.count)) + text
}

/// The same text in ASCII: our own signs as their nearest look-alikes, everything else as an escape.
func asciiOnly(_ text: String) -> String {
    if text.utf8.allSatisfy({ $0 < 0x80 }) { return text }
    return text.unicodeScalars.reduce(into: "") { out, scalar in
        switch scalar {
        case "·": out += "-"
        case "≈": out += "~"
        case "…": out += "..."
        case "→": out += "->"
        case "–", "─", "┈", "╌": out += "-"
        case "│", "┤": out += "|"
        case "└", "┬", "┴": out += "+"
        case "×": out += "x"
        case "✓": out += "ok"
        case "█", "▉", "▊", "▋", "▌", "▅", "▆", "▇": out += "#"
        case "▁", "▂", "▃", "▄": out += "_"
        case "░", "▒": out += ":"
        case _ where scalar.isASCII: out.unicodeScalars.append(scalar)
        default: out += "\\u{" + String(scalar.value, radix: 16) + "}"
        }
    }
}

/// Columns that a text fills on a terminal.
func displayWidth(_ text: String) -> Int {
    if text.utf8.allSatisfy({ $0 < 0x80 }) { return text.utf8.count }
    return text.reduce(0) { $0 + displayWidth($1) }
}

/// Columns that a character fills: two for East Asian wide ones and pictures, none for a mark that stands
/// alone.
func displayWidth(_ character: Character) -> Int {
    guard let first = character.unicodeScalars.first else { return 0 }
    if first.isASCII { return character.unicodeScalars.contains("\u{fe0f}") ? 2 : 1 }
    if first.properties.isEmojiPresentation || character.unicodeScalars.contains("\u{fe0f}") { return 2 }
    switch first.properties.generalCategory {
    case .nonspacingMark, .enclosingMark: return 0
    default: break
    }
    // The wide ranges of Unicode's East Asian Width, without the gaps inside them.
    switch first.value {
    case 0x1100...0x115f, 0x2e80...0x303e, 0x3041...0x33ff, 0x3400...0x4dbf, 0x4e00...0x9fff, 0xa000...0xa4cf,
        0xa960...0xa97f, 0xac00...0xd7a3, 0xf900...0xfaff, 0xfe30...0xfe6f, 0xff00...0xff60, 0xffe0...0xffe6,
        0x1f300...0x1f64f, 0x1f900...0x1f9ff, 0x20000...0x3fffd:
        return 2
    default: return 1
    }
}

/// A text cut to a number of columns, with an ellipsis where something is missing.
func truncated(_ text: String, to width: Int) -> String {
    guard displayWidth(text) > width else { return text }
    var out = ""
    var used = 0
    for character in text {
        let cell = displayWidth(character)
        if used + cell > width - 1 { break }
        out.append(character)
        used += cell
    }
    return out + "…"
}
