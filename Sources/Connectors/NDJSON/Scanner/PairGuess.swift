/// Where the line behind the next one may begin, so that both can be read at once.
///
/// Within a line each value says where the next one begins, so a processor mostly waits; of two lines at once
/// it reads one while it waits for the other. A wrong guess costs time only: whoever reads both sees whether
/// the first line ends where the second was said to begin.
struct PairGuess {
    /// Lines of a source are about as long as the one before, or not much shorter.
    private static let slack = 64
    /// After so many wrong guesses without a right one in between, 2^n lines are read alone.
    private static let wrongMax = 6

    private var length = 0
    private var wrong = 0
    private var alone = 0

    /// The start of a second line behind the one at `start`, or nil for none; lines end with the LF at
    /// `lastLineFeed` or before.
    @inline(__always)
    mutating func secondLine(_ input: PaddedBytes, from start: Int, lastLineFeed: Int) -> Int? {
        let near = start &+ max(0, length &- Self.slack)
        if alone > 0 || near >= lastLineFeed {
            alone &-= 1
            return nil
        }
        let second = input.lineFeed(from: near) &+ 1
        length = second &- start
        return second <= lastLineFeed ? second : nil
    }

    /// Whether a guess was right.
    @inline(__always)
    mutating func learn(isRight: Bool) {
        if isRight {
            wrong = 0
        } else {
            alone = 1 &<< wrong
            wrong = min(wrong &+ 1, Self.wrongMax)
            length = 0
        }
    }
}
