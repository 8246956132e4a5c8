import EventLog
import Testing

/// Everything that a fuzzer begins with, and every input that once broke something, through the same checks.
@Suite struct RegressionTests {
    @Test(arguments: FuzzTarget.all)
    func `every fixture and every former crash keeps what is promised`(_ target: FuzzTarget) throws {
        let seeds = try target.seeds()
        #expect(!seeds.isEmpty)
        for bytes in seeds + [[]] { try target.check(bytes) }
        for (name, bytes) in try Seeds.regressions(target.name) {
            #expect(throws: Never.self, "\(name)") { try target.check(bytes) }
        }
    }

    @Test func `a forged segment of which nothing was changed is a sound log`() throws {
        var compared = 0
        for bytes in try Seeds.segments() {
            let log = try SegmentUnderTest(bytes)
            let forged = try SegmentUnderTest(SegmentForgery.repaired(bytes))
            #expect(forged.verify()?.isSound == true)
            // Of two logs the second segment is a seed as well: forged it is a first one.
            guard log.verify()?.isSound == true else { continue }
            #expect(forged.read().events == log.read().events)
            compared += 1
        }
        #expect(compared == 11)
    }

    @Test func `every folder of regressions belongs to a target`() throws {
        let names = FuzzTarget.all.map(\.name)
        #expect(Set(names).count == names.count)
        for folder in try Seeds.regressionFolders() { #expect(names.contains(folder)) }
    }
}
