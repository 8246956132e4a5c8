/// Rewrites a line so that the scanner can read it: escapes of ordinary characters become the
/// characters.
///
/// Programs that write ASCII only spell every other letter as `\u00e9`; without this, all their lines
/// would take the slow way. The meaning of the line does not change: only escapes inside strings are
/// replaced, and none whose character would need an escape itself (a quote, a backslash, a control
/// character). Anything that is not a well-formed escape leaves the line alone.
struct EscapeResolver {
    /// Writes the line with its escapes resolved, an LF and room for the scanner, to the front of `out`.
    ///
    /// Returns the index of that LF; nil where an escape cannot be resolved, or, with `orFail`, where
    /// there was none.
    static func resolve(_ line: Span<UInt8>, into out: inout [UInt8], orFail needsEscape: Bool) -> Int? {
        // Each escape is longer than its character.
        let room = line.count + 1 + PaddedBytes.padding
        if out.count < room { out = [UInt8](repeating: 0, count: room) }
        var text = out.mutableSpan
        var end = 0
        var isInString = false
        var i = 0
        while i < line.count {
            let byte = line[i]
            if byte != UInt8(ascii: "\\") {
                if byte == UInt8(ascii: "\"") { isInString.toggle() }
                text[end] = byte
                end += 1
                i += 1
                continue
            }
            guard isInString, let (scalar, length) = escape(line, i + 1), isOrdinary(scalar) else {
                return nil
            }
            for unit in String(scalar).utf8 {
                text[end] = unit
                end += 1
            }
            i += 1 + length
        }
        text[end] = 0x0a
        return needsEscape && end == line.count ? nil : end
    }

    private static func isOrdinary(_ scalar: Unicode.Scalar) -> Bool {
        scalar.value >= 0x20 && scalar != "\"" && scalar != "\\"
    }

    /// The character of the escape whose letter stands at `at`, and its length without the backslash.
    private static func escape(_ line: Span<UInt8>, _ at: Int) -> (Unicode.Scalar, Int)? {
        guard at < line.count else { return nil }
        if line[at] == UInt8(ascii: "/") { return ("/", 1) }
        guard let unit = codeUnit(line, at) else { return nil }
        if let scalar = Unicode.Scalar(unit) { return (scalar, 5) }
        guard unit < 0xdc00, at + 6 < line.count, line[at + 5] == UInt8(ascii: "\\"),
            let low = codeUnit(line, at + 6), low >= 0xdc00, low < 0xe000,
            let scalar = Unicode.Scalar(0x10000 + (unit - 0xd800) << 10 + (low - 0xdc00))
        else { return nil }
        return (scalar, 11)
    }

    /// The four hexadecimal digits behind the `u` at `at`.
    private static func codeUnit(_ line: Span<UInt8>, _ at: Int) -> UInt32? {
        guard at + 5 <= line.count, line[at] == UInt8(ascii: "u") else { return nil }
        var unit: UInt32 = 0
        for k in 1...4 {
            let digit: UInt8
            switch line[at + k] {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = line[at + k] - 48
            case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = line[at + k] - 87
            case UInt8(ascii: "A")...UInt8(ascii: "F"): digit = line[at + k] - 55
            default: return nil
            }
            unit = unit << 4 | UInt32(digit)
        }
        return unit
    }
}
