public import Detection
public import UsageEvents

extension AlertBook {
    /// Somebody said that what an alert tells of is to be expected: it is over with the reason `accepted`.
    /// Returns what it told of; nil, with nothing done, where no alert of that id is open.
    public mutating func accept(
        _ id: String, now: Timestamp, into out: inout [AlertTransition]
    ) -> Anomaly? {
        guard let (key, entry) = open.first(where: { $0.value.transition.id == id }) else { return nil }
        resolve(key, entry, at: now, reason: "accepted", into: &out)
        return entry.anomaly
    }
}
