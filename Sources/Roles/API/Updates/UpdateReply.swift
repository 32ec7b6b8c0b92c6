import HTTPKit
import Leaderboard
import NIOCore
import NIOHTTP1
import StrictJSON

/// The answer to an update that counted.
enum UpdateReply {
    /// The answer with the outcome in a receipt.
    ///
    /// - Parameters:
    ///   - receipt: of the update.
    ///   - board: the board, if the receipt does not name it.
    ///   - replayed: whether it had counted before.
    static func success(_ receipt: Receipt, board: String, replayed: Bool) -> Reply {
        // Written as text rather than by `JSONWriter`, since it is by far the most frequent answer.
        var body = ByteBuffer()
        body.reserveCapacity(192)
        body.writeStaticString(
            "{\"status\":\"success\",\"message\":\"Score updated successfully\",\"success\":true,\"new_score\":")
        body.appendJSON(receipt.score)
        body.writeStaticString(",\"rank\":")
        body.appendJSON(receipt.rank)
        body.writeStaticString(",\"board\":")
        body.appendJSON(receipt.board ?? board)
        body.writeStaticString(replayed ? ",\"replayed\":true" : ",\"replayed\":false")
        if !receipt.rankings.isEmpty { append(receipt.rankings, to: &body) }
        body.writeStaticString("}")
        return Reply(status: .ok, body: body)
    }

    private static func append(_ outcomes: [RankingOutcome], to body: inout ByteBuffer) {
        if outcomes.count > 1 {
            body.writeStaticString(",\"boards\":")
            appendList(outcomes.filter { $0.place != nil }, to: &body)
        } else if outcomes[0].place?.isChanged == false {
            body.writeStaticString(",\"improved\":false")
        }
        let sealed = outcomes.filter { $0.place == nil }
        guard !sealed.isEmpty else { return }
        body.writeStaticString(",\"sealed\":")
        appendList(sealed, to: &body)
    }

    private static func appendList(_ outcomes: [RankingOutcome], to body: inout ByteBuffer) {
        JSONWriter.append(to: &body) { json in
            json.beginArray()
            for outcome in outcomes {
                json.beginObject()
                json.member("board", outcome.ranking.board)
                json.member("window", outcome.ranking.window)
                json.member("period", outcome.ranking.period)
                if let place = outcome.place {
                    json.member("score", place.score)
                    json.member("rank", place.rank)
                    json.member("improved", place.isChanged)
                }
                json.endObject()
            }
            json.endArray()
        }
    }
}
