/// Finds where an object or an array ends, without reading what is in it, over bytes that come in pieces.
///
/// It knows strings and nesting, and as much of the grammar as tells at once that a value has broken off
/// and another one begun: a raw control character in a string (the line ended in the middle of it), a
/// bracket that closes another kind than is open, a bracket that opens where no value may stand. The
/// reader of the record checks the rest.
struct ValueScanner: Sendable {
    /// What the scan of a piece came to.
    enum Outcome: Hashable {
        /// The value ends before this byte.
        case ended(Int)
        /// An array opens at this byte, as a member of the outermost object.
        case member(Int)
        /// The piece is over, the value is not.
        case needsMore
        /// What stands at this byte cannot belong to the value.
        case fault(Int)
    }

    /// Bytes of the value that were scanned so far.
    private(set) var scanned = 0
    /// LFs among them.
    private(set) var lineFeeds = 0
    private var depth = 0
    /// Bit d: what opened at depth d is an object. Deeper nesting than 64 is counted only; no reader takes
    /// it.
    private var objects: UInt64 = 0
    private var isInString = false
    private var isAfterBackslash = false
    /// The last byte that was no blank; an LF counts, and what stood before it is kept beside it.
    private var last: UInt8 = 0
    private var beforeLineFeed: UInt8 = 0

    /// Scans on; the value, which begins with a bracket, begins at `start`, or began before the piece if
    /// `start` is 0 and `scanned` was set to 0 by `forget`.
    ///
    /// With `stopsAtMembers` it stops at each array that is a member of the outermost object; call again to
    /// go on.
    mutating func scan(_ bytes: Span<UInt8>, from start: Int, stopsAtMembers: Bool) -> Outcome {
        // Locals stay in registers; the state is written back once.
        var state = self
        let outcome = state.run(bytes, from: start + scanned, stopsAtMembers: stopsAtMembers)
        self = state
        switch outcome {
        case .ended(let end): scanned = end - start
        case .member(let at): scanned = at + 1 - start
        case .needsMore: scanned = bytes.count - start
        case .fault(let at): scanned = at - start
        }
        return outcome
    }

    /// What was scanned is no longer offered.
    mutating func forget() {
        scanned = 0
        lineFeeds = 0
    }

    /// Whether the last fault stands at the beginning of a line, blanks aside.
    var isAtLineStart: Bool { last == 0x0a && !isInString }

    private mutating func run(
        _ bytes: Span<UInt8>, from first: Int, stopsAtMembers: Bool
    ) -> Outcome {
        var i = first
        while i < bytes.count {
            if isInString {
                guard let next = skipText(bytes, i) else { return .needsMore }
                i = next
                if isInString { return .fault(i) }
                continue
            }
            let byte = bytes[i]
            switch byte {
            case UInt8(ascii: "\""):
                isInString = true
                last = byte
            case 0x20, 0x09, 0x0d: break
            case 0x0a:
                lineFeeds += 1
                if last != 0x0a { beforeLineFeed = last }
                last = byte
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                guard mayOpen() else { return .fault(i) }
                let isObject = byte == UInt8(ascii: "{")
                let isMember = depth == 1 && objects & 1 == 1 && !isObject
                if depth < 64 {
                    let bit = UInt64(1) << UInt64(depth)
                    objects = isObject ? objects | bit : objects & ~bit
                }
                depth += 1
                last = byte
                if isMember, stopsAtMembers { return .member(i) }
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                if depth <= 64 {
                    let isObject = objects >> UInt64(depth - 1) & 1 == 1
                    guard isObject == (byte == UInt8(ascii: "}")) else { return .fault(i) }
                }
                depth -= 1
                last = byte
                if depth == 0 { return .ended(i + 1) }
            default: last = byte
            }
            i += 1
        }
        return .needsMore
    }

    /// Steps over the text of a string and its closing quote, from `start` on; nil where the piece ends
    /// before. Stays in the string at a control character, which may not stand there.
    @inline(__always)
    private mutating func skipText(_ bytes: Span<UInt8>, _ start: Int) -> Int? {
        var i = start
        if isAfterBackslash {
            // Whatever it is; a control character is found all the same.
            isAfterBackslash = false
            if bytes[i] >= 0x20 { i += 1 }
        }
        while i < bytes.count {
            if i + 8 <= bytes.count {
                let hit = bytes.word(at: i).endsOfPlainText
                guard hit != 0 else {
                    i += 8
                    continue
                }
                i += hit.trailingZeroBitCount >> 3
            }
            let byte = bytes[i]
            if byte == UInt8(ascii: "\"") {
                isInString = false
                return i + 1
            }
            if byte < 0x20 { return i }
            if byte == UInt8(ascii: "\\") {
                i += 1
                guard i < bytes.count else {
                    isAfterBackslash = true
                    return nil
                }
                if bytes[i] < 0x20 { return i }
            }
            i += 1
            // Text past ASCII seldom comes alone.
            while i < bytes.count, bytes[i] >= 0x80 { i += 1 }
        }
        return nil
    }

    /// Whether an object or array may begin here.
    private func mayOpen() -> Bool {
        guard depth > 0, depth <= 64 else { return true }
        let before = last == 0x0a ? beforeLineFeed : last
        if objects >> UInt64(depth - 1) & 1 == 1 { return before == UInt8(ascii: ":") }
        return before == UInt8(ascii: "[") || before == UInt8(ascii: ",")
    }
}
