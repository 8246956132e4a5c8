package import UsageEvents

/// Writes one JSON object with keys in the order of the calls (RFC 8259). Event text is data: every control
/// character is escaped.
package struct JSONObjectWriter: ~Copyable {
    private var out: [UInt8]
    private var isFirst = true

    /// Takes over the bytes before the object; the caller keeps no copy, so that nothing is copied.
    package init(after out: consuming [UInt8]) {
        self.out = out
        self.out.append(UInt8(ascii: "{"))
    }

    package consuming func finish() -> [UInt8] {
        out.append(UInt8(ascii: "}"))
        return out
    }

    package mutating func string(_ key: String, _ value: String?) {
        self.key(key)
        guard let value else {
            out.append(contentsOf: "null".utf8)
            return
        }
        Self.append(value, to: &out)
    }

    package mutating func time(_ key: String, _ value: Timestamp) {
        self.key(key)
        out.append(UInt8(ascii: "\""))
        value.write(into: &out)
        out.append(UInt8(ascii: "\""))
    }

    /// A value that is JSON already.
    package mutating func raw(_ key: String, _ json: String) {
        self.key(key)
        out.append(contentsOf: json.utf8)
    }

    package mutating func object(_ key: String, _ body: (inout JSONObjectWriter) -> Void) {
        self.key(key)
        nested(body)
    }

    package mutating func array<Item>(
        _ key: String, _ items: [Item], _ body: (inout JSONObjectWriter, Item) -> Void
    ) {
        self.key(key)
        out.append(UInt8(ascii: "["))
        for (i, item) in items.enumerated() {
            if i > 0 { out.append(UInt8(ascii: ",")) }
            nested { body(&$0, item) }
        }
        out.append(UInt8(ascii: "]"))
    }

    private mutating func nested(_ body: (inout JSONObjectWriter) -> Void) {
        out.append(UInt8(ascii: "{"))
        isFirst = true
        body(&self)
        isFirst = false
        out.append(UInt8(ascii: "}"))
    }

    /// Keys are words of ours and need no escape.
    private mutating func key(_ key: String) {
        if !isFirst { out.append(UInt8(ascii: ",")) }
        isFirst = false
        out.append(UInt8(ascii: "\""))
        out.append(contentsOf: key.utf8)
        out.append(UInt8(ascii: "\""))
        out.append(UInt8(ascii: ":"))
    }

    package static func append(_ text: String, to out: inout [UInt8]) {
        out.append(UInt8(ascii: "\""))
        defer { out.append(UInt8(ascii: "\"")) }
        // Nearly all text needs no escape: it is copied, and looked at afterwards.
        let start = out.count
        out.append(contentsOf: text.utf8)
        if isPlain(out.span.extracting(start...)) { return }
        out.removeLast(out.count - start)
        var before: UInt8 = 0
        for byte in text.utf8 {
            defer { before = byte }
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                out.append(UInt8(ascii: "\\"))
                out.append(byte)
            case UInt8(ascii: "\n"): out.append(contentsOf: "\\n".utf8)
            case UInt8(ascii: "\r"): out.append(contentsOf: "\\r".utf8)
            case UInt8(ascii: "\t"): out.append(contentsOf: "\\t".utf8)
            case 0..<0x20, 0x7f: appendEscape(byte, to: &out)
            // U+0080 to U+009F: C2 and one byte. Some terminals take them for the beginning of a command.
            case 0x80..<0xa0 where before == 0xc2:
                out.removeLast()
                appendEscape(byte, to: &out)
            default: out.append(byte)
            }
        }
    }

    private static func isPlain(_ text: Span<UInt8>) -> Bool {
        // Without a branch, so that many bytes are compared at once.
        var odd: UInt8 = 0
        for i in text.indices {
            let byte = text[i]
            odd |= (byte &- 0x20 > 0x5e ? 1 : 0) | (byte == 0x22 ? 1 : 0) | (byte == 0x5c ? 1 : 0)
        }
        return odd == 0
    }

    private static func appendEscape(_ byte: UInt8, to out: inout [UInt8]) {
        let digits = Array("0123456789abcdef".utf8)
        out.append(contentsOf: "\\u00".utf8)
        out.append(digits[Int(byte >> 4)])
        out.append(digits[Int(byte & 15)])
    }
}
