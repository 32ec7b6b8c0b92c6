import StrictJSON

/// The facts that notifications carry for programs.
package enum NotificationData {
    /// `{"badge":"…","name":"…","retroactive":false}`.
    package static func badge(_ badge: Badge, isRetroactive: Bool) -> String {
        object { json in
            json.member("badge", badge.id)
            json.member("name", badge.name)
            json.member("retroactive", isRetroactive)
        }
    }

    /// `{"level":3,"points":350}`.
    package static func level(_ level: Int, points: Int64) -> String {
        object { json in
            json.member("level", level)
            json.member("points", points)
        }
    }

    /// `{"days":12,"freezes":1}`.
    package static func streak(_ streak: StreakStanding) -> String {
        object { json in
            json.member("days", streak.days)
            json.member("freezes", streak.freezes)
        }
    }

    /// `{"board":"global","rank":4}`. It does not name the user who passed: nothing would be left to forget if that
    /// user leaves.
    package static func passed(board: String, rank: Int64) -> String {
        object { json in
            json.member("board", board)
            json.member("rank", rank)
        }
    }

    private static func object(_ body: (inout JSONWriter<[UInt8]>) -> Void) -> String {
        var text: [UInt8] = []
        JSONWriter.append(to: &text) { json in
            json.beginObject()
            body(&json)
            json.endObject()
        }
        return String(decoding: text, as: UTF8.self)
    }
}
