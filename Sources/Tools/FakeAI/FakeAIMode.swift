/// How the fake AI service behaves.
public enum FakeAIMode: Sendable, Equatable {
    /// Ways to answer wrongly. The raw value is the name in `POST /fake/mode`.
    public enum Wrong: String, Sendable, CaseIterable {
        /// 200 with a text that is not JSON.
        case notJSON = "not_json"
        /// 200 without a member that must be there.
        case missingMember = "missing_member"
        /// 200 with a member of another type.
        case wrongType = "wrong_type"
        /// 200 with a title and a type that are too long.
        case tooLong = "too_long"
        /// 200 with more bytes than any answer may have.
        case tooLarge = "too_large"
        /// 500.
        case serverError = "server_error"
        /// 404.
        case notFound = "not_found"
        /// 302 to itself.
        case redirect
        /// Half of an answer, and then the connection ends.
        case closes
    }

    /// Answers as it should.
    case good
    /// Answers as it should, but so many milliseconds later.
    case slow(milliseconds: Int64)
    /// Answers wrongly.
    case wrong(Wrong)
    /// Ends each connection without an answer, as if the service had crashed.
    case dead

    /// Reads the body of `POST /fake/mode`: `{"mode":"good|slow|wrong|dead","ms"?,"kind"?}`.
    ///
    /// - Returns: nil if there is no such mode.
    init?(mode: String, milliseconds: Int64?, kind: String?) {
        switch mode {
        case "good": self = .good
        case "slow":
            let wait = milliseconds ?? 15_000
            guard (0...600_000).contains(wait) else { return nil }
            self = .slow(milliseconds: wait)
        case "wrong":
            guard let kind = Wrong(rawValue: kind ?? Wrong.notJSON.rawValue) else { return nil }
            self = .wrong(kind)
        case "dead": self = .dead
        default: return nil
        }
    }

    /// The name in `POST /fake/mode`.
    var name: String {
        switch self {
        case .good: "good"
        case .slow: "slow"
        case .wrong: "wrong"
        case .dead: "dead"
        }
    }
}
