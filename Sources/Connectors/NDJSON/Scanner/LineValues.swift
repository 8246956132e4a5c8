import UsageEvents

/// What the scanner found in one line, by field: numbers, and where labels stand.
@safe struct LineValues: ~Copyable {
    /// Where a text stands, and its seeded hash where it is a label.
    struct Text {
        var start: Int
        var length: Int
        var hash: UInt64
    }

    /// Keys that are no fields, at most so many a line; a line with more goes to the general parser.
    static let unknownMax = 16

    private let texts: UnsafeMutablePointer<Text>
    private let numbers: UnsafeMutablePointer<Int64>
    private static let fields = 22

    init() {
        unsafe texts = .allocate(capacity: Self.fields + Self.unknownMax)
        unsafe texts.initialize(
            repeating: Text(start: 0, length: 0, hash: 0), count: Self.fields + Self.unknownMax)
        unsafe numbers = .allocate(capacity: Self.fields)
        unsafe numbers.initialize(repeating: 0, count: Self.fields)
    }

    deinit {
        unsafe texts.deallocate()
        unsafe numbers.deallocate()
    }

    /// The text of a field (its raw value), or of an unknown key (22 and its ordinal). Always inside the
    /// allocation: checked.
    @inline(__always)
    subscript(text i: Int) -> Text {
        get {
            precondition(i >= 0 && i < Self.fields + Self.unknownMax)
            return unsafe texts[i]
        }
        nonmutating set {
            precondition(i >= 0 && i < Self.fields + Self.unknownMax)
            unsafe texts[i] = newValue
        }
    }

    /// The number of a field (its raw value). Always inside the allocation: checked.
    @inline(__always)
    subscript(number i: Int) -> Int64 {
        get {
            precondition(i >= 0 && i < Self.fields)
            return unsafe numbers[i]
        }
        nonmutating set {
            precondition(i >= 0 && i < Self.fields)
            unsafe numbers[i] = newValue
        }
    }

    /// The text of a key if the line had it, else an empty one.
    @inline(__always)
    func text(_ field: Field, seen: UInt32) -> Text {
        seen & field.bit != 0 ? self[text: Int(field.rawValue)] : Text(start: 0, length: 0, hash: 0)
    }

    /// The number of a key if the line had it and it was not null, else another.
    @inline(__always)
    func number(_ field: Field, present: UInt32, else other: Int64 = 0) -> Int64 {
        present & field.bit != 0 ? self[number: Int(field.rawValue)] : other
    }
}

extension Field {
    /// The bit of `EventShape`.
    @inline(__always) var bit: UInt32 { 1 &<< UInt32(rawValue) }
}
