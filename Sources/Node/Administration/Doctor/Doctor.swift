import Basics
import Keys
import NIOPosix
import Node
import Settings
import Signing

/// Looks at all that a node would need, the way the node would use it: for `scorecast doctor`.
public struct Doctor: Sendable {
    private let configuration: NodeConfiguration
    private let roles: NodeRoles

    /// - Parameters:
    ///   - configuration: validated for `roles`.
    ///   - roles: what the node shall do.
    public init(_ configuration: NodeConfiguration, roles: NodeRoles) {
        self.configuration = configuration
        self.roles = roles
    }

    /// Everything that was looked at, in a fixed order; both stores are asked at once.
    public func findings() async -> [Finding] {
        async let redis = redisFindings()
        async let postgres = postgresFindings()
        async let keySet = keySetFindings()
        return listenerFindings() + (await keySet) + (await redis) + (await postgres)
    }

    private func listenerFindings() -> [Finding] {
        let place = "port \(configuration.httpPort) of \(configuration.httpHost)"
        guard let problem = ListenAddress.problem(of: configuration) else {
            return [.good("listener", "\(place) is free")]
        }
        // The doctor is often called beside a node that runs.
        return [.doubtful("listener", "\(problem). If it is a node of yours that listens there, all is well.")]
    }

    private func redisFindings() async -> [Finding] {
        guard let url = configuration.redisURL?.reveal() else { return [] }
        return await RedisExamination(url: url, prefix: configuration.redisPrefix, roles: roles, skew: skew)
            .findings()
    }

    private func postgresFindings() async -> [Finding] {
        guard let url = configuration.postgresURL?.reveal() else { return [] }
        return await PostgresExamination(url: url, roles: roles, skew: skew).findings()
    }

    /// A key set at a URL is fetched; one in a file was read with the configuration.
    private func keySetFindings() async -> [Finding] {
        guard case .url(let url)? = configuration.jwtKeySet else { return [] }
        do {
            let set = try await KeySet(try await KeySetDownload(url: url).read())
            return [.good("key set", "\(set.keys.count) keys, \(set.skipped.count) left out")]
        } catch {
            return [.bad("key set", "\(error) See SCORECAST_JWT_JWKS.")]
        }
    }

    private var skew: Int64 { configuration.actionSkew.wholeMilliseconds }
}
