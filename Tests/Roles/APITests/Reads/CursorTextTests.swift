import API
import Basics
import Leaderboard
import TestSupport
import Testing

/// Cursors as clients carry them.
@Suite struct CursorTextTests {
    private func hex(_ text: String) -> String {
        text.utf8.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    private let ranking = Ranking(board: "b", window: "w", period: "p")

    /// The cursor of a text that names the ranking.
    private func decode(_ text: String) -> LeaderboardCursor? {
        guard let (ranking, cursor) = CursorText.decode(text), ranking == self.ranking else { return nil }
        return cursor
    }

    @Test("A cursor is the hexadecimal of its ranking, its score and its member")
    func form() {
        let cursor = LeaderboardCursor(score: -5, member: "a b")
        #expect(CursorText.encode(cursor, of: ranking) == hex("b w p -5 a b"))
        #expect(decode(hex("b w p -5 a b")) == cursor)
        // Clients may change the case; all after the last of the other parts is the member.
        #expect(decode(hex("b w p -5 a b").uppercased()) == cursor)
        #expect(decode(hex("b w p 1  ")) == LeaderboardCursor(score: 1, member: " "))
        #expect(decode(hex("b w p 1 \u{301}")) == LeaderboardCursor(score: 1, member: "\u{301}"))
    }

    @Test("Any other text is not a cursor")
    func malformed() {
        let scores = [
            "", "1", "1 ", " a", "x a", "1.0 a", "0x1 a", "9007199254740993 a", "-9007199254740993 a",
            "9223372036854775808 a",
        ]
        let texts =
            ["", "2", "2g", "é0", "20", hex("1 a"), hex("w p 1 a"), hex(" w p 1 a"), hex("b  p 1 a")]
            + scores.map { hex("b w p \($0)") }
            + [hex("b w p 1 a") + "ff", hex("b w p 1 a") + "c3", hex("b w p 1 " + String(repeating: "a", count: 400))]
        for text in texts { #expect(CursorText.decode(text) == nil, "\(text)") }
    }

    @Test("The bounds of scores and the longest names pass")
    func bounds() throws {
        let ranking = Ranking(
            board: String(repeating: "b", count: 64), window: String(repeating: "w", count: 32),
            period: String(repeating: "p", count: 32))
        for score in [ScoreBounds.min, 0, ScoreBounds.max] {
            let cursor = LeaderboardCursor(
                score: score, member: String(repeating: "m", count: 16 + Names.userIDBytesMax))
            let decoded = try #require(CursorText.decode(CursorText.encode(cursor, of: ranking)))
            #expect(decoded.ranking == ranking && decoded.cursor == cursor)
        }
    }

    @Test("A cursor that was encoded is decoded again", arguments: 1...4 as ClosedRange<UInt64>)
    func roundTrips(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let letters = Array("aZ0 \u{e9}\u{1f3c6}\0-_~\u{301}")
        for _ in 0..<500 {
            let count = Int.random(in: 1...20, using: &random)
            let member = String((0..<count).map { _ in letters.randomElement(using: &random) ?? "a" })
            let score = Int64.random(in: ScoreBounds.min...ScoreBounds.max, using: &random)
            let cursor = LeaderboardCursor(score: score, member: member)
            let text = CursorText.encode(cursor, of: ranking)
            #expect(decode(text) == cursor)
            #expect(text.utf8.allSatisfy { "0123456789abcdef".utf8.contains($0) })
        }
    }
}
