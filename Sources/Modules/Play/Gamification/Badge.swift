import StrictJSON

/// A badge.
package struct Badge: Sendable, Equatable {
    /// Its id: 1 to 64 of `A-Z a-z 0-9 _ -`.
    package let id: String
    /// Its name for people.
    package let name: String
    /// What it is for.
    package let description: String
    /// A name or an address of an icon, which clients understand; empty if there is none.
    package let icon: String
    /// When it is earned.
    package let rule: BadgeRule

    /// Gathers the parts.
    package init(id: String, name: String, description: String, icon: String, rule: BadgeRule) {
        self.id = id
        self.name = name
        self.description = description
        self.icon = icon
        self.rule = rule
    }

    /// The most badges.
    package static let countMax = 1000
}

/// A badge that a user has.
package struct HeldBadge: Sendable, Equatable {
    /// The badge.
    package let badge: Badge
    /// When it was earned, in ms since 1970.
    package let earnedAt: Int64
    /// Whether it was given for what happened before its rule was made.
    package let isRetroactive: Bool

    /// Gathers the parts.
    package init(badge: Badge, earnedAt: Int64, isRetroactive: Bool) {
        self.badge = badge
        self.earnedAt = earnedAt
        self.isRetroactive = isRetroactive
    }
}

extension BadgeRule {
    /// Writes the rule as a JSON object.
    package func write(to json: inout JSONWriter<some ByteSink>) {
        json.beginObject()
        json.member("kind", kind.rawValue)
        switch self {
        case .count(let bound, let action, let board), .points(let bound, let action, let board):
            json.member("at_least", bound)
            if let action { json.member("action", action) }
            if let board { json.member("board", board) }
        case .streak(let bound), .challenge(let bound): json.member("at_least", bound)
        case .rank(let bound, let board):
            json.member("at_most", bound)
            if let board { json.member("board", board) }
        case .badgeSet(let bound, let badges):
            json.member("at_least", bound)
            json.key("badges")
            json.beginArray()
            for badge in badges { json.string(badge) }
            json.endArray()
        }
        json.endObject()
    }

    /// The name of the kind.
    package var kind: Kind {
        switch self {
        case .count: .count
        case .points: .points
        case .streak: .streak
        case .rank: .rank
        case .challenge: .challenge
        case .badgeSet: .badgeSet
        }
    }

    /// The rule as JSON.
    package var json: String {
        var text: [UInt8] = []
        JSONWriter.append(to: &text) { write(to: &$0) }
        return String(decoding: text, as: UTF8.self)
    }
}
