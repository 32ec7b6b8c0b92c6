import AsyncHTTPClient
import Basics
import NIOCore
import NIOHTTP1
import RedisClient

/// Sends single requests to a node of a deployment, as a client would, for the command line.
public struct NodeClient: Sendable {
    /// A response.
    public struct Answer: Sendable {
        /// The status.
        public let status: Int
        /// The body as text.
        public let body: String
    }

    /// The methods of the routes.
    public enum Method: String, Sendable {
        case get = "GET"
        case post = "POST"
        case put = "PUT"
        case patch = "PATCH"
        case delete = "DELETE"
    }

    /// The error if no response came.
    public struct Unreachable: Error, CustomStringConvertible {
        /// The failure and the remedy.
        public let description: String

        /// Adds a sentence.
        func adding(_ sentence: String) -> Unreachable { Unreachable(description: "\(description) \(sentence)") }
    }

    private let url: String
    private static let timeout = TimeAmount.seconds(10)
    private static let answerBytesMax = 8 * 1024 * 1024

    /// - Parameter url: the URL of a node, such as `http://127.0.0.1:8080`. A path in it is kept before the route's
    ///   path.
    public init(url: String) {
        self.url = String(url.last == "/" ? url.dropLast() : url[...])
    }

    /// Sends a request and returns the response.
    ///
    /// - Parameters:
    ///   - path: the route's path, with its query.
    ///   - body: JSON; nil for none.
    public func send(
        _ method: Method, _ path: String, body: [UInt8]? = nil, token: String?
    ) async throws(Unreachable) -> Answer {
        var request = HTTPClientRequest(url: url + path)
        request.method = HTTPMethod(rawValue: method.rawValue)
        if let token { request.headers.add(name: "Authorization", value: "Bearer \(token)") }
        request.headers.add(name: "User-Agent", value: "scorecast")
        if let body {
            request.headers.add(name: "Content-Type", value: "application/json")
            request.body = .bytes(body)
        }
        let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: Self.configuration)
        do {
            let answer = try await client.execute(request, timeout: Self.timeout)
            let body = try await answer.body.collect(upTo: Self.answerBytesMax)
            try? await client.shutdown()
            return Answer(status: Int(answer.status.code), body: String(buffer: body))
        } catch {
            try? await client.shutdown()
            throw Unreachable(
                description:
                    "\(url) gives no answer: \(Self.reason(error)). Is it running (scorecast up), and is "
                    + "this its address (--url)?")
        }
    }

    private static func reason(_ error: any Error) -> String {
        switch error {
        case let error as HTTPClientError where error == .connectTimeout: "no connection within the time for connecting"
        case let error as HTTPClientError where error == .deadlineExceeded: "none came within 10 s"
        default: NetworkErrorText.words(of: error).onOneLine
        }
    }

    private static var configuration: HTTPClient.Configuration {
        // The token must go to the named node only, so redirects are not followed.
        var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
        configuration.timeout.connect = .seconds(3)
        configuration.connectionPool.retryConnectionEstablishment = false
        return configuration
    }
}
