/// How long a valid token lets a connection live. Pure.
public struct TokenTerm: Sendable, Equatable {
    /// The first moment at which the connection has to end, in ms since 1970.
    public let endsAt: Int64
    /// The keys that it was checked with.
    public let generation: UInt64

    /// - Parameters:
    ///   - expiresAt: `exp`, in ms since 1970.
    ///   - leeway: by how much clocks may differ, in ms. A connection that begins before `exp` ends at it. One that
    ///     begins after `exp`, within the leeway, ends with the leeway.
    ///   - now: the time of the check, in ms since 1970.
    ///   - generation: the keys that it was checked with.
    public init(expiresAt: Int64, leeway: Int64, now: Int64, generation: UInt64) {
        endsAt = now < expiresAt ? expiresAt : expiresAt + leeway
        self.generation = generation
    }

    /// The state of a token at a later time.
    package enum Standing: Equatable {
        /// It is valid, for at least this number of ms.
        case holds(milliseconds: Int64)
        /// The keys have changed: only another check can tell.
        case uncertain
        /// Its time has passed.
        case over
    }

    /// - Parameters:
    ///   - now: ms since 1970.
    ///   - generation: the keys in force.
    package func standing(now: Int64, generation: UInt64?) -> Standing {
        guard now < endsAt else { return .over }
        return generation == self.generation ? .holds(milliseconds: endsAt - now) : .uncertain
    }
}
