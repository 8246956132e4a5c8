/// Names by which an organisation calls models, such as `team-sonnet=claude-sonnet-4-5`: the name of a
/// deployment, of a gateway's group, of a model that was tuned.
///
/// A name is found in whatever case, and with what `ModelName` leaves out. What it stands for is no name of
/// this kind itself.
public struct ModelAliases: Hashable, Sendable {
    /// Names that may be given: each is compared with the others once.
    public static let countMax = 1_000
    /// By folded name.
    private var models: [String: String] = [:]

    /// No names.
    public init() {}

    /// Reads `name=model,name=model`; blanks around names do not matter. Nil where the text is something
    /// else, names one thing twice, or stands for a name that it gives itself.
    public init?(_ text: String) {
        for entry in text.split(separator: ",", omittingEmptySubsequences: false) {
            let sides = entry.split(separator: "=", omittingEmptySubsequences: false).map(Self.trimmed)
            guard sides.count == 2, sides.allSatisfy({ !$0.isEmpty && $0.utf8.count <= Limits.labelBytesMax })
            else { return nil }
            let name = ModelName.folded(sides[0])
            guard models.updateValue(sides[1], forKey: name) == nil else { return nil }
        }
        guard models.count <= Self.countMax, models.values.allSatisfy({ models[ModelName.folded($0)] == nil })
        else { return nil }
    }

    private static func trimmed(_ text: Substring) -> String {
        let front = text.drop { $0 == " " }
        return front.lastIndex { $0 != " " }.map { String(front[...$0]) } ?? ""
    }

    /// The model that a name stands for; the name itself where it stands for none.
    public func model(of name: String) -> String {
        models.isEmpty ? name : models[ModelName.folded(name)] ?? name
    }

    /// The name that all spellings of a model share, those that are given here among them.
    public func folded(_ name: String) -> String { ModelName.folded(model(of: name)) }
}
