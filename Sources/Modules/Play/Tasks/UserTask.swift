import Leaderboard

/// A task of a user.
package struct UserTask: Sendable, Equatable {
    /// Grows with each task; the cursor of lists.
    package let id: Int64
    /// The user.
    @ByteExact package private(set) var userID: String
    /// What it says.
    package var content: TaskContent
    /// How far it is.
    package var status: TaskStatus
    /// When it should be done, in ms since 1970.
    package var dueAt: Int64?
    /// ``ownSource``, ``templateSource``, or the integration that it came from.
    package let source: String
    /// The id at the source; nil for tasks of the user. For templates `<template>` or `<template>:<period>`.
    package let externalID: String?
    /// When it was made, in ms since 1970.
    package let createdAt: Int64
    /// When it was completed, in ms since 1970.
    package var completedAt: Int64?

    /// Gathers the parts.
    package init(
        id: Int64, userID: String, content: TaskContent, status: TaskStatus = .open, dueAt: Int64? = nil,
        source: String = Self.ownSource, externalID: String? = nil, createdAt: Int64 = 0, completedAt: Int64? = nil
    ) {
        self.id = id
        self.userID = userID
        self.content = content
        self.status = status
        self.dueAt = dueAt
        self.source = source
        self.externalID = externalID
        self.createdAt = createdAt
        self.completedAt = completedAt
    }

    /// The source of tasks that the user made.
    package static let ownSource = "user"
    /// The source of tasks that administrators publish for everybody.
    package static let templateSource = "template"
    /// The most tasks of a user that are neither done nor archived.
    package static let openMax: Int64 = 10_000

    /// Whether the user made it. Then its earnings are capped, and the user may change all of it.
    package var isOwn: Bool { source == Self.ownSource }
    /// Whether it was completed, also if it was archived since.
    package var isCompleted: Bool { completedAt != nil }

    /// The id in a path or a body: 1 to 19 digits; nil if no task can have it.
    package static func id(of text: String) -> Int64? {
        guard (1...19).contains(text.utf8.count), text.utf8.allSatisfy({ 0x30...0x39 ~= $0 }) else { return nil }
        return Int64(text)
    }
}
