import Access
import Basics
import HTTPKit
import HTTPTypes
import Leaderboard
import NIOCore
import NIOHTTP1
import Players
import Signing
import StrictJSON

/// Users and their profiles: what everybody sees, what users change of themselves, and how they leave.
package struct PeopleRoutes: Sendable {
    /// Changes the e-mail address of a user who has given the password. Ends the user's other sessions.
    ///
    /// - Throws: `invalid_credentials`, `taken`, or what else speaks against it.
    package typealias EmailChange =
        @Sendable (_ request: RouteRequest, _ userID: String, _ email: String, _ password: String) async throws -> Void
    /// Checks the password of the bearer's account, and counts the attempt.
    ///
    /// - Throws: `invalid_credentials` if it is not the one, `rate_limited` if there were too many attempts.
    package typealias PasswordCheck =
        @Sendable (_ request: RouteRequest, _ userID: String, _ password: String) async throws -> Void

    private let desk: PeopleDesk
    private let erasure: any UserErasure
    private let jobSetter: JobSetter
    private let changeEmail: EmailChange
    private let checkPassword: PasswordCheck

    /// Longer bodies are refused.
    private static let bodyBytesMax = 16 * 1024
    /// Longer passwords are refused.
    private static let passwordBytesMax = 1024
    /// The reason of the entries in wallets that administrators make.
    private static let walletReason = "admin"

    /// Gathers the parts.
    package init(
        desk: PeopleDesk, erasure: any UserErasure, jobSetter: JobSetter, changeEmail: @escaping EmailChange,
        checkPassword: @escaping PasswordCheck
    ) {
        self.desk = desk
        self.erasure = erasure
        self.jobSetter = jobSetter
        self.changeEmail = changeEmail
        self.checkPassword = checkPassword
    }

    /// Adds the routes.
    package func addRoutes(to table: inout RouteTable) {
        table.add(.get, "/users/me", .users(.usersRead)) { try await own($0) }
        table.add(.get, "/user/{id}", .users(.usersRead)) { try await get($0) }
        table.add(.patch, "/user/{id}/update", .users(.usersWrite)) { try await update($0) }
        table.add(.put, "/users/{user_id}/profile", .users(.usersWrite)) { try await putProfile($0) }
        table.add(.post, "/users/me/delete", .users(.usersWrite)) { try await delete($0) }
    }

    private func own(_ request: RouteRequest) async throws -> Reply {
        let bearer = try request.bearer()
        return try await desk.ownView(of: bearer.subject, bearer: bearer)
    }

    /// A user of another identity provider exists for himself before anything is known of him.
    private func get(_ request: RouteRequest) async throws -> Reply {
        let bearer = try request.bearer()
        let id = try desk.userID("id", of: request)
        if bearer.isSubject(id) { return try await desk.ownView(of: id, bearer: bearer) }
        let user = try await desk.user(id)
        guard !user.isUnknown else { throw APIError.noSuchUser }
        return .json { PersonJSON.writePublic(user, to: &$0) }
    }

    // MARK: PATCH

    private func update(_ request: RouteRequest) async throws -> Reply {
        let bearer = try request.bearer()
        let id = try desk.userID("id", of: request)
        let isSelf = bearer.isSubject(id)
        // Whether somebody else exists is not told.
        guard isSelf || bearer.role == .admin else { throw APIError.noSuchUser }
        let patch = try PersonPatch(try await request.json(upTo: Self.bodyBytesMax))
        do throws(APIError) {
            try patch.check(bearer, isSelf: isSelf, jobSetter: jobSetter)
        } catch {
            desk.audit.record(request.auditEntry("user.update", of: id, outcome: .refused))
            throw error
        }
        if !isSelf, try await desk.user(id).isUnknown { throw APIError.noSuchUser }
        try await apply(patch, to: id, isSelf: isSelf, request)
        return try await desk.ownView(of: id, bearer: bearer)
    }

    /// Applies the members one after the other, those first that may still be refused. If a store fails in between, the
    /// same request can be sent again: each of them sets a value.
    private func apply(_ patch: PersonPatch, to id: String, isSelf: Bool, _ request: RouteRequest) async throws {
        if let role = patch.role { try await set(role, of: id, isSelf: isSelf, request) }
        if let email = patch.email, let password = patch.password {
            try await changeEmail(request, id, email, password)
        }
        if let coins = patch.coins { try await set(coins: coins, of: id, request) }
        guard !patch.profile.isEmpty else { return }
        _ = try await desk.available { () throws(StoreError) in
            try await desk.profiles.change(patch.profile, of: id)
        }
        if !isSelf { desk.audit.record(request.auditEntry("user.update", of: id)) }
    }

    private func set(_ role: Role, of id: String, isSelf: Bool, _ request: RouteRequest) async throws {
        guard !isSelf || role == .admin else { throw APIError.ownRole }
        try await desk.perform(.setRole(role), on: id, request)
    }

    /// The difference becomes an entry of the wallet. Its reference is random: two administrators who set the same
    /// balance, one after the other, both want it.
    private func set(coins: Int64, of id: String, _ request: RouteRequest) async throws {
        let change = WalletChange(
            userID: id, currency: .coins, way: .set(coins), reason: Self.walletReason,
            reference: SessionID.random().description)
        let outcome = try await desk.available { () throws(StoreError) in try await desk.wallets.make(change) }
        switch outcome {
        case .made(let entry), .madeBefore(let entry):
            let detail = ["amount": String(entry.amount), "balance": String(entry.balance)]
            desk.audit.record(request.auditEntry("wallet.set", of: id, detail: detail))
        case .unchanged: break
        case .insufficient, .outOfBounds:
            throw APIError.invalidInput([FieldProblem(field: "coins", reason: "cannot be set from this balance")])
        }
    }

    // MARK: PUT profile

    private func putProfile(_ request: RouteRequest) async throws -> Reply {
        let bearer = try request.bearer()
        let id = try desk.userID("user_id", of: request)
        let isSelf = bearer.isSubject(id)
        guard isSelf || bearer.role.actsForAnyUser else { throw APIError.noSuchUser }
        let change = try Self.profile(try await request.json(upTo: Self.bodyBytesMax))
        let profile = try await desk.available { () throws(StoreError) in
            try await desk.profiles.change(change, of: id)
        }
        let person = try await desk.available { () throws(StoreError) in try await desk.people.person(id) }
        if !isSelf { desk.audit.record(request.auditEntry("user.profile", of: id)) }
        let user = ShownUser(userID: id, person: person, profile: profile)
        return .json { PersonJSON.writeProfile(user, to: &$0) }
    }

    /// The three members that others see.
    private static func profile(_ body: ByteBuffer) throws(APIError) -> ProfileChange {
        let members: Set<String> = ["name", "avatar_url", "country"]
        var draft = ProfileDraft()
        var problems: [FieldProblem] = []
        try body.readJSONObject { key, reader throws(JSONError) in
            let member = key.string
            guard members.contains(member) else { return problems.append(.unknownMember(member)) }
            _ = try draft.read(member, from: &reader)
        }
        let (change, profileProblems) = draft.change()
        problems += profileProblems
        guard problems.isEmpty else { throw .invalidInput(problems) }
        return change
    }

    // MARK: Leaving

    private func delete(_ request: RouteRequest) async throws -> Reply {
        let id = try request.bearer().subject
        let password = try Self.password(try await request.json(upTo: Self.bodyBytesMax))
        guard try await desk.available({ () throws(StoreError) in try await desk.people.person(id) }) != nil else {
            throw APIError.noAccount
        }
        try await checkPassword(request, id, password)
        let ended = try await desk.available { () throws(StoreError) in try await erasure.erase(id) }
        // Without the id and the address, which would outlive the user.
        desk.audit.record(AuditEntry(actor: "user", act: "user.delete"))
        if !ended.isEmpty { await desk.spread.sessionsEnded(ended) }
        return Reply(status: .noContent, body: ByteBuffer())
    }

    private static func password(_ body: ByteBuffer) throws(APIError) -> String {
        var password: String?
        var problems: [FieldProblem] = []
        try body.readJSONObject { key, reader throws(JSONError) in
            guard key == "password" else { return problems.append(.unknownMember(key.string)) }
            if try !reader.readNullIfPresent() { password = try reader.readString(maxBytes: passwordBytesMax) }
        }
        guard problems.isEmpty, let password else {
            throw .invalidInput(
                problems + (password == nil ? [FieldProblem(field: "password", reason: "is required")] : []))
        }
        return password
    }
}

extension APIError {
    /// An administrator who locks himself out.
    static var ownRole: APIError {
        APIError(.forbidden, message: "Administrators cannot ban themselves, or take their own role.")
    }
}
