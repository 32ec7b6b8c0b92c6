import Leaderboard
import StrictJSON

/// The event of a dead letter as JSON: the column `event` of the table `dead_letters`.
enum LetterText {
    /// The limits of a text: an event has up to 64 outcomes.
    private static let limits = JSONLimits(maxElements: 4096, maxDocumentBytes: 16 << 20)

    /// Returns the event as JSON in ASCII, so that a database with any encoding can hold it. The ranking, score and
    /// rank at its top level are those of the refused row.
    static func encode(_ event: LedgerEvent, outcome: RankingOutcome?) -> String {
        var text: [UInt8] = []
        JSONWriter.append(to: &text) { json in
            json.beginObject()
            json.member("board", outcome?.ranking.board ?? "")
            json.member("window", outcome?.ranking.window ?? "")
            json.member("period", outcome?.ranking.period ?? "")
            json.member("user_id", event.userID)
            json.member("action_id", event.action)
            json.member("nonce", event.nonce)
            json.member("signature", event.signature)
            json.member("points", event.points)
            json.member("submitted_score", orNull: event.submittedScore)
            json.member("score", orNull: outcome?.place?.score)
            json.member("rank", orNull: outcome?.place?.rank)
            json.member("issued_at_ms", event.issuedAt)
            json.member("applied_at_ms", event.appliedAt)
            json.member("kind", event.kind.rawValue)
            if let seal = event.seal { write(seal, to: &json) }
            json.key("outcomes")
            json.beginArray()
            for outcome in event.outcomes {
                json.beginObject()
                json.member("board", outcome.ranking.board)
                outcome.writeMembers(to: &json, of: event.kind)
                json.endObject()
            }
            json.endArray()
            json.endObject()
        }
        return ascii(text)
    }

    /// A member of an object as `encode` writes it, without a comma.
    static func member(_ name: StaticString, _ value: String) -> String {
        var text: [UInt8] = []
        JSONWriter.append(to: &text) { json in
            json.beginObject()
            json.member(name, value)
            json.endObject()
        }
        return ascii(Array(text.dropFirst().dropLast()))
    }

    /// Only strings can contain other characters, and every character of a string may be written as an escape.
    private static func ascii(_ text: [UInt8]) -> String {
        String(decoding: text, as: UTF8.self).utf16.reduce(into: "") { text, unit in
            if unit < 0x80 {
                text.unicodeScalars.append(UnicodeScalar(UInt8(unit)))
            } else {
                let digits = String(unit, radix: 16)
                text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            }
        }
    }

    private static func write(_ seal: SealFacts, to json: inout JSONWriter<some ByteSink>) {
        json.key("seal")
        json.beginObject()
        json.member("version", seal.version)
        json.member("order", seal.order.rawValue)
        json.member("ties", seal.ties.rawValue)
        json.endObject()
    }

    /// Reads the event of a letter, and the ranking of the row that was refused.
    ///
    /// - Returns: nil if the text is not one that `encode` writes, for example because somebody changed it.
    static func decode(_ text: String, seq: Int64) -> (event: LedgerEvent, ranking: Ranking)? {
        guard let json = try? JSONValue(Array(text.utf8), limits: limits), let board = json["board"]?.string,
            let window = json["window"]?.string, let period = json["period"]?.string,
            let userID = json["user_id"]?.string, let action = json["action_id"]?.string,
            let nonce = json["nonce"]?.string, let signature = json["signature"]?.string,
            let points = json["points"]?.integer, let issuedAt = json["issued_at_ms"]?.integer,
            let appliedAt = json["applied_at_ms"]?.integer, let list = json["outcomes"]?.array,
            let kind = json["kind"]?.string.flatMap({ LedgerEvent.Kind(rawValue: $0) })
        else { return nil }
        let outcomes = list.compactMap { outcome($0) }
        guard !outcomes.isEmpty, outcomes.count == list.count else { return nil }
        let event = LedgerEvent(
            kind: kind, seq: seq, userID: userID, action: action, nonce: nonce, signature: signature, points: points,
            submittedScore: json["submitted_score"]?.integer, issuedAt: issuedAt, appliedAt: appliedAt,
            outcomes: outcomes, seal: json["seal"].flatMap { seal($0) })
        return (event, Ranking(board: board, window: window, period: period))
    }

    private static func outcome(_ json: JSONValue) -> RankingOutcome? {
        guard let board = json["board"]?.string, let window = json["window"]?.string,
            let period = json["period"]?.string
        else { return nil }
        let ranking = Ranking(board: board, window: window, period: period)
        guard let score = json["score"]?.integer, let rank = json["rank"]?.integer,
            let isChanged = json["changed"]?.bool
        else { return RankingOutcome(ranking: ranking, place: nil) }
        return RankingOutcome(ranking: ranking, place: .init(score: score, rank: rank, isChanged: isChanged))
    }

    private static func seal(_ json: JSONValue) -> SealFacts? {
        guard let version = json["version"]?.integer,
            let order = json["order"]?.string.flatMap({ BoardRules.Order(rawValue: $0) }),
            let ties = json["ties"]?.string.flatMap({ BoardRules.Ties(rawValue: $0) })
        else { return nil }
        return SealFacts(version: version, order: order, ties: ties)
    }
}
