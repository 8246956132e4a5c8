import Testing

/// House rules that the formatter cannot express.
@Suite struct SourceTests {
    private static let swiftFiles = Repository.files(
        in: ["Sources", "Tests", "Benchmarks"], suffix: ".swift")
    private static let sources = swiftFiles.filter { $0.path.hasPrefix("Sources/") }

    /// Files or folders that may say `unsafe`, each with its reason. Everything else is checked by the
    /// compiler.
    private static let unsafeAllowed: [String: String] = [
        "Sources/Connectors/NDJSON/Scanner": "the inner loop of decoding; PaddedBytes.swift holds the proof",
        "Sources/Connectors/JSON/ByteWords.swift": "eight bytes at once; the load checks its bounds",
        "Sources/Connectors/Canonical/LineBuffer.swift": "a line on the stack; the file holds the proof",
        "Sources/Detection/PastBlocks.swift": "memory of its own, each number compared with its end",
        "Sources/Detection/Scorer+Run.swift": "ten columns a row, their lengths compared in front",
        "Sources/Detection/Prefetch.swift": "asks for memory by its address; the file holds the proof",
        "Sources/EventLog/Kernels": "inner loops of encoding and decoding; each file holds its proof",
        "Sources/EventLog/CRC32C.swift": "sixteen look-ups a step, each within its table",
        "Sources/EventLog/Storage/PosixDisk.swift": "calls of the C library",
        "Sources/EventLog/Zstd": "calls of zstd",
        "Sources/UsageEvents/ByteBlocks.swift": "compares and copies eight bytes at once",
        "Sources/UsageEvents/LabelSearch.swift": "looks many labels up at once",
        "Sources/Pipeline/Input": "calls of the C library, and the buffer that they fill",
        "Sources/Pipeline/Run/Threads.swift": "calls of the C library; the lock that guards what is shared",
        "Sources/Service/FileBytes.swift": "calls of the C library",
        "Sources/Service/Network/SystemNames.swift": "a list that the C library hands out",
        "Sources/Service/ProcessEnvironment.swift": "calls of the C library",
        "Sources/Service/ServiceManager.swift": "one datagram to a socket, by the C library",
        "Sources/tidemark/Terminal/Platform.swift": "calls of the C library",
        "Sources/tidemarkd/StandardStreams.swift": "calls of the C library",
    ]

    private static func isUnsafeAllowed(_ path: String) -> Bool {
        unsafeAllowed.keys.contains { path == $0 || path.hasPrefix($0 + "/") }
    }

    private static func isUnsafe(_ line: String) -> Bool {
        line.hasWord("unsafe") || line.contains("@unchecked")
    }

    @Test func `no file is longer than 400 lines`() {
        for file in Self.swiftFiles {
            let count = file.lines.count - (file.text.hasSuffix("\n") ? 1 : 0)
            #expect(count <= 400, "\(file.path) has \(count) lines: is it one concept?")
        }
    }

    @Test func `no line is longer than 110 columns`() {
        for file in Self.swiftFiles {
            for (offset, line) in file.lines.enumerated() where line.count > 110 {
                Issue.record("\(file.path):\(offset + 1) has \(line.count) columns")
            }
        }
    }

    @Test func `nothing is left to do, forced or fatal`() {
        let banned = ["TODO", "FIXME", "XXX", "HACK", "fatalError", "Task.detached"]
        for file in Self.sources {
            for (offset, line) in file.lines.enumerated() {
                for word in banned where String(line).hasWord(word) {
                    Issue.record("\(file.path):\(offset + 1) says \(word)")
                }
            }
            for (number, line) in file.code where line.contains("try!") || line.contains(" as! ") {
                Issue.record("\(file.path):\(number) forces what may fail")
            }
        }
    }

    @Test func `unsafe code stands only where the list says why`() {
        for file in Self.sources where !Self.isUnsafeAllowed(file.path) {
            let first = file.code.first { Self.isUnsafe($0.line) }?.number
            #expect(first == nil, "\(file.path) is unsafe, but not in the list of SourceTests")
        }
    }

    @Test func `the list of unsafe files has no stale entry`() {
        for path in Self.unsafeAllowed.keys.sorted() {
            let files = Self.sources.filter { $0.path == path || $0.path.hasPrefix(path + "/") }
            let used = files.contains {
                $0.code.contains { $0.line.hasWord("unsafe") || $0.line.contains("@unchecked") }
            }
            #expect(used, "\(path) needs no place in the list")
        }
    }

    @Test func `the checks see what they look for`() {
        #expect("let x = unsafe pointer[0]".hasWord("unsafe"))
        #expect("nonisolated(unsafe) var x".hasWord("unsafe"))
        #expect(!"withUnsafeBytes(of: x) { unsafely($0) }".hasWord("unsafe"))
        let file = Repository.TextFile(path: "a.swift", text: "let a = 1  // unsafe words\nlet b = 2\n")
        #expect(file.code.map(\.line) == ["let a = 1  ", "let b = 2", ""])
    }

    @Test func `folders at the top are the agreed ones`() {
        let agreed: Set<String> = ["Sources", "Tests", "Benchmarks", "Fixtures", "docs"]
        for name in Repository.entries(".") where !name.hasPrefix(".") && !agreed.contains(name) {
            #expect(Repository.entries(name).isEmpty, "\(name) is not one of the agreed folders")
        }
    }
}
