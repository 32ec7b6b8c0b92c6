/// Pieces of HTML. All text goes through ``text(_:)``: names in a report can come from scenarios, URLs and servers.
enum HTML {
    /// A text, safe between tags and in a quoted attribute.
    static func text(_ text: String) -> String {
        var safe = ""
        for scalar in Figure.printable(text, bytesMax: 16_384).unicodeScalars {
            switch scalar {
            case "&": safe += "&amp;"
            case "<": safe += "&lt;"
            case ">": safe += "&gt;"
            case "\"": safe += "&quot;"
            case "'": safe += "&#39;"
            default: safe.unicodeScalars.append(scalar)
            }
        }
        return safe
    }

    /// A table that scrolls by itself if it is wider than the page.
    ///
    /// - Parameters:
    ///   - caption: says what it shows; also to screen readers.
    ///   - head: the texts of the columns.
    ///   - rows: cells as HTML; the first of each row is its head.
    static func table(_ caption: String, head: [String], rows: [[String]]) -> String {
        var html = "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"\(text(caption))\"><table>"
        html += "<caption>\(text(caption))</caption><thead><tr>"
        for cell in head { html += "<th scope=\"col\">\(text(cell))</th>" }
        html += "</tr></thead><tbody>"
        for row in rows {
            html += "<tr>"
            for (place, cell) in row.enumerated() {
                html += place == 0 ? "<th scope=\"row\">\(cell)</th>" : "<td>\(cell)</td>"
            }
            html += "</tr>"
        }
        return html + "</tbody></table></div>\n"
    }

    /// A word with a colour; the word alone says as much.
    static func badge(_ word: String, isGood: Bool) -> String {
        "<span class=\"badge \(isGood ? "good" : "bad")\">\(text(word))</span>"
    }

    /// Advice, below a failure.
    static func hint(_ hint: String?) -> String {
        hint.map { "<p class=\"hint\"><b>What to do:</b> \(text($0))</p>" } ?? ""
    }
}
