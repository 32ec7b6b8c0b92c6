import HTTPKit
import Listener
import NIOCore
import NIOHTTP1
import Testing

/// The transitions of `RequestInProgress`.
@Suite struct RequestInProgressTests {
    private static let head = HTTPRequestHead(version: .http1_1, method: .POST, uri: "/fast")

    /// A request in the stage to which these steps lead.
    private static func request(_ steps: (inout RequestInProgress) -> Void...) -> RequestInProgress {
        var request = RequestInProgress()
        request.begin(head, received: 0)
        for step in steps { step(&request) }
        return request
    }

    private static let collect: @Sendable (inout RequestInProgress) -> Void = { $0.collect(for: EchoRoute(), head) }
    private static let awaitEnd: @Sendable (inout RequestInProgress) -> Void = { $0.awaitEnd(for: UpRoute(), head) }
    private static let takeUpgrade: @Sendable (inout RequestInProgress) -> Void = { _ = $0.takeUpgrade() }
    private static let forward: @Sendable (inout RequestInProgress) -> Void = { $0.forward(head) }

    /// A stage, and the calls that do something in it.
    private struct Stage {
        var name: String
        var request: RequestInProgress
        var isArriving = false
        var collected = false
        var upgrade = false
        var decision = false
    }

    /// A call that does not fit the stage does nothing.
    @Test func transitions() {
        let stages = [
            Stage(name: "none", request: Self.request()),
            Stage(name: "collecting", request: Self.request(Self.collect), isArriving: true, collected: true),
            Stage(name: "awaiting the end", request: Self.request(Self.awaitEnd), isArriving: true, upgrade: true),
            Stage(name: "undecided", request: Self.request(Self.awaitEnd, Self.takeUpgrade), decision: true),
            Stage(name: "forwarding", request: Self.request(Self.forward), isArriving: true),
        ]
        for stage in stages {
            #expect((stage.request.arrivingHead != nil) == stage.isArriving, "\(stage.name)")
            #expect((stage.request.tooSlow != nil) == stage.collected, "\(stage.name)")
            var request = stage.request
            #expect((request.takeCollected() != nil) == stage.collected, "\(stage.name)")
            #expect(request.takeCollected() == nil, "\(stage.name): it is handed over once")
            request = stage.request
            #expect((request.takeUpgrade() != nil) == stage.upgrade, "\(stage.name)")
            #expect(request.takeUpgrade() == nil, "\(stage.name): it is handed over once")
            request = stage.request
            #expect(request.endDecision(for: request.number) == stage.decision, "\(stage.name)")
            #expect(request.endDecision(for: request.number) == false, "\(stage.name): it is decided once")
            request = stage.request
            request.endForwarding()
            let stays = stage.isArriving && stage.name != "forwarding"
            #expect((request.arrivingHead != nil) == stays, "\(stage.name)")
            request = stage.request
            request.drop()
            #expect(request.arrivingHead == nil)
            #expect(request.takeCollected() == nil)
            #expect(request.takeUpgrade() == nil)
            #expect(request.endDecision(for: request.number) == false, "\(stage.name): the decision comes too late")
        }
    }

    @Test("a request in progress gets no second route")
    func routes() {
        var request = Self.request(Self.collect, Self.awaitEnd, Self.forward)
        #expect(request.takeUpgrade() == nil)
        #expect(request.takeCollected() != nil)
        request = Self.request(Self.forward, Self.collect)
        #expect(request.takeCollected() == nil)
    }

    @Test("requests are numbered, so a decision counts for its own alone")
    func numbers() {
        var request = Self.request(Self.awaitEnd, Self.takeUpgrade)
        let first = request.number
        #expect(request.endDecision(for: first - 1) == false)
        request.begin(Self.head, received: 0)
        #expect(request.number == first + 1)
        #expect(request.endDecision(for: first) == false, "that request is over")
        request.awaitEnd(for: UpRoute(), Self.head)
        _ = request.takeUpgrade()
        #expect(request.endDecision(for: first) == false)
        #expect(request.endDecision(for: first + 1) == true)
    }

    @Test("the body is collected up to the route's bound")
    func body() throws {
        var request = Self.request(Self.collect)
        #expect(request.append(ByteBuffer(string: "one ")) == nil)
        #expect(request.append(ByteBuffer(string: "two")) == nil)
        let collected = request.takeCollected()
        let (_, head, body) = try #require(collected)
        #expect(head == Self.head && String(buffer: body) == "one two")
        request = Self.request(Self.collect)
        #expect(request.append(ByteBuffer(repeating: 0, count: EchoRoute().bodyBytesMax)) == nil)
        #expect(request.append(ByteBuffer(repeating: 0, count: 1))?.status == .payloadTooLarge)
        #expect(request.takeCollected() == nil, "it is refused")
        #expect(request.append(ByteBuffer(repeating: 0, count: 1000)) == nil, "the rest is not looked at")
    }

    @Test("a request whose framing takes far more than its body is bloated")
    func arrival() {
        var request = RequestInProgress()
        request.begin(Self.head, received: 1000)
        #expect(!request.isBloated(received: 1000 + 64 * 1024))
        #expect(request.isBloated(received: 1000 + 64 * 1024 + 1))
        request.addForwarded(bodyBytes: 100)
        #expect(!request.isBloated(received: 1000 + 64 * 1024 + 900))
        #expect(request.isBloated(received: 1000 + 64 * 1024 + 901))
        request.collect(for: EchoRoute(), Self.head)
        _ = request.append(ByteBuffer(repeating: 0, count: 10))
        #expect(!request.isBloated(received: 1000 + 64 * 1024 + 990))
    }

    @Test("the start of the response is known until the next request")
    func response() {
        var request = Self.request(Self.forward)
        #expect(!request.responseHasBegun)
        request.beginResponse()
        request.endForwarding()
        #expect(request.responseHasBegun)
        request.begin(Self.head, received: 0)
        #expect(!request.responseHasBegun)
    }
}
