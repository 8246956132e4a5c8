import UsageEvents

/// Numbers as the cells of exports write them: plain decimals, read exactly.
enum NumberText {
    /// Whether `text` is a decimal: digits, a point, an exponent, a minus in front. `.5` and leading zeros
    /// count, thousands separators do not: `1,234` is 1234 in one country and 1.234 in another.
    static func isPlain(_ text: Span<UInt8>) -> Bool {
        var i = 0
        func digits() -> Int {
            let first = i
            while i < text.count, text[i] >= 48, text[i] <= 57 { i += 1 }
            return i - first
        }
        if i < text.count, text[i] == UInt8(ascii: "-") { i += 1 }
        let whole = digits()
        if i < text.count, text[i] == UInt8(ascii: ".") {
            i += 1
            guard digits() > 0 else { return false }
        } else if whole == 0 {
            return false
        }
        if i < text.count, text[i] | 0x20 == UInt8(ascii: "e") {
            i += 1
            if i < text.count, text[i] == UInt8(ascii: "+") || text[i] == UInt8(ascii: "-") { i += 1 }
            guard digits() > 0 else { return false }
        }
        return i == text.count
    }

    /// A whole number, times 10^`shift`, from 0 to `max` or down to `-max`.
    static func count(
        _ text: Span<UInt8>, field: Field, shift: Int = 0, max: Int64
    ) throws(Refusal) -> Int64 {
        if shift == 0, let number = digits(text), number <= max { return number }
        guard isPlain(text) else { throw wrongType(field, text, wanted: "a whole number") }
        guard case .value(let number, let isInexact) = ExactNumber(text, scale: shift),
            number.magnitude <= max.magnitude
        else {
            throw Refusal(
                reason: .outOfRange, field: field,
                detail: "\(field.key) is \(quote(text)), at most \(max) is wanted")
        }
        guard !isInexact else { throw wrongType(field, text, wanted: "a whole number") }
        return number
    }

    /// The value of up to 18 digits and nothing else, as nearly all counts are written.
    private static func digits(_ text: Span<UInt8>) -> Int64? {
        guard text.count > 0, text.count <= 18 else { return nil }
        var value: Int64 = 0
        for i in 0..<text.count {
            let digit = text[i] &- 48
            guard digit <= 9 else { return nil }
            value = value &* 10 &+ Int64(digit)
        }
        return value
    }

    /// Dollars with or without `$`, times 10^`shift`, to the nano-dollar.
    static func money(
        _ text: Span<UInt8>, field: Field = .costUSD, shift: Int = 0
    ) throws(Refusal) -> (amount: NanoUSD, isRounded: Bool) {
        let isDollar = text.count > 0 && text[0] == UInt8(ascii: "$")
        let digits = isDollar ? text.extracting(1...) : text
        guard isPlain(digits) else { throw wrongType(field, text, wanted: "an amount such as 0.12") }
        guard case .value(let nano, let isRounded) = ExactNumber(digits, scale: 9 + shift),
            nano.magnitude <= NanoUSD.eventMax.magnitude
        else {
            throw Refusal(
                reason: .outOfRange, field: field,
                detail: "\(field.key) is beyond 1000000 dollars either way")
        }
        return (NanoUSD(rawValue: nano), isRounded)
    }

    private static func wrongType(_ field: Field, _ text: Span<UInt8>, wanted: String) -> Refusal {
        Refusal(
            reason: .wrongType, field: field, detail: "\(field.key) is \(quote(text)), \(wanted) is wanted")
    }

    /// A cell for a message: itself where it is made of what numbers and times are made of, else only how
    /// long it is. A row whose cells are shifted may have text there that people wrote.
    static func quote(_ text: Span<UInt8>) -> String {
        var isPlain = text.count <= 40
        for i in 0..<text.count where !plainBytes.contains(text[i]) { isPlain = false }
        guard isPlain else { return "a text of \(text.count) bytes" }
        return Printable.quote(String(decoding: [UInt8](copying: text), as: UTF8.self))
    }

    private static let plainBytes = Array("0123456789 $.,+-:/%TZeE".utf8)
}
