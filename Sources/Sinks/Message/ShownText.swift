internal import UsageEvents

/// Text of events as a person may see it in a message, see `VisibleText`.
func shown(_ text: String) -> String { VisibleText.of(text) }

/// A text cut so that it fits, on the boundary of a scalar, with `…` where something is missing.
struct ClippedText {
    /// What a length is counted in: bytes, or the units in which most vendors count characters.
    enum Unit {
        case utf8
        case utf16

        func length(_ text: String) -> Int { self == .utf8 ? text.utf8.count : text.utf16.count }
    }

    /// The text that fits.
    let text: String

    /// Cuts after `escape` has had its say, and never inside what it made of one scalar.
    init(
        _ text: String, to max: Int, in unit: Unit = .utf8, escape: ((Unicode.Scalar) -> String)? = nil
    ) {
        guard escape != nil || unit.length(text) > max else {
            self.text = text
            return
        }
        let marker = "…"
        let room = max - unit.length(marker)
        var out = ""
        var length = 0
        // The longest beginning that leaves room for the marker.
        var kept = out.startIndex
        for scalar in text.unicodeScalars {
            let piece = escape?(scalar) ?? String(scalar)
            length += unit.length(piece)
            if length > max {
                self.text = room < 0 ? "" : String(out[..<kept]) + marker
                return
            }
            out.unicodeScalars.append(contentsOf: piece.unicodeScalars)
            if length <= room { kept = out.endIndex }
        }
        self.text = out
    }
}

/// Every occurrence of a text replaced, byte by byte: a mark that combines with its end changes nothing.
func replacing(_ text: String, _ name: String, by other: String) -> String {
    guard !name.isEmpty else { return text }
    return String(
        decoding: replacing(Array(text.utf8), [(Array(name.utf8), Array(other.utf8))]), as: UTF8.self)
}

/// Every occurrence of each name replaced, the first that matches at a place; letters of ASCII match in
/// either case. Names of up to three bytes count only where they stand as a word, else every text would fall
/// apart.
func replacing(_ text: [UInt8], _ names: [(name: [UInt8], shown: [UInt8])]) -> [UInt8] {
    var out: [UInt8] = []
    out.reserveCapacity(text.count)
    var at = 0
    next: while at < text.count {
        for (name, shown) in names where matches(name, text, at) {
            out += shown
            at += name.count
            continue next
        }
        out.append(text[at])
        at += 1
    }
    return out
}

private func matches(_ name: [UInt8], _ text: [UInt8], _ at: Int) -> Bool {
    let end = at + name.count
    guard !name.isEmpty, end <= text.count else { return false }
    for (i, byte) in name.enumerated() where lower(byte) != lower(text[at + i]) { return false }
    if name.count > 3 { return true }
    return !(at > 0 && isWordByte(text[at - 1])) && !(end < text.count && isWordByte(text[end]))
}

private func lower(_ byte: UInt8) -> UInt8 { byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte }

private func isWordByte(_ byte: UInt8) -> Bool {
    byte >= 0x80 || (lower(byte) >= 0x61 && lower(byte) <= 0x7a) || (byte >= 0x30 && byte <= 0x39)
}
