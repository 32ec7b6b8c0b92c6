import Basics
import HTTPKit
import Hummingbird
import Leaderboard
import Listener
import NIOCore
import NIOHTTP1
import Reporting
import StrictJSON

/// `GET /leaderboard`: a page of a ranking.
struct LeaderboardRoute: Sendable {
    let reader: any LeaderboardReader
    let catalogue: any CatalogueSource
    let trouble: TroubleLog

    static let limits = 1...1000
    static let limitDefault = 10

    /// What the query asks for.
    struct Query: Equatable {
        var board = Board.global.id
        var window = Ranking.allWindow
        var limit = LeaderboardRoute.limitDefault
        var cursor: LeaderboardCursor?

        /// Reads the query of a URI.
        init(uri: String) throws(APIError) {
            let query: QueryString
            do throws(QueryString.Problem) {
                query = try QueryString(uri: uri, known: Self.parameters, bytesMax: Self.bytesMax)
            } catch {
                throw .invalidInput([FieldProblem(field: error.field, reason: error.reason)])
            }
            var problems: [FieldProblem] = []
            if let text = query["board"] {
                board = text
                if !Names.isID(text) { problems.append(.init(field: "board", reason: "must be a board's id")) }
            }
            if let text = query["window"] {
                window = text
                if text != Ranking.allWindow {
                    problems.append(.init(field: "window", reason: "must be a window of the board"))
                }
            }
            if let text = query["period"], text != Ranking.allWindow {
                problems.append(.init(field: "period", reason: "must be a period of the window"))
            }
            if let text = query["limit"] {
                if let number = Int(text), LeaderboardRoute.limits.contains(number) {
                    limit = number
                } else {
                    problems.append(.init(field: "limit", reason: "must be 1 to 1000"))
                }
            }
            if let text = query["cursor"] {
                cursor = CursorText.decode(text)
                if cursor == nil {
                    problems.append(.init(field: "cursor", reason: "must be a cursor of an earlier page"))
                }
            }
            guard problems.isEmpty else { throw .invalidInput(problems) }
        }

        private static let parameters: Set = ["board", "window", "period", "limit", "cursor"]
        /// Longer queries are refused: far more than the longest cursor needs.
        private static let bytesMax = 8 * 1024
    }

    /// - Parameter requireToken: throws unless the request has a valid token; private boards are shown to nobody else.
    func handle(_ request: Request, requireToken: () async throws -> Void) async throws -> Reply {
        let query = try Query(uri: request.uri.string)
        guard let catalogue = catalogue.current else { throw APIError.unavailable }
        guard let board = catalogue.boards[query.board] else { throw APIError.unknownBoard }
        if board.isPrivate { try await requireToken() }
        let ranking = Ranking(board: board.id, window: query.window)
        do {
            let page = try await reader.page(of: board, ranking: ranking, limit: query.limit, after: query.cursor)
            trouble.recordSuccess()
            return Self.reply(page, ranking: ranking)
        } catch {
            trouble.recordFailure(error)
            throw APIError.unavailable
        }
    }

    private static func reply(_ page: LeaderboardPage, ranking: Ranking) -> Reply {
        .json { json in
            json.beginObject()
            json.member("board", ranking.board)
            json.member("window", ranking.window)
            json.member("period", ranking.period)
            json.member("epoch", page.top.epoch)
            json.member("version", page.top.version)
            json.member("total", page.total)
            json.key("entries")
            json.beginArray()
            for entry in page.top.entries {
                json.beginObject()
                json.member("rank", entry.rank)
                json.member("user_id", entry.userID)
                json.member("score", entry.score)
                json.endObject()
            }
            json.endArray()
            json.key("next")
            if let next = page.next { json.string(CursorText.encode(next)) } else { json.null() }
            json.endObject()
        }
    }
}
