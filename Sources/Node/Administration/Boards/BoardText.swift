import StrictJSON

/// A node's answers about boards, as text for people. Pure.
public enum BoardText {
    /// A table of `GET /boards`; nil if the text is something else.
    public static func list(_ json: String) -> String? {
        guard let boards = value(json)?["boards"]?.array else { return nil }
        guard !boards.isEmpty else { return "There are no boards." }
        let columns = ["board", "operator", "order", "ties", "windows", "time_zone", "group", "visibility"]
        return table([columns.map(heading)] + boards.map { board in columns.map { text(of: $0, board) } })
    }

    /// The members of one board, each on a line; nil if the text is something else.
    public static func board(_ json: String) -> String? {
        guard let members = value(json)?.object?.members else { return nil }
        return table(members.map { [$0.key, text(of: $0.key, .object(object($0)))] })
    }

    /// A table of `GET /boards/{id}/periods`; nil if the text is something else.
    public static func periods(_ json: String) -> String? {
        guard let periods = value(json)?["periods"]?.array else { return nil }
        guard !periods.isEmpty else { return "There are no periods." }
        let columns = ["window", "period", "state", "starts_at", "ends_at", "entries", "checksum"]
        let rows = table([columns.map(heading)] + periods.map { period in columns.map { text(of: $0, period) } })
        return rows + (value(json)?["next"]?.string.map { "\nThere are more: --cursor \($0)" } ?? "")
    }

    /// The reason and the remedy of a refusal.
    public static func refusal(status: Int, body: String) -> String {
        let answer = value(body)
        var lines = ["Refused with status \(status): \(answer?["message"]?.string ?? body)"]
        for problem in answer?["details"]?.array ?? [] {
            lines.append("  \(problem["field"]?.string ?? "") \(problem["reason"]?.string ?? "")")
        }
        if let advice = advice(status: status, code: answer?["code"]?.string ?? "") { lines.append(advice) }
        return lines.joined(separator: "\n")
    }

    private static func advice(status: Int, code: String) -> String? {
        switch (status, code) {
        case (_, "board_in_use"):
            "If the board may lose its scores, add --reset. A board that an action names cannot be deleted: change or "
                + "delete the action first (GET /actions lists them)."
        case (_, "unknown_board"): "'scorecast boards list' shows the boards."
        case (_, "unknown_window"): "'scorecast boards show BOARD' shows the windows."
        case (401, _):
            "The node does not accept this token. Set SCORECAST_TOKEN to the token of an administrator, or give this "
                + "command the node's SCORECAST_JWT_SECRET. The keys of 'scorecast up' are in its data folder: --data "
                + "FOLDER."
        case (403, _): "Boards are changed with a token of the role admin: scorecast token --sub ops --role admin."
        case (404, _): "There are no boards at this address. Is it an API node of this version?"
        case (503, _): "The node cannot do that now: GET /readyz says why."
        default: nil
        }
    }

    /// A text as a value of a query: all bytes but letters, digits and `-._~` are encoded (RFC 3986 section 2.3).
    public static func queryValue(_ text: String) -> String {
        text.utf8.map { byte in
            let isPlain =
                (0x30...0x39).contains(byte) || (0x41...0x5a).contains(byte) || (0x61...0x7a).contains(byte)
                || "-._~".utf8.contains(byte)
            let digits = String(byte, radix: 16, uppercase: true)
            return isPlain ? String(UnicodeScalar(byte)) : "%" + (digits.count == 1 ? "0" : "") + digits
        }
        .joined()
    }

    // MARK: - Tables

    private static func value(_ json: String) -> JSONValue? {
        try? JSONValue(
            Array(json.utf8),
            limits: JSONLimits(maxElements: 1_000_000, maxDocumentBytes: 16 << 20))
    }

    private static func object(_ member: JSONObject.Member) -> JSONObject {
        var object = JSONObject()
        object[member.key] = member.value
        return object
    }

    private static func heading(_ column: String) -> String { column.uppercased().replacing("_", with: " ") }

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

    /// Columns of equal width, with two spaces between them.
    private static func table(_ rows: [[String]]) -> String {
        let count = rows.map(\.count).max() ?? 0
        let widths = (0..<count).map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            zip(row, widths).enumerated().map { index, cell in
                index == count - 1
                    ? cell.0 : cell.0 + String(repeating: " ", count: cell.1 - cell.0.count + 2)
            }
            .joined()
        }
        .joined(separator: "\n")
    }
}
