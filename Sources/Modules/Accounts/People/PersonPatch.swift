import Basics
import HTTPKit
import NIOCore
import Players
import Signing
import StrictJSON

/// The members of `PATCH /user/{id}/update`, and the decision who may change them. Pure.
package struct PersonPatch: Sendable {
    /// The change of the profile.
    package let profile: ProfileChange
    /// The new address; nil if it stays.
    package let email: String?
    /// The password that allows a change of the address.
    package let password: String?
    /// The new balance; nil if it stays.
    package let coins: Int64?
    /// The new role; nil if it stays.
    package let role: Role?

    private static let emailBytesMax = 1024
    private static let passwordBytesMax = 1024

    /// Reads a body. A member that users do not have, or that nobody can change, is refused.
    package init(_ body: ByteBuffer) throws(APIError) {
        var draft = ProfileDraft()
        var (email, password, role): (String?, String?, String?)
        var coins: Int64?
        var problems: [FieldProblem] = []
        try body.readJSONObject(limits: ProfileDraft.limits) { key, reader throws(JSONError) in
            let member = key.string
            if try draft.read(member, from: &reader) { return }
            guard ["email", "password", "coins", "role"].contains(member) else {
                return problems.append(.unknownMember(member))
            }
            // Null counts as absent: these cannot be removed.
            if try reader.readNullIfPresent() { return }
            switch member {
            case "email": email = try reader.readString(maxBytes: Self.emailBytesMax)
            case "password": password = try reader.readString(maxBytes: Self.passwordBytesMax)
            case "coins": coins = try reader.readInteger()
            default: role = try reader.readString(maxBytes: Self.emailBytesMax)
            }
        }
        let (profile, profileProblems) = draft.change()
        problems += profileProblems
        if let coins, !(0...Wallet.balanceMax).contains(coins) {
            problems.append(FieldProblem(field: "coins", reason: "must be 0 to \(Wallet.balanceMax)"))
        }
        let known = role.flatMap { Role(rawValue: $0) }
        if role != nil, known == nil { problems.append(.role) }
        if email != nil, password == nil {
            problems.append(FieldProblem(field: "password", reason: "is required to change the e-mail address"))
        } else if email == nil, password != nil {
            problems.append(FieldProblem(field: "password", reason: "is only for a change of the e-mail address"))
        }
        guard problems.isEmpty else { throw .invalidInput(problems) }
        (self.profile, self.email, self.password, self.coins, self.role) = (profile, email, password, coins, known)
    }

    /// Refuses members that the bearer may not change.
    ///
    /// - Parameters:
    ///   - isSelf: whether the bearer is the user.
    ///   - jobSetter: who may set the job.
    package func check(_ bearer: Claims, isSelf: Bool, jobSetter: JobSetter) throws(APIError) {
        let isAdmin = bearer.role == .admin
        if !isAdmin, coins != nil || role != nil {
            throw APIError(.forbidden, message: "Only an administrator can change coins and role.")
        }
        if !isAdmin, jobSetter == .admin, profile.job != nil {
            throw APIError(.forbidden, message: "Only an administrator can change the job.")
        }
        if !isSelf, email != nil {
            throw APIError(.forbidden, message: "Only the user can change the e-mail address.")
        }
        if let role { try Self.check(role, givenBy: bearer) }
    }

    /// Refuses a role that gives more than the bearer has: a key with few scopes must not make an administrator.
    package static func check(_ role: Role, givenBy bearer: Claims) throws(APIError) {
        guard role.scopes.isSubset(of: bearer.scopes) else {
            throw APIError(.forbidden, message: "A role with scopes that the bearer does not have cannot be given.")
        }
    }
}

extension FieldProblem {
    /// A text that is not a role.
    static var role: FieldProblem {
        FieldProblem(
            field: "role", reason: "must be one of \(Role.allCases.map(\.rawValue).joined(separator: ", "))")
    }
}
