import Leaderboard
import Testing

/// Ids that look the same but differ in their bytes. `==` on `String` treats each pair as equal.
@Suite struct ByteExactTests {
    static let twins: [(String, String)] = [
        ("\u{E9}", "e\u{301}"), ("\u{212A}", "K"), ("\u{AC00}", "\u{1100}\u{1161}"), ("\u{1E69}", "s\u{307}\u{323}"),
        ("s\u{307}\u{323}", "s\u{323}\u{307}"), ("\u{212B}ngstr\u{F6}m", "\u{C5}ngstro\u{308}m"),
    ]

    @Test func textsAreToldApartByTheirBytes() {
        for (one, other) in Self.twins {
            #expect(one == other, "equal as `String`")
            #expect(ByteExact(one) != ByteExact(other))
            #expect(ByteExact(one) == ByteExact(String(decoding: Array(one.utf8), as: UTF8.self)))
            #expect(Set([ByteExact(one), ByteExact(other), ByteExact(one)]).count == 2)
            #expect(ByteExact(one).hashValue == ByteExact(String(decoding: Array(one.utf8), as: UTF8.self)).hashValue)
        }
        #expect(ByteExact("") == ByteExact("") && ByteExact("a") != ByteExact("ab"))
    }

    @Test func whatHoldsAnIDIsComparedByItToo() {
        for (one, other) in Self.twins {
            #expect(
                LeaderboardEntry(rank: 1, userID: one, score: 1) != LeaderboardEntry(rank: 1, userID: other, score: 1))
            #expect(
                TopChange(.enter, userID: one, rank: 1, score: 1) != TopChange(.enter, userID: other, rank: 1, score: 1)
            )
            #expect(LeaderboardCursor(score: 1, member: one) != LeaderboardCursor(score: 1, member: other))
            let tops = [one, other].map { user in
                Top(epoch: "e", version: 1, at: 1, entries: [LeaderboardEntry(rank: 1, userID: user, score: 1)])
            }
            #expect(tops[0] != tops[1] && Set(tops).count == 2)
        }
    }
}
