/// A plot of a few lines, as a figure with a drawing (SVG), a sentence that says the same, and its table.
struct Chart {
    struct Point {
        var x: Double
        /// nil leaves a gap.
        var y: Double?
    }

    struct Line {
        var name: String
        var points: [Point]
    }

    let title: String
    /// A description of the drawing, for readers who do not see it.
    let summary: String
    let x: ChartScale
    let y: ChartScale
    let xTitle: String
    let yTitle: String
    /// At most ``linesMax``.
    let lines: [Line]
    /// A vertical line with a word.
    var mark: (x: Double, text: String)?
    /// The text under the pointer at each place, from `x` on for this width.
    var tips: (width: Double, texts: [(x: Double, text: String)]) = (0, [])
    /// The table of the drawing.
    var table: (head: [String], rows: [[String]])

    /// There are this many styles of lines.
    static let linesMax = 4

    // In the units of the drawing. The page scales it.
    private static let (width, height) = (480.0, 250.0)
    private static let (left, right, top, bottom) = (54.0, 470.0, 14.0, 206.0)

    /// The figure.
    ///
    /// - Parameter id: unique among the charts of this page.
    func html(id: String) -> String {
        """
        <figure><figcaption><h3>\(HTML.text(title))</h3>\(legend)</figcaption>
        <svg viewBox="0 0 \(Int(Self.width)) \(Int(Self.height))" role="img" aria-labelledby="\(id)t \(id)d">
        <title id="\(id)t">\(HTML.text(title))</title><desc id="\(id)d">\(HTML.text(summary))</desc>
        \(axes)\(marked)\(paths)\(pointers)</svg>
        <p class="summary">\(HTML.text(summary))</p>
        <details><summary>Table</summary>\(HTML.table(title, head: table.head, rows: table.rows))</details>
        </figure>

        """
    }

    private var legend: String {
        let items = lines.enumerated().map { number, line in
            "<span class=\"key\"><svg viewBox=\"0 0 26 8\" aria-hidden=\"true\"><path class=\"l l\(number)\" "
                + "d=\"M1 4h24\"/></svg>\(HTML.text(line.name))</span>"
        }
        return "<p class=\"keys\">\(items.joined(separator: " "))</p>"
    }

    private var axes: String {
        var svg = ""
        for tick in y.ticks {
            let place = Self.text(across(y: tick.value))
            svg += "<path class=\"grid\" d=\"M\(Self.text(Self.left)) \(place)H\(Self.text(Self.right))\"/>"
            svg +=
                "<text class=\"tick\" x=\"\(Self.text(Self.left - 6))\" y=\"\(place)\" dy=\".35em\" "
                + "text-anchor=\"end\">\(HTML.text(tick.text))</text>"
        }
        for tick in x.ticks {
            let place = along(x: tick.value)
            let anchor = place > Self.right - 14 ? "end" : "middle"
            svg += "<path class=\"grid\" d=\"M\(Self.text(place)) \(Self.text(Self.bottom))v5\"/>"
            svg +=
                "<text class=\"tick\" x=\"\(Self.text(place))\" y=\"\(Self.text(Self.bottom + 19))\" "
                + "text-anchor=\"\(anchor)\">\(HTML.text(tick.text))</text>"
        }
        svg +=
            "<text class=\"axis\" x=\"\(Self.text(Self.right))\" y=\"\(Self.text(Self.height - 4))\" "
            + "text-anchor=\"end\">\(HTML.text(xTitle))</text>"
        return svg + "<text class=\"axis\" x=\"4\" y=\"\(Self.text(Self.height - 4))\">\(HTML.text(yTitle))</text>"
    }

    private var marked: String {
        guard let mark, mark.x > x.low, mark.x < x.high else { return "" }
        let place = along(x: mark.x)
        let isRight = place > (Self.left + Self.right) / 2
        return "<path class=\"mark\" d=\"M\(Self.text(place)) \(Self.text(Self.top))V\(Self.text(Self.bottom))\"/>"
            + "<text class=\"tick\" x=\"\(Self.text(place + (isRight ? -5 : 5)))\" y=\"\(Self.text(Self.top - 4))\" "
            + "text-anchor=\"\(isRight ? "end" : "start")\">\(HTML.text(mark.text))</text>"
    }

    /// The last line is drawn first, so that the first one is on top.
    private var paths: String {
        lines.enumerated().reversed().map { number, line in
            "<path class=\"l l\(number)\" d=\"\(path(line.points))\"/>"
        }.joined()
    }

    private func path(_ points: [Point]) -> String {
        var path = ""
        var isDrawing = false
        for (place, point) in points.enumerated() {
            guard let value = point.y else {
                isDrawing = false
                continue
            }
            let position = "\(Self.text(along(x: point.x))) \(Self.text(across(y: value)))"
            path += (isDrawing ? "L" : "M") + position
            let isAlone = !isDrawing && (place + 1 == points.count || points[place + 1].y == nil)
            // A line without length shows as a dot, since its ends are round.
            if isAlone { path += "h0" }
            isDrawing = true
        }
        return path
    }

    private var pointers: String {
        tips.texts.map { tip in
            let start = along(x: tip.x)
            let end = max(along(x: tip.x + tips.width), start + 1)
            return "<path class=\"tip\" d=\"M\(Self.text(start)) \(Self.text(Self.top))H\(Self.text(end))"
                + "V\(Self.text(Self.bottom))H\(Self.text(start))z\"><title>\(HTML.text(tip.text))</title></path>"
        }.joined()
    }

    private func along(x value: Double) -> Double { Self.left + x.place(value) * (Self.right - Self.left) }

    private func across(y value: Double) -> Double { Self.bottom - y.place(value) * (Self.bottom - Self.top) }

    /// A place in the drawing, to a tenth.
    private static func text(_ value: Double) -> String {
        let tenths = Int((value * 10).rounded())
        return tenths.isMultiple(of: 10) ? "\(tenths / 10)" : Figure.tenths(value)
    }
}
