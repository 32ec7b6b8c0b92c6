import Leaderboard
import Storage
import StrictJSON

/// Dead letters as text for people, and as JSON. Pure.
enum DeadLetterText {
    /// Some lines about a letter.
    static func text(_ letter: KeptLetter) -> String {
        var lines = [
            "\(letter.id)  \(letter.at)  partition \(letter.letter.partition), seq \(letter.letter.seq), "
                + "refused by \(letter.letter.table.rawValue) (\(letter.letter.code))"
        ]
        if let event = letter.event, let ranking = letter.ranking {
            var words = ["\(event.kind.rawValue) on \(ranking.board) \(ranking.window) \(ranking.period)"]
            if !event.userID.isEmpty { words.append("user \(quoted(event.userID))") }
            if !event.action.isEmpty { words.append("action \(event.action), \(event.points) points") }
            if let place = event.outcomes.first(where: { $0.ranking == ranking })?.place {
                words.append("score \(place.score)")
            }
            lines.append("    " + words.joined(separator: ", "))
        }
        lines.append("    \(letter.letter.reason)")
        return lines.joined(separator: "\n")
    }

    /// A line about what became of a letter.
    static func text(_ letter: KeptLetter, _ settlement: LetterSettlement) -> String {
        let text =
            switch settlement {
            case .written: "written to \(letter.letter.table.rawValue)"
            case .corrected: "dropped, the ledger has a correcting row"
            case .needless: "settled, nothing had to be written"
            case .givenUp: "dropped, its period was archived without the score"
            case .gone: "gone, somebody else settled it"
            case .refused(let reason): "stays: \(reason)"
            }
        return "\(letter.id)  \(text)"
    }

    /// A letter as a JSON object.
    static func json(_ letter: KeptLetter) -> String {
        object { json in
            json.member("id", letter.id)
            json.member("at", letter.at)
            json.member("partition", letter.letter.partition)
            json.member("seq", letter.letter.seq)
            json.member("epoch", letter.epoch)
            json.member("refused_by", letter.letter.table.rawValue)
            json.member("sqlstate", letter.letter.code)
            json.member("reason", letter.letter.reason)
            json.key("event")
            let event = Array(letter.json.utf8)
            event.withUnsafeBytes { json.encoded($0) }
        }
    }

    /// What became of a letter, as a JSON object.
    static func json(_ letter: KeptLetter, _ settlement: LetterSettlement) -> String {
        object { json in
            json.member("id", letter.id)
            json.member("partition", letter.letter.partition)
            json.member("seq", letter.letter.seq)
            json.member("refused_by", letter.letter.table.rawValue)
            json.member("result", settlement.name)
            if case .refused(let reason) = settlement { json.member("reason", reason) }
        }
    }

    private static func object(_ members: (inout JSONWriter<[UInt8]>) -> Void) -> String {
        var text: [UInt8] = []
        JSONWriter.append(to: &text) { json in
            json.beginObject()
            members(&json)
            json.endObject()
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// The text with escapes for everything that could change the terminal.
    private static func quoted(_ text: String) -> String {
        var quoted: [UInt8] = []
        JSONWriter.append(to: &quoted) { $0.string(text) }
        return String(decoding: quoted, as: UTF8.self)
    }
}
