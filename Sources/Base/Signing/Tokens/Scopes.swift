/// What the bearer of a token or an API key may do. A role gives all scopes of the role; a key or a token may carry
/// fewer.
public struct Scopes: OptionSet, Hashable, Sendable {
    /// The scopes as bits.
    public let rawValue: UInt16

    /// Creates scopes from their bits.
    public init(rawValue: UInt16) { self.rawValue = rawValue }

    /// Send score updates.
    public static let scoresWrite = Scopes(rawValue: 1 << 0)
    /// Read rankings, also those of private boards.
    public static let scoresRead = Scopes(rawValue: 1 << 1)
    /// See boards, also private ones.
    public static let boardsRead = Scopes(rawValue: 1 << 2)
    /// Change, reset and delete boards.
    public static let boardsWrite = Scopes(rawValue: 1 << 3)
    /// See the actions of the catalogue.
    public static let actionsRead = Scopes(rawValue: 1 << 4)
    /// Change the actions of the catalogue.
    public static let actionsWrite = Scopes(rawValue: 1 << 5)
    /// Make action ids for users.
    public static let actionsGrant = Scopes(rawValue: 1 << 6)
    /// See users and their profiles.
    public static let usersRead = Scopes(rawValue: 1 << 7)
    /// Change users and their profiles.
    public static let usersWrite = Scopes(rawValue: 1 << 8)
    /// Hide, restore, delete and adjust scores of users, and ban users.
    public static let moderation = Scopes(rawValue: 1 << 9)
    /// Use tasks, wallets and challenges.
    public static let playWrite = Scopes(rawValue: 1 << 10)
    /// Use events, tickets and runs.
    public static let eventsWrite = Scopes(rawValue: 1 << 11)
    /// Change outgoing webhooks.
    public static let webhooksWrite = Scopes(rawValue: 1 << 12)

    /// Each scope, and its name in tokens and in JSON.
    public static let named: [(name: String, scope: Scopes)] = [
        ("scores:write", .scoresWrite), ("scores:read", .scoresRead), ("boards:read", .boardsRead),
        ("boards:write", .boardsWrite), ("actions:read", .actionsRead), ("actions:write", .actionsWrite),
        ("actions:grant", .actionsGrant), ("users:read", .usersRead), ("users:write", .usersWrite),
        ("moderation", .moderation), ("play:write", .playWrite), ("events:write", .eventsWrite),
        ("webhooks:write", .webhooksWrite),
    ]

    /// Every scope.
    public static let all = named.reduce(into: Scopes()) { $0.formUnion($1.scope) }

    /// The scope with a name; nil if it is not one.
    public init?(name: some StringProtocol) {
        guard let known = Self.named.first(where: { $0.name == name }) else { return nil }
        self = known.scope
    }

    /// The names, in the order of ``named``.
    public var names: [String] { Self.named.filter { contains($0.scope) }.map(\.name) }
}

extension Role {
    /// The scopes that the role gives.
    public var scopes: Scopes {
        switch self {
        case .player:
            [.scoresWrite, .scoresRead, .boardsRead, .usersRead, .usersWrite, .playWrite, .eventsWrite]
        case .service:
            [
                .scoresWrite, .scoresRead, .boardsRead, .actionsGrant, .usersRead, .usersWrite, .playWrite,
                .eventsWrite,
            ]
        case .admin: .all
        }
    }
}
