/// What an input is by its first bytes, before any of it is decoded.
public enum InputSniff: Hashable, Sendable {
    /// Nothing speaks against UTF-8 text. A UTF-8 byte order mark counts as text: the decoder skips it.
    case text
    /// A zstd frame, or a skippable frame before one.
    case zstd
    /// gzip.
    case gzip
    /// UTF-16 by its byte order mark.
    case utf16
    /// UTF-32 by its byte order mark.
    case utf32

    /// How many first bytes decide; fewer are enough for a shorter input.
    public static let bytesNeeded = 4

    /// Looks at the first bytes of an input.
    public init(_ start: Span<UInt8>) {
        func begins(_ magic: UInt8...) -> Bool {
            guard start.count >= magic.count else { return false }
            for i in magic.indices where start[i] != magic[i] { return false }
            return true
        }
        if begins(0x28, 0xb5, 0x2f, 0xfd) {
            self = .zstd
        } else if start.count >= 4, start[0] & 0xf0 == 0x50, start[1] == 0x2a, start[2] == 0x4d,
            start[3] == 0x18
        {
            self = .zstd
        } else if begins(0x1f, 0x8b) {
            self = .gzip
        } else if begins(0xff, 0xfe, 0, 0) || begins(0, 0, 0xfe, 0xff) {
            self = .utf32
        } else if begins(0xff, 0xfe) || begins(0xfe, 0xff) {
            self = .utf16
        } else {
            self = .text
        }
    }

    /// Why an input of this kind is refused and what to type instead; nil where it can be read.
    public func refusal(name: String) -> String? {
        switch self {
        case .text, .zstd: nil
        case .gzip:
            "\(name) is gzip, which Tidemark does not read: type `gzip -dc \(name) | tidemark ingest -`"
        case .utf16:
            "\(name) is UTF-16, events are UTF-8: type `iconv -f UTF-16 -t UTF-8 \(name) | tidemark ingest -`"
        case .utf32:
            "\(name) is UTF-32, events are UTF-8: type `iconv -f UTF-32 -t UTF-8 \(name) | tidemark ingest -`"
        }
    }
}
