import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import ServiceLifecycle

/// Waits until a node says that it is ready.
public enum NodeReadiness {
    private static let askTimeout = TimeAmount.seconds(2)
    private static let interval = Duration.milliseconds(50)

    /// Asks `/readyz` until the answer is 200.
    ///
    /// - Parameters:
    ///   - url: the node's URL, such as `http://127.0.0.1:8080`.
    ///   - limit: how long to wait.
    /// - Returns: false if the node was not ready within the limit, or if this process is being stopped.
    public static func wait(for url: String, upTo limit: Duration) async -> Bool {
        let client = HTTPClient(eventLoopGroupProvider: .singleton)
        let deadline = ContinuousClock.now + limit
        var isReady = false
        while !isReady, ContinuousClock.now < deadline, !Task.isShuttingDownGracefully, !Task.isCancelled {
            let answer = try? await client.execute(HTTPClientRequest(url: url + "/readyz"), timeout: askTimeout)
            isReady = answer?.status == .ok
            if !isReady { try? await Task.sleep(for: interval) }
        }
        try? await client.shutdown()
        return isReady
    }
}
