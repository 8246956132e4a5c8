import UsageEvents

/// A pattern where it stands in a `KeyTable`, which outlives it.
@safe struct KeyEntry {
    fileprivate let place: UnsafePointer<KeyPattern>

    @inline(__always)
    fileprivate init(_ place: UnsafePointer<KeyPattern>) { unsafe self.place = place }

    @inline(__always) var kind: KeyPattern.Kind { unsafe place.pointee.kind }
    @inline(__always) var field: Int { unsafe place.pointee.field }
    @inline(__always) var bit: UInt32 { unsafe place.pointee.bit }
    /// In a plan, the bits of the keys before this one.
    @inline(__always) var before: UInt32 { unsafe place.pointee.before }
    /// What stands next in a plan; asked for only where this one stands and has a value.
    @inline(__always) var next: KeyEntry { unsafe KeyEntry(place + 1) }
    @inline(__always) var length: Int { unsafe place.pointee.length }
    /// The start of the hash of the field's labels.
    @inline(__always) var hasher: SymbolHash { unsafe place.pointee.hasher }

    /// See `KeyPattern`.
    @inline(__always)
    func stands(in bytes: PaddedBytes, at i: Int) -> Bool { unsafe place.pointee.stands(in: bytes, at: i) }
}

/// The patterns by number, the two that followed each last, and those of the last lines one after the other,
/// to look up without a bounds check.
///
/// Numbers: 0 to 21 are fields behind a comma, `unknown` is a key that is ignored, `end` the end of the line,
/// `start` its beginning, and 32 more than a field is that field as the first of its line.
///
/// Proof. All tables by number have 64 places (128 for the followers, two a place), and an index is cut to
/// its low six bits before it is used; so every read and write is inside. The plan has `planMax` places and
/// one more, and ends with `nothing`; it is read in order, and no further than to a pattern that does not
/// stand or has no value. The memory belongs to this value.
@safe struct KeyTable: ~Copyable {
    static let unknown = 22
    static let end = 23
    static let start = 24
    /// What a field's number has more where it is the first of its line.
    static let first = 32
    private static let places = 64
    /// So often a call learns a new style; a source that changes it with every line is read the slow way.
    private static let restylesMax = 16

    /// A line of more keys than this is read by the followers alone.
    static let planMax = 24

    private let patterns: UnsafeMutablePointer<KeyPattern>
    private let plan: UnsafeMutablePointer<KeyPattern>
    private let followers: UnsafeMutablePointer<UInt8>
    private let keep: UnsafeMutablePointer<UInt64>
    private let state: UnsafeMutablePointer<State>

    /// What changes seldom.
    private struct State {
        var style: LineStyle
        var restyles = 0
        /// The numbers of the plan.
        var planned: [UInt8]
        /// Those of the line that was read last without it or beyond it.
        var noted: [UInt8] = []
        /// Those of the line that is being read so.
        var noting: [UInt8] = []
    }

    /// What calls hand on: followers, style, and the patterns in this style.
    struct Learned: Sendable {
        fileprivate var followers: [UInt8]
        fileprivate var plan: [UInt8] = []
        fileprivate var style: LineStyle
        fileprivate var patterns: [KeyPattern]

        /// Before anything was read: each key is followed by the next one.
        init() {
            style = LineStyle()
            patterns = KeyTable.patterns(style)
            followers = (0..<places).flatMap { number -> [UInt8] in
                if number == start { return [UInt8(first), UInt8(first)] }
                let field = number & (first - 1)
                return [UInt8(field < unknown - 1 ? field + 1 : end), UInt8(end)]
            }
        }
    }

    /// A table that knows what an earlier one learned; labels go into `symbols`.
    init(_ learned: Learned, _ symbols: borrowing Symbols) {
        unsafe state = .allocate(capacity: 1)
        unsafe state.initialize(to: State(style: learned.style, planned: learned.plan))
        unsafe followers = .allocate(capacity: 2 * Self.places)
        for i in 0..<2 * Self.places { unsafe followers[i] = learned.followers[i] }
        unsafe keep = .allocate(capacity: 9)
        for i in 0..<9 { unsafe keep[i] = i < 4 ? .max : 0 }
        unsafe patterns = .allocate(capacity: Self.places)
        for i in 0..<Self.places { unsafe (patterns + i).initialize(to: learned.patterns[i]) }
        unsafe plan = .allocate(capacity: Self.planMax + 1)
        set(.identity, symbols.identities.hasher)
        set(.team, symbols.teams.hasher)
        set(.project, symbols.projects.hasher)
        set(.tool, symbols.tools.hasher)
        set(.model, symbols.models.hasher)
        set(.mcpServer, symbols.mcpServers.hasher)
        set(.mcpTool, symbols.mcpTools.hasher)
        set(.source, symbols.sources.hasher)
        layOutPlan()
    }

    private func set(_ field: Field, _ hasher: SymbolHash) {
        unsafe patterns[Int(field.rawValue)].hasher = hasher
        unsafe patterns[Self.first + Int(field.rawValue)].hasher = hasher
    }

    /// All patterns in a style.
    private static func patterns(_ style: LineStyle) -> [KeyPattern] {
        let hasher = SymbolHash()
        var patterns = [KeyPattern](repeating: KeyPattern(hasher), count: places)
        for field in Field.allCases {
            let i = Int(field.rawValue)
            patterns[i] = KeyPattern(field, isFirst: false, style, hasher)
            patterns[first + i] = KeyPattern(field, isFirst: true, style, hasher)
        }
        patterns[end] = KeyPattern(endOf: style, hasher)
        return patterns
    }

    /// Of each field three words of its key and its length.
    private static let names: [SIMD4<UInt64>] = Field.allCases.map {
        let key = Array($0.key.utf8)
        return SIMD4(
            KeyPattern.word(key.span, 0), KeyPattern.word(key.span, 8), KeyPattern.word(key.span, 16),
            UInt64(key.count))
    }

    deinit {
        unsafe state.deinitialize(count: 1)
        // All the rest is plain data.
        unsafe patterns.deallocate()
        unsafe plan.deallocate()
        unsafe followers.deallocate()
        unsafe keep.deallocate()
        unsafe state.deallocate()
    }

    /// Hands on what was learned.
    func teach(_ learned: inout Learned) {
        for i in 0..<2 * Self.places { unsafe learned.followers[i] = followers[i] }
        learned.plan = unsafe state.pointee.planned
        if learned.style == style { return }
        learned.style = style
        learned.patterns = Self.patterns(style)
    }

    /// How lines are spaced.
    var style: LineStyle { unsafe state.pointee.style }

    @inline(__always)
    subscript(number: Int) -> KeyEntry {
        unsafe KeyEntry(patterns + number & (Self.places &- 1))
    }

    // MARK: - The plan

    /// What stands first in a line that is like the last ones.
    @inline(__always) var planned: KeyEntry { unsafe KeyEntry(plan) }

    /// A line is read otherwise from this entry of the plan on; returns the field before it, or `start`.
    func leavePlan(at entry: KeyEntry) -> Int {
        let k = unsafe entry.place - UnsafePointer(plan)
        unsafe state.pointee.noting = Array(state.pointee.planned.prefix(k))
        return k == 0 ? Self.start : unsafe plan[k - 1].field
    }

    /// Such a line went on with a pattern.
    func note(_ number: Int) {
        if unsafe state.pointee.noting.count <= Self.planMax {
            unsafe state.pointee.noting.append(UInt8(truncatingIfNeeded: number))
        }
    }

    /// Such a line was read to its end. What comes twice is the new plan.
    func endNotes() {
        let line = unsafe state.pointee.noting
        if unsafe line != state.pointee.noted {
            unsafe state.pointee.noted = line
        } else if line.count <= Self.planMax {
            unsafe state.pointee.planned = line
            layOutPlan()
        }
    }

    /// Writes the patterns of the plan one after the other.
    ///
    /// The plan has no key twice, since such a line is not read to its end; so readers need not look.
    private func layOutPlan() {
        var k = 0
        var seen: UInt32 = 0
        for number in unsafe state.pointee.planned.prefix(while: { $0 != UInt8(Self.unknown) }) {
            var pattern = unsafe patterns[Int(number) & (Self.places - 1)]
            pattern.before = seen
            precondition(seen & pattern.bit == 0 && k < Self.planMax)
            seen |= pattern.bit
            unsafe (plan + k).initialize(to: pattern)
            k += 1
        }
        var end = KeyPattern.nothing
        end.before = seen
        unsafe (plan + k).initialize(to: end)
    }

    /// Of the masks that keep the first `count` bytes, 0 to 32, of four words, the one of a word.
    @inline(__always)
    func kept(_ count: Int, _ word: Int) -> UInt64 {
        // 32 bytes of ones and 40 of zeros, of which eight from one of the first 64 on.
        unsafe UnsafeRawPointer(keep).loadUnaligned(
            fromByteOffset: (32 &- count &+ 8 &* word) & 63, as: UInt64.self)
    }

    /// The field whose key is the text at `start`, -1 for none.
    func field(_ input: PaddedBytes, _ start: Int, _ length: Int) -> Int {
        guard length <= 24 else { return -1 }
        let key = SIMD4(
            input.word(start) & kept(length, 0), input.word(start + 8) & kept(length, 1),
            input.word(start + 16) & kept(length, 2), UInt64(length))
        return Self.names.firstIndex(of: key) ?? -1
    }

    /// The pattern that followed `number` last.
    @inline(__always)
    func follower(of number: Int) -> Int { unsafe Int(followers[2 &* (number & (Self.places &- 1))]) }

    /// The pattern that followed `number` before that.
    func secondFollower(of number: Int) -> Int {
        unsafe Int(followers[2 * (number & (Self.places - 1)) + 1])
    }

    /// From now on `next` is expected behind `number`.
    func expect(_ next: Int, after number: Int) {
        let at = 2 * (number & (Self.places - 1))
        if unsafe Int(followers[at]) == next { return }
        unsafe followers[at + 1] = followers[at]
        unsafe followers[at] = UInt8(truncatingIfNeeded: next)
    }

    /// From now on lines of another style are expected.
    func expect(_ wanted: LineStyle) {
        guard wanted != style, unsafe state.pointee.restyles < Self.restylesMax else { return }
        unsafe state.pointee.restyles += 1
        unsafe state.pointee.style = wanted
        for (i, pattern) in Self.patterns(wanted).enumerated() {
            let hasher = unsafe patterns[i].hasher
            unsafe patterns[i] = pattern
            unsafe patterns[i].hasher = hasher
        }
        layOutPlan()
    }
}
