import Detection
import Testing
import UsageEvents

@testable import Alerting

/// The fields of everything that a snapshot holds of alerts; see the suite of the same name in
/// `DetectionTests`.
@Suite struct AlertStateFieldsTests {
    private func fields(_ value: Any) -> String {
        Mirror(reflecting: value).children.map { $0.label ?? "?" }.joined(separator: " ")
    }

    @Test func `every stored field is known to the codec`() throws {
        var desk = Desk()
        let told = try #require(desk.observe(.spike(at: 30)).first)
        let anomaly = Anomaly.spike(at: 30)
        let time = Timestamp(rawValue: 0)
        #expect(
            fields(anomaly)
                == "phase kind metric account value sequence at startsAt firstSequence historical "
                + "retroactive team observed isMoney basis expected comparison contributors priceRatio "
                + "adopters")
        #expect(
            fields(AlertBook(configuration: AlertingConfiguration(), fingerprint: ""))
                == "configuration fingerprint families open deadlines quiet nextDeadline suppressed "
                + "openMax quietMax overflow")
        #expect(fields(AlertBook.Key(account: 0, family: 0)) == "account family")
        #expect(fields(AlertBook.Quiet(until: 0, startsAt: time)) == "until startsAt")
        let entry = AlertBook.Open(transition: told, anomaly: anomaly)
        #expect(fields(entry) == "transition anomaly")
        #expect(
            fields(entry.transition)
                == "id seq state at startsAt kind severity page historical retroactive identity team "
                + "tool model mcpServer title reason observed isMoney window basis expected contributors "
                + "exposed firstSequence lastSequence configuration")
    }
}
