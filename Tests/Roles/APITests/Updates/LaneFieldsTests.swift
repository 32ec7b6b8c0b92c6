import API
import Access
import HTTPKit
import Leaderboard
import Listener
import Logging
import NIOHTTP1
import NIOPosix
import Signing
import TestSupport
import Testing

/// The header fields of the lane's answers to requests that it never reads to their end.
struct LaneFieldsTests {
    private func lane(origins: [String]) throws -> any FastRoute {
        let nothing = FakeStores { $0.isAway = true }
        let keys = try ActionKeys([(id: "k1", key: Array(repeating: 1, count: 32))])
        let group = MultiThreadedEventLoopGroup.singleton
        let role = APIRole(
            writer: nothing, reader: nothing, archive: nothing, catalogue: nothing, store: nothing, boards: nothing,
            users: nothing, suspicions: nothing, outboxes: nothing,
            authenticator: RequestAuthenticator(
                tokens: TokenVerifiers(verifier: nil, group: group, now: { 0 }), addressLimit: nil,
                isTrustedProxy: nil, group: group),
            actionIDs: ActionIDVerifier(keys: keys), audit: NoAuditLog(), idempotency: nil, limits: APILimits(),
            cors: OriginPolicy(allowed: origins),
            group: group,
            logger: quietLogger, now: { 0 })
        return try #require(role.fastRoutes.first)
    }

    private func answers(_ lane: any FastRoute, origin: String?) -> [FastResponse] {
        var head = HTTPRequestHead(version: .http1_1, method: .POST, uri: "/update-score")
        if let origin { head.headers.add(name: "Origin", value: origin) }
        return [lane.tooLarge(for: head), lane.tooSlow(for: head)]
    }

    private func field(_ name: String, of answer: FastResponse) -> String? {
        answer.fields.first { $0.name == name }?.value
    }

    /// As many slashes at the ends of the path as Hummingbird's router passes over in other paths.
    @Test func acceptsItsPath() throws {
        let lane = try lane(origins: [])
        func accepts(_ method: HTTPMethod, _ uri: String) -> Bool {
            lane.accepts(HTTPRequestHead(version: .http1_1, method: method, uri: uri))
        }
        for uri in ["/update-score", "/update-score?x=/", "/update-score/", "//update-score//", "/update-score/?x"] {
            #expect(accepts(.POST, uri), "\(uri)")
            #expect(!accepts(.GET, uri), "\(uri)")
        }
        for uri in [
            "/update-scores", "/update-scor", "/update-score/x", "/x/update-score", "update-score", "*", "/", "/?",
        ] {
            #expect(!accepts(.POST, uri), "\(uri)")
        }
    }

    @Test func pagesOfAllowedOriginsMayReadThem() throws {
        let lane = try lane(origins: ["https://game.example"])
        let answers = answers(lane, origin: "https://game.example")
        #expect(answers.map(\.status) == [.payloadTooLarge, .requestTimeout])
        for answer in answers {
            #expect(field("Access-Control-Allow-Origin", of: answer) == "https://game.example")
            #expect(field("Vary", of: answer) == "Origin")
            #expect(answer.closes)
        }
    }

    @Test(arguments: ["https://other.example", "null", "https://game.example.evil", nil])
    func othersMayNot(_ origin: String?) throws {
        for answer in answers(try lane(origins: ["https://game.example"]), origin: origin) {
            #expect(field("Access-Control-Allow-Origin", of: answer) == nil)
        }
        for answer in answers(try lane(origins: []), origin: origin) {
            #expect(field("Access-Control-Allow-Origin", of: answer) == nil)
        }
    }
}
