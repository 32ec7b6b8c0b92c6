import Awards
import Leaderboard

/// Brings one award to its end, as far as that is possible now: sends its action id to the hub, asks the ledger about
/// one that may have counted, and makes the next one if it has not.
///
/// An action id is sent until there is an answer. The next one is made only after it is known that the one before has
/// not counted and never will. So at most one of them counts, and nodes that work on the same award do no harm.
package struct AwardSender: Sendable {
    /// What came of it.
    package enum Outcome: Sendable, Equatable {
        /// The award is to be settled. It may have another attempt by now.
        case settled(Award, AwardSettlement)
        /// Nothing is known yet. The award may have another attempt by now.
        case later(Award)
        /// Another node has changed the award meanwhile.
        case overtaken
    }

    private let hub: AwardHub
    private let store: any AwardStore
    private let onRenewal: @Sendable () -> Void

    /// The wait before the next look at the ledger.
    private static let lookInterval = Duration.milliseconds(20)
    /// How long to wait for the ledger. If it takes longer, the award waits for its next turn.
    private static let ledgerPatience = Duration.seconds(1)
    /// The wait before a changed board is asked for again, so that the change can reach the catalogue.
    private static let reloadWait = Duration.milliseconds(200)
    /// The most steps of one turn.
    private static let stepsMax = 6

    /// - Parameters:
    ///   - hub: applies updates.
    ///   - store: the awards.
    ///   - onRenewal: called when an award gets another action id.
    package init(hub: AwardHub, store: any AwardStore, onRenewal: @escaping @Sendable () -> Void = {}) {
        self.hub = hub
        self.store = store
        self.onRenewal = onRenewal
    }

    /// Works on an award that this node has taken.
    ///
    /// - Parameter deadline: no call begins later.
    /// - Throws: if a store cannot be reached. Then the award waits for its next turn.
    package func send(_ award: Award, until deadline: ContinuousClock.Instant) async throws(StoreError) -> Outcome {
        var award = award
        // It may have counted in another partition: a board can move with its group.
        var mayHaveMoved = award.tries > 1
        var (isRenewed, reloads) = (false, 0)
        for _ in 0..<Self.stepsMax where ContinuousClock.now < deadline {
            if mayHaveMoved, let receipt = try await hub.receipt(of: award) {
                return .settled(award, .applied(score: receipt.score, rank: receipt.rank))
            }
            mayHaveMoved = false
            var verdict = await attempt(award)
            var issuedAt = hub.now()
            if case .verify(let redisTime) = verdict {
                // The clock of this node may be the one that is wrong.
                issuedAt = max(issuedAt, redisTime ?? .min)
                verdict = try await verify(award, until: deadline)
            }
            switch verdict {
            case .settle(let settlement): return .settled(award, settlement)
            case .wait, .verify: return .later(award)
            case .reload:
                reloads += 1
                if reloads > 1 { try? await Task.sleep(for: Self.reloadWait) }
                try await hub.catalogue.reload()
                mayHaveMoved = true
            case .renew:
                // One renewal in a turn: if it is refused too, time has to pass.
                guard !isRenewed, hub.canIssue(award, at: issuedAt) else { return .later(award) }
                guard let next = try await store.renew(award, issuedAt: issuedAt) else { return .overtaken }
                onRenewal()
                (award, isRenewed) = (next, true)
            }
        }
        return .later(award)
    }

    private func attempt(_ award: Award) async -> AwardVerdict {
        guard let board = hub.board(of: award) else { return AwardVerdict(.unknownBoard) }
        guard let update = award.update(on: board) else { return AwardVerdict(.noPeriod) }
        return AwardVerdict(await hub.apply(update))
    }

    /// Waits until the ledger has what Redis has now, and searches it.
    private func verify(
        _ award: Award, until deadline: ContinuousClock.Instant
    ) async throws(StoreError) -> AwardVerdict {
        guard let partition = hub.partition(of: award) else { return .wait }
        let head = try await hub.state(of: partition)
        let patience = min(deadline, ContinuousClock.now + Self.ledgerPatience)
        while !LedgerCheck.hasReached(head, try await hub.ledger.positions()[partition]) {
            guard head.epoch != nil, ContinuousClock.now < patience, !Task.isCancelled else { return .wait }
            try? await Task.sleep(for: Self.lookInterval)
        }
        let trace = try await store.trace(of: award)
        return LedgerCheck.verdict(on: trace, head: head, later: try await hub.state(of: partition))
    }
}
