import Alerting
import Testing
import UsageEvents

@testable import Pipeline

struct DeliveryQueueTests {
    @Test func `an end never overtakes its beginning, and others pass a message that keeps failing`() {
        var queue = DeliveryQueue(limit: 4)
        var waiting = [Self.wait("a", 0, next: 500), Self.wait("a", 1), Self.wait("b", 0), Self.wait("c", 0)]
        #expect(queue.next(of: waiting, now: OutboxTests.at(1))?.notification.id == "b_0")
        #expect(queue.next(of: waiting, now: OutboxTests.at(1))?.notification.id == "c_0")
        #expect(queue.next(of: waiting, now: OutboxTests.at(1)) == nil)
        #expect(queue.due(waiting) == OutboxTests.at(0))
        #expect(queue.next(of: waiting, now: OutboxTests.at(500))?.notification.id == "a_0")
        #expect(queue.next(of: waiting, now: OutboxTests.at(500)) == nil)
        queue.settle("a_0", endpointFailed: false, now: OutboxTests.at(501))
        waiting.removeFirst()
        #expect(queue.next(of: waiting, now: OutboxTests.at(501))?.notification.id == "a_1")
    }

    @Test func `no more is in flight than allowed`() {
        var queue = DeliveryQueue(limit: 2)
        let waiting = (0..<5).map { Self.wait("a\($0)", 0) }
        #expect(queue.next(of: waiting, now: OutboxTests.at(0)) != nil)
        #expect(queue.next(of: waiting, now: OutboxTests.at(0)) != nil)
        #expect(queue.next(of: waiting, now: OutboxTests.at(0)) == nil)
        #expect(queue.inFlight.count == 2)
    }

    @Test func `an endpoint that is down is tried rarely, and one success opens it again`() {
        var queue = DeliveryQueue(limit: 8)
        let waiting = (0..<20).map { Self.wait("a\($0)", 0) }
        var now = 0
        for _ in 0..<DeliveryQueue.failuresMax {
            guard let message = queue.next(of: waiting, now: OutboxTests.at(now)) else { continue }
            queue.settle(message.notification.id, endpointFailed: true, now: OutboxTests.at(now))
        }
        #expect(queue.next(of: waiting, now: OutboxTests.at(now)) == nil)
        var tries = 0
        for second in 1...3_600 {
            now = second
            while let message = queue.next(of: waiting, now: OutboxTests.at(now)) {
                tries += 1
                queue.settle(message.notification.id, endpointFailed: true, now: OutboxTests.at(now))
            }
        }
        // 5, 10, 20, 40, 80, 160 s, then every 300 s.
        #expect((14...20).contains(tries))
        now += 300
        let probe = queue.next(of: waiting, now: OutboxTests.at(now))
        #expect(probe != nil)
        #expect(queue.next(of: waiting, now: OutboxTests.at(now)) == nil, "one probe at a time")
        queue.settle(probe?.notification.id ?? "", endpointFailed: false, now: OutboxTests.at(now))
        #expect(queue.pausedUntil == nil)
        #expect(queue.next(of: waiting, now: OutboxTests.at(now)) != nil)
    }

    private static func wait(_ alert: String, _ seq: Int, next: Int = 0) -> WaitingMessage {
        WaitingMessage(
            notification: OutboxTests.message(alert, seq: seq), queuedAt: OutboxTests.at(0),
            nextAt: OutboxTests.at(next))
    }
}
