import Basics

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
