import Testing

/// The module table of `docs/architecture.md`, kept true: who may import whom.
@Suite struct ModuleTableTests {
    /// The C library under its names; only the files below may have it.
    private static let platform: Set<String> = ["Glibc", "Musl", "Darwin"]

    /// What each module may import. The standard library needs no import.
    private static let table: [String: Set<String>] = [
        "UsageEvents": ["CIntrinsics"],
        "Statistics": [],
        "EventLog": ["UsageEvents", "CIntrinsics", "CZstd"],
        "Connectors": ["UsageEvents", "CIntrinsics", "FoundationEssentials"],
        "Detection": ["UsageEvents", "Statistics", "CIntrinsics"],
        "Alerting": ["UsageEvents", "Detection"],
        "Pipeline": ["UsageEvents", "Statistics", "EventLog", "Connectors", "Detection", "Alerting", "Yams"],
        "Sinks": ["UsageEvents", "Detection", "Alerting", "Crypto"],
        "Service": [
            "UsageEvents", "EventLog", "Alerting", "Pipeline", "Sinks", "Logging",
            "NIOCore",
            "NIOHTTP1", "NIOPosix", "NIOSSL", "Subprocess", "Synchronization", "System", "SystemPackage",
        ],
        "tidemarkd": [
            "Service", "Pipeline", "EventLog", "Alerting", "UsageEvents", "ArgumentParser", "Logging",
            "ServiceLifecycle", "UnixSignals",
        ],
        "tidemark": ["Pipeline", "UsageEvents", "EventLog", "Detection", "Alerting", "ArgumentParser"],
        "TidemarkTestKit": [
            "UsageEvents", "EventLog", "Connectors", "Detection", "Alerting", "Pipeline",
            "FoundationEssentials",
        ],
    ]

    /// The files that speak to the operating system, few and each for one thing.
    private static let platformFiles: [String: String] = [
        "Sources/EventLog/Storage/PosixDisk.swift": "the real disk behind the protocol `Disk`",
        "Sources/Pipeline/Input/FileInput.swift": "reads files, pipes, variables and the clock",
        "Sources/Pipeline/Input/ScratchFile.swift": "a file without a name",
        "Sources/Pipeline/Input/StandardDescriptors.swift": "the null device in the place of closed streams",
        "Sources/Pipeline/Run/Threads.swift": "threads and the lock by which they share anything",
        "Sources/Service/FileBytes.swift": "reads files of the administrator with owner and permissions",
        "Sources/Service/Network/SystemNames.swift": "looks up names",
        "Sources/Service/ProcessEnvironment.swift":
            "variables, which are taken away once read; the host's name",
        "Sources/Service/ServiceManager.swift": "tells the service manager how far the process is",
        "Sources/tidemarkd/StandardStreams.swift": "writes to the two output streams",
        "Sources/tidemark/Terminal/Platform.swift": "what the terminal is, signals, writing to a descriptor",
    ]

    private static let modules = Repository.entries("Sources").filter {
        !["CIntrinsics", "CZstd"].contains($0) && !$0.hasPrefix(".")
    }

    @Test(arguments: modules)
    func `a module imports what the table allows it and nothing else`(module: String) {
        guard let allowed = Self.table[module] else {
            Issue.record("Sources/\(module) is not in the module table")
            return
        }
        for file in Repository.files(in: ["Sources/" + module], suffix: ".swift") {
            for (number, line) in file.code {
                guard let imported = Self.importedModule(line), !allowed.contains(imported) else { continue }
                if Self.platform.contains(imported), Self.platformFiles[file.path] != nil { continue }
                Issue.record(
                    "\(file.path):\(number) imports \(imported), which the module table does not allow")
            }
        }
    }

    @Test func `the files that may import the C library are there and do`() {
        for path in Self.platformFiles.keys.sorted() {
            let imports = Repository.files(in: [path], suffix: ".swift").flatMap(\.code).compactMap {
                Self.importedModule($0.line)
            }
            #expect(imports.contains { Self.platform.contains($0) }, "\(path) is listed without need")
        }
    }

    /// The module that a line imports: the word after `import`, kind and submodule left out.
    private static func importedModule(_ line: String) -> String? {
        var words = line.split(separator: " ").map(String.init)
        let modifiers: Set<String> = [
            "public", "package", "internal", "private", "fileprivate", "@testable", "@preconcurrency",
            "unsafe",
        ]
        while let first = words.first, modifiers.contains(first) { words.removeFirst() }
        guard words.first == "import", words.count > 1 else { return nil }
        let kinds: Set<String> = ["struct", "class", "enum", "protocol", "typealias", "func", "var", "let"]
        let name = kinds.contains(words[1]) && words.count > 2 ? words[2] : words[1]
        return name.split(separator: ".").first.map(String.init)
    }
}
