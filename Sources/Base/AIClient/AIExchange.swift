import AsyncHTTPClient
import Basics
import NIOCore
import NIOHTTP1
import NIOPosix

/// Sends one request and reads its answer. A client is made for each request, of which there are few: nothing stays
/// open in between.
struct AIExchange: Sendable {
    private let url: String
    private let token: String?
    private let limits: AILimits
    private let group: MultiThreadedEventLoopGroup

    init(url: String, token: String?, limits: AILimits, group: MultiThreadedEventLoopGroup) {
        self.url = url.hasSuffix("/") ? String(url.dropLast()) : url
        self.token = token
        self.limits = limits
        self.group = group
    }

    /// Posts a body to a path below the URL.
    ///
    /// - Returns: the body of an answer with status 200.
    func post(_ path: String, _ body: [UInt8]) async throws(AIError) -> [UInt8] {
        do {
            return try await withThrowingTaskGroup(of: [UInt8].self) { tasks in
                tasks.addTask { try await send(path, body) }
                // A server that sends a byte now and then is never silent, so all of it has one end.
                tasks.addTask {
                    try await Task.sleep(for: limits.timeout)
                    throw AIError(.timedOut, "The AI service did not answer within \(limits.timeout).")
                }
                defer { tasks.cancelAll() }
                guard let answer = try await tasks.next() else { throw CancellationError() }
                return answer
            }
        } catch let error as AIError {
            throw error
        } catch {
            guard !Task.isCancelled else { throw AIError(.cancelled, "The caller gave up.") }
            let isLate = (error as? HTTPClientError).map { Self.timeouts.contains($0) } ?? false
            throw AIError(
                isLate ? .timedOut : .unreachable, "The AI service cannot be asked: \("\(error)".quotedForMessage).")
        }
    }

    private static let timeouts: [HTTPClientError] = [
        .deadlineExceeded, .connectTimeout, .readTimeout, .writeTimeout, .tlsHandshakeTimeout,
        .getConnectionFromPoolTimeout,
    ]

    private func send(_ path: String, _ body: [UInt8]) async throws -> [UInt8] {
        let client = HTTPClient(eventLoopGroupProvider: .shared(group), configuration: configuration)
        do {
            let answer = try await answer(to: request(path, body), from: client)
            try await client.shutdown()
            return answer
        } catch {
            // The first failure is the one to report.
            try? await client.shutdown()
            throw error
        }
    }

    private func request(_ path: String, _ body: [UInt8]) -> HTTPClientRequest {
        var request = HTTPClientRequest(url: "\(url)/\(path)")
        request.method = .POST
        request.headers.add(name: "Content-Type", value: "application/json")
        request.headers.add(name: "Accept", value: "application/json")
        request.headers.add(name: "User-Agent", value: "scorecast")
        if let token { request.headers.add(name: "Authorization", value: "Bearer \(token)") }
        request.body = .bytes(ByteBuffer(bytes: body))
        return request
    }

    private func answer(to request: HTTPClientRequest, from client: HTTPClient) async throws -> [UInt8] {
        let response = try await client.execute(request, timeout: Self.amount(limits.timeout))
        guard response.status == .ok else {
            let kind: AIError.Kind = response.status.code >= 500 ? .serverError : .refused
            throw AIError(kind, "The AI service answered with status \(response.status.code), not 200.")
        }
        do {
            return Array((try await response.body.collect(upTo: limits.answerBytesMax)).readableBytesView)
        } catch is NIOTooManyBytesError {
            throw AIError(.invalid, "The AI service sent more than \(limits.answerBytesMax) bytes.")
        }
    }

    private var configuration: HTTPClient.Configuration {
        let timeout = HTTPClient.Configuration.Timeout(
            connect: Self.amount(limits.timeout), read: Self.amount(limits.timeout))
        var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow, timeout: timeout)
        configuration.httpVersion = .http1Only
        // Failures are reported at once: the client counts them, and decides when to try again.
        configuration.connectionPool.retryConnectionEstablishment = false
        return configuration
    }

    private static func amount(_ duration: Duration) -> TimeAmount { .milliseconds(duration.wholeMilliseconds) }
}
