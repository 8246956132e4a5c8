/// Where a log is that nobody named: the rule of design that all programs share.
public enum LogLocation {
    /// The directory after `-L`, else of `TIDEMARK_LOG`, else of a service's `STATE_DIRECTORY`, else
    /// `.local/state/tidemark` in the home directory; nil where there is not even that.
    public static func directory(_ given: String?, environment: (String) -> String?) -> String? {
        if let named = given ?? environment("TIDEMARK_LOG") ?? environment("STATE_DIRECTORY") { return named }
        return environment("HOME").map { $0 + "/.local/state/tidemark" }
    }
}
