// The API role: the HTTP routes through which scores are updated and read and the catalogue is kept.
// An update comes in by `UpdateScoreLane.swift`, and `UpdateScoreRoute.swift` reads and checks the request.

import Access
import Basics
import EventLoops
import HTTPKit
import HTTPTypes
import Hummingbird
import Leaderboard
import Listener
import Logging
import NIOCore
import NIOHTTP1
import Reporting
import Signing

/// The API role of a node: its fast lane, and its routes for Hummingbird.
public struct APIRole: Sendable {
    /// Writes what is refused as suspicious to the audit; a service that must run.
    public let suspicions: SuspicionRecorder
    /// Measures the outboxes; a service that must run.
    public let backlog: BacklogWatch
    private let catalogue: any CatalogueSource
    private let authenticator: RequestAuthenticator
    private let updateScore: UpdateScore
    private let reads: ReadRoutes
    private let questions: QuestionRoutes
    private let boards: BoardRoutes
    private let users: UserRoutes
    private let actions: ActionRoutes
    private let actionIDs: LoopLocal<ActionIDVerifier>
    private let cors: OriginPolicy
    private let group: any EventLoopGroup
    private let now: @Sendable () -> Int64

    /// - Parameters:
    ///   - writer: applies score updates.
    ///   - reader: reads rankings.
    ///   - archive: has the rankings of sealed periods.
    ///   - catalogue: the current actions and boards.
    ///   - store: the stored catalogue, for changes.
    ///   - boards: stamps boards, empties their rankings, and has the store's clock.
    ///   - users: deletes users everywhere.
    ///   - suspicions: where the audit is kept.
    ///   - outboxes: measures the outboxes.
    ///   - authenticator: says who sends a request, on the loops of `group`.
    ///   - actionIDs: checks action ids.
    ///   - audit: gets the acts of administrators.
    ///   - idempotency: answers repeated requests; nil to run each.
    ///   - limits: how much, and how fast.
    ///   - cors: which web pages may call.
    ///   - group: the event loops of the listener, which are also those of Redis' connections.
    ///   - now: ms since 1970.
    ///   - onRefusal: is told of each update that is refused, from any thread; it must not wait.
    package init(
        writer: any ScoreWriter, reader: any LeaderboardReader, archive: any Archive,
        catalogue: any CatalogueSource, store: any CatalogueStore, boards: any BoardStore,
        users: any UserDeletion, suspicions: any SuspicionStore, outboxes: any OutboxMeter,
        authenticator: RequestAuthenticator,
        actionIDs: ActionIDVerifier, audit: any AuditLog, idempotency: Idempotency?, limits: APILimits,
        cors: OriginPolicy, group: any EventLoopGroup, logger: Logger,
        now: @escaping @Sendable () -> Int64, onRefusal: (@Sendable (RefusedUpdate) -> Void)? = nil
    ) {
        self.cors = cors
        self.catalogue = catalogue
        self.suspicions = SuspicionRecorder(store: suspicions, logger: logger)
        backlog = BacklogWatch(meter: outboxes, bytesMax: limits.outboxBytesMax, logger: logger)
        self.authenticator = authenticator
        self.actionIDs = LoopLocal(group) { actionIDs }
        let horizon = PeriodHorizon()
        let reads = RankingReads(
            reader: reader, archive: archive, boards: boards, horizon: horizon,
            trouble: TroubleLog(
                warning: "The leaderboard cannot be read", notice: "The leaderboard can be read again", logger: logger))
        let heads = HeadCache { board, window, completion in
            reads.current(.page(limit: HeadCache.entriesMax, after: nil), board: board, window: window, completion)
        }
        let forms = FormRepair(catalogue: catalogue, store: store, boards: boards, logger: logger)
        updateScore = UpdateScore(
            actionIDs: self.actionIDs, catalogue: catalogue, writer: writer, limits: limits,
            suspicions: self.suspicions,
            refusals: RefusalLog(logger: logger, onRefusal: onRefusal), forms: forms, heads: heads,
            backlog: backlog, group: group, logger: logger, now: now)
        self.reads = ReadRoutes(catalogue: catalogue, reads: reads, heads: heads)
        questions = QuestionRoutes(catalogue: catalogue, reads: reads)
        self.boards = BoardRoutes(
            catalogue: catalogue,
            changes: BoardChanges(store: store, catalogue: catalogue, boards: boards, forms: forms, heads: heads),
            periods: PeriodList(boards: boards, archive: archive, horizon: horizon, catalogue: catalogue),
            audit: audit, idempotency: idempotency)
        self.users = UserRoutes(users: users, store: store, catalogue: catalogue, heads: heads, audit: audit)
        actions = ActionRoutes(store: store, catalogue: catalogue, audit: audit)
        self.group = group
        self.now = now
    }

    /// Puts other action keys in force, on each event loop with its next turn.
    public func replace(actionIDs verifier: ActionIDVerifier) { actionIDs.update { $0 = verifier } }

    /// The routes that run in front of Hummingbird.
    public var fastRoutes: [any FastRoute] {
        let updateRoute = UpdateScoreRoute(authenticator: authenticator, updateScore: updateScore)
        return [
            UpdateScoreLane(route: updateRoute, cors: cors),
            ReadLane(kind: .page, reads: reads, authenticator: authenticator, cors: cors),
            ReadLane(kind: .user, reads: reads, authenticator: authenticator, cors: cors),
        ]
    }

    /// Adds the routes, also those in front of Hummingbird.
    package func addRoutes(to table: inout RouteTable) {
        table.listLane(.post, "/update-score", UpdateScoreRoute.access)
        table.listLane(.get, "/leaderboard", ReadLane.access)
        table.listLane(.get, "/leaderboard/users/{user_id}", ReadLane.access)
        table.add(.post, "/update-scores", .services(.scoresWrite)) { try await updateMany($0) }
        table.add(.post, "/actions/{id}/grants", .services(.actionsGrant)) { try await grant($0) }
        actions.addRoutes(to: &table)
        questions.addRoutes(to: &table)
        boards.addRoutes(to: &table)
        users.addRoutes(to: &table)
    }

    private func updateMany(_ request: RouteRequest) async throws -> Reply {
        let claims = try request.bearer()
        let body = try await request.json(upTo: UpdateScores.bodyBytesMax)
        let eventLoop = group.next()
        let updates = UpdateScores(updateScore: updateScore)
        return await withCheckedContinuation { continuation in
            eventLoop.execute { updates.handle(body, by: claims, on: eventLoop) { continuation.resume(returning: $0) } }
        }
    }

    private func grant(_ request: RouteRequest) async throws -> Reply {
        let id = try request.id
        let body = try await request.json(upTo: GrantRoute.bodyBytesMax)
        let eventLoop = group.next()
        let route = GrantRoute(catalogue: catalogue, now: now)
        return try await eventLoop.submit {
            try route.grant(action: id, body: body, keys: actionIDs.value(on: eventLoop))
        }.get()
    }
}
