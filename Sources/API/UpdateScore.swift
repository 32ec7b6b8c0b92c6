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
final class UpdateScore: Sendable {
    /// Longer bodies are refused before they are read.
    static let bodyBytesMax = 4 * 1024

    private let tokens: TokenVerifiers
    private let actionIDs: LoopLocal<ActionIDVerifier>
    private let catalogue: any CatalogueSource
    private let writer: any ScoreWriter
    private let limits: APILimits
    private let addresses: LoopLocal<AddressLimiter?>
    private let finder: ClientAddressFinder
    private let now: @Sendable () -> Int64
    private let suspicions: SuspicionRecorder
    private let trouble: TroubleLog
    private let outcomes = UpdateOutcomes()

    /// - Parameters:
    ///   - tokens: the token verifiers of the event loops.
    ///   - actionIDs: the action id verifiers of the event loops.
    ///   - catalogue: the actions and boards of the moment.
    ///   - writer: applies what passes.
    ///   - limits: how much, and how fast.
    ///   - addresses: the address limiters of the event loops.
    ///   - suspicions: gets what is refused as suspicious.
    ///   - trouble: is told when the writer fails, and when it works again.
    ///   - now: ms since 1970.
    init(
        tokens: TokenVerifiers, actionIDs: LoopLocal<ActionIDVerifier>, catalogue: any CatalogueSource,
        writer: any ScoreWriter, limits: APILimits,
        addresses: LoopLocal<AddressLimiter?>, suspicions: SuspicionRecorder, trouble: TroubleLog,
        now: @escaping @Sendable () -> Int64
    ) {
        self.tokens = tokens
        self.actionIDs = actionIDs
        self.catalogue = catalogue
        self.writer = writer
        self.limits = limits
        self.addresses = addresses
        self.suspicions = suspicions
        self.trouble = trouble
        finder = ClientAddressFinder(isTrustedProxy: limits.isTrustedProxy)
        self.now = now
    }

    /// Serves one request; `respond` is called once.
    func handle(_ request: FastRequest, on eventLoop: any EventLoop, respond: @escaping @Sendable (Reply) -> Void) {
        do throws(APIError) {
            try admit(request.head.headers, from: request.remoteAddress, on: eventLoop)
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
    ///
    /// - Parameter socket: the other end of the connection.
    func admit(_ headers: HTTPHeaders, from socket: SocketAddress?, on eventLoop: any EventLoop) throws(APIError) {
        guard let limit = limits.address, let limiter = addresses.value(on: eventLoop) ?? nil,
            let client = finder.client(of: headers, socket: socket)
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
        writer.apply(update) { [self] result in
            do throws(APIError) {
                let (receipt, replayed) = try receipt(result, of: update)
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
            throw suspicious(
                Suspicion(
                    reason: error.rawValue, userID: request.userID, at: now(), presented: request.actionID))
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
            guard body.newScore != nil else {
                throw .invalidInput([FieldProblem(field: "new_score", reason: "is required for this action")])
            }
        }
        let update = ScoreUpdate(
            board: board, ranking: Ranking(board: board.id), userID: body.userID,
            amount: action.submitsScore ? body.newScore ?? action.points : action.points,
            submittedScore: body.newScore, action: action.id, nonce: id.nonce, signature: id.signature,
            issuedAt: id.issuedAt, limits: limits(of: action, issuedAt: id.issuedAt))
        if let pinned = id.score, pinned != body.newScore { throw suspicious("pinned_score", update) }
        if action.submitsScore, !action.accepts(score: update.amount) { throw suspicious("score_bounds", update) }
        return update
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
        _ result: Result<ApplyOutcome, StoreError>, of update: ScoreUpdate
    ) throws(APIError) -> (receipt: Receipt, replayed: Bool) {
        switch result {
        case .success(.applied(let receipt)):
            trouble.worked()
            return (receipt, false)
        case .success(.replayed(let receipt)):
            trouble.worked()
            return (receipt, true)
        case .success(.actionIDReused): throw .actionIDReused
        case .success(.outOfBounds): throw suspicious("score_range", update)
        case .success(.rateLimited(let wait)):
            guard let rateLimit = limits.rate else { throw .unavailable }
            throw .rateLimited(retryAfterMilliseconds: wait, policy: RatePolicy(name: "user", limit: rateLimit))
        case .success(.actionLimited(let name, let wait)):
            let untilMidnight = name == .daily ? Self.dayMilliseconds - now() % Self.dayMilliseconds : 0
            throw .rateLimited(
                retryAfterMilliseconds: max(wait, untilMidnight), policy: RatePolicy(name, in: update.limits))
        case .success(.velocityExceeded): throw suspicious("velocity", update)
        case .success(.closed):
            trouble.failed(StoreError(.closed, "the partition of board \(update.board.id) is closed"))
            throw .unavailable
        case .failure(let error):
            trouble.failed(error)
            throw .unavailable
        }
    }

    // MARK: Suspicions

    /// Counts and notes what an update with a genuine action id would have done.
    private func suspicious(_ reason: String, _ update: ScoreUpdate) -> APIError {
        let action = SuspiciousAction(
            board: update.board.id, action: update.action, points: update.amount, nonce: update.nonce,
            signature: update.signature)
        return suspicious(Suspicion(reason: reason, userID: update.userID, at: now(), action: action))
    }

    /// Counts and notes an attempt; what it is answered.
    private func suspicious(_ suspicion: Suspicion) -> APIError {
        outcomes.countSuspicion(suspicion.reason)
        suspicions.note(suspicion)
        return .suspicious
    }

    private static func success(_ receipt: Receipt, board: String, replayed: Bool) -> Reply {
        // Piece by piece rather than member by member, since it is by far the most frequent answer.
        var body = ByteBuffer()
        body.reserveCapacity(192)
        body.writeStaticString(
            "{\"status\":\"success\",\"message\":\"Score updated successfully\",\"success\":true,\"new_score\":")
        body.appendJSON(receipt.score)
        body.writeStaticString(",\"rank\":")
        body.appendJSON(receipt.rank)
        body.writeStaticString(",\"board\":")
        body.appendJSON(board)
        body.writeStaticString(replayed ? ",\"replayed\":true}" : ",\"replayed\":false}")
        return Reply(status: .ok, body: body)
    }
}
