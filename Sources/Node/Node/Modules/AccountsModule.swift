import API
import Access
import Accounts
import Hummingbird
import Keys
import NIOCore
import Settings
import Signing
import Storage

/// The role `accounts`: registration, sessions, passwords.
struct AccountsModule: NodeModule {
    static let name = "accounts"
    private let role: AccountsRole
    private let authenticator: RequestAuthenticator
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
        let mailed = PostgresOneTimeTokens(pool: pool)
        let requests = Self.mailRequests(node, tokens: mailed, limits: limits)
        let registration = Registration(
            accounts: accounts, limits: limits, passwords: passwords, tokens: tokens,
            onEmailClaimed: { userID, _ in requests?.add(.verification(userID: userID)) })
        let signIn = SignIn(
            accounts: accounts, sessions: sessions, limits: limits, passwords: passwords, parameters: parameters,
            spread: spread, tokens: tokens, logger: node.logger)
        role = AccountsRole(
            sessions: SessionRoutes(
                registration: registration, signIn: signIn, accounts: accounts, sessions: sessions,
                passwords: passwords, spread: spread, tokens: tokens),
            mail: MailRoutes(
                tokens: mailed, limits: limits, requests: requests, passwords: passwords,
                passwordProblem: { PasswordForm.problem(with: $0) }, spread: spread))
        let shared = node.configuration.apiLimits
        authenticator = RequestAuthenticator(
            tokens: node.tokens, addressLimit: shared.address, isTrustedProxy: shared.isTrustedProxy,
            group: node.group)
        services =
            [ModuleService(stores.afterStores(SessionSweeper(sessions: sessions, logger: node.logger)))]
            + (requests.map { [ModuleService($0, in: .buffers)] } ?? [])
        readinessChecks = [
            { node.keys.whyNotReady },
            {
                let isKnown = stores.deploymentIsKnown.isOpen
                return stores.explained(isKnown ? nil : "the database has not answered yet", needsDatabase: true)
            },
        ]
    }

    /// Makes mail with tokens; nil if this node sends no mail.
    private static func mailRequests(
        _ node: NodeContext, tokens: PostgresOneTimeTokens, limits: RedisAttemptLimits
    ) -> MailRequests? {
        node.mail.map {
            MailRequests(
                tokens: tokens, limits: limits, mailer: $0,
                texts: MailTexts(publicURL: node.configuration[MailSettings.self].publicURL), logger: node.logger)
        }
    }

    func addRoutes(to router: Router<NodeRequestContext>) {
        var table = RouteTable()
        role.addRoutes(to: &table)
        table.install(on: router, authenticator: authenticator)
    }
}

/// Tells nobody: nodes look into Postgres themselves.
private struct NoCredentialSpread: CredentialSpread {
    func sessionsEnded(_ sessions: [SessionID]) async {}
    func keysChanged() async {}
}
