import Connectors
import UsageEvents

/// The inputs of a run, expanded to files, in the order in which they are read.
struct InputQueue {
    /// One input.
    struct Input {
        var file: InputFile
        /// The time of its first event, where its head says it; files of one kind are read in this order.
        var firstTime: Int64?
    }

    private(set) var inputs: [Input] = []
    private(set) var problems: [InputError] = []
    private var next = 0
    /// For each place the earliest first time from there on, if all from there on are known.
    private var earliestFrom: [Int64?] = []

    /// Whether all inputs are known to be of formats that say things more than once and are counted once.
    private(set) var isAllRevised = false
    /// Bytes of all files; nil with a pipe among them.
    private(set) var bytesExpected: Int? = 0

    /// Files that are read in the order given.
    init(files: [InputFile]) {
        inputs = files.map { Input(file: $0) }
        bytesExpected = nil
    }

    init(_ options: FeedOptions) {
        let list = SourceList(machine: options.machine)
        for source in options.sources {
            do throws(InputError) {
                inputs += try list.files(of: source).map { Input(file: $0) }
            } catch { problems.append(error) }
        }
        for input in inputs {
            guard let sum = bytesExpected, let size = input.file.size else {
                bytesExpected = nil
                break
            }
            bytesExpected = sum + size
        }
        sortByFirstTime(options)
    }

    /// Files of formats that are put in the order of time anyway are read in the order of their first events,
    /// so that events can be let go before all files have been read.
    private mutating func sortByFirstTime(_ options: FeedOptions) {
        var isByTime: [Bool] = []
        isAllRevised = !inputs.isEmpty
        for index in inputs.indices {
            let head = inputs[index].file.size == nil ? nil : Self.head(of: inputs[index].file.path)
            let format =
                inputs[index].file.format.flatMap { ConnectorRegistry.format(named: $0) } ?? options.format
                ?? head.map { ConnectorRegistry.recognise($0) }
            isByTime.append(format?.arrival == .byTime)
            if format?.isRevised != true { isAllRevised = false }
            inputs[index].firstTime = isByTime[index] ? head.flatMap { $0.firstTimestamp } : nil
        }
        var sorted: [Input] = []
        var start = 0
        while start < inputs.count {
            var end = start + 1
            while end < inputs.count, isByTime[end] == isByTime[start] { end += 1 }
            let run = inputs[start..<end]
            sorted += isByTime[start] ? Self.inOrder(run) : Array(run)
            start = end
        }
        inputs = sorted
        var earliest: Int64? = .max
        earliestFrom = [Int64?](repeating: nil, count: inputs.count)
        for index in inputs.indices.reversed() {
            earliest = earliest.flatMap { known in inputs[index].firstTime.map { min($0, known) } }
            earliestFrom[index] = earliest
        }
    }

    private static func inOrder(_ run: ArraySlice<Input>) -> [Input] {
        run.enumerated().sorted { a, b in
            (a.element.firstTime ?? .min, a.offset) < (b.element.firstTime ?? .min, b.offset)
        }.map(\.element)
    }

    /// The first bytes of a file; nil where it cannot be read.
    static func head(of path: String) -> InputHead? {
        var bytes: [UInt8] = []
        guard var file = try? FileInput(path), file.size != nil,
            (try? file.read(into: &bytes, count: InputHead.bytesMax)) != nil
        else { return nil }
        if InputSniff(bytes.span) == .text { return InputHead(path: path, bytes: bytes) }
        guard let reader = try? InputReader(path, follows: false), (try? reader.fill()) != nil else {
            return nil
        }
        return reader.head(path: path)
    }

    /// The next input.
    mutating func pop() -> Input? {
        guard next < inputs.count else { return nil }
        next += 1
        return inputs[next - 1]
    }

    /// The time before which none of the inputs that are still to come has events; nil where that is not
    /// known.
    var earliestToCome: Int64? {
        guard next < inputs.count else { return nil }
        return next < earliestFrom.count ? earliestFrom[next] : nil
    }
}

extension InputHead {
    /// The first value of a key `timestamp` that is an RFC 3339 text.
    var firstTimestamp: Int64? {
        let wanted = Array("\"timestamp\"".utf8)
        var from = 0
        while let at = bytes[from...].firstIndex(of: 0x22) {
            from = at + 1
            guard at + wanted.count < bytes.count, bytes[at..<at + wanted.count].elementsEqual(wanted) else {
                continue
            }
            let rest = bytes[(at + wanted.count)...].drop { $0 == 0x20 || $0 == 0x3a }
            guard rest.first == 0x22 else { continue }
            return Timestamp(rfc3339: rest.dropFirst().prefix { $0 != 0x22 })?.rawValue
        }
        return nil
    }
}

extension InputReader {
    /// What decides about the format, of the bytes that are not consumed.
    func head(path: String) -> InputHead {
        InputHead(
            path: path,
            bytes: withUnread { bytes in
                var head: [UInt8] = []
                for i in 0..<min(bytes.count, InputHead.bytesMax) { head.append(bytes[i]) }
                return head
            })
    }
}
