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

    @Test("A cursor is the hexadecimal of its score, a space and its member")
    func form() {
        let cursor = LeaderboardCursor(score: -5, member: "a b")
        #expect(CursorText.encode(cursor) == "2d3520612062")
        #expect(CursorText.decode("2d3520612062") == cursor)
        // Clients may change the case; all after the first space is the member.
        #expect(CursorText.decode("2D3520612062") == cursor)
        #expect(CursorText.decode(hex("1  ")) == LeaderboardCursor(score: 1, member: " "))
    }

    @Test("Any other text is not a cursor")
    func malformed() {
        let texts = [
            "", "2", "2g", "é0", "20", hex("1"), hex("1 "), hex(" a"), hex("x a"), hex("1.0 a"), hex("0x1 a"),
            hex("9007199254740993 a"), hex("-9007199254740993 a"), hex("9223372036854775808 a"),
            hex("1 a") + "ff", hex("1 a") + "c3", hex("1 " + String(repeating: "a", count: 166)),
        ]
        for text in texts { #expect(CursorText.decode(text) == nil, "\(text)") }
    }

    @Test("The bounds of scores and the longest member pass")
    func bounds() {
        for score in [ScoreBounds.min, 0, ScoreBounds.max] {
            let cursor = LeaderboardCursor(
                score: score, member: String(repeating: "m", count: 16 + Names.userIDBytesMax))
            #expect(CursorText.decode(CursorText.encode(cursor)) == cursor)
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
            let text = CursorText.encode(cursor)
            #expect(CursorText.decode(text) == cursor)
            #expect(text.utf8.allSatisfy { "0123456789abcdef".utf8.contains($0) })
        }
    }
}
