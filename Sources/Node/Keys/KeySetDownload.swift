import AsyncHTTPClient
import Basics
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import Settings
import Signing

/// A key set at an https URL.
///
/// The server's certificate is checked, and redirects are not followed, since a redirect could choose the node's keys.
/// A client is made for each download, of which there is one in some minutes: nothing stays open in between.
public struct KeySetDownload: KeySetReader {
    /// The limits of a download.
    public struct Limits: Sendable {
        /// Time until the connection is up, TLS included.
        public var connect = Duration.seconds(5)
        /// Time from one piece of the answer to the next.
        public var silence = Duration.seconds(5)
        /// Time for all of it: a server that sends a byte now and then is never silent.
        public var total = Duration.seconds(15)
        /// The size of the document, in bytes.
        public var bytesMax = KeySet.bytesMax

        /// The defaults.
        public init() {}
    }

    private let url: String
    private let limits: Limits
    private let trustRoots: NIOSSLTrustRoots
    private let group: any EventLoopGroup

    /// - Parameters:
    ///   - url: `https://…`; `http://` only to an address of this machine (`127.0.0.1`, `[::1]`).
    ///   - trustRoots: the authorities that may certify the server.
    ///   - group: the event loops that the connection runs on.
    /// - Throws: ``KeySetUnreachable`` if the URL is malformed.
    public init(
        url: String, limits: Limits = Limits(), trustRoots: NIOSSLTrustRoots = .default,
        group: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton
    ) throws(KeySetUnreachable) {
        guard Self.mayBeAsked(url) else {
            throw KeySetUnreachable("The address of the key set is not an https URL.")
        }
        self.url = url
        self.limits = limits
        self.trustRoots = trustRoots
        self.group = group
    }

    /// Downloads the document.
    public func read() async throws(KeySetUnreachable) -> [UInt8] {
        do {
            return try await withThrowingTaskGroup(of: [UInt8].self) { tasks in
                tasks.addTask { try await download() }
                tasks.addTask {
                    try await Task.sleep(for: limits.total)
                    throw KeySetUnreachable("The key set did not come within \(limits.total).")
                }
                defer { tasks.cancelAll() }
                guard let document = try await tasks.next() else { throw CancellationError() }
                return document
            }
        } catch let error as KeySetUnreachable {
            throw error
        } catch {
            throw KeySetUnreachable("The key set could not be downloaded: \("\(error)".quotedForMessage).")
        }
    }

    private func download() async throws -> [UInt8] {
        let client = HTTPClient(eventLoopGroupProvider: .shared(group), configuration: configuration)
        do {
            let document = try await document(from: client)
            try await client.shutdown()
            return document
        } catch {
            // The first failure is the one to report.
            try? await client.shutdown()
            throw error
        }
    }

    private func document(from client: HTTPClient) async throws -> [UInt8] {
        var request = HTTPClientRequest(url: url)
        request.headers.add(name: "Accept", value: "application/jwk-set+json, application/json")
        request.headers.add(name: "User-Agent", value: "scorecast")
        let total = TimeAmount.nanoseconds(limits.total.wholeMilliseconds * 1_000_000)
        let response = try await client.execute(request, timeout: total)
        guard response.status == .ok else {
            throw KeySetUnreachable("The key set's server answered with status \(response.status.code), not 200.")
        }
        do {
            return Array((try await response.body.collect(upTo: limits.bytesMax)).readableBytesView)
        } catch is NIOTooManyBytesError {
            throw KeySetUnreachable("The key set's server sent more than \(limits.bytesMax) bytes.")
        }
    }

    private var configuration: HTTPClient.Configuration {
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.minimumTLSVersion = .tlsv12
        tls.trustRoots = trustRoots
        let timeout = HTTPClient.Configuration.Timeout(
            connect: .milliseconds(limits.connect.wholeMilliseconds),
            read: .milliseconds(limits.silence.wholeMilliseconds))
        var configuration = HTTPClient.Configuration(
            tlsConfiguration: tls, redirectConfiguration: .disallow, timeout: timeout)
        configuration.httpVersion = .http1Only
        // Failures are reported at once: the schedule decides when to try again.
        configuration.connectionPool.retryConnectionEstablishment = false
        return configuration
    }

    /// Whether the URL is one that keys may come from.
    private static func mayBeAsked(_ url: String) -> Bool {
        let parts = url.lowercased().split(separator: "://", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2 else { return false }
        let authority = parts[1].prefix { !"/?#\\".contains($0) }
        guard !authority.isEmpty, !authority.contains("@") else { return false }
        switch parts[0] {
        case "https": return true
        case "http":
            if authority == "[::1]" || authority.hasPrefix("[::1]:") { return true }
            let host = authority.prefix { $0 != ":" }
            return AddressBlock("127.0.0.0/8")?.contains(String(host)) == true
        default: return false
        }
    }
}
