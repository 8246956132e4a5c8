import UsageEvents

/// JSON objects of any kind, by a mapping of their keys; keys with the names of fields need none.
///
/// The objects stand one after another, in an array, or in one of the lists that pages of an API have.
/// Where nothing says what the keys mean, the first object is rejected with the keys that it has, and those
/// behind it are ignored.
struct MappedObjects: DocumentReader {
    static let listKeys = ["data", "results", "rows", "items", "records", "events", "logs"].map {
        Array($0.utf8)
    }

    /// A key that leads to fields, or to an object whose keys do.
    private struct Branch: Sendable {
        let key: [UInt8]
        var targets: [Target] = []
        var branches: [Branch] = []
    }

    /// A field and what its number is multiplied by.
    private struct Target: Sendable {
        let field: Field
        let shift: Int
        /// The whole path, for messages.
        let name: String
    }

    private enum Stage {
        case start, mapped, refused
    }

    private let options: DecoderOptions
    private var stage = Stage.start
    private var fields: FieldTexts
    private var branches: [Branch] = []
    private var constants: [(field: Field, text: [UInt8])] = []

    init(_ options: DecoderOptions) {
        self.options = options
        fields = FieldTexts(options)
    }

    /// Takes the mapping, at the first object; what is wrong with the mapping is wrong for all.
    private mutating func begin(_ record: Span<UInt8>) throws(Refusal) {
        let mapping: ColumnMapping
        if let given = options.mapping {
            mapping = given
            stage = .refused
        } else {
            var paths: [[String]] = []
            var cursor = JSONCursor()
            try Self.list(&cursor, record, under: [], into: &paths)
            try cursor.end(record)
            stage = .refused
            guard MappingGuess.canonical(paths.filter { $0.count == 1 }.flatMap { $0 }) != nil else {
                throw MappingGuess.refusal(paths)
            }
            mapping = ColumnMapping(fields: Field.allCases)
        }
        try mapping.check(options)
        for entry in mapping.entries {
            switch entry.origin {
            case .constant(let text): constants.append((entry.field, Array(text.utf8)))
            case .column(let path, let shift):
                let target = Target(field: entry.field, shift: shift, name: path.joined(separator: "."))
                Self.add(target, at: path.map { Array($0.utf8) }[...], to: &branches)
            }
        }
        stage = .mapped
    }

    private static func add(
        _ target: Target, at path: ArraySlice<[UInt8]>, to branches: inout [Branch]
    ) {
        guard let key = path.first else { return }
        let index = branches.firstIndex { $0.key == key } ?? branches.count
        if index == branches.count { branches.append(Branch(key: key)) }
        if path.count == 1 {
            branches[index].targets.append(target)
        } else {
            add(target, at: path.dropFirst(), to: &branches[index].branches)
        }
    }

    /// The paths of all keys whose values are no objects, in their order.
    private static func list(
        _ cursor: inout JSONCursor, _ record: Span<UInt8>, under path: [String],
        into paths: inout [[String]]
    ) throws(Refusal) {
        try cursor.enterObject(record)
        while let key = try cursor.nextKey(record) {
            var quoted = JSONCursor(at: key.range.lowerBound - 1)
            let name = String(decoding: try quoted.text(record), as: UTF8.self)
            if try cursor.kind(record) == .object {
                try list(&cursor, record, under: path + [name], into: &paths)
            } else {
                try cursor.skip(record)
                paths.append(path + [name])
            }
        }
    }

    mutating func read(_ record: Span<UInt8>, into intake: inout RecordIntake) throws(Refusal) {
        if stage == .refused {
            let name = Array("unmapped object".utf8)
            intake.ignored.count(name.span)
            return
        }
        var cursor = JSONCursor()
        if stage == .start { try begin(record) }
        fields.begin(&intake.draft)
        for constant in constants { try fields.set(constant.field, constant.text.span, &intake.draft) }
        var seen: UInt32 = 0
        try Self.readObject(&cursor, record, branches, &seen, &fields, into: &intake.draft)
        try cursor.end(record)
        try fields.finish(&intake.draft)
        try intake.stageDraft()
    }

    /// Reads an object, as far as some branch leads into it.
    ///
    /// What it needs of `self` is passed: a method would copy the whole of it for each key.
    private static func readObject(
        _ cursor: inout JSONCursor, _ record: Span<UInt8>, _ branches: [Branch], _ seen: inout UInt32,
        _ fields: inout FieldTexts, into draft: inout EventDraft
    ) throws(Refusal) {
        try cursor.enterObject(record)
        while let key = try cursor.nextKey(record) {
            guard let index = try find(key, record, branches) else {
                try cursor.skip(record)
                continue
            }
            let branch = branches[index]
            if branch.targets.isEmpty {
                if try cursor.kind(record) == .object {
                    try readObject(&cursor, record, branch.branches, &seen, &fields, into: &draft)
                } else {
                    try cursor.skip(record)
                }
            }
            // A value may serve several fields, and is read again for each.
            let start = cursor
            for target in branch.targets {
                cursor = start
                try readValue(&cursor, record, target, &seen, &fields, into: &draft)
            }
        }
    }

    private static func find(
        _ key: JSONKey, _ record: Span<UInt8>, _ branches: [Branch]
    ) throws(Refusal) -> Int? {
        if key.isEscaped {
            var quoted = JSONCursor(at: key.range.lowerBound - 1)
            let name = try quoted.text(record)
            return branches.firstIndex { $0.key == name }
        }
        let name = record.extracting(key.range)
        for index in branches.indices where branches[index].key.count == name.count {
            let key = branches[index].key
            if key.span.isEqual(to: name) { return index }
        }
        return nil
    }

    private static func readValue(
        _ cursor: inout JSONCursor, _ record: Span<UInt8>, _ target: Target, _ seen: inout UInt32,
        _ fields: inout FieldTexts, into draft: inout EventDraft
    ) throws(Refusal) {
        let bit: UInt32 = 1 << UInt32(target.field.rawValue)
        guard seen & bit == 0 else {
            throw Refusal(
                reason: .duplicateKey, field: target.field,
                detail: "\(Printable.quote(target.name)) stands twice, once is wanted")
        }
        seen |= bit
        do throws(Refusal) {
            switch try cursor.kind(record) {
            case .null: try cursor.skip(record)
            case .string:
                try cursor.withLabel(record, target.field, key: target.name) { (text) throws(Refusal) in
                    try fields.set(target.field, text, shift: target.shift, &draft)
                }
            case .number:
                let range = try cursor.number(record)
                try fields.set(target.field, record.extracting(range), shift: target.shift, &draft)
            case let kind:
                throw Refusal(
                    reason: .wrongType, field: target.field,
                    detail: "\(target.field.key) is \(kind.name), a text or a number is wanted")
            }
        } catch {
            throw error.naming(target.name)
        }
    }
}
