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

    /// - Parameter requireToken: throws unless the request has a valid token. It is called for private boards.
    func handle(_ request: Request, requireToken: () async throws -> Void) async throws -> Reply {
        let query = try LeaderboardQuery(uri: request.uri.string)
        let choice = try query.resolve(in: catalogue.current)
        if choice.board.isPrivate { try await requireToken() }
        do {
            let page = try await reader.page(
                of: choice.board, ranking: choice.ranking, limit: choice.limit, after: query.cursor)
            trouble.recordSuccess()
            return Self.reply(page, ranking: choice.ranking)
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
