import Connectors
import UsageEvents

/// The formats that inputs may have, for those who name or list them.
public enum SourceFormats {
    /// Name and summary of each, in the order in which an input is tried.
    public static var all: [(name: String, summary: String)] {
        ConnectorRegistry.formats.map { ($0.name, $0.summary) }
    }
}

extension FeedOptions {
    /// Names the format of all inputs; false where there is none of the name.
    public mutating func setFormat(_ name: String) -> Bool {
        format = ConnectorRegistry.format(named: name)
        return format != nil
    }

    /// Says what the columns of a table mean, as in `identity=user_email,cost_usd=amount/100`; returns what
    /// is wrong with the text, or nil.
    public mutating func setMapping(_ text: String) -> String? {
        do throws(ColumnMappingError) {
            mapping = try ColumnMapping(text)
            return nil
        } catch { return error.description }
    }

    /// What is wrong with the text of a mapping; nil where nothing is.
    public static func problem(ofMapping text: String) -> String? {
        var options = FeedOptions(sources: [], prices: PriceTable())
        return options.setMapping(text)
    }
}
