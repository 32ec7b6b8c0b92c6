import Awards
import Leaderboard

/// The table of awards, as workers use it.
///
/// A change names the attempt that it is about. If the award has another one by now, or is settled, nothing changes.
public protocol AwardStore: Sendable {
    /// Takes open awards that nobody works on, the longest waiting first, for `AwardTiming.lease`.
    func claim(upTo limit: Int) async throws(StoreError) -> [Award]
    /// Takes one award. It may be taken within `AwardTiming.makerHold`, if nobody has taken it before.
    func claim(_ id: Int64) async throws(StoreError) -> AwardClaim
    /// Settles an award. Returns false if it changed nothing.
    func settle(_ award: Award, as settlement: AwardSettlement) async throws(StoreError) -> Bool
    /// Gives an award its next action id, and holds it for another `AwardTiming.lease`. Only for an action id that has
    /// not counted and never will. Returns nil if it changed nothing.
    ///
    /// - Parameter issuedAt: the new issue time, in ms since 1970.
    func renew(_ award: Award, issuedAt: Int64) async throws(StoreError) -> Award?
    /// Leaves an award to whoever takes it after `wait`.
    func postpone(_ award: Award, for wait: Duration) async throws(StoreError)
    /// What the ledger holds of the award's action id.
    func trace(of award: Award) async throws(StoreError) -> AwardTrace
    /// How much is open.
    func backlog() async throws(StoreError) -> AwardBacklog
}

/// The answer to a claim of one award.
public enum AwardClaim: Sendable, Equatable {
    /// It belongs to the caller until the lease ends.
    case taken(Award)
    /// Another node works on it, or it waits for its next turn.
    case held
    /// It is settled.
    case settled(AwardState)
    /// There is no such award.
    case unknown
}

/// The open awards.
public struct AwardBacklog: Sendable, Equatable {
    /// Their number.
    public let open: Int64
    /// The age of the oldest one, in ms; 0 if there is none.
    public let oldestMilliseconds: Int64

    /// Gathers the parts.
    public init(open: Int64, oldestMilliseconds: Int64) {
        self.open = open
        self.oldestMilliseconds = oldestMilliseconds
    }
}
