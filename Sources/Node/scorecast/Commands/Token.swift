import Administration
import ArgumentParser
import Settings
import Signing

/// `scorecast token`
struct Token: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Prints a JWT signed with the configured key.",
        discussion: """
            Examples:
              scorecast token --sub u1
              scorecast token --sub ops --role admin --ttl 15m
              scorecast token --sub ops --role admin --scope boards:read,boards:write
            """
    )

    @Option(help: "The subject of the token: a user id.")
    var sub: String

    @Option(help: "The role of the token: player, service or admin.")
    var role = "player"

    @Option(help: "What the bearer may do, such as scores:read,boards:read. Without it, all that the role allows.")
    var scope: String?

    @Option(help: "The lifetime of the token, such as 90s, 15m, 1h or 7d.")
    var ttl = "1h"

    @OptionGroup var folder: DataFolderOptions

    func run() async throws {
        guard let role = Role(rawValue: role) else {
            throw ValidationError("--role must be player, service or admin, not '\(self.role)'.")
        }
        guard let milliseconds = Lifetime.milliseconds(ttl) else {
            throw ValidationError("--ttl must be a number and a unit such as 90s, 15m, 1h or 7d, not '\(ttl)'.")
        }
        let scopes = try scope.map { try Self.scopes($0, of: role) }
        let configuration = try await folder.configuration(requiring: [.tokenSigning])
        do {
            print(
                try await CredentialIssuer(configuration).token(
                    sub: sub, role: role, scopes: scopes, lifetimeMilliseconds: milliseconds))
        } catch TokenIssuerError.invalidSubject {
            throw ValidationError("--sub must be 1 to 128 bytes without control characters.")
        }
    }
}

extension Token {
    /// The scopes of a list with commas or spaces. Each must be one that the role gives: a token cannot have others.
    private static func scopes(_ list: String, of role: Role) throws -> Scopes {
        var scopes: Scopes = []
        for name in list.split(whereSeparator: { $0 == "," || $0 == " " }) {
            guard let scope = Scopes(name: name) else {
                let names = Scopes.named.map(\.name).joined(separator: ", ")
                throw ValidationError("--scope has '\(name)', which is none of \(names).")
            }
            guard role.scopes.contains(scope) else {
                throw ValidationError("--scope has '\(name)', which the role \(role.rawValue) does not give.")
            }
            scopes.formUnion(scope)
        }
        return scopes
    }
}

/// Parses lifetimes.
enum Lifetime {
    /// Returns a lifetime such as `90s`, `15m`, `1h` or `7d` in ms. Returns nil for anything else, for 0, and for more
    /// than ten years.
    static func milliseconds(_ text: String) -> Int64? {
        let units: [Character: Int64] = ["s": 1000, "m": 60_000, "h": 3_600_000, "d": 86_400_000]
        guard let last = text.last, let unit = units[last], let count = Int64(text.dropLast()), count > 0 else {
            return nil
        }
        let (milliseconds, overflow) = count.multipliedReportingOverflow(by: unit)
        return overflow || milliseconds > 3650 * 86_400_000 ? nil : milliseconds
    }
}
