import Signing

/// How long a valid token or API key lets a connection live. Pure.
public struct TokenTerm: Sendable, Equatable {
    /// The first moment at which the connection has to end, in ms since 1970.
    public let endsAt: Int64
    /// The keys that it was checked with.
    public let generation: UInt64
    /// What else can end it.
    package let origin: Origin

    /// What else can end a term before its time.
    package enum Origin: Sendable, Equatable {
        /// Other keys.
        case token
        /// Other keys, and the end of the session.
        case session(SessionID)
        /// The end of the API key.
        case apiKey(APIKeyHash)
    }

    /// - Parameters:
    ///   - expiresAt: `exp`, in ms since 1970.
    ///   - leeway: by how much clocks may differ, in ms. A connection that begins before `exp` ends at it. One that
    ///     begins after `exp`, within the leeway, ends with the leeway.
    ///   - now: the time of the check, in ms since 1970.
    ///   - generation: the keys that it was checked with.
    public init(expiresAt: Int64, leeway: Int64, now: Int64, generation: UInt64) {
        self.init(expiresAt: expiresAt, leeway: leeway, now: now, generation: generation, origin: .token)
    }

    init(expiresAt: Int64, leeway: Int64, now: Int64, generation: UInt64, origin: Origin) {
        endsAt = now < expiresAt ? expiresAt : expiresAt + leeway
        self.generation = generation
        self.origin = origin
    }

    /// The state of a token at a later time.
    package enum Standing: Equatable {
        /// It is valid, for at least this number of ms.
        case holds(milliseconds: Int64)
        /// The keys have changed: only another check can tell.
        case uncertain
        /// Its time has passed, its session has ended, or the API key was revoked.
        case over
    }

    /// - Parameters:
    ///   - now: ms since 1970.
    ///   - generation: the keys in force.
    package func standing(now: Int64, generation: UInt64?) -> Standing {
        guard now < endsAt else { return .over }
        if case .apiKey = origin { return .holds(milliseconds: endsAt - now) }
        return generation == self.generation ? .holds(milliseconds: endsAt - now) : .uncertain
    }
}
