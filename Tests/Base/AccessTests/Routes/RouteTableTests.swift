import Access
import Basics
import HTTPKit
import HTTPTypes
import NIOCore
import NIOHTTP1
import Signing
import Testing

/// Routes run only for the senders that they let in.
struct RouteTableTests {
    private static func say(_ text: String) -> RouteTable.Handler {
        { _ in Reply(status: .ok, body: ByteBuffer(string: text)) }
    }

    private static func table() async throws -> TestTable {
        try await TestTable { table in
            table.add(.get, "/open", .everybody, say("open"))
            table.add(.get, "/mine", .users(.usersRead)) { request in
                Reply(status: .ok, body: ByteBuffer(string: try request.bearer().subject))
            }
            table.add(.get, "/staff", .services(.usersRead), say("staff"))
            table.add(.put, "/boards/{id}", .admins(.boardsWrite), say("changed"))
            table.add(.get, "/things/{id}", .everybody) { request in
                Reply(status: .ok, body: ByteBuffer(string: request.parameter("id")))
            }
            table.add(.put, "/things/{thing_id}/name", .everybody) { request in
                Reply(
                    status: .ok,
                    body: ByteBuffer(string: request.parameter("thing_id") + request.parameter("id")))
            }
            table.add(.get, "/private", .viewers(.scoresRead)) { request in
                Reply(status: .ok, body: ByteBuffer(string: try await request.viewer().subject))
            }
            table.add(.get, "/broken", .everybody) { _ in throw CancellationError() }
            table.listLane(.post, "/lane", .users(.scoresWrite))
            table.listUpgrade("/up", .viewers(.scoresRead))
        }
    }

    @Test func letsInWhomTheRoutesSay() async throws {
        let table = try await Self.table()
        func status(_ method: HTTPRequest.Method, _ path: String, _ role: Role?) async throws -> Int {
            try await table.send(method, path, as: role).status
        }
        for role in [nil, Role.player, .service, .admin] {
            #expect(try await status(.get, "/open", role) == 200)
            #expect(try await status(.get, "/mine", role) == (role == nil ? 401 : 200))
            #expect(try await status(.get, "/private", role) == (role == nil ? 401 : 200))
            #expect(try await status(.get, "/staff", role) == (role == nil ? 401 : role == .player ? 403 : 200))
            #expect(try await status(.put, "/boards/b", role) == (role == nil ? 401 : role == .admin ? 200 : 403))
        }
        #expect(try await table.send(.get, "/mine", as: .player, user: "u7").body == "u7")
    }

    @Test("API4: requests that bring a secret in the body count for the address, too")
    func countsStrangers() async throws {
        // Each event loop has its share of the limit, at least one.
        let table = try await TestTable(addressLimit: RateLimit(count: 1, period: .seconds(3600))) { table in
            table.add(.get, "/open", .everybody, Self.say("open"))
            table.add(.post, "/refresh", .everybody, Self.say("refreshed"))
            table.add(.post, "/signed", .signers, Self.say("signed"))
        }
        var statuses: [Int] = []
        for _ in 0..<500 { statuses.append(try await table.send(.post, "/refresh").status) }
        #expect(statuses.first == 200 && statuses.last == 429)
        #expect(try await table.send(.post, "/signed").status == 429)
        #expect(try await table.send(.get, "/open").status == 200)
    }

    @Test func recordsRefusalsOfStaffRoutes() async throws {
        let table = try await Self.table()
        _ = try await table.send(.put, "/boards/b?x=secret", as: .player, user: "u7")
        _ = try await table.send(.get, "/staff", as: .admin)
        _ = try await table.send(.put, "/boards/b")
        let entry = try #require(table.audit.entries.first)
        #expect(table.audit.entries.count == 1, "only those with a name")
        #expect(entry.actor == "u7" && entry.act == "PUT /boards/{id}" && entry.subject == "/boards/b")
        #expect(entry.outcome == .refused && entry.address == "203.0.113.7" && entry.detail == ["role": "player"])
    }

    @Test func otherMethodsAndErrors() async throws {
        let table = try await Self.table()
        #expect(try await table.send(.delete, "/boards/b", as: .admin).status == 405)
        #expect(try await table.send(.get, "/lane").status == 405)
        #expect(try await table.send(.head, "/open").status == 200)
        #expect(try await table.send(.get, "/up").status == 404, "the upgrade route answers before the router")
        #expect(try await table.send(.get, "/broken").status == 503)
    }

    @Test("routes of one shape may name its parameters differently")
    func names() async throws {
        let table = try await Self.table()
        #expect(try await table.send(.get, "/things/a%20b").body == "a%20b")
        #expect(try await table.send(.put, "/things/7/name").body == "7")
    }
}
