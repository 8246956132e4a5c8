import Detection
public import UsageEvents

extension Notification {
    /// A message that a person asked for to try a sink: an alert like a real one, about an account that
    /// cannot exist, and marked as a test by its purpose, its title and its name.
    public static func test(at now: Timestamp) -> Notification {
        let startsAt = Timestamp(rawValue: now.rawValue - 20 * 60 * 1_000)
        let name = Hash128(parts: [Array("test".utf8), Array(String(now.rawValue).utf8)]).shortHex
        let title = "test-account@tidemark.invalid spent $41.20 in the last hour, 18x its usual $2.30"
        let transition = AlertTransition(
            id: "al_\(name)", seq: 0, state: .firing, at: now, startsAt: startsAt, kind: .spendSpike,
            severity: .low, page: true, historical: false, retroactive: false,
            identity: "test-account@tidemark.invalid", team: "test", tool: "tidemark", model: "test-model",
            mcpServer: nil, title: title, reason: "first", observed: 41_200_000_000, isMoney: true,
            window: "1h", basis: .billed,
            expected: Expectation(
                value: 2_300_000_000, low: 900_000_000, high: 6_800_000_000, score: 5.1, threshold: 3.2),
            contributors: [Contributor(dimension: "model", value: "test-model", share: 0.93)],
            exposed: 38_900_000_000, firstSequence: 0, lastSequence: 0, configuration: "test")
        return Notification(
            id: "test_\(name)", purpose: .test, title: title, transitions: [transition])
    }
}
