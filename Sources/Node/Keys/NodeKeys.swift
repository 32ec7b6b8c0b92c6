import Logging
import NIOCore
import ServiceLifecycle
import Settings
import Signing

/// The keys of one node, and the services that keep them up to date.
public struct NodeKeys: Sendable {
    /// The keys of this moment.
    public let ring: KeyRing
    /// Whether there are keys for tokens, or will be.
    package let canCheckTokens: Bool
    private let source: KeySetSource?
    private let reload: KeyReload

    /// - Parameters:
    ///   - configuration: validated for `roles`.
    ///   - roles: what the node does. Persisters check no tokens, so a node with that role alone asks for no key set.
    ///   - group: the event loops for downloads.
    /// - Throws: `ConfigurationError` for a key set in a file that cannot be used: that mistake does not go away by
    ///   itself. A server may be down for a while, so with a key set at a URL the node starts, and is not ready until
    ///   it has the set.
    public init(
        _ configuration: NodeConfiguration, roles: NodeRoles, group: any EventLoopGroup, logger: Logger
    ) async throws {
        let ring = try await KeyRing(configuration)
        let location = roles.isDisjoint(with: [.api, .gateway, .accounts, .play]) ? nil : configuration.jwtKeySet
        do {
            source = try location.map { location in
                KeySetSource(reader: try Self.reader(of: location, group: group), logger: logger) {
                    try ring.replace(keySet: $0)
                }
            }
            if case .file = location { try await source?.refresh() }
        } catch {
            throw ConfigurationError(problems: [ConfigurationProblem(key: "SCORECAST_JWT_JWKS", reason: "\(error)")])
        }
        self.ring = ring
        canCheckTokens = location != nil || configuration.jwtSecret != nil || !configuration.tokenKeys.isEmpty
        reload = KeyReload(ring: ring, source: source, logger: logger) { () async throws(ConfigurationError) in
            try await configuration.loadedAgain(roles: roles)
        }
    }

    /// The services that keep the keys up to date.
    public var services: [any Service] { (source.map { [$0] } ?? []) + [reload] }

    /// Why good tokens may be refused at this moment; nil if they are not.
    public var whyNotReady: String? { source?.isLoaded == false ? "no token keys yet" : nil }

    /// A token named a key that is not there. For any thread, and cheap to call for every such token.
    public func noteUnknownKey() { source?.noteUnknownKey() }

    private static func reader(
        of location: KeySetLocation, group: any EventLoopGroup
    ) throws(KeySetUnreachable) -> any KeySetReader {
        switch location {
        case .file(let path): KeySetFile(path: path)
        case .url(let url): try KeySetDownload(url: url, group: group)
        }
    }
}
