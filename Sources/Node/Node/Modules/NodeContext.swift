import API
import Access
import Basics
import HTTPKit
import Keys
import Leaderboard
import Logging
import NIOPosix
import Settings
import Storage

/// What the modules of one node share. Made once, before any of them.
struct NodeContext: Sendable {
    let configuration: NodeConfiguration
    let roles: NodeRoles
    let group: MultiThreadedEventLoopGroup
    let logger: Logger
    /// The connections and the ports on them.
    let stores: Stores
    /// The keys of tokens and action ids, which can be replaced while the node runs.
    let keys: NodeKeys
    /// Checks tokens on each event loop; the same for every module, so that they share the caches.
    let tokens: TokenVerifiers
    /// Which web pages may call.
    let origins: OriginPolicy
    /// The boards and actions of the database; nil on a node without one.
    let catalogue: CatalogueFollower?
    /// The writer that waits for the ledger; nil unless updates are to be answered that late (`SCORECAST_ACK`).
    let persistedWriter: PersistedScoreWriter?
    /// Told of each update that is refused.
    let onRefusal: (@Sendable (RefusedUpdate) -> Void)?
    /// Milliseconds since 1970.
    let now: @Sendable () -> Int64 = WallClock.milliseconds

    init(
        _ configuration: NodeConfiguration, roles: NodeRoles, stores: Stores, group: MultiThreadedEventLoopGroup,
        logger: Logger, onRefusal: (@Sendable (RefusedUpdate) -> Void)?
    ) async throws {
        self.configuration = configuration
        self.roles = roles
        self.stores = stores
        self.group = group
        self.logger = logger
        self.onRefusal = onRefusal
        let keys = try await NodeKeys(configuration, roles: roles, group: group, logger: logger)
        let tokens = TokenVerifiers(
            verifier: keys.ring.tokens, group: group, now: now, onUnknownKey: keys.noteUnknownKey)
        keys.ring.followTokens { tokens.replace($0) }
        self.keys = keys
        self.tokens = tokens
        origins = OriginPolicy(allowed: configuration.allowedOrigins)
        let usesDatabase = roles.contains(.api) || roles.contains(.persister)
        catalogue = (usesDatabase ? stores.pool : nil).map {
            CatalogueFollower(store: PostgresCatalogueStore(pool: $0), published: stores.catalogue, logger: logger)
        }
        let waitsForLedger = roles.contains(.api) && configuration.acknowledgement == .persisted
        persistedWriter = waitsForLedger ? stores.persistedWriter() : nil
    }

    /// Applies updates: at once, or after the ledger has them.
    var writer: any ScoreWriter { persistedWriter ?? stores.writer }
}
