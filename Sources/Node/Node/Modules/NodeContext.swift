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

/// The parts that the modules of one node share. Created once, before the modules.
struct NodeContext: Sendable {
    let configuration: NodeConfiguration
    let roles: NodeRoles
    let group: MultiThreadedEventLoopGroup
    let logger: Logger
    /// The connections to the stores, and the ports over them.
    let stores: Stores
    /// The keys of tokens and action ids, which can be replaced while the node runs.
    let keys: NodeKeys
    /// Verifies tokens on each event loop. All modules use this one, so that they share the caches.
    let tokens: TokenVerifiers
    /// Says who sends a request. All modules use this one, so that an address has one limit.
    let authenticator: RequestAuthenticator
    /// How the node learns of ended sessions and API keys, and tells others.
    let credentials: NodeCredentials
    /// The web origins that may call the node.
    let origins: OriginPolicy
    /// The boards and actions of the database; nil on a node without one.
    let catalogue: CatalogueFollower?
    /// The writer that waits for the ledger; nil unless updates are acknowledged only then (`SCORECAST_ACK`).
    let persistedWriter: PersistedScoreWriter?
    /// Writes the audit log; a service that must run. Nil on a node whose routes need none.
    let auditRecorder: AuditRecorder?
    /// Answers repeated requests; nil on a node without a database.
    let idempotency: Idempotency?
    /// Sends mail; nil if this node sends none.
    let mail: MailDelivery?
    /// Called for each refused update.
    let onRefusal: (@Sendable (RefusedUpdate) -> Void)?
    /// Returns the time in ms since 1970.
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
        let limits = configuration.apiLimits
        authenticator = RequestAuthenticator(
            tokens: tokens, addressLimit: limits.address, isTrustedProxy: limits.isTrustedProxy, group: group)
        credentials = NodeCredentials(stores, roles: roles, tokens: tokens, logger: logger)
        origins = OriginPolicy(allowed: configuration.allowedOrigins)
        catalogue = (roles.useCatalogue ? stores.pool : nil).map {
            CatalogueFollower(
                store: PostgresCatalogueStore(pool: $0), published: stores.catalogue, logger: logger,
                mayPublish: { stores.deploymentIsKnown.isOpen })
        }
        auditRecorder = stores.audit.map { AuditRecorder(store: PostgresAuditStore(pool: $0), logger: logger) }
        idempotency = stores.pool.map {
            Idempotency(store: PostgresIdempotencyStore(pool: $0), logger: logger)
        }
        mail =
            roles.contains(.accounts)
            ? try MailDelivery(configuration[MailSettings.self], logger: logger) : nil
        let waitsForLedger = roles.sendUpdates && configuration.acknowledgement == .persisted
        persistedWriter = waitsForLedger ? stores.persistedWriter() : nil
    }

    /// Records administrative acts and refusals.
    var audit: any AuditLog { auditRecorder ?? NoAuditLog() }

    /// Applies updates. Answers at once, or after the ledger has them.
    var writer: any ScoreWriter { persistedWriter ?? stores.writer }
}
