import HTTPKit

extension RequestFacts.Fault {
    /// The answer to a request with this fault. The connection closes with it.
    var response: FastResponse {
        switch self {
        case .malformed: .badRequest
        case .expectation: .expectationFailed
        case .tunnel: .notImplemented
        }
    }
}
