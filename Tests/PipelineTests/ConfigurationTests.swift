import Alerting
import Detection
import Pipeline
import Testing
import UsageEvents

@Suite struct ConfigurationTests {
    private func configuration(_ yaml: String) throws(ConfigurationError) -> TidemarkConfiguration {
        var configuration = TidemarkConfiguration()
        try configuration.apply(yaml: Array(yaml.utf8), file: "tidemark.yaml")
        return configuration
    }

    /// The lines that a faulty file is answered with.
    private func faults(_ yaml: String) -> [String] {
        do throws(ConfigurationError) {
            _ = try configuration(yaml)
            return []
        } catch {
            return error.faults.map(\.description)
        }
    }

    // MARK: - The table

    /// Stored properties of a settings value that are no settings values themselves.
    private static func leaves(_ value: Any) -> Int {
        let mirror = Mirror(reflecting: value)
        guard mirror.displayStyle == .struct, !(value is String) else { return 1 }
        return mirror.children.isEmpty ? 1 : mirror.children.reduce(0) { $0 + leaves($1.value) }
    }

    @Test func `every setting has a key and every key a setting of its own`() {
        #expect(ConfigurationKeys.all.count == Self.leaves(TidemarkConfiguration()))
        #expect(Set(ConfigurationKeys.all.map(\.path)).count == ConfigurationKeys.all.count)
        #expect(Set(ConfigurationKeys.all.map(\.variable)).count == ConfigurationKeys.all.count)
    }

    /// A text that sets a key to something else than its default.
    private static func otherText(_ key: ConfigurationKey) -> String {
        switch (key.kind, key.defaultValue) {
        case (.number(let range, _), .number(let value)):
            ConfigurationValue.number(value == range.lowerBound ? range.upperBound : range.lowerBound).yaml
        case (.whole(let range, _), .whole(let value)):
            String(value == range.lowerBound ? range.upperBound : range.lowerBound)
        case (.flag, .flag(let value)): value ? "false" : "true"
        case (.choice(let words), .word(let value)): words.first { $0 != value } ?? value
        default: key.path == "models.aliases" ? "a=b" : "other.csv"
        }
    }

    @Test(arguments: ConfigurationKeys.all.map(\.path))
    func `a key sets its own value and no other, by flag, variable and file alike`(path: String) throws {
        let key = try #require(ConfigurationKeys.key(path))
        let text = Self.otherText(key)
        var byFlag = TidemarkConfiguration()
        try byFlag.apply(assignments: ["\(path)=\(text)"])
        var byVariable = TidemarkConfiguration()
        try byVariable.apply(environment: [key.variable: text])
        #expect(byFlag == byVariable)
        #expect(byFlag == (try configuration("\(path): \(text)\n")))
        let changed = ConfigurationKeys.all.filter { $0.value(in: byFlag) != $0.defaultValue }.map(\.path)
        #expect(changed == [path])
        #expect(byFlag.canonicalText.hasPrefix(path + ": "))
        #expect(try configuration(byFlag.canonicalText) == byFlag)
        #expect(try configuration(byFlag.annotatedYAML) == byFlag)
    }

    @Test(arguments: ConfigurationKeys.all.map(\.path))
    func `a default lies within its own range and its help is a sentence`(path: String) throws {
        let key = try #require(ConfigurationKeys.key(path))
        #expect(try configuration("\(path): \(key.defaultValue.yaml)\n") == TidemarkConfiguration())
        #expect(key.help.hasSuffix("."))
        #expect(key.help.first?.isUppercase == true)
    }

    // MARK: - Files

    @Test(arguments: [
        "", "\n", "# nothing\n", "---\n", "null\n", "detection:\n", "detection:\n  spend_spike:\n",
    ])
    func `a file that says nothing leaves the defaults`(yaml: String) throws {
        #expect(try configuration(yaml) == TidemarkConfiguration())
    }

    @Test func `nested and dotted keys mean the same, and numbers may have underscores`() throws {
        let nested = try configuration(
            "detection:\n  token_spike:\n    hour_floor: 1_500_000\n    enabled: false\n"
                + "log: {segment_bytes: 1048576}\n"
        )
        #expect(nested.detection.tokenSpike.hourFloor == 1_500_000)
        #expect(nested.detection.tokenSpike.enabled == false)
        #expect(nested.log.segmentBytes == 1 << 20)
        let dotted = try configuration(
            "detection.token_spike.hour_floor: 1.5e6\ndetection.token_spike:\n  enabled: false\n"
                + "log.segment_bytes: 1048576\n"
        )
        #expect(nested == dotted)
    }

    @Test func `every fault of a file is named with line, column, key and what is wanted`() {
        let lines = faults(
            """
            detection:
              spend_spike:
                sensitivty: 3
                ratio: high
                day_sensitivity: 99
                enabled: yes
                hour_floor: "2"
              new_model: 7
              token_spike: {day_floor: [1, 2]}
            alerting:
              page_severity: urgent
            log:
              segment_bytes: 1048576.5
            colour: red
            """
        )
        #expect(
            lines == [
                "tidemark.yaml:3:5: detection.spend_spike.sensitivty: there is no such key; "
                    + "did you mean detection.spend_spike.sensitivity?",
                "tidemark.yaml:4:12: detection.spend_spike.ratio: found \"high\", "
                    + "wanted a number from 1 to 1000 (times the usual)",
                "tidemark.yaml:5:22: detection.spend_spike.day_sensitivity: 99 is out of range, "
                    + "wanted a number from 0.5 to 20 (standard deviations of the logarithm)",
                "tidemark.yaml:6:14: detection.spend_spike.enabled: found \"yes\", wanted true or false",
                "tidemark.yaml:7:17: detection.spend_spike.hour_floor: found a text in quotes, "
                    + "wanted a number from 0 to 1000000 (US dollars)",
                "tidemark.yaml:8:14: detection.new_model: found a single value, wanted keys below it",
                "tidemark.yaml:9:28: detection.token_spike.day_floor: found a list, "
                    + "wanted a number from 0 to 1000000000000 (tokens)",
                "tidemark.yaml:11:18: alerting.page_severity: found \"urgent\", "
                    + "wanted one of info, low, medium, high, critical",
                "tidemark.yaml:13:18: log.segment_bytes: found \"1048576.5\", "
                    + "wanted a whole number from 65536 to 4294967296 (bytes)",
                "tidemark.yaml:14:1: colour: there is no such key; `tidemark config show` lists them all",
            ]
        )
    }

    @Test(arguments: [
        ("detection: {spend_spike: {ratio: }}", "found nothing"),
        ("- a\n- b\n", "found a list, wanted sections with keys"),
        ("3\n", "found a single value"), ("detection: [\n", "this is not YAML"),
        ("a: b: c\n", "this is not YAML"),
        ("log:\n  segment_bytes: 65536\nlog:\n  segment_bytes: 65537\n", "twice"),
        ("log:\n  segment_bytes: 65536\nlog.segment_bytes: 65537\n", "twice"),
        ("--- {}\n--- {}\n", "this is not YAML"),
        ("detection: {spend_spike: {ratio: .inf}}", "wanted a number"),
        ("? {a: b}\n: c\n", "wanted the name of a key"),
        ("detection: {spend_spike: {ratio: 0x10}}", "wanted a number"),
        ("alerting: {quiet_hours: 1__0}", "wanted a number"),
    ])
    func `what is no configuration is refused with a reason`(yaml: String, part: String) {
        let lines = faults(yaml)
        #expect(lines.count == 1)
        #expect(lines.first?.contains(part) == true, "\(lines)")
    }

    @Test func `bytes that are no text, nests without end and huge files are refused`() {
        var configuration = TidemarkConfiguration()
        let nested = [UInt8](repeating: UInt8(ascii: "["), count: 200_000)
        let huge = [UInt8](repeating: UInt8(ascii: "#"), count: TidemarkConfiguration.fileBytesMax + 1)
        for bytes in [[0x61, 0xff, 0x0a], nested, huge] {
            #expect(throws: ConfigurationError.self) { try configuration.apply(yaml: bytes, file: "x.yaml") }
        }
        #expect(configuration == TidemarkConfiguration())
    }

    @Test func `a faulty file changes nothing`() {
        var configuration = TidemarkConfiguration()
        let yaml = "log:\n  segment_bytes: 1048576\n  colour: red\n"
        #expect(throws: ConfigurationError.self) {
            try configuration.apply(yaml: Array(yaml.utf8), file: "x.yaml")
        }
        #expect(configuration == TidemarkConfiguration())
    }

    // MARK: - Flags and environment

    @Test func `a flag beats the environment, the environment beats the log, the log beats the default`()
        throws
    {
        let log =
            "detection.spend_spike.ratio: 2\ndetection.spend_spike.sensitivity: 2\nalerting.quiet_hours: 2\n"
        let effective = try TidemarkConfiguration.effective(
            log: log,
            environment: [
                "TIDEMARK_DETECTION_SPEND_SPIKE_RATIO": "5",
                "TIDEMARK_DETECTION_SPEND_SPIKE_SENSITIVITY": "5",
                "TIDEMARK_LOG": "elsewhere", "HOME": "x",
            ],
            assignments: ["detection.spend_spike.sensitivity=6", "detection.spend_spike.sensitivity=7"]
        )
        #expect(effective.detection.spendSpike.sensitivity == 7)
        #expect(effective.detection.spendSpike.ratio == 5)
        #expect(effective.alerting.quietHours == 2)
        #expect(effective.detection.baseline == DetectionConfiguration.Baseline())
        let file = (name: "a.yaml", bytes: Array("alerting: {page_severity: low}\n".utf8))
        let given = try TidemarkConfiguration.effective(log: log, file: file)
        #expect(given.alerting.pageSeverity == .low)
        #expect(given.alerting.quietHours == AlertingConfiguration().quietHours)
    }

    @Test func `faulty flags and variables are named`() {
        var configuration = TidemarkConfiguration()
        func lines(_ body: (inout TidemarkConfiguration) throws(ConfigurationError) -> Void) -> [String] {
            do throws(ConfigurationError) {
                try body(&configuration)
                return []
            } catch {
                return error.faults.map(\.description)
            }
        }
        #expect(
            lines { (c) throws(ConfigurationError) in
                try c.apply(assignments: [
                    "detection.spend_spike.ratio", "detection.spendspike.ratio=2", "log.segment_bytes=x",
                ])
            } == [
                "--set detection.spend_spike.ratio: wanted KEY=VALUE, "
                    + "as in detection.spend_spike.sensitivity=3.5",
                "--set detection.spendspike.ratio=2: there is no such key; "
                    + "did you mean detection.spend_spike.ratio?",
                "--set log.segment_bytes=x: found \"x\", "
                    + "wanted a whole number from 65536 to 4294967296 (bytes)",
            ]
        )
        #expect(
            lines { (c) throws(ConfigurationError) in
                try c.apply(environment: [
                    "TIDEMARK_LOG_SEGMENT_BITES": "1", "TIDEMARK_ALERTING_QUIET_HOURS": "-1",
                ])
            } == [
                "environment: TIDEMARK_ALERTING_QUIET_HOURS: alerting.quiet_hours: -1 is out of range, "
                    + "wanted a number from 0 to 1000 (hours)",
                "environment: TIDEMARK_LOG_SEGMENT_BITES: there is no such key; "
                    + "did you mean TIDEMARK_LOG_SEGMENT_BYTES?",
            ]
        )
    }

    @Test func `a message shows control characters as question marks`() {
        let lines = faults("\"\\e[31mred\\a\": 1\n")
        #expect(
            lines == [
                "tidemark.yaml:1:1: ?[31mred?: there is no such key; `tidemark config show` lists them all"
            ])
    }

    @Test func `aliases are read while they are few, and refused where each could double the work`() throws {
        func lines(_ aliases: Int) -> [String] {
            let text = (0..<aliases).map { _ in "alerting: *a\n" }.joined()
            var configuration = TidemarkConfiguration()
            do throws(ConfigurationError) {
                try configuration.apply(yaml: Array("detection: &a {}\n\(text)".utf8), file: "x.yaml")
            } catch { return error.description.split(separator: "\n").map(String.init) }
            return []
        }
        #expect(lines(1) == [])
        #expect(
            lines(TidemarkConfiguration.aliasesMax + 1) == [
                "x.yaml: more than 8 aliases (*name) are too many for a configuration; write the values out"
            ])
    }

    @Test(arguments: ["a", "a=", "=b", "a=b,", "a=b=c", "a=b,A=c", "a=b,b=c", "a=b;c=d"])
    func `aliases that say nothing, too much or go in circles are refused where they are set`(text: String) {
        #expect(
            faults("models:\n  aliases: \"\(text)\"\n").map { $0.prefix(36) } == [
                "tidemark.yaml:2:12: models.aliases: "
            ])
    }

    @Test func `aliases of models are part of the fingerprint, and null takes them away`() throws {
        let named = try configuration("models:\n  aliases: Team-Sonnet = claude-sonnet-4-5, gpt-prod=gpt-5\n")
        #expect(named.detection.aliases.model(of: "vendor/team-sonnet") == "claude-sonnet-4-5")
        #expect(named.detection.aliases.model(of: "gpt-5") == "gpt-5")
        #expect(named.fingerprint() != TidemarkConfiguration().fingerprint())
        #expect(try configuration("models:\n  aliases: null\n") == TidemarkConfiguration())
    }

    // MARK: - Texts

    @Test func `the canonical text is sorted, holds what is not the default and names the fingerprint`()
        throws
    {
        var configuration = TidemarkConfiguration()
        #expect(configuration.canonicalText.isEmpty)
        let standard = configuration.fingerprint()
        try configuration.apply(assignments: [
            "prices.file=a \"b\".csv", "alerting.quiet_hours=12", "log.segment_bytes=65536",
        ])
        #expect(
            configuration.canonicalText
                == "alerting.quiet_hours: 12\nlog.segment_bytes: 65536\nprices.file: \"a \\\"b\\\".csv\"\n"
        )
        #expect(configuration.fingerprint() != standard)
        #expect(configuration.fingerprint(facts: [("prices", "1")]) != configuration.fingerprint())
        #expect(
            configuration.fingerprint(facts: [("prices", "1"), ("detectors", "2")])
                == configuration.fingerprint(facts: [("detectors", "2"), ("prices", "1")])
        )
        configuration.alerting.quietHours = AlertingConfiguration().quietHours
        #expect(configuration.fingerprint() == standard, "where segments end decides nothing about alerts")
    }

    @Test func `the annotated text fits a terminal and marks defaults`() throws {
        var configuration = TidemarkConfiguration()
        try configuration.apply(assignments: ["detection.spend_spike.sensitivity=4.5"])
        let key = try #require(ConfigurationKeys.key("detection.spend_spike.sensitivity"))
        let lines = configuration.annotatedYAML.split(separator: "\n")
        #expect(lines.allSatisfy { $0.count <= 80 })
        #expect(lines.contains("    sensitivity: 4.5  # default: \(key.defaultValue.yaml)"))
        #expect(lines.filter { $0.hasSuffix("  # default") }.count == ConfigurationKeys.all.count - 1)
    }
}
