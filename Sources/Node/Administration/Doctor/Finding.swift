import Basics

/// One result of `scorecast doctor`.
public struct Finding: Sendable {
    /// The verdicts.
    public enum Verdict: String, Sendable {
        /// Correct.
        case good = "ok"
        /// It works, but an operator should know.
        case doubtful = "look"
        /// A node would not work.
        case bad = "WRONG"
    }

    /// The subject of the check, such as `Redis clock`.
    public let subject: String
    /// The verdict.
    public let verdict: Verdict
    /// The finding and, unless it is good, the remedy. Contains no secret.
    public let text: String

    /// Creates a finding.
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
    /// The finding as one line: verdict, subject, text.
    public var description: String {
        "\(verdict.rawValue.padded(to: 5))  \(subject.padded(to: 18))  \(text.onOneLine)"
    }
}
