/// Which sinks an alert goes to: rules are asked in their order, the first that matches takes the alert
/// unless it says `continue`, and what no rule takes goes to the default.
public struct RouteTree: Hashable, Sendable {
    /// One rule and the rules below it.
    public struct Rule: Hashable, Sendable {
        /// All of them must match; none matches everything.
        public var matchers: [Matcher]
        /// Where alerts go; empty for those of the rule above.
        public var sinks: [String]
        /// Whether rules behind this one are asked, too.
        public var continues: Bool
        /// Narrower rules; where none of them matches, the alert is this rule's.
        public var rules: [Rule]

        /// A rule.
        public init(matchers: [Matcher], sinks: [String], continues: Bool = false, rules: [Rule] = []) {
            self.matchers = matchers
            self.sinks = sinks
            self.continues = continues
            self.rules = rules
        }
    }

    /// Rules within rules that are followed.
    public static let depthMax = 8

    /// Sinks of what no rule takes.
    public var defaultSinks: [String]
    /// The rules, in the order in which they are asked.
    public var rules: [Rule]

    /// A tree.
    public init(defaultSinks: [String], rules: [Rule] = []) {
        self.defaultSinks = defaultSinks
        self.rules = rules
    }

    /// The sinks of an alert, each once, in the order of the rules.
    public func sinks(for alert: AlertTransition) -> [String] {
        var found: [String] = []
        if !Self.collect(rules, defaultSinks, alert, &found) { Self.add(defaultSinks, to: &found) }
        return found
    }

    /// Whether an alert goes to a sink.
    public func leads(_ alert: AlertTransition, to sink: String) -> Bool {
        rules.isEmpty ? defaultSinks.contains(sink) : sinks(for: alert).contains(sink)
    }

    /// Every sink that is named, each once.
    public var namedSinks: [String] {
        var found: [String] = []
        Self.add(defaultSinks, to: &found)
        func visit(_ rules: [Rule]) {
            for rule in rules {
                Self.add(rule.sinks, to: &found)
                visit(rule.rules)
            }
        }
        visit(rules)
        return found
    }

    /// Adds the sinks of the rules that match; returns whether one did.
    private static func collect(
        _ rules: [Rule], _ inherited: [String], _ alert: AlertTransition, _ found: inout [String]
    ) -> Bool {
        var isTaken = false
        for rule in rules where rule.matchers.allSatisfy({ $0.matches(alert) }) {
            isTaken = true
            let sinks = rule.sinks.isEmpty ? inherited : rule.sinks
            if !collect(rule.rules, sinks, alert, &found) { add(sinks, to: &found) }
            if !rule.continues { break }
        }
        return isTaken
    }

    private static func add(_ sinks: [String], to found: inout [String]) {
        for sink in sinks where !found.contains(sink) { found.append(sink) }
    }
}
