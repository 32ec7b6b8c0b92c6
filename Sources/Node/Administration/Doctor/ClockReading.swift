/// A comparison of a store's clock with the clock of this machine.
package struct ClockReading: Hashable, Sendable {
    /// How far the store's clock is ahead, in milliseconds.
    package let aheadMilliseconds: Int64
    /// The largest error of the reading, in milliseconds: half of the time that the reply took.
    package let doubtMilliseconds: Int64

    /// - Parameters:
    ///   - before: the local clock when the question was sent, in ms since 1970.
    ///   - after: the local clock when the reply arrived.
    ///   - theirs: the time in the reply.
    package init(before: Int64, after: Int64, theirs: Int64) {
        aheadMilliseconds = theirs - (before + (after - before) / 2)
        doubtMilliseconds = (after - before + 1) / 2
    }

    /// Returns what the difference means for action ids, whose age is measured with clocks.
    ///
    /// - Parameter skew: the difference that action ids tolerate, `SCORECAST_ACTION_SKEW` in ms.
    package func finding(_ subject: String, skew: Int64) -> Finding {
        let certain = max(0, abs(aheadMilliseconds) - doubtMilliseconds)
        let side = aheadMilliseconds < 0 ? "behind" : "ahead of"
        let text = "\(abs(aheadMilliseconds)) ms \(side) this machine's (±\(doubtMilliseconds) ms)"
        let remedy = "Let both machines take the time from the same source (chrony, systemd-timesyncd)."
        if certain > skew { return .bad(subject, "\(text), more than SCORECAST_ACTION_SKEW. \(remedy)") }
        return certain > 1000 ? .doubtful(subject, "\(text). \(remedy)") : .good(subject, text)
    }
}
