/// The clock of a store beside ours.
package struct ClockReading: Hashable, Sendable {
    /// How far the store's clock is ahead, in milliseconds.
    package let aheadMilliseconds: Int64
    /// How far off that may be: half of the time that the answer took.
    package let doubtMilliseconds: Int64

    /// - Parameters:
    ///   - before: our clock when the question went out, in ms since 1970.
    ///   - after: our clock when the answer was there.
    ///   - theirs: what the store answered.
    package init(before: Int64, after: Int64, theirs: Int64) {
        aheadMilliseconds = theirs - (before + (after - before) / 2)
        doubtMilliseconds = (after - before + 1) / 2
    }

    /// What the difference means for action ids, whose age is told by clocks.
    ///
    /// - Parameter skew: the difference that action ids forgive, `SCORECAST_ACTION_SKEW` in ms.
    package func finding(_ subject: String, skew: Int64) -> Finding {
        let certain = max(0, abs(aheadMilliseconds) - doubtMilliseconds)
        let side = aheadMilliseconds < 0 ? "behind" : "ahead of"
        let text = "\(abs(aheadMilliseconds)) ms \(side) this machine's (±\(doubtMilliseconds) ms)"
        let remedy = "Let both machines take the time from the same source (chrony, systemd-timesyncd)."
        if certain > skew { return .bad(subject, "\(text), more than SCORECAST_ACTION_SKEW. \(remedy)") }
        return certain > 1000 ? .doubtful(subject, "\(text). \(remedy)") : .good(subject, text)
    }
}
