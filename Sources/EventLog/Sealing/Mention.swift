/// Whether text mentions an account: its name, in any case of ASCII letters, not as a part of a longer name.
public struct Mention: Sendable {
    /// The name.
    public let identity: String
    private let forms: [[UInt8]]

    /// The name to look for.
    public init(_ identity: String) {
        self.identity = identity
        let plain = Array(identity.utf8).map(Self.lowercased)
        // As a JSON text spells it, and as one within another does.
        let once = Self.escaped(plain)
        let twice = Self.escaped(once)
        var forms: [[UInt8]] = []
        for form in [plain, once, twice] where !form.isEmpty && !forms.contains(form) { forms.append(form) }
        self.forms = forms
    }

    private static func escaped(_ bytes: [UInt8]) -> [UInt8] {
        bytes.flatMap {
            $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "\\") ? [UInt8(ascii: "\\"), $0] : [$0]
        }
    }

    private static func lowercased(_ byte: UInt8) -> UInt8 { byte >= 65 && byte <= 90 ? byte + 32 : byte }

    /// What a name may go on with.
    private static func isPart(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "@"),
            0x80...:
            true
        default: false
        }
    }

    /// Whether the name stands somewhere in the bytes; with `isWhole`, as all that stands between two quotes.
    public func isIn(_ bytes: Span<UInt8>, isWhole: Bool = false) -> Bool {
        forms.contains { form in
            guard let first = form.first, bytes.count >= form.count else { return false }
            for start in 0...bytes.count - form.count where Self.lowercased(bytes[start]) == first {
                if isAt(start, form, bytes), !isWhole || Self.isQuoted(start, start + form.count, bytes) {
                    return true
                }
            }
            return false
        }
    }

    private static func isQuoted(_ start: Int, _ end: Int, _ bytes: Span<UInt8>) -> Bool {
        // In a JSON text within another the quote that ends it has a backslash before it, or three.
        var quote = end
        while quote < bytes.count, bytes[quote] == UInt8(ascii: "\\") { quote += 1 }
        return start > 0 && bytes[start - 1] == UInt8(ascii: "\"")
            && quote < bytes.count && bytes[quote] == UInt8(ascii: "\"")
    }

    private func isAt(_ start: Int, _ form: [UInt8], _ bytes: Span<UInt8>) -> Bool {
        for i in form.indices where Self.lowercased(bytes[start + i]) != form[i] { return false }
        let end = start + form.count
        if start > 0, Self.isPart(bytes[start - 1]) { return false }
        // A full stop ends a sentence unless the name goes on behind it; before a name likewise.
        if start > 1, bytes[start - 1] == UInt8(ascii: "."), Self.isPart(bytes[start - 2]) { return false }
        if end < bytes.count, Self.isPart(bytes[end]) { return false }
        if end + 1 < bytes.count, bytes[end] == UInt8(ascii: "."), Self.isPart(bytes[end + 1]) {
            return false
        }
        return true
    }

    /// The lines that do not mention the account, and how many do.
    public func linesWithout(_ bytes: [UInt8]) -> (kept: [UInt8], dropped: Int) {
        var kept: [UInt8] = []
        var dropped = 0
        var start = 0
        while start < bytes.count {
            let end = bytes[start...].firstIndex(of: 10).map { $0 + 1 } ?? bytes.count
            if isIn(bytes.span.extracting(start..<end)) {
                dropped += 1
            } else {
                kept.append(contentsOf: bytes[start..<end])
            }
            start = end
        }
        return (kept, dropped)
    }
}
