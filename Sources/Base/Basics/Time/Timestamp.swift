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
}
