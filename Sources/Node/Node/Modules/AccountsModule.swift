import API
import Access
import Accounts
import Keys
import NIOCore
import Settings
import Signing
import Storage

/// The role `accounts`: registration, sessions, passwords, users and API keys for administrators.
struct AccountsModule: NodeModule {
    static let name = "accounts"
    static let settings: (any SettingGroup.Type)? = AccountsSettings.self
    private let role: AccountsRole
    let services: [ModuleService]
    let readinessChecks: [ReadinessCheck]

    /// The claim `iss` of tokens that the role signs.
    private static let tokenIssuer = "scorecast"

    static func runs(in roles: NodeRoles) -> Bool { roles.contains(.accounts) }

    init(_ node: NodeContext) throws {
        let (stores, ring) = (node.stores, node.keys.ring)
        guard let pool = stores.pool else { throw NodeError.missing("SCORECAST_POSTGRES_URL") }
        let accounts = PostgresAccountStore(pool: pool)
        let sessions = PostgresSessionStore(pool: pool)
        let limits = RedisAttemptLimits(redis: stores.redis)
        let parameters = ScryptParameters.recommended
        let passwords = try PasswordHasher(parameters: parameters, threads: System.coreCount)
        let spread = NoCredentialSpread()
        let tokens = AccessTokens(
            issuer: { ring.tokenIssuer }, name: Self.tokenIssuer, audience: node.configuration.jwtAudience,
            now: node.now)
        let registration = Registration(
            accounts: accounts, limits: limits, passwords: passwords, tokens: tokens, onEmailClaimed: { _, _ in })
        let signIn = SignIn(
            accounts: accounts, sessions: sessions, limits: limits, passwords: passwords, parameters: parameters,
            spread: spread, tokens: tokens, logger: node.logger)
        let desk = PeopleDesk(
            people: PostgresPeopleStore(pool: pool), profiles: PostgresProfileStore(pool: pool),
            wallets: PostgresWalletStore(pool: pool), spread: spread, audit: node.audit, logger: node.logger)
        role = AccountsRole(
            sessions: SessionRoutes(
                registration: registration, signIn: signIn, accounts: accounts, sessions: sessions,
                passwords: passwords, spread: spread, tokens: tokens),
            administration: UserAdministrationRoutes(desk: desk, idempotency: node.idempotency),
            apiKeys: APIKeyRoutes(desk: desk, keys: PostgresAPIKeyStore(pool: pool), now: node.now))
        services = [ModuleService(stores.afterStores(SessionSweeper(sessions: sessions, logger: node.logger)))]
        readinessChecks = [
            { node.keys.whyNotReady },
            {
                let isKnown = stores.deploymentIsKnown.isOpen
                return stores.explained(isKnown ? nil : "the database has not answered yet", needsDatabase: true)
            },
        ]
    }

    func addRoutes(to table: inout RouteTable) { role.addRoutes(to: &table) }
}

/// Tells nobody: nodes look into Postgres themselves.
private struct NoCredentialSpread: CredentialSpread {
    func sessionsEnded(_ sessions: [SessionID]) async {}
    func keysChanged() async {}
}
