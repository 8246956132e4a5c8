internal import Crypto

/// A text that must not be seen: a signing key, a routing key, an address with a token in it.
///
/// However it is printed, dumped or reflected on, it reads `***` and the first eight hexadecimal digits of
/// its SHA-256, which tell two secrets apart. It is not `Codable`, so nothing can write it to a file by
/// accident. Only `withBytes` and `withText` give it away.
public struct Secret: Hashable, Sendable {
    private let bytes: [UInt8]

    /// Takes the bytes as they are.
    public init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// The same of a text.
    public init(_ text: String) { bytes = Array(text.utf8) }

    /// Its length, in bytes.
    public var count: Int { bytes.count }

    /// Lends the bytes.
    public func withBytes<Result, Failure: Error>(_ body: ([UInt8]) throws(Failure) -> Result)
        throws(Failure) -> Result
    {
        try body(bytes)
    }

    /// Lends the text; bytes that are not UTF-8 are replaced.
    public func withText<Result, Failure: Error>(_ body: (String) throws(Failure) -> Result)
        throws(Failure) -> Result
    {
        try body(String(decoding: bytes, as: UTF8.self))
    }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// `***` and eight hexadecimal digits.
    public var description: String { "***" + String(hexDigits(SHA256.hash(data: bytes)).prefix(8)) }

    /// The same.
    public var debugDescription: String { description }

    /// Shows no children.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
