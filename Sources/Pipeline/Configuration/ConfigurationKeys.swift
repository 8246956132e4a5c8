import Alerting
import Detection
import UsageEvents

/// All keys of the configuration, in the order in which `config show` prints them.
///
/// The one table from which come files, `--set`, environment variables, checks, help and the fingerprint. A
/// new key is a stored property with its default, and one line here.
public enum ConfigurationKeys {
    /// One line a key: path, where its value lives, range and unit, what it is for.
    public static let all: [ConfigurationKey] =
        [
            .whole(
                "log.segment_bytes", \.log, \.segmentBytes, (64 << 10)...(4 << 30), "bytes",
                "Size at which a segment file of the log is full and the next one begins."
            ),
            .choice(
                "log.keep_request_ids", \.log, \.keepRequestIDs,
                "Request ids stay until the duplicate window has passed them, or for good."
            ),
            .whole(
                "log.retention_days", \.log, \.retentionDays, 0...36_500, "days",
                "Age at which `tidemark log prune` drops whole segments, by the log's clock; 0 keeps all."
            ),
            .whole(
                "log.retention_bytes", \.log, \.retentionBytes, 0...(1 << 50), "bytes",
                "Size above which `tidemark log prune` drops the oldest segments; 0 keeps all."
            ),
            .text(
                "sources.map", \.sources, \.map, "a mapping such as identity=user_email,ts=day",
                "What the columns of tables mean that are of no known format; --map wins over it."
            ),
            .text(
                "prices.file", \.prices, \.file, "the path of a file",
                "A price table whose rows win over the bundled ones; null for the bundled ones alone."
            ),
            .text(
                "models.aliases", \.detection, \.modelAliases,
                "names and what they stand for, such as team-sonnet=claude-sonnet-4-5,gpt-prod=gpt-5",
                "Names by which models are called here: such a name has its model's price and is no news.",
                isText: { ModelAliases($0) != nil }
            ),
        ] + baseline + spike("spend_spike", \.detection.spendSpike, unit: "US dollars", floorMax: 1e6)
        + spike("token_spike", \.detection.tokenSpike, unit: "tokens", floorMax: 1e12)
        + novelty("new_model", \.detection.newModel, thing: "model")
        + novelty("new_mcp_server", \.detection.newMCPServer, thing: "MCP server") + alerting

    private static let baseline: [ConfigurationKey] = [
        .number(
            "detection.baseline.hours_needed", \.detection.baseline, \.hoursNeeded, 1...1_000, "active hours",
            "What an account must have shown before its hours are judged by its own history."
        ),
        .number(
            "detection.baseline.days_needed", \.detection.baseline, \.daysNeeded, 1...100, "active days",
            "What an account must have shown before its days are judged by its own history."
        ),
        .number(
            "detection.baseline.day_memory", \.detection.baseline, \.dayMemory, 5...1_000, "active days",
            "How many active days a baseline remembers."
        ),
        .number(
            "detection.baseline.day_spread", \.detection.baseline, \.daySpread, 0.1...8, "doublings",
            "How far the days of an account scatter, as long as it has shown too few."
        ),
        .number(
            "detection.baseline.spread_weight", \.detection.baseline, \.spreadWeight, 0...1_000,
            "observations",
            "How much the two assumed spreads weigh against what an account has shown."
        ),
        .number(
            "detection.baseline.adopt_days", \.detection.baseline, \.adoptDays, 1...100, "active days",
            "How long a new level must last before it counts as the usual one."
        ),
    ]

    private static let alerting: [ConfigurationKey] = [
        .severity(
            "alerting.page_severity", \.alerting, \.pageSeverity,
            "The least severity that is a page; what is below is a line of the digest."
        ),
        .number(
            "alerting.quiet_hours", \.alerting, \.quietHours, 0...1_000, "hours",
            "After an alert, how long its family stays quiet for the account."
        ),
        .number(
            "alerting.quiet_after_end_hours", \.alerting, \.quietAfterEndHours, 0...1_000, "hours",
            "After the end of an excursion, how long its family stays quiet, where that is later."
        ),
        .number(
            "alerting.resolve_hours", \.alerting, \.resolveHours, 1...1_000, "hours",
            "How long a first use stays open, or a spike of an account that fell silent."
        ),
        .number(
            "alerting.medium_usd", \.alerting, \.mediumUSD, 0...1e6, "US dollars",
            "Dollars above the expected from which a spend alert is of medium severity."
        ),
        .number(
            "alerting.high_usd", \.alerting, \.highUSD, 0...1e6, "US dollars",
            "Dollars above the expected from which a spend alert is of high severity."
        ),
        .number(
            "alerting.critical_usd", \.alerting, \.criticalUSD, 0...1e6, "US dollars",
            "Dollars above the expected from which a spend alert is critical."
        ),
    ]

    /// The keys of one metric's spikes.
    private static func spike(
        _ name: String,
        _ section: ConfigurationKey.Section<DetectionConfiguration.Spike>,
        unit: String, floorMax: Double
    ) -> [ConfigurationKey] {
        let path = "detection.\(name)."
        return [
            .flag(path + "enabled", section, \.enabled, "Whether this is looked for."),
            .number(
                path + "sensitivity", section, \.sensitivity, 0.5...20,
                "standard deviations of the logarithm",
                "How far above its usual hour an account must be. Lower finds more and is wrong more often."
            ),
            .number(
                path + "day_sensitivity", section, \.daySensitivity, 0.5...20,
                "standard deviations of the logarithm", "How far above its usual day an account must be."
            ),
            .number(
                path + "ratio", section, \.ratio, 1...1_000, "times the usual",
                "The smallest multiple of the usual hour or day that counts."
            ),
            .number(
                path + "hour_floor", section, \.hourFloor, 0...floorMax, unit,
                "The smallest hour that counts."
            ),
            .number(
                path + "day_floor", section, \.dayFloor, 0...floorMax, unit,
                "The smallest day that counts."),
            .number(
                path + "newcomer_sensitivity", section, \.newcomerSensitivity, 0.5...20,
                "standard deviations of the logarithm",
                "How far above the organisation's hours an account without history must be."
            ),
        ]
    }

    /// The keys of one kind of first use.
    private static func novelty(
        _ name: String,
        _ section: ConfigurationKey.Section<DetectionConfiguration.Novelty>,
        thing: String
    ) -> [ConfigurationKey] {
        let path = "detection.\(name)."
        return [
            .flag(path + "enabled", section, \.enabled, "Whether this is looked for."),
            .number(
                path + "learning_days", section, \.learningDays, 0...365, "days",
                "How long at the beginning of a log everything is new and nothing is said."
            ),
            .number(
                path + "team_mates", section, \.teamMates, 1...1_000, "accounts",
                "How many team mates must use a \(thing) for it to be no news to the team."
            ),
            .number(
                path + "rollout_accounts", section, \.rolloutAccounts, 2...1_000, "accounts",
                "How many accounts that take up a \(thing) within a day make it one rollout."
            ),
            .flag(
                path + "team_news", section, \.teamNews,
                "Whether a \(thing) that the organisation knows is news where it is new to the team."
            ),
        ]
    }

    // MARK: - Look-up

    /// The key of a path, or nil.
    public static func key(_ path: String) -> ConfigurationKey? { all.first { $0.path == path } }

    /// The first parts of all paths, in the order of the table.
    static let sections: [String] = all.reduce(into: []) { sections, key in
        guard let first = key.path.split(separator: ".").first.map(String.init) else { return }
        if !sections.contains(first) { sections.append(first) }
    }

    /// Whether keys stand below a path.
    static func isSection(_ path: String) -> Bool { all.contains { $0.path.hasPrefix(path + ".") } }

    /// What may have been meant: the nearest key or section, or nil where none is near.
    static func nearest(to path: String) -> String? {
        var known: [String] = []
        for key in all {
            let parts = key.path.split(separator: ".")
            for end in 1...parts.count {
                let name = parts[..<end].joined(separator: ".")
                if !known.contains(name) { known.append(name) }
            }
        }
        return nearest(to: path, in: known)
    }

    /// The candidate with the fewest letters to change, at most a third of them; the first of equals.
    static func nearest(to name: String, in candidates: [String]) -> String? {
        let name = Array(name.utf8.prefix(200))
        var best: (distance: Int, name: String)?
        for candidate in candidates {
            let distance = editDistance(name, Array(candidate.utf8))
            if distance * 3 <= max(name.count, 6), distance < best?.distance ?? .max {
                best = (distance, candidate)
            }
        }
        return best?.name
    }

    /// Letters to insert, delete or replace to get from one to the other (Levenshtein, 1966).
    private static func editDistance(_ a: [UInt8], _ b: [UInt8]) -> Int {
        var row = Array(0...b.count)
        for (i, x) in a.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for (j, y) in b.enumerated() {
                let above = row[j + 1]
                row[j + 1] = min(diagonal + (x == y ? 0 : 1), above + 1, row[j] + 1)
                diagonal = above
            }
        }
        return row[b.count]
    }
}
