import Basics
import HTTPKit
import NIOCore
import Players
import Signing
import StrictJSON

/// The request for a new API key, checked. Pure.
package struct APIKeyDraft: Sendable, Equatable {
    package let name: String
    package let role: Role
    package let scopes: Scopes
    package let expiresAt: Int64?

    private static let nameGraphemesMax = 64
    private static let textBytesMax = 2048
    private static let roles: [Role] = [.service, .admin]

    /// Reads a body.
    ///
    /// - Parameters:
    ///   - maker: the bearer of the request, who cannot give more than the bearer has.
    ///   - now: in ms since 1970.
    /// - Throws: `invalid_input` for a body that is malformed, `forbidden` for one that asks for too much.
    package init(_ body: ByteBuffer, maker: Claims, now: Int64) throws(APIError) {
        var texts: [String: String] = [:]
        var names: [String]?
        var problems: [FieldProblem] = []
        try body.readJSONObject { key, reader throws(JSONError) in
            let member = key.string
            guard ["name", "role", "scopes", "expires_at"].contains(member) else {
                return problems.append(.unknownMember(member))
            }
            if try reader.readNullIfPresent() { return }
            guard member == "scopes" else {
                texts[member] = try reader.readString(maxBytes: Self.textBytesMax)
                return
            }
            var read: [String] = []
            try reader.readArray(maxCount: 2 * Scopes.named.count) { reader throws(JSONError) in
                read.append(try reader.readString(maxBytes: Self.textBytesMax))
            }
            names = read
        }
        func problem(_ field: String, _ reason: String) { problems.append(FieldProblem(field: field, reason: reason)) }
        let name = texts["name"].flatMap { ShownText.normalized($0, graphemes: Self.nameGraphemesMax) }
        if name == nil { problem("name", ShownText.form(graphemes: Self.nameGraphemesMax)) }
        let role = texts["role"].flatMap { Role(rawValue: $0) }.flatMap { Self.roles.contains($0) ? $0 : nil }
        if role == nil { problem("role", "must be service or admin") }
        let asked = names.map { $0.map { Scopes(name: $0) } }
        if let asked, asked.isEmpty || asked.contains(nil) {
            problem("scopes", "must name at least one of \(Scopes.named.map(\.name).joined(separator: ", "))")
        }
        expiresAt = texts["expires_at"].flatMap { Timestamp.milliseconds(of: $0) }
        if texts["expires_at"] != nil, expiresAt.map({ $0 <= now || !Timestamp.range.contains($0) }) ?? true {
            problem("expires_at", "must be a time to come, as RFC 3339")
        }
        let wanted = asked.map { $0.reduce(into: Scopes()) { $0.formUnion($1 ?? []) } }
        if let wanted, let role, !wanted.isSubset(of: role.scopes) {
            problem("scopes", "must be scopes of the role")
        }
        guard problems.isEmpty, let name, let role else { throw .invalidInput(problems) }
        if let wanted, !wanted.isSubset(of: maker.scopes) {
            throw APIError(.forbidden, message: "A key cannot have scopes that its maker does not have.")
        }
        (self.name, self.role) = (name, role)
        scopes = wanted ?? role.scopes.intersection(maker.scopes)
    }
}
