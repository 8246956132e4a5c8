import EventLog
import Pipeline
import Testing
import TidemarkTestKit

@Suite struct DeliveryHistoryTests {
    @Test func `the attempts of all sinks are told in the order of time, those of a sink in their own`()
        throws
    {
        let disk = SimulatedDisk()
        for path in ["/log", "/log/outbox", "/log/outbox/a", "/log/outbox/b"] { try disk.makeDirectory(path) }
        func write(_ path: String, _ lines: [String]) throws {
            let file = try disk.open("/log/outbox/" + path, .create)
            _ = try disk.write(file, at: 0, Array(lines.map { $0 + "\n" }.joined().utf8).span)
            try disk.close(file)
        }
        func line(_ second: Int, _ sink: String, _ rest: String) -> String {
            "{\"at\":\"2026-04-01T14:25:0\(second).000Z\",\"sink\":\"\(sink)\",\(rest)}"
        }
        try write(
            "a/attempts.ndjson.1",
            [line(1, "a", #""outcome":"sent","alert":"al_1","seq":0,"reason":"first""#)])
        try write(
            "a/attempts.ndjson",
            [
                line(3, "a", #""outcome":"retry","attempt":1,"status":503,"notification":"al_1_0""#),
                line(3, "a", #""outcome":"delivered","attempt":2,"status":200,"notification":"al_1_0""#),
                "torn {",
            ])
        try write(
            "b/attempts.ndjson", [line(2, "b", #""outcome":"held","reason":"silenced","silence":"si_1""#)])
        let events = try DeliveryHistory.read(disk, log: "/log")
        #expect(events.map(\.outcome) == ["sent", "held", "retry", "delivered"])
        #expect(events.map(\.sink) == ["a", "b", "a", "a"])
        #expect(events[1].silence == "si_1")
        #expect(events[2].status == 503)
        #expect(events[3].attempt == 2)
        #expect(events[0].seq == 0)
        #expect(String(decoding: events[0].line, as: UTF8.self).hasPrefix("{\"at\""))
    }

    @Test func `a log that sends nothing has no history`() throws {
        let disk = SimulatedDisk()
        try disk.makeDirectory("/log")
        #expect(try DeliveryHistory.read(disk, log: "/log").isEmpty)
    }
}
