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
    private let catalogue: any CatalogueSource
    private let authenticator: RequestAuthenticator
    private let updateScore: UpdateScore
    private let leaderboard: LeaderboardRoute
    private let actions: ActionRoutes
    private let actionIDs: LoopLocal<ActionIDVerifier>
    private let cors: OriginPolicy
    private let group: any EventLoopGroup
    private let now: @Sendable () -> Int64

    /// - Parameters:
    ///   - writer: applies score updates.
    ///   - reader: reads rankings.
    ///   - catalogue: the actions and boards of the moment.
    ///   - store: where the catalogue is changed.
    ///   - suspicions: where the audit is kept.
    ///   - tokens: checks tokens, on the loops of `group`.
    ///   - actionIDs: checks action ids.
    ///   - limits: how much, and how fast.
    ///   - cors: which web pages may call.
    ///   - group: the event loops of the listener, which are also those of Redis' connections.
    ///   - now: ms since 1970.
    ///   - onRefusal: is told of each update that is refused, from any thread; it must not wait.
    public init(
        writer: any ScoreWriter, reader: any LeaderboardReader, catalogue: any CatalogueSource,
        store: any CatalogueStore, suspicions: any SuspicionStore, tokens: TokenVerifiers,
        actionIDs: ActionIDVerifier, limits: APILimits, cors: OriginPolicy, group: any EventLoopGroup, logger: Logger,
        now: @escaping @Sendable () -> Int64, onRefusal: (@Sendable (RefusedUpdate) -> Void)? = nil
    ) {
        self.cors = cors
        self.catalogue = catalogue
        self.suspicions = SuspicionRecorder(store: suspicions, logger: logger)
        authenticator = RequestAuthenticator(
            tokens: tokens, addressLimit: limits.address, isTrustedProxy: limits.isTrustedProxy, group: group)
        self.actionIDs = LoopLocal(group) { actionIDs }
        updateScore = UpdateScore(
            actionIDs: self.actionIDs, catalogue: catalogue, writer: writer, limits: limits,
            suspicions: self.suspicions,
            refusals: RefusalLog(logger: logger, onRefusal: onRefusal), group: group, logger: logger, now: now)
        leaderboard = LeaderboardRoute(
            reader: reader, catalogue: catalogue,
            trouble: TroubleLog(
                warning: "The leaderboard cannot be read", notice: "The leaderboard can be read again", logger: logger))
        actions = ActionRoutes(store: store, catalogue: catalogue)
        self.group = group
        self.now = now
    }

    /// Puts other action keys in force, on each event loop with its next turn.
    public func replace(actionIDs verifier: ActionIDVerifier) { actionIDs.update { $0 = verifier } }

    /// The routes that run in front of Hummingbird.
    public var fastRoutes: [any FastRoute] { [UpdateScoreLane(route: updateRoute, cors: cors)] }

    private var updateRoute: UpdateScoreRoute {
        UpdateScoreRoute(authenticator: authenticator, updateScore: updateScore)
    }

    /// Adds the routes to Hummingbird's router.
    public func addRoutes(to router: Router<some RemoteAddressRequestContext>) {
        router.post("/update-scores") { request, context in
            await respond { try await updateMany(request, from: context.remoteAddress) }
        }
        router.get("/leaderboard") { request, context in
            await respond {
                try await leaderboard.handle(request) {
                    _ = try await authenticator.claims(of: request, from: context.remoteAddress)
                }
            }
        }
        router.get("/actions") { request, context in
            await respond {
                try await requireAdmin(request, from: context.remoteAddress)
                return try await actions.list()
            }
        }
        router.get("/actions/{id}") { request, context in
            await respond { try await actions.get(id: try await adminActionID(request, context)) }
        }
        router.put("/actions/{id}") { request, context in
            await respond {
                let id = try await adminActionID(request, context)
                try Self.requireJSON(request)
                return try await actions.put(id: id, body: try await collect(request, upTo: ActionRoutes.bodyBytesMax))
            }
        }
        router.delete("/actions/{id}") { request, context in
            await respond { try await actions.delete(id: try await adminActionID(request, context)) }
        }
        router.post("/actions/{id}/grants") { request, context in
            await respond { try await grant(request, context) }
        }
        router.refuseOtherMethods(on: "/actions/{id}/grants", allowed: [.post])
        router.refuseOtherMethods(on: "/update-score", allowed: [.post])
        router.refuseOtherMethods(on: "/update-scores", allowed: [.post])
        router.refuseOtherMethods(on: "/leaderboard", allowed: [.get])
        router.refuseOtherMethods(on: "/actions", allowed: [.get])
        router.refuseOtherMethods(on: "/actions/{id}", allowed: [.get, .put, .delete])
    }

    private func updateMany(_ request: Request, from remoteAddress: SocketAddress?) async throws -> Reply {
        let claims = try await authenticator.claims(of: request, from: remoteAddress)
        guard claims.role.actsForAnyUser else { throw APIError.forbidden }
        try Self.requireJSON(request)
        let body = try await collect(request, upTo: UpdateScores.bodyBytesMax)
        let eventLoop = group.next()
        let updates = UpdateScores(updateScore: updateScore)
        return await withCheckedContinuation { continuation in
            eventLoop.execute { updates.handle(body, by: claims, on: eventLoop) { continuation.resume(returning: $0) } }
        }
    }

    private func grant(_ request: Request, _ context: some RemoteAddressRequestContext) async throws -> Reply {
        let claims = try await authenticator.claims(of: request, from: context.remoteAddress)
        guard claims.role.actsForAnyUser else { throw APIError.forbidden }
        let id = try actionID(context)
        try Self.requireJSON(request)
        let body = try await collect(request, upTo: GrantRoute.bodyBytesMax)
        let eventLoop = group.next()
        let route = GrantRoute(catalogue: catalogue, now: now)
        return try await eventLoop.submit {
            try route.grant(action: id, body: body, keys: actionIDs.value(on: eventLoop))
        }.get()
    }

    private func adminActionID(
        _ request: Request, _ context: some RemoteAddressRequestContext
    ) async throws -> String {
        try await requireAdmin(request, from: context.remoteAddress)
        return try actionID(context)
    }

    private func actionID(_ context: some RequestContext) throws(APIError) -> String {
        let id = context.parameters.get("id") ?? ""
        guard Names.isID(id) else {
            throw .invalidInput([FieldProblem(field: "id", reason: Names.idForm)])
        }
        return id
    }

    private func requireAdmin(_ request: Request, from remoteAddress: SocketAddress?) async throws {
        let claims = try await authenticator.claims(of: request, from: remoteAddress)
        guard claims.role.changesCatalogue else { throw APIError.forbidden }
    }

    private static func requireJSON(_ request: Request) throws(APIError) {
        try MediaType.requireJSON(
            request.headers[.contentType], hasContentCoding: Self.hasContentCoding(request))
    }

    private static func hasContentCoding(_ request: Request) -> Bool {
        !request.headers[values: .contentEncoding].allSatisfy(\.isIdentity)
    }

    private func collect(_ request: Request, upTo limit: Int) async throws -> ByteBuffer {
        if let length = request.headers[.contentLength].flatMap({ Int($0) }), length > limit { throw APIError.tooLarge }
        var body = ByteBuffer()
        for try await var part in request.body {
            body.writeBuffer(&part)
            guard body.readableBytes <= limit else { throw APIError.tooLarge }
        }
        return body
    }

    /// Runs a route; what it refuses takes the contract's form, and what it did not expect says nothing but "try
    /// again".
    private func respond(_ body: () async throws -> Reply) async -> Response {
        do {
            return try await body().response
        } catch let error as APIError {
            return error.reply.response
        } catch {
            return APIError.unavailable.reply.response
        }
    }
}
