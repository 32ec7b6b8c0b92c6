import Signing

/// All that one event loop knows of ended sessions and API keys. Before it is told anything, it knows nothing, and
/// refuses all of them.
final class LoopCredentials {
    private var ended: Set<SessionID> = []
    private var keys = APIKeyRing()
    /// In ms of a steady clock.
    private var knownUntil = Int64.min

    /// Why a credential gives no claims.
    enum Refusal: Error, Equatable {
        /// The session has ended.
        case sessionEnded
        /// There is no such API key, or not any more.
        case unknownKey
        /// The node cannot tell at the moment.
        case notKnown
    }

    /// Takes in what there is to know.
    func apply(_ news: CredentialBook.News) {
        ended.subtract(news.forgotten)
        ended.formUnion(news.ended)
        if let records = news.keys { keys = APIKeyRing(records) }
        if let until = news.knownUntil { knownUntil = until }
    }

    /// Whether a session is known to have ended.
    func hasEnded(_ session: SessionID) -> Bool { ended.contains(session) }

    /// Why a token of a session is refused; nil if it is not.
    ///
    /// - Parameter steadyNow: ms of the steady clock.
    func refusal(of session: SessionID, steadyNow: Int64) -> Refusal? {
        if ended.contains(session) { return .sessionEnded }
        return steadyNow < knownUntil ? nil : .notKnown
    }

    /// The claims of an API key's bearer, by what was known last.
    ///
    /// - Parameter now: ms since 1970.
    func lastKnownClaims(of hash: APIKeyHash, now: Int64) -> Claims? { keys.claims(of: hash, now: now) }

    /// The claims of an API key's bearer.
    ///
    /// - Parameters:
    ///   - hash: nil for a text that is no key.
    ///   - now: ms since 1970.
    ///   - steadyNow: ms of the steady clock.
    func claims(of hash: APIKeyHash?, now: Int64, steadyNow: Int64) throws(Refusal) -> Claims {
        guard let hash else { throw .unknownKey }
        guard steadyNow < knownUntil else { throw .notKnown }
        guard let claims = keys.claims(of: hash, now: now) else { throw .unknownKey }
        return claims
    }
}
