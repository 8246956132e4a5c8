import UsageEvents

/// Text of events made fit for a terminal, see `VisibleText`.
func escaped(_ text: String) -> String { VisibleText.of(text) }

/// The same for bytes that may be no text at all: what is not UTF-8 becomes `\xff`.
func escaped(bytes: some Sequence<UInt8>) -> String { VisibleText.of(bytes: bytes) }

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
