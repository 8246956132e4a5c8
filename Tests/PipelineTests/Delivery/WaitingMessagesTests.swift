import Alerting
import Testing
import UsageEvents

@testable import Pipeline

struct WaitingMessagesTests {
    @Test(arguments: 1...8 as ClosedRange<UInt64>)
    func `it is a list that finds its messages by name`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var waiting = WaitingMessages()
        var list: [WaitingMessage] = []
        for step in 0..<2_000 {
            let id = "a\(random.below(120))"
            let place = list.firstIndex { $0.notification.id == id + "_0" }
            switch random.below(seed % 2 == 0 ? 5 : 3) {
            case 0, 3:
                let message = WaitingMessage(
                    notification: OutboxTests.message(id), queuedAt: OutboxTests.at(step),
                    nextAt: OutboxTests.at(step))
                waiting.append(message)
                if place == nil { list.append(message) }
            case 1:
                waiting[id + "_0"] = nil
                if let place { list.remove(at: place) }
            default:
                waiting[id + "_0"]?.attempts += 1
                if let place { list[place].attempts += 1 }
                if step % 50 == 0 {
                    waiting.changeAll { $0.attempts += 1 }
                    for i in list.indices { list[i].attempts += 1 }
                }
            }
            #expect(waiting.count == list.count && waiting.isEmpty == list.isEmpty)
            guard step % 20 == 0 else { continue }
            #expect(waiting.map(\.notification.id) == list.map(\.notification.id))
            #expect(waiting.map(\.attempts) == list.map(\.attempts))
        }
    }
}
