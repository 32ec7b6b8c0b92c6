import Basics
import StrictJSON

/// Answers of a node as tables for people. Pure.
enum TextTable {
    /// The answer as JSON; nil if it is something else.
    static func value(_ json: String) -> JSONValue? {
        try? JSONValue(
            Array(json.utf8),
            limits: JSONLimits(maxElements: 1_000_000, maxDocumentBytes: 16 << 20))
    }

    /// The heading of a member's column.
    static func heading(_ column: String) -> String { column.uppercased().replacing("_", with: " ") }

    /// Columns of equal width, with two spaces between them.
    static func text(_ rows: [[String]]) -> String {
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

    /// A table of the elements of a list, and how to get more; nil if the text is something else.
    ///
    /// - Parameters:
    ///   - name: the member with the elements.
    ///   - columns: the members to show.
    ///   - empty: the text if there are none.
    static func list(_ json: String, _ name: String, columns: [String], empty: String) -> String? {
        guard let answer = value(json), let elements = answer[name]?.array else { return nil }
        guard !elements.isEmpty else { return empty }
        let rows = elements.map { element in columns.map { cell(element[$0]) } }
        let more = answer["next"]?.string.map { "\nThere are more: --cursor \($0.onOneLine)" } ?? ""
        return text([columns.map(heading)] + rows) + more
    }

    /// A value that users may have written, which must not control a terminal.
    static func cell(_ value: JSONValue?) -> String {
        switch value {
        case nil, .null: "-"
        case .string(let text): text.onOneLine
        case .bool(let isTrue): isTrue ? "yes" : "no"
        case .integer(let number): String(number)
        case .array(let elements): elements.map { cell($0) }.joined(separator: " ")
        case .double, .object: "…"
        }
    }

}
