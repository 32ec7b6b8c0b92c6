import API
import Access
import Basics
import HTTPKit
import Leaderboard
import Listener
import Logging
import NIOConcurrencyHelpers
import NIOCore
import NIOHTTP1
import NIOPosix
import Signing
import TestSupport
import Testing

/// Refused updates are explained to developers who use the server, and no receipt is asked for without need.
struct RefusalTests {
    /// A store whose script always gives one outcome, and whose receipts are found or not.
    private final class Store: ScoreWriter, CatalogueSource {
        let outcome: ApplyOutcome
        let found: Result<FoundReceipt?, StoreError>
        let questions = NIOLockedValueBox<[ReceiptQuery]>([])

        init(outcome: ApplyOutcome, found: Result<FoundReceipt?, StoreError>) {
            self.outcome = outcome
            self.found = found
        }

        func apply(
            _ update: ScoreUpdate, completion: @escaping @Sendable (Result<ApplyOutcome, StoreError>) -> Void
        ) { completion(.success(outcome)) }

        func receipt(
            for query: ReceiptQuery, completion: @escaping @Sendable (Result<FoundReceipt?, StoreError>) -> Void
        ) {
            questions.withLockedValue { $0.append(query) }
            completion(found)
        }

        var current: Catalogue? {
            let race = Action(id: "race", points: 0, boards: ["global"], submitsScore: true, minScore: 1, maxScore: 9)
            return Catalogue(actions: ["kill": Action(id: "kill", points: 5, boards: ["global"]), "race": race])
        }
        func reload() async throws(StoreError) {}
        func recordFailure(_ error: StoreError) {}
    }

    private static let now: Int64 = 1_790_000_000_000
    private static let secret = Array("an HS256 secret of the tests, 32+ bytes".utf8)
    private static let key = Array("0123456789abcdef0123456789abcdef".utf8)

    /// An action id of `u1`.
    private static func id(
        _ action: String = "kill", issuedAt: Int64 = now, user: String = "u1", keyID: String = "k1", score: Int64? = nil
    ) throws -> String {
        try ActionIDSigner(keys: ActionKeys([(keyID, key)])).sign(
            action: action, nonce: "nonce0001", issuedAt: issuedAt, score: score, userID: user)
    }

    /// The answer to a request, and the lines that tell of it.
    private struct Said {
        var status: Int
        var body: String
        var lines: [RefusedUpdate]
        var questions: Int
    }

    private func said(
        body: String, token: String? = nil, outcome: ApplyOutcome = .closed,
        found: Result<FoundReceipt?, StoreError> = .success(nil)
    ) async throws -> Said {
        let store = Store(outcome: outcome, found: found)
        let others = FakeStores()
        let group = MultiThreadedEventLoopGroup.singleton
        let lines = NIOLockedValueBox<[RefusedUpdate]>([])
        let tokenKey = try await TokenKey.hs256(secret: Self.secret)
        var limits = APILimits()
        limits.rate = RateLimit(count: 10, periodMilliseconds: 60_000)
        let role = APIRole(
            writer: store, reader: others, archive: others, catalogue: store, store: others, boards: others,
            users: others, suspicions: others, outboxes: others,
            authenticator: RequestAuthenticator(
                tokens: TokenVerifiers(
                    verifier: try TokenVerifier(keys: [tokenKey]), group: group, now: { Self.now }),
                addressLimit: nil, isTrustedProxy: nil, group: group),
            actionIDs: ActionIDVerifier(keys: try ActionKeys([("k1", Self.key)])), audit: NoAuditLog(),
            idempotency: nil, limits: limits,
            cors: OriginPolicy(allowed: []), group: group,
            logger: quietLogger, now: { Self.now }
        ) { line in lines.withLockedValue { $0.append(line) } }
        let lane = try #require(role.fastRoutes.first)
        let good = try TokenIssuer(key: tokenKey).sign(
            sub: "u1", role: .player, issuedAt: Self.now, expiresAt: Self.now + 60_000)
        var head = HTTPRequestHead(version: .http1_1, method: .POST, uri: "/update-score")
        head.headers.add(name: "Content-Type", value: "application/json")
        head.headers.add(name: "Authorization", value: "Bearer \(token ?? good)")
        let request = FastRequest(head: head, body: ByteBuffer(string: body), remoteAddress: nil)
        let loop = group.next()
        let answer = await withCheckedContinuation { continuation in
            loop.execute { lane.handle(request, on: loop) { continuation.resume(returning: $0) } }
        }
        return Said(
            status: Int(answer.status.code), body: String(buffer: answer.body), lines: lines.withLockedValue { $0 },
            questions: store.questions.withLockedValue { $0.count })
    }

    private static func body(_ id: String, user: String = "u1", newScore: String = "") -> String {
        #"{"user_id":"\#(user)","action_id":"\#(id)"\#(newScore.isEmpty ? "" : ",\"new_score\":\(newScore)")}"#
    }

    /// Each has one line, and its reason stays on this side.
    private func expectLine(
        _ said: Said, _ status: Int, _ code: String, user: String? = "u1", _ reason: String,
        _ location: SourceLocation = #_sourceLocation
    ) {
        #expect(said.status == status, sourceLocation: location)
        #expect(said.lines.count == 1, sourceLocation: location)
        guard let line = said.lines.first else { return }
        #expect(line.status == status && line.code == code && line.userID == user, "\(line)", sourceLocation: location)
        #expect(line.reason.contains(reason), "\(line.reason)", sourceLocation: location)
        #expect(said.body.contains(code), sourceLocation: location)
    }

    @Test func actionIDs() async throws {
        let cases: [(String, String)] = [
            (try Self.id(issuedAt: Self.now - 612_000), "expired 12 s ago"),
            (try Self.id(issuedAt: Self.now + 45_000), "in the future"),
            (try Self.id(keyID: "k9"), "k9 is not among the keys"),
            (try Self.id(user: "u2"), "made for another user"),
            ("v1.k1.kill.nonce0001.1790000000000.-.short", "signature has 5 characters"),
        ]
        for (id, reason) in cases {
            let said = try await said(body: Self.body(id))
            expectLine(said, 403, "suspicious_activity", reason)
            #expect(!said.body.contains(reason))
            #expect(said.questions == 0)
        }
    }

    @Test("Each refusal has its status, its code and one line for operators")
    func otherRefusals() async throws {
        expectLine(try await said(body: "{}", token: "x"), 401, "unauthorized", user: nil, "token")
        expectLine(try await said(body: "{}"), 400, "invalid_input", user: nil, "user_id is required")
        expectLine(
            try await said(body: Self.body(try Self.id(user: "u2"), user: "u2")), 403, "forbidden", user: "u2", "u1")
        expectLine(
            try await said(body: Self.body(try Self.id()), outcome: .rateLimited(retryAfterMilliseconds: 5)), 429,
            "rate_limited", "SCORECAST_RATE_LIMIT")
        expectLine(
            try await said(body: Self.body(try Self.id()), outcome: .velocityExceeded), 403, "suspicious_activity",
            "SCORECAST_VELOCITY_LIMIT")
        expectLine(try await said(body: Self.body(try Self.id())), 503, "unavailable", "closed")
        expectLine(
            try await said(
                body: Self.body(try Self.id()),
                outcome: .stale(at: Self.now + 800_000, forgottenSecond: Self.now / 1000 + 10)), 503, "unavailable",
            "800 s behind Redis' clock")
        expectLine(
            try await said(body: Self.body(try Self.id()), outcome: .outOfBounds), 403, "suspicious_activity",
            "bounds of a board")
        expectLine(
            try await said(body: Self.body(try Self.id()), outcome: .decreaseRefused), 403, "decrease_not_allowed",
            "allow_decrease")
        expectLine(
            try await said(body: Self.body(try Self.id()), outcome: .sealed), 409, "period_sealed", "sealed")
        expectLine(
            try await said(body: Self.body(try Self.id("race", score: 5), newScore: "6")), 403, "suspicious_activity",
            "5, which the action id pins")
    }

    /// Updates that the catalogue refuses: without a receipt they get the refusal, with one the first outcome, and if
    /// nobody knows, neither.
    @Test("A refusal by the catalogue stands only if there is surely no receipt", arguments: ["gone", "race"])
    func catalogueRefusals(_ action: String) async throws {
        let body = Self.body(try Self.id(action), newScore: "10")
        let none = try await said(body: body)
        #expect(none.questions == 1)
        if action == "gone" {
            expectLine(none, 404, "unknown_action", "gone")
        } else {
            expectLine(none, 403, "suspicious_activity", "bounds")
        }
        let receipt = FoundReceipt(receipt: Receipt(score: 70, rank: 2, board: "cup"), partition: 3)
        let found = try await said(body: body, found: .success(receipt))
        #expect(found.status == 200 && found.lines.isEmpty)
        #expect(
            found.body
                == #"{"status":"success","message":"Score updated successfully","success":true,"new_score":70,"#
                + #""rank":2,"board":"cup","replayed":true}"#)
        let away = try await said(body: body, found: .failure(StoreError(.unavailable, "redis: away")))
        expectLine(away, 503, "unavailable", "redis: away")
    }

    @Test("An update that counted has no line and asks for no receipt")
    func applied() async throws {
        let said = try await said(
            body: Self.body(try Self.id(), newScore: "null"), outcome: .applied(Receipt(score: 5, rank: 1)))
        #expect(said.status == 200 && said.lines.isEmpty && said.questions == 0)
    }
}
