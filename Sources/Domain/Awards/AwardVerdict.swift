import Leaderboard

/// What an attempt to apply an award means for it. Pure.
public enum AwardVerdict: Sendable, Equatable {
    /// It is settled.
    case settle(AwardSettlement)
    /// The board has another form by now: send the same action id again, with the current catalogue.
    case reload
    /// The action id has not counted and never will: make the next one.
    case renew
    /// The action id may have counted: ask the ledger.
    ///
    /// - Parameter redisTime: the time of Redis' clock, in ms since 1970; nil if Redis was not asked.
    case verify(redisTime: Int64?)
    /// Nothing is known. The same action id is sent again later.
    case wait

    /// The verdict on an answer of the hub.
    public init(_ result: Result<ApplyOutcome, StoreError>) {
        switch result {
        case .success(.applied(let receipt)), .success(.replayed(let receipt)):
            self = .settle(.applied(score: receipt.score, rank: receipt.rank))
        case .success(.outOfBounds): self = .settle(.refused(.outOfBounds))
        case .success(.decreaseRefused): self = .settle(.refused(.decreaseRefused))
        case .success(.actionIDReused): self = .settle(.refused(.actionIDReused))
        case .success(.formChanged): self = .reload
        case .success(.sealed): self = .renew
        case .success(.stale(let time, _)): self = .verify(redisTime: time)
        // Awards have no limits.
        case .success(.rateLimited), .success(.actionLimited), .success(.velocityExceeded): self = .wait
        case .success(.closed), .failure: self = .wait
        }
    }

    /// The verdict if no update could be made.
    public init(_ obstacle: AwardObstacle) {
        switch obstacle {
        case .unknownBoard: self = .wait
        // It may have counted before the windows of the board were changed.
        case .noPeriod: self = .verify(redisTime: nil)
        }
    }
}

/// Why no update could be made of an award.
public enum AwardObstacle: Sendable, CaseIterable {
    /// The catalogue does not have the board. It may come, or come back.
    case unknownBoard
    /// No window of the board has a period at the issue time.
    case noPeriod
}
