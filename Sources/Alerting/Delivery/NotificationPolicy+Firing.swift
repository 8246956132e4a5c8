public import UsageEvents

extension NotificationPolicy {
    /// The alerts that the sink was told of and that still fire and that nobody silenced or acknowledged, by
    /// id: what a receiver has to be told again that forgets what it does not hear of.
    public func firing(at now: Timestamp) -> [AlertTransition] {
        told.entries.values.map(\.transition)
            .filter {
                $0.state == .firing && !operators.isAcknowledged($0)
                    && operators.silence(hiding: $0, at: now) == nil
            }
            .sorted { $0.id < $1.id }
    }
}
