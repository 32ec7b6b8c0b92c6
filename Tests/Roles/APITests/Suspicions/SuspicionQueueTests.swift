import API
import Leaderboard
import Testing

/// The queue for the audit: its entries, their bound, and what happens to them.
struct SuspicionQueueTests {
    private static let minute: Int64 = 1_790_000_040_000

    private static func suspicion(
        _ user: String, _ reason: String = "velocity", at: Int64 = minute, points: Int64 = 5
    ) -> Suspicion {
        let action = SuspiciousAction(
            board: "global", action: "kill", points: points, nonce: "nonce0001", signature: "signature")
        return Suspicion(reason: reason, userID: user, at: at, action: action)
    }

    @Test func attemptsOfOneUserMinuteAndReasonAreOneEntry() {
        var queue = SuspicionQueue(entriesMax: 10)
        let first = Self.suspicion("u1", at: Self.minute + 7)
        #expect(queue.note(first) == true)
        for offset: Int64 in 8..<59_999 {
            let isTaken = queue.note(Self.suspicion("u1", at: Self.minute + offset, points: offset % 100))
            #expect(isTaken)
        }
        #expect(queue.count == 1)
        let summary = queue.take(upTo: 10).first
        #expect(summary?.minute == Self.minute)
        #expect(summary?.first == first)
        #expect(summary?.lastAt == Self.minute + 59_998)
        #expect(summary?.attempts == 59_992)
        #expect(summary?.pointsMax == 99)
    }

    @Test func othersHaveEntriesOfTheirOwn() {
        var queue = SuspicionQueue(entriesMax: 10)
        #expect(queue.note(Self.suspicion("u1")) == true)
        #expect(queue.note(Self.suspicion("u2")) == true)
        #expect(queue.note(Self.suspicion("u1", "score_bounds")) == true)
        #expect(queue.note(Self.suspicion("u1", at: Self.minute + 60_000)) == true)
        // The same to Swift's strings, two users to everything else.
        #expect(queue.note(Self.suspicion("caf\u{e9}")) == true)
        #expect(queue.note(Self.suspicion("cafe\u{301}")) == true)
        #expect(queue.count == 6)
        let all = queue.take(upTo: 10)
        #expect(all.allSatisfy { $0.attempts == 1 })
    }

    @Test func aFullQueueTakesOnlyWhatFitsIntoItsEntries() {
        var queue = SuspicionQueue(entriesMax: 2)
        #expect(queue.note(Self.suspicion("u1")) == true)
        #expect(queue.note(Self.suspicion("u2")) == true)
        #expect(queue.note(Self.suspicion("u3")) == false)
        #expect(queue.note(Self.suspicion("u1")) == true)
        #expect(queue.attempts == 3)
        // An entry that is being written still counts.
        #expect(queue.take(upTo: 1).count == 1)
        #expect(queue.note(Self.suspicion("u3")) == false)
        #expect(queue.written() > 0)
        #expect(queue.note(Self.suspicion("u3")) == true)
    }

    @Test func whatCouldNotBeWrittenWaitsAgainWithWhatCameMeanwhile() {
        var queue = SuspicionQueue(entriesMax: 3)
        for user in ["u1", "u2", "u3"] { #expect(queue.note(Self.suspicion(user, at: Self.minute + 1)) == true) }
        let taken = queue.take(upTo: 2)
        #expect(taken.count == 2)
        let user = taken[0].first.userID
        // There is no room for an entry beside the one that is being written.
        #expect(queue.note(Self.suspicion(user, at: Self.minute + 2)) == false)
        queue.putBack()
        #expect(queue.note(Self.suspicion(user, at: Self.minute + 3)) == true)
        #expect(queue.count == 3)
        let again = queue.take(upTo: 3).first { $0.first.userID == user }
        #expect(again?.attempts == 2)
        #expect(again?.first.at == Self.minute + 1)
        #expect(again?.lastAt == Self.minute + 3)
        #expect(queue.written() == 4)
        #expect(queue.count == 0)
        let rest = queue.take(upTo: 3)
        #expect(rest.isEmpty)
    }

    @Test func attemptsDuringAWriteThatFailsAreMerged() {
        var queue = SuspicionQueue(entriesMax: 4)
        #expect(queue.note(Self.suspicion("u1", at: Self.minute + 1, points: 9)) == true)
        #expect(queue.take(upTo: 1).count == 1)
        #expect(queue.note(Self.suspicion("u1", at: Self.minute + 2, points: 3)) == true)
        queue.putBack()
        #expect(queue.count == 1)
        let whole = queue.take(upTo: 1).first
        #expect(whole?.attempts == 2 && whole?.first.at == Self.minute + 1 && whole?.pointsMax == 9)
    }

    /// Text of anybody's making is cut, and cannot hold what Postgres or a terminal would stumble over.
    @Test(arguments: [
        ("v1.k1.kill", "v1.k1.kill"), ("v1.\u{0}\u{1b}[2J\n", "v1.??[2J?"), ("é\u{202e}", "?????"),
        (String(repeating: "x", count: 512), String(repeating: "x", count: 300)),
    ])
    func presented(_ text: String, _ expected: String) {
        let suspicion = Suspicion(reason: "malformed", userID: "u1", at: Self.minute, presented: text)
        #expect(suspicion.presented == expected)
    }
}
