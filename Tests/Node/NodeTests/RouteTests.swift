import Access
import HTTPTypes
import NIOCore
import Node
import NodeTestSupport
import Settings
import StrictJSON
import Telemetry
import TestSupport
import Testing

/// Every route of a node, and the senders that it lets in. Whoever adds a route, or lets others in, changes the list
/// below, so that it is seen in a review.
@Suite(.timeLimit(.minutes(1))) struct RouteTests {
    /// The routes that let in everybody.
    private static let publicRoutes: Set<String> = [
        "GET /healthz", "GET /readyz", "GET /metrics", "GET /openapi.json", "POST /auth/register", "POST /auth/login",
        "POST /auth/refresh", "POST /auth/verify", "POST /auth/reset-request", "POST /auth/reset",
        "GET /.well-known/jwks.json",
    ]

    /// The other routes, each with what it demands.
    private static let guardedRoutes: Set<String> = [
        "GET /actions admins actions:read", "GET /actions/{id} admins actions:read",
        "PUT /actions/{id} admins actions:write", "DELETE /actions/{id} admins actions:write",
        "POST /actions/{id}/grants services actions:grant",
        "GET /boards viewers boards:read", "GET /boards/{id} viewers boards:read",
        "GET /boards/{id}/periods viewers boards:read",
        "PUT /boards/{id} admins boards:write", "PATCH /boards/{id} admins boards:write",
        "DELETE /boards/{id} admins boards:write", "POST /boards/{id}/reset admins moderation",
        "DELETE /boards/{id}/users/{user_id} admins moderation",
        "GET /leaderboard viewers scores:read", "GET /leaderboard/around viewers scores:read",
        "GET /leaderboard/rank viewers scores:read", "GET /leaderboard/score viewers scores:read",
        "GET /leaderboard/top viewers scores:read", "POST /leaderboard/users viewers scores:read",
        "GET /leaderboard/users/{user_id} viewers scores:read",
        "POST /update-score users scores:write", "POST /update-scores services scores:write",
        "GET /ws viewers scores:read", "GET /ws/scoreboard viewers scores:read",
        "GET /sse/scoreboard viewers scores:read",
        "POST /auth/logout users", "POST /auth/logout-all users", "POST /auth/password users",
        "GET /users admins users:read", "POST /users/{id}/ban admins moderation",
        "POST /users/{id}/unban admins moderation", "PUT /users/{id}/role admins users:write",
        "POST /api-keys admins users:write", "GET /api-keys admins users:read",
        "DELETE /api-keys/{id} admins users:write", "POST /auth/verify-request users",
        "GET /users/me users users:read", "GET /user/{id} users users:read",
        "PATCH /user/{id}/update users users:write", "PUT /users/{user_id}/profile users users:write",
        "POST /users/me/delete users users:write", "DELETE /users/{user_id} admins moderation",
        "GET /tasks users play:write", "POST /tasks users play:write", "GET /tasks/{id} users play:write",
        "PATCH /tasks/{id} users play:write", "DELETE /tasks/{id} users play:write",
        "POST /tasks/complete users play:write", "GET /task-templates admins play:write",
        "GET /task-templates/{id} admins play:write", "PUT /task-templates/{id} admins play:write",
        "DELETE /task-templates/{id} admins play:write", "GET /task-points admins play:write",
        "GET /task-points/{type} admins play:write", "PUT /task-points/{type} admins play:write",
        "DELETE /task-points/{type} admins play:write", "GET /job-points admins play:write",
        "GET /job-points/{job} admins play:write", "PUT /job-points/{job} admins play:write",
        "DELETE /job-points/{job} admins play:write", "GET /wallet users play:write",
        "GET /wallet/entries users play:write", "POST /wallet/spend users play:write",
        "POST /wallets/{user}/credit services play:write",
        "POST /challenges/generate users play:write", "GET /challenges users play:write",
        "GET /challenges/{id} users play:write", "POST /challenges/{id}/join users play:write",
        "POST /challenges/{id}/progress users play:write", "POST /challenges/{id}/hint users play:write",
        "POST /challenges/{id}/complete users play:write", "GET /badges users play:write",
        "PUT /badges/{id} admins play:write", "DELETE /badges/{id} admins play:write",
        "GET /gamification/points users play:write", "GET /gamification/badges users play:write",
        "GET /gamification/streak users play:write", "GET /gamification/level users play:write",
        "GET /gamification/leaderboard viewers scores:read", "GET /analytics/me users play:write",
        "GET /analytics/overview admins play:write", "GET /notifications users play:write",
        "POST /notifications/read users play:write", "GET /notifications/preferences users play:write",
        "PUT /notifications/preferences users play:write",
    ]

    /// The files of the live page, which the OpenAPI document leaves out.
    private static let pageFiles: Set<String> = [
        "/", "/account-dialog.js", "/account-form.js", "/account-probe.js", "/account-state.js", "/account.css",
        "/account.js", "/choice.js", "/play", "/play-api.js", "/play-board.js", "/play-challenge.js",
        "/play-notices.js", "/play-page.js", "/play-state.js", "/play-tasks.js", "/play.css", "/play.js",
        "/scoreboard.css", "/scoreboard.js", "/scorecast-play.d.ts", "/scorecast.d.ts", "/scorecast.js",
        "/scorecast/accounts.js", "/scorecast/board-rooms.js", "/scorecast/challenge-seat.js",
        "/scorecast/connection.js",
        "/scorecast/errors.js", "/scorecast/following.js", "/scorecast/inbox.js", "/scorecast/page-events.js",
        "/scorecast/play-messages.js", "/scorecast/play-rooms.js", "/scorecast/refusal.js",
        "/scorecast/room.js",
        "/scorecast/session-store.js", "/scorecast/session.js", "/scorecast/settings.js", "/scorecast/source.js",
        "/scorecast/standings.js", "/scorecast/timers.js", "/scorecast/waits.js", "/state.js", "/tower.css",
    ]

    /// All routes of a node with all roles.
    private static func routes() async throws -> (table: RouteTable, unlisted: [String]) {
        try await withRedis { redis in
            try await withPostgres { postgres in
                var environment = Fixture.complete
                environment["SCORECAST_REDIS_URL"] = redis.url
                environment["SCORECAST_POSTGRES_URL"] = postgres.url
                let configuration = try await NodeConfiguration.load(.node, environment: environment, roles: .all)
                let node = Node(
                    configuration: configuration, roles: .all, metrics: PrometheusMetrics(includesProcess: false),
                    logger: quietLogger, onRefusal: nil
                ) { _ in }
                return try await node.routes()
            }
        }
    }

    @Test("every route says whom it lets in, and those for everybody are on a list")
    func everyRouteIsListed() async throws {
        let (table, unlisted) = try await Self.routes()
        #expect(unlisted.isEmpty, "routes in front of Hummingbird that are not in the table")
        let open = table.routes.filter { $0.access == .everybody && !Self.pageFiles.contains($0.path) }
        #expect(Set(open.map(Self.text)) == Self.publicRoutes)
        let guarded = table.routes.filter { $0.access != .everybody }
        let texts = guarded.map { "\(Self.text($0)) \($0.access)" }
        #expect(Set(texts).subtracting(Self.guardedRoutes).isEmpty, "not on the list")
        #expect(Self.guardedRoutes.subtracting(texts).isEmpty, "no such route")
        let pages = table.routes.filter { Self.pageFiles.contains($0.path) }
        #expect(Set(pages.map(\.path)) == Self.pageFiles)
        #expect(pages.allSatisfy { $0.method == .get && $0.access == .everybody })
        #expect(Set(table.routes.map(Self.shape)).count == table.routes.count, "no route twice")
    }

    @Test("the OpenAPI document has every route, and no other")
    func everyRouteIsDescribed() async throws {
        let routes = try await Self.routes().table.routes
        let served = Set(routes.filter { !Self.pageFiles.contains($0.path) }.map(Self.shape))
        let document = try JSONValue(
            Array(OpenAPIDocument.json.readableBytesView), limits: JSONLimits(maxDepth: 64, maxMembers: 1024))
        let paths = try #require(document["paths"]?.object)
        let described = Set(
            paths.members.flatMap { path in
                (path.value.object?.members ?? []).filter { $0.key != "parameters" }.map { operation in
                    "\(operation.key.uppercased()) \(Self.shape(path.key))"
                }
            })
        #expect(served.subtracting(described).isEmpty, "not described")
        #expect(described.subtracting(served).isEmpty, "no such route")
    }

    @Test("the fragments of the OpenAPI document fit together")
    func fragmentsFit() throws {
        var document = JSONObject()
        for fragment in OpenAPIDocument.fragments { document = try fragment.added(to: document) }
        let text = String(buffer: OpenAPIDocument.json)
        let components = try #require(document["components"]?.object)
        for match in text.matches(of: ##/"#/components/([A-Za-z]+)/([A-Za-z]+)"/##) {
            let known = components[String(match.output.1)]?[String(match.output.2)]
            #expect(known != nil, "\(match.output.0)")
        }
        let ids = text.matches(of: #/"operationId":"([A-Za-z]+)"/#).map { String($0.output.1) }
        #expect(ids.count > 40 && Set(ids).count == ids.count)
    }

    @Test("what is there twice does not fit")
    func duplicatesDoNotFit() throws {
        func fragment(_ json: String) -> OpenAPIFragment { OpenAPIFragment(name: "x", json: Array(json.utf8)) }
        let first = try fragment(
            #"{"info":{"title":"a"},"paths":{"/a":{}},"components":{"schemas":{"A":{}}},"tags":[1]}"#
        ).added(to: JSONObject())
        let both = try fragment(
            #"{"info":{"title":"b"},"paths":{"/b":{}},"components":{"schemas":{"B":{}},"responses":{"R":{}}},"#
                + #""tags":[2]}"#
        ).added(to: first)
        #expect(both["info"]?["title"]?.string == "a")
        #expect(both["paths"]?.object?.members.map(\.key) == ["/a", "/b"])
        #expect(both["components"]?["schemas"]?.object?.members.map(\.key) == ["A", "B"])
        #expect(both["components"]?["responses"]?["R"] != nil)
        #expect(both["tags"]?.array?.count == 2)
        for json in [#"{"paths":{"/a":{}}}"#, #"{"components":{"schemas":{"A":{}}}}"#, "[]", #"{"a":1,"a":2}"#] {
            #expect(throws: OpenAPIFragment.Problem.self, "\(json)") { try fragment(json).added(to: first) }
        }
    }

    private static func text(_ route: RouteTable.Route) -> String { "\(route.method) \(route.path)" }
    private static func shape(_ route: RouteTable.Route) -> String { "\(route.method) \(shape(route.path))" }
    private static func shape(_ path: String) -> String { path.replacing(#/\{[a-z_]+\}/#, with: "{}") }
}
