import HTTPKit
import NIOCore
import NIOHTTP1

/// The request that a connection works on, and the parts of it that are kept until its route has them. Pure.
///
///     ┌──begin──▶ none ──collect──▶ collecting ──takeCollected──▶ none
///     │            ├─────await────▶ awaitingEnd ──takeUpgrade──▶ undecided ──endDecision──▶ none
///     │            └────forward───▶ forwarding ──endForwarding──▶ none
///     └─ any stage ──drop──▶ none
///
/// A call that does not fit the stage changes nothing, and returns nil or false. So an answer that comes too late, or
/// twice, has no effect.
package struct RequestInProgress {
    /// A whole request for a fast route.
    package typealias Collected = (route: any FastRoute, head: HTTPRequestHead, body: ByteBuffer)
    /// A whole request for an upgrade route.
    package typealias Upgrade = (route: any UpgradeRoute, head: HTTPRequestHead)

    private enum Stage {
        /// No route has been found yet, or the route has the request. Then `collecting`, `awaitingEnd` or `forwarding`.
        case none
        /// The body for this route is arriving. Then `none`.
        case collecting(any FastRoute)
        /// The request is for this route, which is asked when the request has ended. Then `undecided` or `none`.
        case awaitingEnd(any UpgradeRoute)
        /// The upgrade route is deciding. Then `none`.
        case undecided
        /// The request passes to Hummingbird, and has not ended. Then `none`.
        case forwarding
    }

    /// The number of the request, so that an answer can be told from one to another request.
    package private(set) var number = 0
    private(set) var facts = RequestFacts()
    private(set) var measurement = RequestMeasurement()
    private var arrival = RequestArrival(start: 0)
    private var stage = Stage.none
    /// Kept while the request is in a stage other than `none` and `undecided`.
    private var head: HTTPRequestHead?
    private var body = ByteBuffer()
    /// Whether Hummingbird's response has begun.
    package private(set) var responseHasBegun = false

    /// No request.
    package init() {}

    // MARK: All requests

    /// A request has come.
    ///
    /// - Parameter received: the bytes that the connection has received.
    package mutating func begin(_ head: HTTPRequestHead, received: Int) {
        drop()
        number &+= 1
        facts = RequestFacts(head)
        measurement = RequestMeasurement(method: head.method)
        arrival = RequestArrival(start: received)
        responseHasBegun = false
    }

    /// Sets the route's template, for metrics.
    package mutating func setTemplate(_ template: String) { measurement.template = template }

    /// Another parser reads what follows the request, so an upgrade is not possible any more.
    package mutating func renewParser() { facts.renewParser() }

    /// Forgets everything about the request but its number: the next answer is not for a request.
    package mutating func forget() {
        drop()
        facts = RequestFacts()
        measurement = RequestMeasurement()
    }

    /// Drops the parts that are kept. No route gets the request any more.
    package mutating func drop() {
        stage = .none
        head = nil
        body = ByteBuffer()
    }

    /// Whether the request has taken far more bytes than its body needs.
    ///
    /// - Parameter received: the bytes that the connection has received.
    package func isBloated(received: Int) -> Bool { arrival.isBloated(received: received) }

    /// The head, if the request is still arriving.
    package var arrivingHead: HTTPRequestHead? { head }

    // MARK: Fast routes

    /// The request is for a fast route, which gets it when its body has come.
    package mutating func collect(for route: any FastRoute, _ head: HTTPRequestHead) {
        guard case .none = stage else { return }
        stage = .collecting(route)
        self.head = head
    }

    /// A part of the body has come.
    ///
    /// - Returns: the answer if the body is too long. Then the request is dropped.
    package mutating func append(_ bytes: ByteBuffer) -> FastResponse? {
        guard case .collecting(let route) = stage, let head else { return nil }
        arrival.add(bodyBytes: bytes.readableBytes)
        if body.readableBytes == 0 {
            body = bytes
        } else {
            body.writeImmutableBuffer(bytes)
        }
        guard body.readableBytes > route.bodyBytesMax else { return nil }
        drop()
        return route.tooLarge(for: head)
    }

    /// The request has ended. Hands it over.
    package mutating func takeCollected() -> Collected? {
        guard case .collecting(let route) = stage, let head else { return nil }
        let body = body
        drop()
        return (route, head, body)
    }

    /// The answer to a request for a fast route whose body comes too slowly.
    package var tooSlow: FastResponse? {
        guard case .collecting(let route) = stage, let head else { return nil }
        return route.tooSlow(for: head)
    }

    // MARK: Upgrade routes

    /// The request is for an upgrade route, which decides when the request has ended.
    package mutating func awaitEnd(for route: any UpgradeRoute, _ head: HTTPRequestHead) {
        guard case .none = stage else { return }
        stage = .awaitingEnd(route)
        self.head = head
    }

    /// The request has ended. Hands it over to be decided.
    package mutating func takeUpgrade() -> Upgrade? {
        guard case .awaitingEnd(let route) = stage, let head else { return nil }
        drop()
        stage = .undecided
        return (route, head)
    }

    /// The decision has come, or is not waited for any more.
    ///
    /// - Parameter number: of the request that was decided.
    /// - Returns: false if that is another request, or its decision has already come or is not waited for.
    package mutating func endDecision(for number: Int) -> Bool {
        guard number == self.number, case .undecided = stage else { return false }
        stage = .none
        return true
    }

    // MARK: Hummingbird

    /// The request passes to Hummingbird.
    package mutating func forward(_ head: HTTPRequestHead) {
        guard case .none = stage else { return }
        stage = .forwarding
        self.head = head
    }

    /// A part of the body passes to Hummingbird.
    package mutating func addForwarded(bodyBytes: Int) { arrival.add(bodyBytes: bodyBytes) }

    /// The request has wholly passed to Hummingbird.
    package mutating func endForwarding() {
        if case .forwarding = stage { drop() }
    }

    /// Hummingbird's response has begun.
    package mutating func beginResponse() { responseHasBegun = true }
}
