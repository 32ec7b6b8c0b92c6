import StrictJSON

/// A node's answers about boards, as text for people. Pure.
public enum BoardText {
    /// A table of `GET /boards`; nil if the text is something else.
    public static func list(_ json: String) -> String? {
        guard let boards = TextTable.value(json)?["boards"]?.array else { return nil }
        guard !boards.isEmpty else { return "There are no boards." }
        let columns = ["board", "operator", "order", "ties", "windows", "time_zone", "group", "visibility"]
        return TextTable.text(
            [columns.map(TextTable.heading)] + boards.map { board in columns.map { text(of: $0, board) } })
    }

    /// The members of one board, each on a line; nil if the text is something else.
    public static func board(_ json: String) -> String? {
        guard let members = TextTable.value(json)?.object?.members else { return nil }
        return TextTable.text(members.map { [$0.key, text(of: $0.key, .object(object($0)))] })
    }

    /// A table of `GET /boards/{id}/periods`; nil if the text is something else.
    public static func periods(_ json: String) -> String? {
        guard let periods = TextTable.value(json)?["periods"]?.array else { return nil }
        guard !periods.isEmpty else { return "There are no periods." }
        let columns = ["window", "period", "state", "starts_at", "ends_at", "entries", "checksum"]
        let rows = TextTable.text(
            [columns.map(TextTable.heading)] + periods.map { period in columns.map { text(of: $0, period) } })
        return rows + (TextTable.value(json)?["next"]?.string.map { "\nThere are more: --cursor \($0)" } ?? "")
    }

    /// The reason and the remedy of a refusal.
    public static func refusal(status: Int, body: String) -> String {
        RefusalText.text(status: status, body: body, advice: advice)
    }

    private static func advice(status: Int, code: String) -> String? {
        switch (status, code) {
        case (_, "board_in_use"):
            "If the board may lose its scores, add --reset. A board that an action names cannot be deleted: change or "
                + "delete the action first (GET /actions lists them)."
        case (_, "unknown_board"): "'scorecast boards list' shows the boards."
        case (_, "unknown_window"): "'scorecast boards show BOARD' shows the windows."
        case (403, _): "Boards are changed with a token of the role admin: scorecast token --sub ops --role admin."
        case (404, _): "There are no boards at this address. Is it an API node of this version?"
        default: nil
        }
    }

    // MARK: - Tables

    private static func object(_ member: JSONObject.Member) -> JSONObject {
        var object = JSONObject()
        object[member.key] = member.value
        return object
    }

    private static func text(of key: String, _ object: JSONValue) -> String {
        guard let value = object[key] else { return "-" }
        switch value {
        case .null: return "-"
        case .string(let text): return text
        case .bool(let isTrue): return isTrue ? "yes" : "no"
        case .integer(let number): return String(number)
        case .array(let windows): return windows.map(window).joined(separator: ", ")
        case .double, .object: return encoded(value)
        }
    }

    private static func window(_ value: JSONValue) -> String {
        if let name = value.string { return name }
        let name = value["name"]?.string ?? ""
        if let cron = value["cron"]?.string { return "\(name) (\(cron))" }
        return "\(name) (\(value["starts_at"]?.string ?? "") to \(value["ends_at"]?.string ?? ""))"
    }

    private static func encoded(_ value: JSONValue) -> String {
        var bytes: [UInt8] = []
        JSONWriter.append(to: &bytes) { $0.value(value) }
        return String(decoding: bytes, as: UTF8.self)
    }
}
