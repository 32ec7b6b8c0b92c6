import Leaderboard
import Listener
import Metrics
import NIOConcurrencyHelpers
import NIOCore
import NIOHTTP1
import Signing
import StrictJSON

/// `POST /update-score`: the whole way of one update, from the request's bytes to the answer's.
///
/// The checks, in order: media type, token, form of the body, whose score it is, the action id's signature and time, the
/// catalogue, the score. What passes is applied by one script in Redis. It runs on one event loop from start to end.
struct UpdateScore: Sendable {
    /// Longer bodies are refused before they are read.
    static let bodyBytesMax = 4 * 1024

    private let tokens: TokenVerifiers
    private let actionIDs: LoopLocal<ActionIDVerifier>
    private let catalogue: CatalogueFollower
    private let writer: any ScoreWriter
    private let limits: APILimits
    private let addresses: LoopLocal<AddressLimiter?>
    private let finder: ClientAddressFinder
    private let now: @Sendable () -> Int64
    private let outcomes = UpdateOutcomes()

    /// - Parameters:
    ///   - tokens: the token verifiers of the event loops.
    ///   - actionIDs: the action id verifiers of the event loops.
    ///   - catalogue: the actions and boards of the moment.
    ///   - writer: applies what passes.
    ///   - limits: how much, and how fast.
    ///   - addresses: the address limiters of the event loops.
    ///   - now: ms since 1970.
    init(
        tokens: TokenVerifiers, actionIDs: LoopLocal<ActionIDVerifier>, catalogue: CatalogueFollower,
        writer: any ScoreWriter, limits: APILimits,
        addresses: LoopLocal<AddressLimiter?>, now: @escaping @Sendable () -> Int64
    ) {
        self.tokens = tokens
        self.actionIDs = actionIDs
        self.catalogue = catalogue
        self.writer = writer
        self.limits = limits
        self.addresses = addresses
        finder = ClientAddressFinder(isTrustedProxy: limits.isTrustedProxy)
        self.now = now
    }

    /// Serves one request; `respond` is called once.
    func handle(_ request: FastRequest, on eventLoop: any EventLoop, respond: @escaping @Sendable (Reply) -> Void) {
        do throws(APIError) {
            try admit(request, on: eventLoop)
            guard MediaType.isJSON(request.head.headers.first(name: "content-type")) else {
                throw .unsupportedMediaType
            }
            let claims = try tokens.claims(of: request.head.headers, on: eventLoop, now: now())
            apply(try UpdateScoreRequest.parse(request.body), by: claims, on: eventLoop, respond: respond)
        } catch {
            respond(refusal(error))
        }
    }

    /// Refuses what comes too fast from one address, before it costs any cryptography.
    private func admit(_ request: FastRequest, on eventLoop: any EventLoop) throws(APIError) {
        guard let limit = limits.address, let limiter = addresses.value(on: eventLoop) ?? nil,
            let client = finder.client(of: request.head.headers, socket: request.remoteAddress)
        else { return }
        let now = Int64(NIODeadline.now().uptimeNanoseconds / 1000)
        guard let wait = limiter.admit(client, now: now) else { return }
        throw .rateLimited(retryAfterMilliseconds: wait, policy: RatePolicy(name: "address", limit: limit))
    }

    /// Checks and applies one update whose sender is known, on its event loop; `respond` is called once.
    func apply(
        _ request: UpdateScoreRequest, by claims: Claims, on eventLoop: any EventLoop,
        respond: @escaping @Sendable (Reply) -> Void
    ) {
        let update: ScoreUpdate
        do {
            update = try check(request, by: claims, on: eventLoop)
        } catch {
            return respond(refusal(error))
        }
        writer.apply(update) { result in
            do throws(APIError) {
                let (receipt, replayed) = try receipt(result)
                outcomes.count(replayed: replayed)
                respond(Self.success(receipt, board: update.board.id, replayed: replayed))
            } catch {
                respond(refusal(error))
            }
        }
    }

    /// The answer to what is refused, which is counted.
    func refusal(_ error: APIError) -> Reply {
        outcomes.count(error)
        return error.reply
    }

    // MARK: Before Redis

    private func check(
        _ request: UpdateScoreRequest, by claims: Claims, on eventLoop: any EventLoop
    ) throws(APIError) -> ScoreUpdate {
        guard claims.isSubject(request.userID) || claims.role != .player else { throw .forbidden }
        guard let actionIDs = actionIDs.value(on: eventLoop) else { throw .unavailable }
        let id: VerifiedActionID
        do {
            id = try actionIDs.verify(request.actionID, userID: request.userID, now: now())
        } catch .malformed where !request.actionID.hasPrefix("v1.") {
            // Not an action id at all; one that lost its form was altered, and is treated like any other forgery.
            throw .invalidInput([FieldProblem(field: "action_id", reason: "must have the form of an action id")])
        } catch {
            outcomes.countSuspicion(error.rawValue)
            throw .suspicious
        }
        return try update(request, id)
    }

    /// What the action is worth to this request.
    private func update(_ body: UpdateScoreRequest, _ id: VerifiedActionID) throws(APIError) -> ScoreUpdate {
        guard let catalogue = catalogue.current else { throw .unavailable }
        guard let action = catalogue.actions[id.action], let boardID = action.boards.first,
            let board = catalogue.boards[boardID]
        else { throw .unknownAction }
        if id.score != nil || action.submitsScore {
            guard let newScore = body.newScore else {
                throw .invalidInput([FieldProblem(field: "new_score", reason: "is required for this action")])
            }
            if let pinned = id.score, pinned != newScore {
                outcomes.countSuspicion("pinned_score")
                throw .suspicious
            }
        }
        var amount = action.points
        if action.submitsScore, let newScore = body.newScore {
            guard action.accepts(score: newScore) else {
                outcomes.countSuspicion("score_bounds")
                throw .suspicious
            }
            amount = newScore
        }
        return ScoreUpdate(
            board: board, ranking: Ranking(board: board.id), userID: body.userID, amount: amount,
            submittedScore: body.newScore, action: action.id, nonce: id.nonce, signature: id.signature,
            issuedAt: id.issuedAt, limits: limits(of: action, issuedAt: id.issuedAt))
    }

    private func limits(of action: Action, issuedAt: Int64) -> [UpdateLimit] {
        var limits: [UpdateLimit] = []
        if let seconds = action.cooldownSeconds { limits.append(.cooldown(seconds: seconds)) }
        if let count = action.maxPerUserPerDay {
            limits.append(.daily(count: count, day: issuedAt / Self.dayMilliseconds))
        }
        if let velocityLimit = self.limits.velocity { limits.append(.velocity(velocityLimit)) }
        return limits
    }

    private static let dayMilliseconds: Int64 = 86_400_000

    // MARK: After Redis

    private func receipt(
        _ result: Result<ApplyOutcome, StoreError>
    ) throws(APIError) -> (receipt: Receipt, replayed: Bool) {
        switch result {
        case .success(.applied(let receipt)): return (receipt, false)
        case .success(.replayed(let receipt)): return (receipt, true)
        case .success(.actionIDReused): throw .actionIDReused
        case .success(.outOfBounds):
            outcomes.countSuspicion("score_range")
            throw .suspicious
        case .success(.rateLimited(let wait)):
            guard let rateLimit = limits.rate else { throw .unavailable }
            throw .rateLimited(retryAfterMilliseconds: wait, policy: RatePolicy(name: "user", limit: rateLimit))
        case .success(.actionLimited(let name, let wait)):
            let untilMidnight = name == .daily ? Self.dayMilliseconds - now() % Self.dayMilliseconds : 0
            throw .rateLimited(retryAfterMilliseconds: max(wait, untilMidnight), policy: nil)
        case .success(.velocityExceeded):
            outcomes.countSuspicion("velocity")
            throw .suspicious
        case .success(.closed), .failure: throw .unavailable
        }
    }

    private static func success(_ receipt: Receipt, board: String, replayed: Bool) -> Reply {
        .json { json in
            json.beginObject()
            json.member("status", "success")
            json.member("message", "Score updated successfully")
            json.member("success", true)
            json.member("new_score", receipt.score)
            json.member("rank", receipt.rank)
            json.member("board", board)
            json.member("replayed", replayed)
            json.endObject()
        }
    }
}
