/// A pattern that a whole text must match, in time proportional to the text: states are followed side by side
/// (Thompson, 1968), so no pattern and no text can make it slow.
///
/// Letters stand for themselves; `.`, `[a-z]`, `[^a-z]`, `\d`, `\w`, `\s` and `\` before a sign for one
/// character; `*`, `+`, `?`, `|` and groups as usual. It is the part of RE2's language that people write into
/// silences; anything else is refused, never taken for something else.
public struct LinearPattern: Hashable, Sendable {
    /// As it was written.
    public let text: String

    /// Bytes of the longest pattern.
    static let bytesMax = 512
    /// Groups within groups.
    private static let depthMax = 32

    private struct Characters: Hashable {
        var ranges: [ClosedRange<UInt32>]
        var isNegated = false

        func contains(_ scalar: UInt32) -> Bool { ranges.contains { $0.contains(scalar) } != isNegated }
    }

    private enum Step: Hashable {
        case one(Characters)
        /// Goes on at both places.
        case split(Int, Int)
        case jump(Int)
        case end
    }

    private let steps: [Step]

    /// A pattern; nil where the text is none, or is longer than 512 bytes.
    public init?(_ text: String) {
        guard text.utf8.count <= Self.bytesMax else { return nil }
        self.text = text
        var parser = Parser(scalars: Array(text.unicodeScalars))
        guard parser.choice(depth: 0), parser.isAtEnd else { return nil }
        steps = parser.steps + [.end]
    }

    /// Whether the whole text matches.
    public func matches(_ text: String) -> Bool {
        var marks = [Int](repeating: -1, count: steps.count)
        var current: [Int] = []
        follow(0, at: 0, &marks, &current)
        var at = 0
        for scalar in text.unicodeScalars {
            guard !current.isEmpty else { return false }
            at += 1
            var next: [Int] = []
            for place in current {
                if case .one(let set) = steps[place], set.contains(scalar.value) {
                    follow(place + 1, at: at, &marks, &next)
                }
            }
            current = next
        }
        return current.contains { steps[$0] == .end }
    }

    /// Adds the states that a state leads to without a character; each once for one place in the text.
    private func follow(_ start: Int, at: Int, _ marks: inout [Int], _ out: inout [Int]) {
        var open = [start]
        while let place = open.popLast() {
            guard marks[place] != at else { continue }
            marks[place] = at
            switch steps[place] {
            case .jump(let target): open.append(target)
            case .split(let a, let b): open += [b, a]
            case .one, .end: out.append(place)
            }
        }
    }

    /// Compiles by descent; the steps of each part are relative until they are joined.
    private struct Parser {
        let scalars: [Unicode.Scalar]
        var at = 0
        var steps: [Step] = []

        init(scalars: [Unicode.Scalar]) { self.scalars = scalars }

        var isAtEnd: Bool { at == scalars.count }
        private var next: Unicode.Scalar? { at < scalars.count ? scalars[at] : nil }

        private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
            guard next == scalar else { return false }
            at += 1
            return true
        }

        /// `a|b|c`.
        mutating func choice(depth: Int) -> Bool {
            guard depth < LinearPattern.depthMax else { return false }
            var start = steps.count
            var jumps: [Int] = []
            while true {
                guard sequence(depth) else { return false }
                guard take("|") else { break }
                insert(.split(start + 1, steps.count + 2), at: start)
                jumps.append(steps.count)
                steps.append(.jump(0))
                start = steps.count
            }
            for jump in jumps { steps[jump] = .jump(steps.count) }
            return true
        }

        private mutating func sequence(_ depth: Int) -> Bool {
            while let scalar = next, scalar != "|", scalar != ")" {
                let start = steps.count
                guard atom(depth) else { return false }
                while let sign = next, sign == "*" || sign == "+" || sign == "?" {
                    at += 1
                    if sign != "+" {
                        insert(.split(start + 1, steps.count + (sign == "*" ? 2 : 1)), at: start)
                    }
                    if sign == "*" { steps.append(.jump(start)) }
                    if sign == "+" { steps.append(.split(start, steps.count + 1)) }
                }
            }
            return true
        }

        /// Puts a step before others, which move on by one.
        private mutating func insert(_ step: Step, at start: Int) {
            for i in start..<steps.count {
                switch steps[i] {
                case .jump(let target): steps[i] = .jump(target + (target >= start ? 1 : 0))
                case .split(let a, let b):
                    steps[i] = .split(a + (a >= start ? 1 : 0), b + (b >= start ? 1 : 0))
                case .one, .end: break
                }
            }
            steps.insert(step, at: start)
        }

        private mutating func atom(_ depth: Int) -> Bool {
            guard let scalar = next else { return false }
            at += 1
            switch scalar {
            case "(":
                if take("?") { guard take(":") else { return false } }
                return choice(depth: depth + 1) && take(")")
            case "[": return set()
            case ".": steps.append(.one(Characters(ranges: [10...10], isNegated: true)))
            case "\\":
                guard let set = escape() else { return false }
                steps.append(.one(set))
            case "*", "+", "?", "{", "}", "]", "^", "$": return false
            default: steps.append(.one(Characters(ranges: [scalar.value...scalar.value])))
            }
            return true
        }

        private mutating func escape() -> Characters? {
            guard let scalar = next else { return nil }
            at += 1
            switch scalar {
            case "d": return Characters(ranges: [48...57])
            case "w": return Characters(ranges: [48...57, 65...90, 95...95, 97...122])
            case "s": return Characters(ranges: [9...13, 32...32])
            case _ where scalar.isASCII && !scalar.properties.isAlphabetic && !("0"..."9").contains(scalar):
                return Characters(ranges: [scalar.value...scalar.value])
            default: return nil
            }
        }

        /// What stands between brackets; a `]` or `-` that is meant stands behind a `\`.
        private mutating func set() -> Bool {
            var set = Characters(ranges: [], isNegated: take("^"))
            while let scalar = next, scalar != "]" {
                at += 1
                guard scalar != "[" else { return false }
                if scalar == "\\" {
                    guard let inner = escape() else { return false }
                    set.ranges += inner.ranges
                    continue
                }
                var last = scalar
                if next == "-", at + 1 < scalars.count, scalars[at + 1] != "]" {
                    last = scalars[at + 1]
                    at += 2
                    guard last != "\\", last != "[", last >= scalar else { return false }
                }
                set.ranges.append(scalar.value...last.value)
            }
            guard take("]"), !set.ranges.isEmpty else { return false }
            steps.append(.one(set))
            return true
        }
    }
}
