import Leaderboard
import Listener
import Reporting
import StrictJSON

/// Cursors as clients carry them: hexadecimal of the score, a space, and the member. Opaque to clients; nothing in it
/// is secret.
package enum CursorText {
    private static let charactersMax = 2 * (20 + 1 + 16 + Names.userIDBytesMax)

    package static func encode(_ cursor: LeaderboardCursor) -> String {
        "\(cursor.score) \(cursor.member)".utf8.reduce(into: "") { text, byte in
            text += byte < 16 ? "0" : ""
            text += String(byte, radix: 16)
        }
    }

    package static func decode(_ text: some StringProtocol) -> LeaderboardCursor? {
        let digits = Array(text.utf8)
        guard digits.count <= charactersMax, digits.count.isMultiple(of: 2) else { return nil }
        var bytes: [UInt8] = []
        for index in stride(from: 0, to: digits.count, by: 2) {
            guard let high = Character(UnicodeScalar(digits[index])).hexDigitValue,
                let low = Character(UnicodeScalar(digits[index + 1])).hexDigitValue
            else { return nil }
            bytes.append(UInt8(high * 16 + low))
        }
        guard let plain = String(validating: bytes, as: UTF8.self), let space = plain.firstIndex(of: " "),
            let score = Int64(plain[..<space]), ScoreBounds.range.contains(score)
        else { return nil }
        let member = String(plain[plain.index(after: space)...])
        return member.isEmpty ? nil : LeaderboardCursor(score: score, member: member)
    }
}
