import Alerting
import Testing
import UsageEvents

@testable import Pipeline

struct DeliveryQueueTests {
    @Test func `an end never overtakes its beginning, and others pass a message that keeps failing`() {
        var queue = DeliveryQueue(limit: 4)
        var waiting = [Self.wait("a", 0, next: 500), Self.wait("a", 1), Self.wait("b", 0), Self.wait("c", 0)]
        #expect(Self.next(&queue, waiting, 1) == ["b_0", "c_0"])
        #expect(Self.next(&queue, waiting, 1).isEmpty)
        #expect(queue.due(WaitingMessages(waiting)) == OutboxTests.at(0))
        #expect(Self.next(&queue, waiting, 500) == ["a_0"])
        #expect(Self.next(&queue, waiting, 500).isEmpty)
        queue.settle("a_0", endpointFailed: false, now: OutboxTests.at(501))
        waiting.removeFirst()
        #expect(Self.next(&queue, waiting, 501) == ["a_1"])
    }

    @Test func `no more is in flight than allowed`() {
        var queue = DeliveryQueue(limit: 2)
        let waiting = (0..<5).map { Self.wait("a\($0)", 0) }
        #expect(Self.next(&queue, waiting, 0) == ["a0_0", "a1_0"])
        #expect(Self.next(&queue, waiting, 0).isEmpty)
        #expect(queue.inFlight.count == 2)
        queue.settle("a1_0", endpointFailed: false, now: OutboxTests.at(0))
        #expect(Self.next(&queue, waiting, 0) == ["a1_0"])
    }

    @Test func `an endpoint that is down is tried rarely, and one success opens it again`() {
        var queue = DeliveryQueue(limit: 8)
        let waiting = (0..<20).map { Self.wait("a\($0)", 0) }
        for id in Self.next(&queue, waiting, 0) {
            queue.settle(id, endpointFailed: true, now: OutboxTests.at(0))
        }
        #expect(Self.next(&queue, waiting, 0).isEmpty)
        var tries = 0
        for second in 1...3_600 {
            for id in Self.next(&queue, waiting, second) {
                tries += 1
                queue.settle(id, endpointFailed: true, now: OutboxTests.at(second))
            }
        }
        // Pauses that double up to 300 s.
        #expect((11...20).contains(tries), "\(tries)")
        let probe = Self.next(&queue, waiting, 3_900)
        #expect(probe.count == 1, "one probe at a time")
        #expect(Self.next(&queue, waiting, 3_900).isEmpty)
        queue.settle(probe[0], endpointFailed: false, now: OutboxTests.at(3_900))
        #expect(queue.pausedUntil == nil)
        #expect(Self.next(&queue, waiting, 3_900).count == 8)
    }

    private static func next(
        _ queue: inout DeliveryQueue, _ waiting: [WaitingMessage], _ second: Int
    ) -> [String] {
        queue.next(of: WaitingMessages(waiting), now: OutboxTests.at(second)).map(\.notification.id)
    }

    private static func wait(_ alert: String, _ seq: Int, next: Int = 0) -> WaitingMessage {
        WaitingMessage(
            notification: OutboxTests.message(alert, seq: seq), queuedAt: OutboxTests.at(0),
            nextAt: OutboxTests.at(next))
    }
}
