import TestSupport
import Testing

/// One request to `/update-score`, and how it must be refused. The request is created when the deployment's secrets are
/// known.
struct Attempt: Sendable, CustomTestStringConvertible {
    /// The fault of the request.
    let testDescription: String
    /// The field that `details` must name.
    var field: String?
    /// The header fields besides `Content-Type`.
    let headers: @Sendable (Credentials) -> [(String, String)]
    let body: @Sendable (Credentials) -> String

    /// Creates a request of the user `u1` with this body and a good token.
    init(_ name: String, field: String? = nil, body: @escaping @Sendable (Credentials) -> String) {
        testDescription = name
        self.field = field
        self.body = body
        headers = { [("Authorization", "Bearer " + $0.token("u1"))] }
    }

    /// Creates a good request of `u1` with these header fields.
    init(_ name: String, headers: @escaping @Sendable (Credentials) -> [(String, String)]) {
        testDescription = name
        self.headers = headers
        body = { Update.body(user: "u1", id: $0.actionID("u1")) }
    }

    /// Sends the request, and expects the refusal and an unchanged Redis.
    func expectRefusal(
        _ status: Int, _ code: String?, message: String? = nil, location: SourceLocation = #_sourceLocation
    ) async throws {
        let cluster = try Cluster.ofSuite
        try await Self.expectNothingChanges(location: location) {
            let answer = try await TinyHTTP.post(
                port: try cluster.port(), "/update-score", json: body(cluster.credentials),
                headers: headers(cluster.credentials))
            let fault = ErrorForm.fault(in: answer, status: status, code: code, message: message, field: field)
            #expect(fault == nil, sourceLocation: location)
        }
    }

    /// Runs `body`, which must not change anything in Redis.
    static func expectNothingChanges(
        location: SourceLocation = #_sourceLocation, isolation: isolated (any Actor)? = #isolation,
        _ body: () async throws -> Void
    ) async throws {
        let probe = try Cluster.ofSuite.probe
        let before = try await probe.digest()
        try await body()
        #expect(try await probe.digest() == before, "something changed in Redis", sourceLocation: location)
    }
}

/// The sentences that the contract prescribes.
enum Sentence {
    static let invalidInput = "Invalid input data or missing required fields."
    static let unauthorized = "Unauthorized access. Invalid or missing authentication token"
    static let suspicious = "Suspicious activity detected."
}
