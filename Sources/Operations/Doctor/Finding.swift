/// One thing that `scorecast doctor` has looked at.
public struct Finding: Sendable {
    /// How it is.
    public enum Verdict: String, Sendable {
        /// As it should be.
        case good = "ok"
        /// It works, but an operator should know.
        case doubtful = "look"
        /// The deployment does not work like that.
        case bad = "WRONG"
    }

    /// What was looked at, such as `Redis clock`.
    public let subject: String
    /// How it is.
    public let verdict: Verdict
    /// What was found and, unless it is good, what to do. Holds no secret.
    public let text: String

    /// A finding.
    public init(subject: String, verdict: Verdict, text: String) {
        self.subject = subject
        self.verdict = verdict
        self.text = text
    }

    package static func good(_ subject: String, _ text: String) -> Finding {
        Finding(subject: subject, verdict: .good, text: text)
    }

    package static func doubtful(_ subject: String, _ text: String) -> Finding {
        Finding(subject: subject, verdict: .doubtful, text: text)
    }

    package static func bad(_ subject: String, _ text: String) -> Finding {
        Finding(subject: subject, verdict: .bad, text: text)
    }
}

extension Finding: CustomStringConvertible {
    /// One line: verdict, subject, text.
    public var description: String {
        "\(verdict.rawValue.padded(to: 5))  \(subject.padded(to: 18))  \(text.escapedForMessage)"
    }
}

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
