/// The last part of a path, which names the project that is worked on.
enum LastComponent {
    /// Empty for a root. Separators are those of both kinds of systems.
    static func text(of path: [UInt8]) -> String {
        func isSeparator(_ byte: UInt8) -> Bool { byte == UInt8(ascii: "/") || byte == UInt8(ascii: "\\") }
        let end = (path.lastIndex { !isSeparator($0) } ?? -1) + 1
        let start = (path[..<end].lastIndex(where: isSeparator) ?? -1) + 1
        return String(decoding: path[start..<end], as: UTF8.self)
    }
}

extension InputHead {
    /// What the head shows of a line that is a JSON object.
    struct ObjectLine {
        var keys: [String] = []
        /// The text of the key `type`.
        var type: String?
    }

    /// The lines of the head that begin as JSON objects; the last one may be cut short.
    var objectLines: [ObjectLine] {
        bytes.split(separator: 0x0a).compactMap { slice in
            let line = Array(slice)
            var found: ObjectLine?
            var cursor = JSONCursor()
            do throws(Refusal) {
                try cursor.enterObject(line.span)
                found = ObjectLine()
                while let key = try cursor.nextKey(line.span) {
                    let name = String(decoding: line[key.range], as: UTF8.self)
                    found?.keys.append(name)
                    if name == "type", try cursor.kind(line.span) == .string {
                        found?.type = String(decoding: try cursor.text(line.span), as: UTF8.self)
                    } else {
                        try cursor.skip(line.span)
                    }
                }
            } catch {
                // Cut short at the end of the head, or no JSON from here on: what was seen counts.
                return found
            }
            return found
        }
    }
}
