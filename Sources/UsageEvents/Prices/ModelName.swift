/// The spellings of a model's name, so that one model under several names is one.
///
/// Folded means: without the path of a provider (`anthropic/`, `openrouter/anthropic/`), the region and
/// maker of a cloud (`us.anthropic.`), a version of the offer (`-v1:0`) and a date; with `.` written as `-`,
/// and Claude's names in the order of their maker (`claude-4.5-sonnet` as `claude-sonnet-4-5`).
public struct ModelName {
    /// What follows the last slash.
    let tail: String
    /// The same without a date at its end.
    let undated: String
    /// The name that all spellings of the model share.
    public let folded: String

    /// Whether nothing was left out: such a name stands for the model better than another.
    var isPlain: Bool { tail.utf8.count == folded.utf8.count }

    /// `name` is in lower case.
    init(_ name: String) {
        tail = name.utf8.split(separator: UInt8(ascii: "/")).last.map { String(Substring($0)) } ?? name
        let bytes = Array(tail.utf8)[...]
        undated = String(decoding: bytes.dropLast(Self.dateLength(bytes)), as: UTF8.self)
        folded = Self.fold(tail)
    }

    /// The name that all spellings of a model share, whatever the case of `name`.
    public static func folded(_ name: String) -> String { ModelName(name.lowercased()).folded }

    private static func fold(_ name: String) -> String {
        var bytes = Array(name.utf8)[...]
        for prefixes in [regions, makers] {
            guard let dot = bytes.firstIndex(of: UInt8(ascii: ".")) else { break }
            if prefixes.contains(String(decoding: bytes[..<dot], as: UTF8.self)) {
                bytes = bytes[(dot + 1)...]
            }
        }
        bytes = bytes.dropLast(offerLength(bytes))
        bytes = bytes.dropLast(dateLength(bytes))
        let text = String(
            decoding: bytes.map { $0 == UInt8(ascii: ".") ? UInt8(ascii: "-") : $0 }, as: UTF8.self)
        return inMakersOrder(text)
    }

    private static let regions: Set<String> = ["us", "eu", "apac", "global", "au", "jp", "ca", "us-gov"]
    private static let makers: Set<String> = [
        "anthropic", "amazon", "meta", "mistral", "cohere", "ai21", "deepseek", "openai", "qwen",
    ]

    /// `claude-4-5-sonnet-thinking` as `claude-sonnet-4-5-thinking`; any other name as it is.
    private static func inMakersOrder(_ name: String) -> String {
        guard name.utf8.starts(with: "claude-".utf8) else { return name }
        var words = name.split(separator: "-")
        guard words.count > 2, words.removeFirst() == "claude" else { return name }
        let version = words.prefix { $0.utf8.allSatisfy { $0 >= 48 && $0 <= 57 } && $0.utf8.count < 3 }
        guard !version.isEmpty, version.count < words.count else { return name }
        let family = words[version.count]
        guard ["opus", "sonnet", "haiku", "instant", "fable"].contains(family) else { return name }
        let rest = words[(version.count + 1)...]
        return (["claude", family] + version + rest).joined(separator: "-")
    }

    /// Words at the end of a name that name a way of running the model.
    private static let modes = [
        "-thinking", "-fast", "-slow", "-high", "-medium", "-low", "-xhigh", "-minimal", "-max", "-preview",
        "-latest",
    ]

    /// The name without one such word; nil where it ends in none.
    static func withoutMode(_ name: String) -> String? {
        modes.first { name.hasSuffix($0) && name.utf8.count > $0.utf8.count }.map {
            String(name.dropLast($0.count))
        }
    }

    /// The length of `-v1:0` or `-v1` at the end; 0 where there is none.
    private static func offerLength(_ name: ArraySlice<UInt8>) -> Int {
        guard let dash = name.lastIndex(of: UInt8(ascii: "-")), dash > name.startIndex else { return 0 }
        let word = name[(dash + 1)...]
        let version = word.prefix { $0 != UInt8(ascii: ":") }.dropFirst()
        let revision = word.drop { $0 != UInt8(ascii: ":") }.dropFirst()
        let isDigits: (ArraySlice<UInt8>) -> Bool = { $0.allSatisfy { $0 >= 48 && $0 <= 57 } }
        guard word.first == UInt8(ascii: "v"), !version.isEmpty, version.count < 3, isDigits(version),
            isDigits(revision), word.contains(UInt8(ascii: ":")) != revision.isEmpty
        else { return 0 }
        return name.endIndex - dash
    }

    /// The length of a date at the end, its separator included; 0 where there is none.
    private static func dateLength(_ name: ArraySlice<UInt8>) -> Int {
        func matches(_ pattern: String) -> Bool {
            let pattern = Array(pattern.utf8)
            guard name.count > pattern.count else { return false }
            for (wanted, found) in zip(pattern, name.suffix(pattern.count)) {
                switch wanted {
                case UInt8(ascii: "9"): guard found >= 48, found <= 57 else { return false }
                default: guard wanted == found else { return false }
                }
            }
            return true
        }
        if matches("-20999999") || matches("@20999999") { return 9 }
        return matches("-2099-99-99") ? 11 : 0
    }
}
