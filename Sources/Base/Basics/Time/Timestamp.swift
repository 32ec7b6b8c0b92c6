/// Times as text.
public enum Timestamp {
    /// The times that the text forms can hold, in ms since 1970: the years 0000 to 9999.
    package static let range: ClosedRange<Int64> = -62_167_219_200_000...253_402_300_799_999

    /// RFC 3339 in UTC with milliseconds, such as `2026-11-20T22:25:19.000Z`. Times outside of ``range`` become its
    /// ends.
    public static func text(milliseconds: Int64) -> String {
        text(milliseconds: milliseconds, separator: "T", zone: "Z")
    }

    /// The same digits with another separator between day and time, one ASCII character, and another name for UTC.
    package static func text(milliseconds: Int64, separator: StaticString, zone: StaticString) -> String {
        let milliseconds = min(max(milliseconds, range.lowerBound), range.upperBound)
        let date = CivilDate(milliseconds: milliseconds)
        let time = Int(milliseconds.modulo(CivilDate.dayMilliseconds))
        return String(unsafeUninitializedCapacity: 24 + zone.utf8CodeUnitCount) { text in
            var end = 0
            func append(_ number: Int, width: Int, after separator: StaticString) {
                append(separator)
                var rest = number
                for place in (end..<end + width).reversed() {
                    text[place] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
                    rest /= 10
                }
                end += width
            }
            func append(_ ascii: StaticString) {
                ascii.withUTF8Buffer { bytes in
                    for byte in bytes {
                        text[end] = byte
                        end += 1
                    }
                }
            }
            append(date.year, width: 4, after: "")
            append(date.month, width: 2, after: "-")
            append(date.day, width: 2, after: "-")
            append(time / 3_600_000, width: 2, after: separator)
            append(time / 60_000 % 60, width: 2, after: ":")
            append(time / 1000 % 60, width: 2, after: ":")
            append(time % 1000, width: 3, after: ".")
            append(zone)
            return end
        }
    }

    /// Reads RFC 3339: `2026-11-20T22:25:19Z`, with up to nine digits of a fraction, of which three count, and with any
    /// offset. Returns ms since 1970, or nil if the text is malformed or there is no such time.
    public static func milliseconds(of text: some StringProtocol) -> Int64? {
        let bytes = Array(text.utf8)
        guard (20...40).contains(bytes.count) else { return nil }
        func number(_ range: Range<Int>) -> Int? {
            guard range.upperBound <= bytes.count else { return nil }
            return bytes[range].reduce(Int?.some(0)) { sum, byte in
                sum.flatMap { (0x30...0x39).contains(byte) ? $0 * 10 + Int(byte - 0x30) : nil }
            }
        }
        func holds(_ byte: UInt8, at places: Int...) -> Bool { places.allSatisfy { bytes[$0] == byte } }
        guard holds(UInt8(ascii: "-"), at: 4, 7), holds(UInt8(ascii: ":"), at: 13, 16),
            bytes[10] == UInt8(ascii: "T") || bytes[10] == UInt8(ascii: "t"),
            let year = number(0..<4), let month = number(5..<7), let day = number(8..<10), let hour = number(11..<13),
            let minute = number(14..<16), let second = number(17..<19), hour < 24, minute < 60, second < 60,
            let days = CivilDate(checkedYear: year, month: month, day: day)?.daysSince1970
        else { return nil }
        var place = 19
        var fraction = 0
        if bytes[place] == UInt8(ascii: ".") {
            let digits = bytes[(place + 1)...].prefix { (0x30...0x39).contains($0) }
            guard (1...9).contains(digits.count) else { return nil }
            fraction = digits.prefix(3).reduce(0) { $0 * 10 + Int($1 - 0x30) }
            for _ in digits.count..<max(3, digits.count) { fraction *= 10 }
            place += 1 + digits.count
        }
        var offset = 0
        switch bytes[place...].first {
        case UInt8(ascii: "Z"), UInt8(ascii: "z"): place += 1
        case UInt8(ascii: "+"), UInt8(ascii: "-"):
            guard bytes.count == place + 6, bytes[place + 3] == UInt8(ascii: ":"),
                let hours = number(place + 1..<place + 3), let minutes = number(place + 4..<place + 6), hours < 24,
                minutes < 60
            else { return nil }
            offset = (hours * 60 + minutes) * (bytes[place] == UInt8(ascii: "-") ? -60 : 60)
            place += 6
        default: return nil
        }
        guard place == bytes.count else { return nil }
        return Int64(days) * CivilDate.dayMilliseconds
            + Int64(hour * 3600 + minute * 60 + second - offset) * 1000 + Int64(fraction)
    }
}
