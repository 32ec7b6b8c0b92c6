import Access
import Basics
import EventLoops
import HTTPKit
import Leaderboard
import Logging
import Metrics
import NIOConcurrencyHelpers
import NIOCore
import NIOHTTP1
import Reporting
import Signing
import StrictJSON

/// One score update whose sender is known: its checks, its way to Redis, and its answer.
///
/// The checks, in order: whose score it is, the action id's signature and time, the catalogue, the score. An update
/// that passes is applied by one script in Redis, which looks for a receipt first. If the catalogue refuses an update,
/// its receipt is looked for, since it may have counted by an earlier catalogue. It runs on one event loop from start
/// to end.
final class UpdateScore: Sendable {
    private let actionIDs: LoopLocal<ActionIDVerifier>
    private let catalogue: any CatalogueSource
    private let writer: any ScoreWriter
    private let limits: APILimits
    private let now: @Sendable () -> Int64
    private let suspicions: SuspicionRecorder
    private let trouble: TroubleLog
    private let clockTrouble: TroubleLog
    private let refusals: RefusalLog
    private let lookups: LoopLocal<KeyedLimiter<[UInt8]>>
    private let targets: LoopLocal<TargetCache>
    private let forms: FormRepair
    private let heads: HeadCache
    private let backlog: BacklogWatch
    private let outcomes = UpdateOutcomes()

    /// The wait before the third try of an update, so that a change of its board can reach the catalogue.
    private static let formWait = TimeAmount.milliseconds(200)
    /// Tries of an update while the form of its board changes.
    private static let attemptsMax = 3

    /// Receipts of refused action ids that are looked up for one player: more than a client that retries needs, and a
    /// bound for one that sends the same signed id for ever. Game servers, which are trusted, have none.
    private static let lookupLimit = RateLimit(count: 100, periodMilliseconds: 10_000)

    /// - Parameters:
    ///   - actionIDs: the action id verifiers of the event loops.
    ///   - catalogue: the actions and boards of the moment.
    ///   - writer: applies what passes.
    ///   - limits: how much, and how fast.
    ///   - suspicions: gets what is refused as suspicious.
    ///   - refusals: is told of each update that is refused.
    ///   - forms: loads the catalogue if the form of a board has changed.
    ///   - heads: heads to outdate with each update that is answered.
    ///   - backlog: knows whether the outboxes have room.
    ///   - group: the event loops.
    ///   - logger: is told when the writer fails, and when it works again.
    ///   - now: ms since 1970.
    init(
        actionIDs: LoopLocal<ActionIDVerifier>, catalogue: any CatalogueSource,
        writer: any ScoreWriter, limits: APILimits, suspicions: SuspicionRecorder, refusals: RefusalLog,
        forms: FormRepair, heads: HeadCache, backlog: BacklogWatch, group: any EventLoopGroup, logger: Logger,
        now: @escaping @Sendable () -> Int64
    ) {
        self.actionIDs = actionIDs
        self.catalogue = catalogue
        self.writer = writer
        self.limits = limits
        self.suspicions = suspicions
        self.refusals = refusals
        trouble = TroubleLog(
            warning: "Score updates cannot be applied", notice: "Score updates are applied again", logger: logger)
        clockTrouble = TroubleLog(
            warning: "Action ids are refused, since their receipts may be gone", notice: "Action ids are taken again",
            logger: logger)
        lookups = LoopLocal(group) { KeyedLimiter(limit: Self.lookupLimit) }
        targets = LoopLocal(group) { TargetCache() }
        self.forms = forms
        self.heads = heads
        self.backlog = backlog
        self.now = now
    }

    /// Checks and applies one update whose sender is known, on its event loop; `respond` is called once.
    func apply(
        _ request: UpdateScoreRequest, by claims: Claims, on eventLoop: any EventLoop,
        respond: @escaping @Sendable (Reply) -> Void
    ) {
        do throws(Refusal) {
            let id = try verify(request, by: claims, on: eventLoop)
            apply(Attempt(request: request, id: id, claims: claims, eventLoop: eventLoop, respond: respond))
        } catch {
            respond(refused(error, of: request.userID))
        }
    }

    /// One try to apply an update.
    private struct Attempt: Sendable {
        let request: UpdateScoreRequest
        let id: VerifiedActionID
        let claims: Claims
        let eventLoop: any EventLoop
        let respond: @Sendable (Reply) -> Void
        /// Counted from 1.
        var number = 1
    }

    private func apply(_ attempt: Attempt) {
        guard let catalogue = catalogue.current, let targets = targets.value(on: attempt.eventLoop) else {
            let refusal = Refusal(.unavailable, "this node has not read the catalogue yet")
            return attempt.respond(refused(refusal, of: attempt.request.userID))
        }
        let verdict = CatalogueCheck(catalogue: catalogue, targets: targets, velocity: limits.velocity).verdict(
            userID: attempt.request.userID, newScore: attempt.request.newScore, id: attempt.id)
        switch verdict {
        case .update(let update) where backlog.isFull: answerBacklogged(update, attempt)
        case .update(let update): writer.apply(update) { [self] in answer($0, of: update, attempt) }
        case .refusal(let refusal): answer(refusal, attempt)
        }
    }

    private func answer(_ result: Result<ApplyOutcome, StoreError>, of update: ScoreUpdate, _ attempt: Attempt) {
        if case .success(.formChanged(let id)) = result {
            if attempt.number < Self.attemptsMax { return repeatLater(attempt) }
            if let board = update.targets.boards.first(where: { $0.id == id }) { forms.suspect(board) }
        }
        do throws(Refusal) {
            let (receipt, replayed) = try receipt(result, of: update)
            outcomes.count(replayed: replayed)
            for board in update.targets.boards { heads.outdate(board.id) }
            attempt.respond(UpdateReply.success(receipt, board: update.targets.boardID, replayed: replayed))
        } catch {
            attempt.respond(refused(error, of: update.userID))
        }
    }

    /// Loads the catalogue, and tries an update again with it: the second try is at once, the third one after a wait.
    private func repeatLater(_ last: Attempt) {
        var next = last
        next.number += 1
        let repeated = next
        let loop = last.eventLoop
        loop.scheduleTask(in: last.number == 1 ? .zero : Self.formWait) { [self] in
            forms.reload {
                loop.execute { [self] in
                    // A restored database can have another catalogue of the same revision.
                    targets.value(on: loop)?.empty()
                    apply(repeated)
                }
            }
        }
    }

    /// The answer to a request that is refused before its user is known; it is counted.
    func refusal(_ error: APIError) -> Reply { refused(Refusal(error), of: nil) }

    private func refused(_ refusal: Refusal, of userID: String?) -> Reply {
        outcomes.count(refusal.error)
        refusals.note(refusal, of: userID)
        return refusal.error.reply
    }

    // MARK: Before Redis

    private func verify(
        _ request: UpdateScoreRequest, by claims: Claims, on eventLoop: any EventLoop
    ) throws(Refusal) -> VerifiedActionID {
        guard claims.isSubject(request.userID) || claims.role.actsForAnyUser else {
            throw Refusal(.forbidden, "the token is of another user, \(claims.subject), and its role is player")
        }
        guard let actionIDs = actionIDs.value(on: eventLoop) else { throw Refusal(.unavailable) }
        let now = now()
        do {
            return try actionIDs.verify(request.actionID, userID: request.userID, now: now)
        } catch .malformed where !request.actionID.hasPrefix("v1.") {
            // Not an action id at all; one that lost its form was altered, and is treated like any other forgery.
            throw Refusal(
                .invalidInput([FieldProblem(field: "action_id", reason: "must have the form of an action id")]))
        } catch {
            let suspicion = Suspicion(
                reason: error.rawValue, userID: request.userID, at: now, presented: request.actionID)
            throw suspicious(
                suspicion, actionIDs.whyRefused(request.actionID, userID: request.userID, now: now) ?? error.rawValue)
        }
    }

    /// Answers an update that the catalogue refuses: with the first outcome if it counted before.
    private func answer(_ refusal: CatalogueCheck.Refusal, _ attempt: Attempt) {
        let (request, id, respond) = (attempt.request, attempt.id, attempt.respond)
        guard let query = CatalogueCheck.query(refusal, newScore: request.newScore, id: id) else {
            return respond(refused(self.refusal(refusal, id), of: request.userID))
        }
        if !attempt.claims.role.actsForAnyUser, let lookups = lookups.value(on: attempt.eventLoop) {
            guard lookups.admit(Array(request.userID.utf8), now: SteadyTime.microseconds) == nil else {
                return respond(
                    refused(
                        Refusal(.unavailable, "too many refused action ids of this user are looked up"),
                        of: request.userID))
            }
        }
        answer(query, attempt) { self.refusal(refusal, id) }
    }

    /// Answers an update for which the outboxes have no room: with the first outcome if it counted before.
    private func answerBacklogged(_ update: ScoreUpdate, _ attempt: Attempt) {
        let query = ReceiptQuery(
            signature: update.signature, submittedScore: update.submittedScore, issuedAt: update.issuedAt,
            board: update.board)
        answer(query, attempt) { Refusal(.backlogged, "the outboxes are full, SCORECAST_OUTBOX_MAX_BYTES") }
    }

    private func answer(
        _ query: ReceiptQuery, _ attempt: Attempt, otherwise refusal: @escaping @Sendable () -> Refusal
    ) {
        let (user, respond) = (attempt.request.userID, attempt.respond)
        writer.receipt(for: query) { [self] result in
            switch result {
            case .success(let found?):
                outcomes.count(replayed: true)
                let board = found.receipt.board ?? query.board?.id ?? Board.global.id
                for id in Set(found.receipt.rankings.map(\.ranking.board)).union([board]) { heads.outdate(id) }
                respond(UpdateReply.success(found.receipt, board: board, replayed: true))
            case .success: respond(refused(refusal(), of: user))
            case .failure(let error):
                // It may have counted, so it must not be refused for good.
                trouble.recordFailure(error)
                respond(refused(Refusal(.unavailable, error.description), of: user))
            }
        }
    }

    private func refusal(_ refusal: CatalogueCheck.Refusal, _ id: VerifiedActionID) -> Refusal {
        switch refusal {
        case .unknownAction: Refusal(.unknownAction, "the catalogue has no action \(id.action), or not all its boards")
        case .noPeriod: Refusal(.periodSealed, "the action was issued outside of the seasons of its boards")
        case .newScoreMissing:
            Refusal(.invalidInput([FieldProblem(field: "new_score", reason: "is required for this action")]))
        case .pinnedScore(let update, let pinned):
            suspicious("pinned_score", update, "new_score is not \(pinned), which the action id pins")
        case .scoreBounds(let update):
            suspicious("score_bounds", update, "new_score is out of the bounds of the action \(update.action)")
        }
    }

    // MARK: After Redis

    private func receipt(
        _ result: Result<ApplyOutcome, StoreError>, of update: ScoreUpdate
    ) throws(Refusal) -> (receipt: Receipt, replayed: Bool) {
        switch result {
        case .success(.applied(let receipt)):
            trouble.recordSuccess()
            clockTrouble.recordSuccess()
            return (receipt, false)
        case .success(.replayed(let receipt)):
            trouble.recordSuccess()
            return (receipt, true)
        case .success(.actionIDReused): throw Refusal(.actionIDReused)
        case .success(.outOfBounds):
            throw suspicious("score_range", update, "the score would leave ±(2^53 − 1), or the bounds of a board")
        case .success(.decreaseRefused):
            throw Refusal(.decreaseNotAllowed, "the score would become worse on a board without allow_decrease")
        case .success(.sealed):
            throw Refusal(.periodSealed, "all periods in which the action was issued are sealed")
        case .success(.formChanged(let board)):
            throw Refusal(.unavailable, "the form of board \(board) in Redis is not the one of the catalogue")
        case .success(.rateLimited(let wait)):
            guard let rateLimit = limits.rate else { throw Refusal(.unavailable) }
            throw Refusal(
                .rateLimited(retryAfterMilliseconds: wait, policy: RatePolicy(name: "user", limit: rateLimit)),
                "over the rate of a user on a board, SCORECAST_RATE_LIMIT")
        case .success(.actionLimited(let name, let wait)):
            let untilNextDay =
                name == .daily ? UpdateLimit.untilNextDay(issuedAt: update.issuedAt, now: now()) : 0
            throw Refusal(
                .rateLimited(
                    retryAfterMilliseconds: max(wait, untilNextDay), policy: RatePolicy(name, in: update.limits)),
                "over the limit \(name.rawValue) of the action \(update.action)")
        case .success(.velocityExceeded):
            throw suspicious("velocity", update, "more points than SCORECAST_VELOCITY_LIMIT believes")
        case .success(.closed):
            let error = StoreError(.closed, "the partition of board \(update.targets.boardID) is closed")
            trouble.recordFailure(error)
            throw Refusal(.unavailable, error.description)
        case .success(.stale(let at, let second)):
            throw stale(ClockComparison(node: now(), redis: at, forgottenSecond: second))
        case .failure(let error):
            trouble.recordFailure(error)
            throw Refusal(.unavailable, error.description)
        }
    }

    /// Counts and tells of an action id whose receipt may be gone. Nobody cheats here: the clocks of the deployment are
    /// wrong.
    private func stale(_ clocks: ClockComparison) -> Refusal {
        outcomes.countStale()
        clockTrouble.recordFailure(
            clocks.staleDescription, ["clock_difference_ms": "\(clocks.differenceMilliseconds)"])
        return Refusal(.unavailable, clocks.staleDescription)
    }

    // MARK: Suspicions

    /// Counts and notes what an update with a genuine action id would have done.
    private func suspicious(
        _ reason: String, _ update: ScoreUpdate, _ words: @escaping @Sendable @autoclosure () -> String
    ) -> Refusal {
        let action = SuspiciousAction(
            board: update.targets.boardID, action: update.action, points: update.amount, nonce: update.nonce,
            signature: update.signature)
        return suspicious(Suspicion(reason: reason, userID: update.userID, at: now(), action: action), words())
    }

    /// Counts and notes an attempt; what it is answered.
    private func suspicious(
        _ suspicion: Suspicion, _ words: @escaping @Sendable @autoclosure () -> String
    ) -> Refusal {
        outcomes.countSuspicion(suspicion.reason)
        suspicions.note(suspicion)
        return Refusal(.suspicious, words())
    }
}
