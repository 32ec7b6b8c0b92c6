import Basics
import Leaderboard
import NIOConcurrencyHelpers
import Play
import Players
import PostgresClient
import Storage
import TestSupport
import Testing

/// Notifications in Postgres, and on their way to sockets.
struct NotificationTests {
    @discardableResult
    private func add(
        _ reference: String, kind: NotificationKind = .badge, user: String = "u1", _ world: FollowedWorld
    ) async throws -> Bool {
        try await world.pool.transaction {
            try PostgresNotifications.add(
                kind: kind, user: user, reference: reference, title: "T \(reference)", data: #"{"a":1}"#, on: $0)
        }
    }

    @Test
    func `the same is told once, and nothing that is not wanted`() async throws {
        try await withFollowedWorld { world in
            #expect(try await add("a", world))
            #expect(try await !add("a", world))
            #expect(try await add("a", kind: .level, world))
            let wishes = try await world.notifications.change([.badge: false, .level: true], of: "u1")
            #expect(wishes.unwanted == [.badge])
            #expect(try await !add("b", world))
            #expect(try await add("b", kind: .level, world))
            #expect(try await add("b", user: "u2", world))
            #expect(try await world.notifications.preferences(of: "u2").unwanted.isEmpty)
        }
    }

    @Test
    func `a user reads them, the newest first`() async throws {
        try await withFollowedWorld { world in
            for number in 1...3 { try await add("\(number)", world) }
            try await add("x", user: "u2", world)
            let store = world.notifications
            let all = try await store.notifications(of: "u1", unreadOnly: true, before: nil, limit: 2)
            #expect(all.map(\.title) == ["T 3", "T 2"])
            let rest = try await store.notifications(of: "u1", unreadOnly: true, before: all.last?.id, limit: 2)
            #expect(rest.map(\.title) == ["T 1"])
            // The ids of others change nothing.
            let foreign = try await store.notifications(of: "u2", unreadOnly: false, before: nil, limit: 1)
            let ids = [all[0].id, all[0].id] + foreign.map(\.id)
            #expect(try await store.markRead(.ids(ids), of: "u1") == 1)
            #expect(try await store.markRead(.ids(ids), of: "u1") == 0)
            let unread = try await store.notifications(of: "u1", unreadOnly: true, before: nil, limit: 5)
            #expect(unread.map(\.title) == ["T 2", "T 1"])
            #expect(try await store.markRead(.all, of: "u1") == 2)
            let read = try await store.notifications(of: "u1", unreadOnly: false, before: nil, limit: 5)
            #expect(read.map(\.isRead) == [true, true, true])
            #expect(try await store.notifications(of: "u2", unreadOnly: true, before: nil, limit: 5).count == 1)
        }
    }

    @Test
    func `they are sent to sockets, and again if nobody could take them`() async throws {
        try await withFollowedWorld { world in
            for number in 1...3 { try await add("\(number)", world) }
            let sender = RecordedSender()
            let pusher = NotificationPusher(store: world.notifications, sender: sender)
            sender.failsAfter.withLockedValue { $0 = 1 }
            await #expect(throws: StoreError.self) { try await pusher.push() }
            // The others are held until the lease ends.
            sender.failsAfter.withLockedValue { $0 = .max }
            #expect(try await !pusher.push())
            #expect(sender.sent.withLockedValue { $0.count } == 1)
            try await world.column("UPDATE notifications SET push_at = now() RETURNING user_id")
            #expect(try await !pusher.push())
            let sent = sender.sent.withLockedValue { $0 }
            #expect(sent.count == 3)
            #expect(sent[0].hasPrefix(#"u1 true {"type":"notification","id":""#))
            #expect(sent[0].contains(#""kind":"badge","title":"T 1","data":{"a": 1},"created_at":""#))
            #expect(try await world.column("SELECT count(*) FROM notifications WHERE pushed_at IS NULL") == ["0"])
        }
    }

    @Test
    func `two nodes send each once`() async throws {
        try await withFollowedWorld { world in
            for number in 1...60 { try await add("\(number)", world) }
            let sender = RecordedSender()
            let pusher = NotificationPusher(store: world.notifications, sender: sender)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<4 { group.addTask { _ = try await pusher.push() } }
                try await group.waitForAll()
            }
            #expect(sender.sent.withLockedValue { Set($0).count } == 60)
            #expect(sender.sent.withLockedValue { $0.count } == 60)
        }
    }

    @Test
    func `old ones go, and those above the most for a user`() async throws {
        try await withFollowedWorld { world in
            for number in 1...6 { try await add("\(number)", world) }
            try await add("x", user: "u2", world)
            try await world.column(
                "UPDATE notifications SET created_at = now() - interval '91 days' WHERE reference = '6' RETURNING kind")
            var keep = NotificationRetention()
            keep.ofUser = 3
            #expect(try await world.notifications.sweep(keep: keep, limit: 10) == 2)
            #expect(
                try await world.column("SELECT reference FROM notifications ORDER BY notification_id")
                    == ["3", "4", "5", "x"])
        }
    }
}

/// Keeps what is sent.
private final class RecordedSender: LiveSender {
    let sent = NIOLockedValueBox<[String]>([])
    /// The number of messages after which it fails.
    let failsAfter = NIOLockedValueBox(Int.max)

    func send(_ message: String, to userID: String, isNotification: Bool) async throws(StoreError) {
        if sent.withLockedValue({ $0.count }) >= failsAfter.withLockedValue({ $0 }) {
            throw StoreError(.unavailable, "not now")
        }
        sent.withLockedValue { $0.append("\(userID) \(isNotification) \(message)") }
    }

    func send(_ progress: RoomProgress, to challenge: String) async throws(StoreError) {}
}
