import Basics

/// The roles of a node. One node may have all of them.
public struct NodeRoles: OptionSet, Hashable, Sendable {
    /// The roles as bits.
    public let rawValue: UInt8

    /// Creates roles from their bits.
    public init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    /// Takes score updates and answers reads.
    public static let api = NodeRoles(rawValue: 1 << 0)
    /// Serves WebSocket and SSE clients.
    public static let gateway = NodeRoles(rawValue: 1 << 1)
    /// Carries the outboxes to Postgres.
    public static let persister = NodeRoles(rawValue: 1 << 2)
    /// Registers users and logs them in.
    public static let accounts = NodeRoles(rawValue: 1 << 3)
    /// Tasks, wallets, challenges, badges and notifications.
    public static let play = NodeRoles(rawValue: 1 << 4)
    /// Every role.
    public static let all: NodeRoles = [.api, .gateway, .persister, .accounts, .play]

    /// Whether a node with these roles writes to Redis.
    public var write: Bool { !isDisjoint(with: [.api, .persister, .accounts, .play]) }
    /// Whether a node with these roles uses the boards, the actions and the partitions of the database.
    public var useCatalogue: Bool { !isDisjoint(with: [.api, .persister, .play]) }
    /// Whether a node with these roles sends updates to the hub.
    public var sendUpdates: Bool { !isDisjoint(with: [.api, .play]) }
    /// Whether a node with these roles checks tokens.
    public var checkTokens: Bool { !isDisjoint(with: [.api, .gateway, .accounts, .play]) }

    private static let named: [(name: String, role: NodeRoles)] = [
        ("api", .api), ("gateway", .gateway), ("persister", .persister), ("accounts", .accounts),
        ("play", .play),
    ]

    /// Parses a list such as `api,gateway`, or `all`. Case does not matter, and spaces around names are allowed.
    ///
    /// - Throws: a ``ConfigurationError`` that names every unknown role, or says that the list is empty.
    public init(list: String) throws(ConfigurationError) {
        var roles: NodeRoles = []
        var problems: [ConfigurationProblem] = []
        for item in list.split(separator: ",").map({ $0.trimmed().lowercased() }) where !item.isEmpty {
            if item == "all" {
                roles.formUnion(.all)
            } else if let known = Self.named.first(where: { $0.name == item }) {
                roles.formUnion(known.role)
            } else {
                problems.append(
                    ConfigurationProblem(
                        key: "roles", reason: "\(item.quotedForMessage) is not a role", example: "api,gateway,persister"
                    ))
            }
        }
        if roles.isEmpty && problems.isEmpty {
            problems.append(
                ConfigurationProblem(key: "roles", reason: "names no role", example: "api,gateway,persister"))
        }
        guard problems.isEmpty else { throw ConfigurationError(problems: problems) }
        self = roles
    }
}

extension NodeRoles: CustomStringConvertible {
    /// The roles' names, separated by commas.
    public var description: String {
        Self.named.filter { contains($0.role) }.map(\.name).joined(separator: ",")
    }
}
