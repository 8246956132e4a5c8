/// Bytes as lower-case hexadecimal digits.
func hexDigits(_ bytes: some Sequence<UInt8>) -> String {
    let digits = Array("0123456789abcdef".utf8)
    return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
}

/// Base64 with the standard alphabet and padding (RFC 4648, section 4).
enum Base64 {
    private static let alphabet = Array(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    static func encode(_ bytes: [UInt8]) -> String {
        var out: [UInt8] = []
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            let bits = group.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - group.count))
            for digit in 0...3 {
                out.append(
                    digit <= group.count ? alphabet[bits >> (18 - 6 * digit) & 63] : UInt8(ascii: "="))
            }
        }
        return String(decoding: out, as: UTF8.self)
    }

    /// Nil for anything but base64; the padding may be missing.
    static func decode(_ text: some Collection<UInt8>) -> [UInt8]? {
        let body = text.prefix { $0 != UInt8(ascii: "=") }
        let padding = text.count - body.count
        guard padding <= 2, text.dropFirst(body.count).allSatisfy({ $0 == UInt8(ascii: "=") }),
            body.count % 4 != 1, padding == 0 || text.count % 4 == 0
        else { return nil }
        var out: [UInt8] = []
        var (bits, count) = (0, 0)
        for byte in body {
            guard let digit = alphabet.firstIndex(of: byte) else { return nil }
            bits = bits << 6 | digit
            count += 6
            if count >= 8 {
                count -= 8
                out.append(UInt8(bits >> count))
                bits &= 1 << count - 1
            }
        }
        return bits == 0 ? out : nil
    }
}
