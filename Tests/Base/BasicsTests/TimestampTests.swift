import Basics
import Testing

@Suite struct TimestampTests {
    @Test(
        "RFC 3339 in UTC, within the years that it can hold",
        arguments: [
            (0, "1970-01-01T00:00:00.000Z"), (1_790_000_000_000, "2026-09-21T14:13:20.000Z"),
            (951_782_399_999, "2000-02-28T23:59:59.999Z"), (951_782_400_000, "2000-02-29T00:00:00.000Z"),
            (951_826_154_007, "2000-02-29T12:09:14.007Z"), (1_795_214_100_123, "2026-11-20T22:35:00.123Z"),
            (-1, "1969-12-31T23:59:59.999Z"), (4_107_542_399_999, "2100-02-28T23:59:59.999Z"),
            (4_107_542_400_000, "2100-03-01T00:00:00.000Z"), (Int64.max, "9999-12-31T23:59:59.999Z"),
            (Int64.min, "0000-01-01T00:00:00.000Z"),
        ] as [(Int64, String)])
    func text(_ milliseconds: Int64, _ expected: String) {
        #expect(Timestamp.text(milliseconds: milliseconds) == expected)
    }

    @Test("the same with another separator and another name for UTC")
    func otherForm() {
        let text = Timestamp.text(milliseconds: 1_795_214_100_123, separator: " ", zone: "+00")
        #expect(text == "2026-11-20 22:35:00.123+00")
    }

    @Test(
        "A time of RFC 3339 is read, with any offset and fraction",
        arguments: [
            ("1970-01-01T00:00:00Z", 0), ("1969-12-31T23:59:59.999Z", -1),
            ("2026-11-20t22:35:00.123z", 1_795_214_100_123),
            ("2026-11-20T23:35:00.123+01:00", 1_795_214_100_123), ("2026-11-20T17:05:00.123-05:30", 1_795_214_100_123),
            ("2026-11-20T22:35:00.1Z", 1_795_214_100_100), ("2026-11-20T22:35:00.123999999Z", 1_795_214_100_123),
            ("2026-11-20T22:35:00-00:00", 1_795_214_100_000), ("2000-02-29T00:00:00Z", 951_782_400_000),
            ("9999-12-31T23:59:59.999Z", 253_402_300_799_999), ("0000-01-01T00:00:00Z", -62_167_219_200_000),
        ] as [(String, Int64)])
    func milliseconds(_ text: String, _ expected: Int64) {
        #expect(Timestamp.milliseconds(of: text) == expected)
        #expect(Timestamp.milliseconds(of: "<\(text)>".dropFirst().dropLast()) == expected)
    }

    @Test(
        "Other texts are not times",
        arguments: [
            "", "2026-11-20", "2026-11-20T22:35:00", "2026-11-20 22:35:00Z", "2026-11-20T22:35Z",
            "2026-11-20T22:35:00.Z",
            "2026-11-20T22:35:00.1234567890Z", "2026-02-29T00:00:00Z", "2026-13-01T00:00:00Z", "2026-00-01T00:00:00Z",
            "2026-11-00T00:00:00Z", "2026-11-20T24:00:00Z", "2026-11-20T22:60:00Z", "2026-11-20T22:35:60Z",
            "2026-11-20T22:35:00+24:00", "2026-11-20T22:35:00+01:60", "2026-11-20T22:35:00+0100",
            "2026-11-20T22:35:00+01",
            "2026-11-20T22:35:00Z ", " 2026-11-20T22:35:00Z", "2026-11-20T22:35:00ZZ", "-026-11-20T22:35:00Z",
            "+026-11-20T22:35:00Z", "2026-1١-20T22:35:00Z", "2026-11-20T22:35:00.5", "20261120T223500Z     ",
        ])
    func noMilliseconds(_ text: String) {
        #expect(Timestamp.milliseconds(of: text) == nil)
    }

    @Test("A text that was written is read as the same time")
    func bothWays() {
        var random = SplitMix64(seed: 3)
        for _ in 0..<2_000 {
            let time = Int64.random(in: Timestamp.range, using: &random)
            #expect(Timestamp.milliseconds(of: Timestamp.text(milliseconds: time)) == time)
        }
    }
}
