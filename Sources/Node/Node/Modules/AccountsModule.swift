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

    static func runs(in roles: NodeRoles) -> Bool { roles.contains(.accounts) }

    init(_ node: NodeContext) throws {
        let (stores, ring) = (node.stores, node.keys.ring)
        guard let pool = stores.pool, let spread = node.credentials.spread else {
            throw NodeError.missing("SCORECAST_POSTGRES_URL")
        }
        let accounts = PostgresAccountStore(pool: pool)
        let sessions = PostgresSessionStore(pool: pool)
        let limits = RedisAttemptLimits(redis: stores.redis)
        let parameters = ScryptParameters.recommended
        let passwords = try PasswordHasher(parameters: parameters, threads: System.coreCount)
        let tokens = AccessTokens(issuer: { ring.signer }, now: node.now)
        let oneTime = PostgresOneTimeTokens(pool: pool)
        let mail = node.mail.map { mailer in
            MailRequests(
                tokens: oneTime, limits: limits, mailer: mailer,
                texts: MailTexts(publicURL: node.configuration[MailSettings.self].publicURL), logger: node.logger)
        }
        let registration = Registration(
            accounts: accounts, limits: limits, passwords: passwords, tokens: tokens,
            onEmailClaimed: { user, _ in mail?.add(.verification(userID: user)) })
        let signIn = SignIn(
            accounts: accounts, sessions: sessions, limits: limits, passwords: passwords, parameters: parameters,
            spread: spread, tokens: tokens, logger: node.logger)
        let desk = PeopleDesk(
            people: PostgresPeopleStore(pool: pool), profiles: PostgresProfileStore(pool: pool),
            wallets: PostgresWalletStore(pool: pool), spread: spread, audit: node.audit, logger: node.logger)
        let emailChange = EmailChange(tokens: oneTime, requests: mail, spread: spread) { password, user, client in
            _ = try await signIn.check(password, of: user, from: client)
        }
        role = AccountsRole(
            sessions: SessionRoutes(
                registration: registration, signIn: signIn, accounts: accounts, sessions: sessions,
                passwords: passwords, spread: spread, tokens: tokens),
            mail: MailRoutes(
                tokens: oneTime, limits: limits, requests: mail, passwords: passwords,
                passwordProblem: { PasswordForm.problem(with: $0) }, spread: spread),
            people: PeopleRoutes(
                desk: desk, erasure: PostgresUserErasure(pool: pool),
                jobSetter: node.configuration[AccountsSettings.self].jobSetter,
                changeEmail: { try await emailChange.change($0, of: $1, to: $2, password: $3) },
                checkPassword: { try await signIn.check($0, $1, $2) }),
            administration: UserAdministrationRoutes(desk: desk, idempotency: node.idempotency),
            apiKeys: APIKeyRoutes(desk: desk, keys: PostgresAPIKeyStore(pool: pool), now: node.now),
            publicKeys: { ring.publicKeys })
        services =
            [ModuleService(stores.afterStores(SessionSweeper(sessions: sessions, logger: node.logger)))]
            + (mail.map { [ModuleService($0, in: .buffers)] } ?? [])
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
