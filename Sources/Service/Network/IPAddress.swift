/// An address of the internet protocol, as bytes in network order.
struct IPAddress: Hashable, Sendable, CustomStringConvertible {
    /// Four bytes or sixteen.
    let bytes: [UInt8]

    /// An address of four or sixteen bytes.
    init(bytes: [UInt8]) {
        precondition(bytes.count == 4 || bytes.count == 16)
        self.bytes = bytes
    }

    /// Reads the usual notations: four decimal numbers, or RFC 4291 with at most one `::`. The lax forms of
    /// old resolvers (octal, hexadecimal, fewer than four parts) are no addresses here: they are names, and
    /// judged by what they resolve to.
    init?(_ text: String) {
        if let four = Self.four(text[...]) {
            bytes = four
            return
        }
        guard text.contains(":"), let sixteen = Self.sixteen(text) else { return nil }
        bytes = sixteen
    }

    private static func four(_ text: Substring) -> [UInt8]? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        var bytes: [UInt8] = []
        for part in parts {
            guard (1...3).contains(part.utf8.count), part.utf8.allSatisfy({ (48...57).contains($0) }),
                part == "0" || !part.hasPrefix("0"), let byte = UInt8(part)
            else { return nil }
            bytes.append(byte)
        }
        return bytes
    }

    private static func sixteen(_ text: String) -> [UInt8]? {
        let halves = text.split(separator: "::", omittingEmptySubsequences: false)
        guard halves.count <= 2, !text.contains(":::") else { return nil }
        guard let head = groups(halves[0]) else { return nil }
        if halves.count == 1 { return head.count == 16 ? head : nil }
        guard let tail = groups(halves[1]), head.count + tail.count <= 14 else { return nil }
        return head + [UInt8](repeating: 0, count: 16 - head.count - tail.count) + tail
    }

    private static func groups(_ text: Substring) -> [UInt8]? {
        guard !text.isEmpty else { return [] }
        var bytes: [UInt8] = []
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        for (i, part) in parts.enumerated() {
            if i == parts.count - 1, part.contains(".") {
                guard let last = four(part) else { return nil }
                bytes += last
            } else {
                guard (1...4).contains(part.utf8.count), let group = UInt16(part, radix: 16),
                    part.utf8.allSatisfy({ $0 != 43 && $0 != 45 })
                else { return nil }
                bytes += [UInt8(group >> 8), UInt8(truncatingIfNeeded: group)]
            }
        }
        return bytes.count <= 16 ? bytes : nil
    }

    /// The address that another form of it stands for: IPv4 inside IPv6 (mapped, RFC 4291; translated, RFC
    /// 6052; 6to4, RFC 3056).
    var embedded: IPAddress? {
        guard bytes.count == 16 else { return nil }
        if Network.mapped.contains(self) || Network.translated.contains(self) {
            return IPAddress(bytes: Array(bytes[12...]))
        }
        if Network.sixToFour.contains(self) { return IPAddress(bytes: Array(bytes[2..<6])) }
        // ::a.b.c.d, deprecated, but some stacks still take it for an IPv4 address.
        if Network.compatible.contains(self) { return IPAddress(bytes: Array(bytes[12...])) }
        return nil
    }

    var description: String {
        if bytes.count == 4 { return bytes.map(String.init).joined(separator: ".") }
        return stride(from: 0, to: 16, by: 2).map {
            String(UInt16(bytes[$0]) << 8 | UInt16(bytes[$0 + 1]), radix: 16)
        }.joined(separator: ":")
    }
}

/// A block of addresses: those that share the first `prefix` bits.
struct Network: Hashable, Sendable, CustomStringConvertible {
    let address: IPAddress
    let prefix: Int

    /// Reads `10.0.0.0/8`, `fd00::/8`, or a single address.
    init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count <= 2, let address = IPAddress(String(parts[0])) else { return nil }
        let bits = address.bytes.count * 8
        guard let prefix = parts.count == 2 ? Int(parts[1]) : bits, (0...bits).contains(prefix) else {
            return nil
        }
        self.init(address, prefix)
    }

    private init(_ address: IPAddress, _ prefix: Int) {
        self.address = address
        self.prefix = prefix
    }

    func contains(_ other: IPAddress) -> Bool {
        guard other.bytes.count == address.bytes.count else { return false }
        let whole = prefix / 8
        guard address.bytes[..<whole] == other.bytes[..<whole] else { return false }
        let rest = prefix % 8
        guard rest > 0 else { return true }
        return (address.bytes[whole] ^ other.bytes[whole]) >> UInt8(8 - rest) == 0
    }

    var description: String { "\(address)/\(prefix)" }

    private static func six(_ first: [UInt8], _ prefix: Int, last: [UInt8] = []) -> Network {
        let zeros = [UInt8](repeating: 0, count: 16 - first.count - last.count)
        return Network(IPAddress(bytes: first + zeros + last), prefix)
    }

    private static func four(_ a: UInt8, _ b: UInt8, _ c: UInt8, _ prefix: Int) -> Network {
        Network(IPAddress(bytes: [a, b, c, 0]), prefix)
    }

    static let mapped = six([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff], 96)
    static let translated = six([0, 0x64, 0xff, 0x9b], 96)
    static let sixToFour = six([0x20, 0x02], 16)
    static let compatible = six([], 96)

    /// What no request goes to unless its sink allows it: this machine, private and shared networks,
    /// link-local addresses (where clouds answer for metadata), documentation, multicast, reserved (IANA's
    /// special-purpose address registries, RFC 6890).
    static let refused: [Network] = [
        four(0, 0, 0, 8), four(10, 0, 0, 8), four(100, 64, 0, 10), four(127, 0, 0, 8), four(169, 254, 0, 16),
        four(172, 16, 0, 12), four(192, 0, 0, 24), four(192, 0, 2, 24), four(192, 168, 0, 16),
        four(198, 18, 0, 15), four(198, 51, 100, 24), four(203, 0, 113, 24), four(224, 0, 0, 4),
        four(240, 0, 0, 4),
        six([], 128), six([], 128, last: [1]), six([0xfc], 7), six([0xfe, 0x80], 10), six([0xfe, 0xc0], 10),
        six([0xff], 8), six([0x20, 0x01, 0x0d, 0xb8], 32),
    ]
}
