import Basics
import Leaderboard
import NIOCore
import StrictJSON

/// Answers about rankings as JSON.
enum RankingJSON {
    typealias Writer = JSONWriter<ByteBuffer>

    /// A page: the body of `GET /leaderboard`.
    ///
    /// - Parameters:
    ///   - entries: the entries to show.
    ///   - next: where the next page begins; nil at the end. The outer nil leaves the member out.
    static func page(
        _ answer: RankingAnswer, of ranking: Ranking, entries: ArraySlice<PlacedEntry>, next: LeaderboardCursor??,
        fields: EntryFields
    ) -> Representation {
        Representation { json in
            json.beginObject()
            write(ranking, to: &json)
            json.member("epoch", answer.epoch)
            json.member("version", answer.version)
            json.member("total", answer.total)
            write(entries, fields: fields, to: &json)
            if let next {
                json.key("next")
                if let next { json.string(CursorText.encode(next, of: ranking)) } else { json.null() }
            }
            json.endObject()
        }
    }

    /// A user's place in a ranking.
    static func write(
        _ place: PlacedEntry, of answer: RankingAnswer, _ ranking: Ranking, to json: inout Writer
    ) {
        json.beginObject()
        write(ranking, to: &json)
        json.member("user_id", place.entry.userID)
        json.member("rank", place.entry.rank)
        json.member("score", place.entry.score)
        json.member("total", answer.total)
        json.key("percentile")
        json.double(percentile(better: place.better, total: answer.total))
        json.key("updated_at")
        if let at = place.updatedAt { json.string(Timestamp.text(milliseconds: at)) } else { json.null() }
        json.endObject()
    }

    /// The share of the other users who are not better, in percent, rounded to 2 digits; 100 for a lone user.
    static func percentile(better: Int64, total: Int64) -> Double {
        let others = total - 1
        guard others > 0 else { return 100 }
        let hundredths = ((others - better) * 20_000 + others) / (2 * others)
        return Double(hundredths) / 100
    }

    /// The entries as the member `entries`.
    static func write(_ entries: some Sequence<PlacedEntry>, fields: EntryFields, to json: inout Writer) {
        json.list("entries", entries) { write($0, fields: fields, to: &$1) }
    }

    /// One entry.
    ///
    /// - Parameter position: its place in the list of a client's users; nil leaves the member out.
    static func write(
        _ placed: PlacedEntry, fields: EntryFields, position: Int? = nil, to json: inout Writer
    ) {
        json.beginObject()
        json.member("rank", placed.entry.rank)
        json.member("user_id", placed.entry.userID)
        json.member("score", placed.entry.score)
        if let position { json.member("position", position) }
        if fields.contains(.updatedAt), let at = placed.updatedAt {
            json.member("updated_at", Timestamp.text(milliseconds: at))
        }
        json.endObject()
    }

    private static func write(_ ranking: Ranking, to json: inout Writer) {
        json.member("board", ranking.board)
        json.member("window", ranking.window)
        json.member("period", ranking.period)
    }
}

extension RankingAnswer {
    /// The ranking that was read.
    func ranking(of board: Board, _ window: Window) -> Ranking {
        Ranking(board: board.id, window: window.name, period: period.name)
    }
}
