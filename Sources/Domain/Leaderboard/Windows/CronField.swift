/// One of the five fields of a cron expression.
public struct CronField: Hashable, Sendable {
    /// Which field it is.
    public enum Kind: Hashable, Sendable {
        case minute, hour, dayOfMonth, month, dayOfWeek

        /// The numbers that may stand in it.
        var range: ClosedRange<Int> {
            switch self {
            case .minute: 0...59
            case .hour: 0...23
            case .dayOfMonth: 1...31
            case .month: 1...12
            case .dayOfWeek: 0...7
            }
        }

        /// Its word in messages.
        var name: String {
            switch self {
            case .minute: "minute"
            case .hour: "hour"
            case .dayOfMonth: "day of the month"
            case .month: "month"
            case .dayOfWeek: "day of the week"
            }
        }

        /// The names of its numbers, from the first of its range.
        fileprivate var names: [String] {
            switch self {
            case .minute, .hour, .dayOfMonth: []
            case .month: ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
            case .dayOfWeek: ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]
            }
        }
    }

    /// Whether it begins with `*`, which changes how days combine and what a repeated hour means.
    let beginsWithStar: Bool
    /// A bit for each number that it names; Sunday is 0.
    private let bits: UInt64

    init(_ text: Substring, _ kind: Kind) throws(CronError) {
        beginsWithStar = text.first == "*"
        var bits: UInt64 = 0
        for item in text.split(separator: ",", omittingEmptySubsequences: false) {
            guard let numbers = Self.numbers(item, kind) else { throw .field(kind) }
            for number in numbers { bits |= 1 << UInt64(number) }
        }
        if kind == .dayOfWeek, bits & (1 << 7) != 0 { bits = bits & 0x7f | 1 }
        self.bits = bits
    }

    func contains(_ number: Int) -> Bool { bits & (1 << UInt64(number)) != 0 }

    /// The numbers in ascending order.
    var values: [Int] { (0..<64).filter(contains) }

    /// One item of a list: `*`, `5`, `mon`, `1-5`, and the ranges with `/2`.
    private static func numbers(_ item: Substring, _ kind: Kind) -> StrideThrough<Int>? {
        let parts = item.split(separator: "/", omittingEmptySubsequences: false)
        guard let first = parts.first, parts.count <= 2 else { return nil }
        var range = kind.range
        if first == "*" {
            if kind == .dayOfWeek { range = 0...6 }
        } else {
            let ends = first.split(separator: "-", omittingEmptySubsequences: false)
            guard ends.count <= 2, let low = number(ends[0], kind, isEnd: false),
                let high = ends.count == 2 ? number(ends[1], kind, isEnd: true) : low, low <= high,
                ends.count == 2 || parts.count == 1
            else { return nil }
            range = low...high
        }
        guard parts.count == 2 else { return stride(from: range.lowerBound, through: range.upperBound, by: 1) }
        guard let step = digits(parts[1]), step > 0 else { return nil }
        return stride(from: range.lowerBound, through: range.upperBound, by: step)
    }

    private static func number(_ text: Substring, _ kind: Kind, isEnd: Bool) -> Int? {
        if let number = digits(text) { return kind.range.contains(number) ? number : nil }
        guard let index = kind.names.firstIndex(of: text.lowercased()) else { return nil }
        // `fri-sun` ends on day 7.
        if kind == .dayOfWeek, isEnd, index == 0 { return 7 }
        return index + kind.range.lowerBound
    }

    private static func digits(_ text: Substring) -> Int? {
        guard (1...3).contains(text.utf8.count), text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
            return nil
        }
        return Int(text)
    }
}
