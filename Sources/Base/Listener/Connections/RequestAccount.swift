import HTTPKit
import NIOCore
import NIOHTTP1

/// What metrics say of a request, as far as the listener answers it itself.
struct RequestAccount {
    /// The template of its route.
    var template = RequestMetrics.noRoute
    let method: HTTPMethod
    /// When its head had come.
    let start = NIODeadline.now()

    /// Something that is no request.
    init() { method = .RAW(value: "") }

    init(method: HTTPMethod) { self.method = method }
}

/// How much of a request has come.
struct RequestArrival {
    /// `SocketSide.received` when its head had come.
    var start = 0
    /// Bytes of its body.
    var bodyBytes = 0

    /// Whether it has taken far more bytes than its body needs.
    func isBloated(received: Int) -> Bool {
        received &- start > bodyBytes + ListenerLimits.framingBytesMax(bodyBytes: bodyBytes)
    }
}

extension RequestFacts.Fault {
    /// The answer to such a request. The connection closes with it.
    var response: FastResponse {
        switch self {
        case .malformed: .badRequest
        case .expectation: .expectationFailed
        case .tunnel: .notImplemented
        }
    }
}
