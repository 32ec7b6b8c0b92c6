import Basics
import HTTPKit
import Leaderboard

/// The query of `GET /boards/{id}/periods`.
package struct PeriodQuery: Sendable {
    /// The window's name; nil for the board's first one.
    package let window: String?
    /// The number of periods.
    package let limit: Int
    /// The last period of the previous page: its window, and its start in ms since 1970; nil for the first page.
    private let cursor: (window: String, startsAt: Int64)?

    private static let limits = 1...1000
    private static let limitDefault = 50
    private static let cursorProblem = FieldProblem(
        field: "cursor", reason: "must be a cursor of an earlier page of the same window")

    /// Reads the query of a URI.
    package init(uri: String) throws(APIError) {
        let query: QueryString
        do throws(FieldProblem) { query = try QueryString(uri: uri, known: ["window", "limit", "cursor"]) } catch {
            throw .invalidInput([error])
        }
        let ranking = RankingRequest { query[$0] }
        window = ranking.window
        limit = ranking.limit ?? Self.limitDefault
        cursor = query["cursor"].flatMap(Self.decode)
        var problems: [FieldProblem] = []
        if !Self.limits.contains(limit) {
            let reason = "must be \(Self.limits.lowerBound) to \(Self.limits.upperBound)"
            problems.append(FieldProblem(field: "limit", reason: reason))
        }
        if query["cursor"] != nil, cursor == nil { problems.append(Self.cursorProblem) }
        guard problems.isEmpty else { throw .invalidInput(problems) }
    }

    /// The start of the last period of the previous page; nil for the first page.
    ///
    /// - Throws: `invalid_input` if the cursor is of another window.
    package func startOfLast(in window: Window) throws(APIError) -> Int64? {
        guard let cursor else { return nil }
        guard cursor.window == window.name else { throw .invalidInput([Self.cursorProblem]) }
        return cursor.startsAt
    }

    /// The cursor after a period: hexadecimal of its window and its start; nil if there can be none.
    package static func cursor(after period: Period, of window: Window) -> String? {
        period.startsAt.map { Hexadecimal.text("\(window.name) \($0)".utf8) }
    }

    private static func decode(_ text: String) -> (window: String, startsAt: Int64)? {
        guard text.utf8.count <= 128, let bytes = Hexadecimal.bytes(text),
            let plain = String(validating: bytes, as: UTF8.self)
        else { return nil }
        let parts = plain.split(separator: " ", omittingEmptySubsequences: false)
        guard parts.count == 2, let start = Int64(parts[1]), Timestamp.range.contains(start) else { return nil }
        return (String(parts[0]), start)
    }
}
