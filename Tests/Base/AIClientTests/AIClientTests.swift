import AIClient
import Basics
import FakeAI
import NIOConcurrencyHelpers
import StrictJSON
import TestSupport
import Testing

struct AIClientTests {
    static let task = AITask(title: "Read a book", description: "All of it.", type: nil, priority: 3, tags: ["a", "b"])

    /// A clock of the tests, for the breaker.
    final class Hands: Sendable {
        private let box = NIOLockedValueBox(Duration.zero)
        var now: Duration { box.withLockedValue { $0 } }
        func advance(by time: Duration) { box.withLockedValue { $0 += time } }
    }

    static func client(_ url: String, token: String? = nil, hands: Hands = Hands()) -> AIClient {
        var limits = AILimits()
        limits.timeout = .milliseconds(500)
        limits.backoff = Backoff(base: .milliseconds(1), cap: .milliseconds(2))
        return AIClient(url: url, token: token, limits: limits, logger: quietLogger, now: { hands.now })
    }

    static func withFake(_ mode: FakeAIMode = .good, _ body: (FakeAI) async throws -> Void) async throws {
        let fake = try await FakeAI.start(mode: mode)
        try await withCleanUp {
            try await body(fake)
        } then: {
            try? await fake.stop()
        }
    }

    static func challenge(_ client: AIClient) async throws(AIError) -> AIChallenge {
        try await client.challenge(for: task, preferences: #"{"tone":"short"}"#, difficulty: "hard")
    }

    /// The kind of the failure; nil if there was none.
    static func failure(_ client: AIClient) async -> AIError.Kind? {
        do throws(AIError) {
            _ = try await challenge(client)
            return nil
        } catch {
            return error.kind
        }
    }

    @Test func answers() async throws {
        try await Self.withFake { fake in
            let client = Self.client(fake.url + "/", token: "secret")
            let challenge = try await Self.challenge(client)
            #expect(challenge.title == "AI challenge: Read a book")
            #expect(challenge.steps.count == 3)
            #expect(challenge.hints.map(\.cost) == [0, 5, 10])
            #expect(fake.authorization == "Bearer secret")
            let sent = try JSONValue(Array(fake.body.utf8))
            #expect(sent["userPreferences"]?["tone"]?.string == "short")
            #expect(sent["difficulty"]?.string == "hard")
            #expect(sent["task"]?["title"]?.string == "Read a book")
            #expect(sent["task"]?["type"]?.isNull == true)
            #expect(sent["task"]?["tags"]?.array?.count == 2)
            #expect(try await client.type(of: Self.task) == "learning")
            #expect(fake.challengeRequests == 1 && fake.typeRequests == 1)
        }
    }

    /// Each failure is told apart, and those that may pass are tried three times.
    @Test(arguments: [
        (FakeAIMode.dead, AIError.Kind.unreachable, 3),
        (.slow(milliseconds: 60_000), .timedOut, 3),
        (.wrong(.serverError), .serverError, 3),
        (.wrong(.closes), .unreachable, 3),
        (.wrong(.notFound), .refused, 1),
        (.wrong(.redirect), .refused, 1),
        (.wrong(.notJSON), .invalid, 1),
        (.wrong(.missingMember), .invalid, 1),
        (.wrong(.wrongType), .invalid, 1),
        (.wrong(.tooLong), .invalid, 1),
        (.wrong(.tooLarge), .invalid, 1),
    ]) func failures(_ mode: FakeAIMode, _ kind: AIError.Kind, _ requests: Int) async throws {
        try await Self.withFake(mode) { fake in
            let client = Self.client(fake.url)
            #expect(await Self.failure(client) == kind)
            #expect(fake.challengeRequests == requests)
            #expect(client.breakerState == .closed(failures: Array(repeating: .zero, count: requests)))
            do throws(AIError) {
                _ = try await client.type(of: Self.task)
                Issue.record("a type came")
            } catch {
                #expect([kind, .open].contains(error.kind))
            }
        }
    }

    @Test func nobodyListens() async throws {
        let fake = try await FakeAI.start()
        try await fake.stop()
        #expect(await Self.failure(Self.client(fake.url)) == .unreachable)
    }

    /// An open breaker answers at once, asks nobody, and closes by itself when the service is back.
    @Test func recovery() async throws {
        try await Self.withFake(.wrong(.notJSON)) { fake in
            let hands = Hands()
            let client = Self.client(fake.url, hands: hands)
            for _ in 1...5 { #expect(await Self.failure(client) == .invalid) }
            #expect(client.breakerState == .open(until: .seconds(30)))
            fake.set(.slow(milliseconds: 60_000))
            let start = ContinuousClock.now
            for _ in 1...20 { #expect(await Self.failure(client) == .open) }
            #expect(ContinuousClock.now - start < .seconds(1))
            #expect(fake.challengeRequests == 5)
            // The probe fails, and is the only request.
            hands.advance(by: .seconds(30))
            #expect(await Self.failure(client) == .open)
            #expect(fake.challengeRequests == 6)
            #expect(client.breakerState == .open(until: .seconds(60)))
            fake.set(.good)
            #expect(await Self.failure(client) == .open)
            hands.advance(by: .seconds(30))
            #expect(await Self.failure(client) == nil)
            #expect(client.breakerState == .closed(failures: []))
        }
    }

    /// A caller that gives up does not count against the service.
    @Test func cancellation() async throws {
        try await Self.withFake(.slow(milliseconds: 60_000)) { fake in
            let client = Self.client(fake.url)
            let asking = Task { await Self.failure(client) }
            try await eventually { fake.challengeRequests == 1 }
            asking.cancel()
            #expect(await asking.value == .cancelled)
            #expect(client.breakerState == .closed(failures: []))
        }
    }

    /// The mode can be changed from outside.
    @Test func modeOverHTTP() async throws {
        try await Self.withFake { fake in
            let answer = try await TinyHTTP.post(
                port: fake.port, "/fake/mode", json: #"{"mode":"wrong","kind":"too_long"}"#)
            #expect(answer.status == 200)
            #expect(await Self.failure(Self.client(fake.url)) == .invalid)
            let told = try await TinyHTTP.request(port: fake.port, "/fake/mode")
            #expect(told.text == #"{"mode":"wrong","requests":{"generate-challenge":1,"understand-task":0}}"#)
            for body in [#"{"mode":"good"}"#, #"{"mode":"slow","ms":1}"#, #"{"mode":"dead"}"#] {
                #expect(try await TinyHTTP.post(port: fake.port, "/fake/mode", json: body).status == 200)
            }
            for body in ["", "{}", #"{"mode":"better"}"#, #"{"mode":"wrong","kind":"x"}"#, #"{"mode":"slow","ms":-1}"#]
            {
                #expect(try await TinyHTTP.post(port: fake.port, "/fake/mode", json: body).status == 400)
            }
        }
    }
}
