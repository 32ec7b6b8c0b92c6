import Access
import Basics
import HTTPKit
import Leaderboard
import Logging
import Players
import Reporting
import Signing

/// What the routes about users share: the stores, and how users are found.
package struct PeopleDesk: Sendable {
    let people: any PeopleStore
    let profiles: any ProfileStore
    let wallets: any WalletStore
    let spread: any CredentialSpread
    let audit: any AuditLog
    private let trouble: TroubleLog

    /// - Parameters:
    ///   - spread: is told of sessions that ended, before the answer.
    ///   - logger: is told when the stores cannot be reached.
    package init(
        people: any PeopleStore, profiles: any ProfileStore, wallets: any WalletStore, spread: any CredentialSpread,
        audit: any AuditLog, logger: Logger
    ) {
        self.people = people
        self.profiles = profiles
        self.wallets = wallets
        self.spread = spread
        self.audit = audit
        trouble = TroubleLog(
            warning: "Users cannot be read or changed in Postgres",
            notice: "Users can be read and changed in Postgres again", logger: logger)
    }

    /// The id in place of which a user may write `me`.
    private static let ownID = "me"

    /// The user of a path.
    func userID(_ parameter: String, of request: RouteRequest) throws -> String {
        let segment = request.parameter(parameter)
        if segment == Self.ownID { return try request.bearer().subject }
        guard let id = PercentEncoding.decodedSegment(Substring(segment).utf8), Names.isUserID(id) else {
            throw APIError.invalidInput([FieldProblem(field: parameter, reason: Names.userIDForm)])
        }
        return id
    }

    /// What is known of a user.
    func user(_ id: String) async throws(APIError) -> ShownUser {
        let person = try await available { () throws(StoreError) in try await people.person(id) }
        let profile = try await available { () throws(StoreError) in try await profiles.profile(of: id) }
        return ShownUser(userID: id, person: person, profile: profile)
    }

    /// The answer with all that a user sees of himself.
    func ownView(of id: String, bearer: Claims) async throws(APIError) -> Reply {
        let user = try await user(id)
        let wallet = try await available { () throws(StoreError) in try await wallets.wallet(of: id) }
        // The role of the token is the bearer's, who may be an administrator that looks at another user.
        let role = bearer.isSubject(id) ? bearer.role : .player
        return .json { PersonJSON.writeOwn(user, wallet: wallet, role: role, to: &$0) }
    }

    /// Does something to an account, ends its sessions everywhere, and records it.
    func perform(_ act: PersonAct, on id: String, _ request: RouteRequest) async throws {
        let outcome = try await available { () throws(StoreError) in try await people.perform(act, on: id) }
        switch outcome {
        case .unknown: throw APIError.noAccount
        case .lastAdmin: throw APIError(.forbidden, message: "This is the last administrator.")
        case .unchanged: break
        case .done(let ended):
            // Recorded first: it has happened, also if the spread is cancelled with the request.
            audit.record(request.auditEntry(act.name, of: id, detail: act.detail))
            if !ended.isEmpty { await spread.sessionsEnded(ended) }
        }
    }

    /// Runs the work of a store. If the store fails, the client may try again.
    func available<Value: Sendable>(
        _ body: () async throws(StoreError) -> Value
    ) async throws(APIError) -> Value {
        do throws(StoreError) {
            let value = try await body()
            trouble.recordSuccess()
            return value
        } catch {
            trouble.recordFailure(error)
            throw .unavailable
        }
    }
}

extension APIError {
    /// Nobody knows of such a user, or the bearer may not know.
    static var noSuchUser: APIError { APIError(.unknownUser, message: "There is no such user.") }
    /// The user has no account here.
    static var noAccount: APIError { APIError(.unknownUser, message: "The user has no account here.") }
}

extension PersonAct {
    /// The act in the audit log.
    var name: String {
        switch self {
        case .ban: "user.ban"
        case .unban: "user.unban"
        case .setRole: "user.role"
        }
    }

    /// Further facts for the audit log.
    var detail: [String: String] {
        switch self {
        case .ban(let reason): reason.map { ["reason": $0] } ?? [:]
        case .unban: [:]
        case .setRole(let role): ["role": role.rawValue]
        }
    }
}
